#include "platform/log/log.hpp"

#include "platform/log/denials.hpp"
#include "platform/log/store.hpp"
#include "platform/log/tail.hpp"

namespace logbook {
namespace {

using request::Authority;
using request::Caller;
using request::Env;
using request::Permission;
using request::Target;

Entry allowed_entry(const Authority& authority, const Caller& caller, std::string_view resource,
                    std::string_view outcome) {
  return {.path = authority.path,
          .principal = authority.principal,
          .home = caller.home,
          .action = std::string{authority.permission->name},
          .resource = std::string{resource},
          .outcome = std::string{outcome},
          .by = authority.by};
}

class LogOfProcess final : public Log {
 public:
  explicit LogOfProcess(request::Names names) : tail_(std::move(names)) {}
  ~LogOfProcess() override { stop(); }

  db::Sequence sequence() override {
    return {.step = store::sequence,
            .heard = [this](std::int64_t head, base::Instant beat) { tail_.heard(head, beat); }};
  }
  void start(db::Store& store, const base::Clock& clock, base::Random::Key dice) override {
    tail_.start(store, clock);
    denials_.start(store, dice);
  }
  void stop() override {
    denials_.stop();
    tail_.stop();
  }
  std::int64_t head() const override { return tail_.head(); }
  base::Instant beat() const override { return tail_.beat(); }
  void listen(Listener listener) override { tail_.listen(std::move(listener)); }
  std::int64_t denied_reads_lost() const override { return denials_.lost(); }

  // Recorder

  void change(db::Tx& tx, const Env& env, const Authority& authority, const Caller& caller, std::string_view resource,
              std::string_view outcome) override {
    append(tx, env, allowed_entry(authority, caller, resource, outcome));
  }
  void denial(db::Tx& tx, const Env& env, const Caller& caller, const Permission& permission, const Target& target,
              base::Reason reason) override {
    append(tx, env, denial_entry(caller, permission, target, reason));
  }
  void denied_read(const Caller& caller, const Permission& permission, const Target& target, base::Reason reason,
                   base::Instant now) override {
    denials_.add(denial_entry(caller, permission, target, reason), now);
  }
  void allowed_read(db::Tx& tx, const Env& env, const Authority& authority, const Caller& caller,
                    std::string_view resource) override {
    append(tx, env, allowed_entry(authority, caller, resource, "ok"));
  }

  // Idempotency

  std::optional<std::string> find(db::Snapshot& snapshot, std::string_view key) const override {
    auto found = store::find_key(snapshot, key);
    return found ? found->answer : std::nullopt;
  }

  /// The unique index decides: on PostgreSQL the second of two waits in the insert for the first.
  base::Result<std::optional<std::string>> claim(db::Tx& tx, std::string_view key, std::string_view body,
                                                 base::Instant now) override {
    if (store::insert_key(tx, key, body, now, now - key_time)) return std::optional<std::string>{};
    auto found = store::find_key(tx, key);
    CHECK(found.has_value());
    if (found->body != body) return base::Error{request::key_reused};
    if (!found->answer) return base::Error{request::in_flight};
    return std::move(found->answer);
  }
  void keep(db::Tx& tx, std::string_view key, std::string_view answer) override { store::set_answer(tx, key, answer); }

  // Feed

  std::int64_t newest(db::Snapshot& snapshot) const override { return store::head(snapshot); }
  std::shared_ptr<void> follow(std::string topic, std::int64_t cursor, Give give) override {
    return tail_.follow(std::move(topic), cursor, std::move(give));
  }

 private:
  Tail tail_;
  Denials denials_;
};

}  // namespace

RecordId append(db::Tx& tx, const Env& env, const Entry& entry) {
  const RecordId id = RecordId::make(env.now, env.random);
  store::insert_inbox(tx, id, env.now, entry);
  return id;
}

std::unique_ptr<Log> make_log(request::Names names) { return std::make_unique<LogOfProcess>(std::move(names)); }

}  // namespace logbook
