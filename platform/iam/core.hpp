// Core: iam as one object: the roles, the index, and when the tables are asked instead. It implements the ports; what
// the routes do is in the service files, which are given it.
#pragma once

#include <atomic>
#include <mutex>
#include <span>

#include "platform/iam/decide.hpp"
#include "platform/iam/index.hpp"
#include "platform/iam/link.hpp"
#include "platform/iam/refusals.hpp"
#include "platform/iam/roles.hpp"
#include "platform/iam/store.hpp"

namespace iam {

class Core final : public Iam {
 public:
  Core(Options, Roles);

  // request::Authenticator
  std::optional<request::Caller> known(std::string_view credential, base::Instant now) const override;
  base::Result<request::Caller> who(db::Snapshot&, std::string_view credential, base::Instant now) const override;
  bool holds(db::Snapshot&, std::string_view credential_id, base::Instant now) const override;

  // request::Authorizer
  std::optional<request::Authority> from_index(PrincipalId, const request::Permission&, const request::Target&,
                                               base::Instant now) const override;
  base::Result<request::Authority> from_tables(db::Snapshot&, PrincipalId, const request::Permission&,
                                               const request::Target&, base::Instant now) const override;
  base::Result<request::Authority> confirm(db::Tx&, const request::Authority&, const request::Target&,
                                           base::Instant now) const override;
  base::Result<void> add_resource(db::Tx&, const request::Authority&, std::string_view type, std::string_view id,
                                  std::string_view name, base::Instant now) override;
  bool concerns(const request::Permission&) const override;
  void applied(const db::Reader&, const request::Authority&, std::string_view resource) override;

  // Iam
  void start(db::Store&, const base::Clock&) override;
  logbook::Log::Listener listener() override;
  request::OneUse& node_link() override { return link_; }
  request::Routes routes() override;
  jobs::Jobs jobs() override;
  std::vector<Iam::Role> roles() const override;
  Stats stats() const override { return index_.stats(); }

  // For the services.
  const Options& options() const { return options_; }
  const Roles& built_in() const { return roles_; }
  const Index& index() const { return index_; }
  Refusals& refusals() { return refusals_; }
  /// Files a refused sign-in of somebody at their home, once a minute with a count.
  void record_refusal(const store::Person&, base::Instant now);

 private:
  bool is_fresh(base::Instant now) const;
  void load();
  struct Changed {
    Scope front;  // the organization, or the platform
    std::string_view resource;
  };
  void reload(const db::Reader&, std::span<const Changed>);
  std::set<Scope> reload_named(db::Snapshot&, std::string_view id);
  void reload_scope(db::Snapshot&, const Scope&);
  std::set<Scope> reload_principal(db::Snapshot&, PrincipalId);
  void catch_up(db::Snapshot&, const Scope& front);
  void heard(const std::vector<logbook::Entry>&, std::int64_t head);

  const Options options_;
  const Roles roles_;
  mutable Index index_;  // what the tables answered may be learned while answering
  NodeLink link_;
  Refusals refusals_;
  std::mutex reloading_;  // reads and applies as one, so that of two the later stays
  db::Store* store_ = nullptr;
  const base::Clock* clock_ = nullptr;
  std::atomic<std::uint64_t> records_{0};
  bool missed_ = false;  // entries whose rows could not be read: the next batch reads everything
  std::atomic<std::int64_t> heard_head_{0};
  mutable std::atomic<std::int64_t> current_at_{0};  // a beat up to whose head the log was heard
  struct Beat {
    std::int64_t head = 0;
    std::int64_t beat = 0;
  };
  mutable std::mutex waited_for_mutex_;
  mutable Beat waited_for_;  // becomes `current_at_` once its head is heard
};

// What a secret is stored as: base64url of its SHA-256.
std::string hash_of(std::string_view secret);

}  // namespace iam
