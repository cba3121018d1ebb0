// Index: iam's tables in memory, as far as a decision needs them. It is told what is true (by rows that were read from
// the tables, in the order in which they were read), and answers from any thread without waiting for a database.
//
// Always true
//   - every answer is of one moment: what is applied together is seen together;
//   - a yes carries an epoch that is not newer than what it was made of: `set_epoch` comes after everything that the
//   epoch
//     grew by. An older one does no harm, since the commit then decides from the tables.
//
// Not here: who reads the rows and when (iam.cpp), and how old they may be.
#pragma once

#include <array>
#include <map>
#include <set>
#include <unordered_map>

#include "platform/iam/gate.hpp"
#include "platform/iam/roles.hpp"
#include "platform/iam/store.hpp"

namespace iam {

class Index final {
 public:
  explicit Index(const Roles& roles);

  struct Everything {
    std::vector<store::Place> places;
    std::vector<std::pair<Scope, std::int64_t>> epochs;
    std::vector<store::Person> people;
    std::vector<store::Held> held;
    std::vector<store::Credential> credentials;
  };
  void replace(Everything);

  // What was read again; each is the whole truth about what it names.
  struct Scoped {  // a scope with those above it, and what is bound at it
    Scope scope{request::platform};
    std::vector<store::Place> path;
    std::vector<store::Held> held;
  };
  void apply(const Scoped&);
  struct Personal {  // a principal and all that it holds
    PrincipalId id;
    std::optional<store::Person> person;
    std::vector<store::Held> held;
  };
  void apply(const Personal&);
  void apply_binding(const BindingId&, const std::optional<store::Held>&);
  void apply_credential(std::string_view id, const std::optional<store::Credential>&);
  std::int64_t epoch(const Scope&) const;  // 0: unknown
  void set_epoch(const Scope&, std::int64_t);
  /// Where a resource lies never changes, so that anybody who read it may say so.
  void learn_resource(std::string_view id, const Scope&);
  /// Scopes that were not known yet; of those that are, the index knows better.
  void learn_path(const std::vector<store::Place>&);

  /// Only yes.
  std::optional<request::Authority> decide(PrincipalId, const request::Permission&, const request::Target&,
                                           base::Instant now) const;

  struct Known {
    PrincipalId principal;
    std::optional<OrganizationId> home;
    std::string credential_id;
  };
  std::optional<Known> credential(std::string_view hash, base::Instant now) const;
  bool knows(const Scope&) const;
  struct View {
    store::Place place;
    std::string path;  // acme/research/vision
  };
  std::optional<View> view(const Scope&) const;
  Iam::Stats stats() const;

 private:
  using At = std::uint32_t;  // a place by its number; 0 is the platform
  struct Place {
    Scope id{request::platform};
    bool known = false;  // not yet: a binding named it before its path was read
    At parent = 0;
    std::string name;
    base::Instant created_at;
    std::int64_t epoch = 0;  // of an organization and the platform
    std::set<BindingId> bound;
  };
  struct Binding {
    std::uint16_t role = 0;
    bool deny = false;
    base::Instant expires_at;
    BindingId id;
  };
  struct Person {
    bool active = false;
    std::optional<OrganizationId> home;
    std::multimap<At, Binding> held;
  };
  struct Holder {
    PrincipalId principal;
    At at = 0;
  };
  struct Credential {
    std::string id;
    PrincipalId principal;
    base::Instant expires_at;
  };
  static constexpr std::size_t chain_max = 40;
  struct Chain {  // from the target up to its organization; at the platform that alone
    std::array<At, chain_max> at;
    std::size_t size = 0;
    PrincipalId self;  // the target, when it is a principal
  };

  std::optional<Chain> chain_of(const request::Target&) const;
  At at(const Scope&);
  void put(const store::Place&);
  void put(const store::Held&);
  void drop(const BindingId&);
  void put(const store::Person&);
  std::int64_t epoch_of(const Chain&, bool of_platform) const;
  const Binding* best(PrincipalId, const Person&, const Chain&, int permission, base::Instant now) const;

  const Roles& roles_;
  Gate gate_;
  std::vector<Place> places_;
  std::unordered_map<Scope, At> where_;
  std::unordered_map<PrincipalId, Person> people_;
  std::unordered_map<BindingId, Holder> holder_;
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
  };
  std::unordered_map<std::string, At, TextHash, std::equal_to<>> resources_;
  std::unordered_map<std::string, Credential, TextHash, std::equal_to<>> credentials_;  // by hash
  std::unordered_map<std::string, std::string, TextHash, std::equal_to<>> hash_of_;     // by id
};

}  // namespace iam
