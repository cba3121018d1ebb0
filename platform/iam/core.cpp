// The ports: who asks, who may, and how the index is kept true.
#include "platform/iam/core.hpp"

#include "platform/iam/services.hpp"
#include "shared/crypto/crypto.hpp"
#include "shared/db/trouble.hpp"

namespace iam {
namespace {

std::string lock_of(const Scope& front) { return "org:" + request::text(front); }

// Who raises the epoch takes the lock exclusively at once: to take it shared first and then ask for more would be a
// deadlock with whoever does the same.
bool raises(const request::Permission& permission) {
  return permission.name == binding_remove.name || permission.name == principal_disable.name ||
         permission.name == api_key_remove.name;
}

constexpr std::size_t together_max = 8;  // changes that are read about at once

constexpr std::uint32_t refusal_step = 40;  // apart from the runner's, should the key be the same

bool is_own(std::string_view action) { return action.starts_with("iam."); }

}  // namespace

std::string hash_of(std::string_view secret) { return crypto::base64url(crypto::sha256(secret)); }

void raise_epoch(db::Tx& tx, const Scope& front, std::string_view about) {
  tx.lock(lock_of(front), false);
  store::raise_epoch(tx, front, about);
}

Core::Core(Options options, Roles roles)
    : options_(std::move(options)), roles_(std::move(roles)), index_(roles_), link_(options_.word) {}

base::Result<std::unique_ptr<Iam>> make_iam(Options options) {
  auto roles = Roles::make(options.additions);
  if (!roles) return roles.error();
  return std::unique_ptr<Iam>(std::make_unique<Core>(std::move(options), std::move(*roles)));
}

std::optional<request::Caller> Core::known(std::string_view credential, base::Instant now) const {
  if (!is_fresh(now)) return std::nullopt;
  const auto known = index_.credential(hash_of(credential), now);
  if (!known) return std::nullopt;
  return request::Caller{known->principal, known->home.value_or(OrganizationId{}), known->credential_id};
}

base::Result<request::Caller> Core::who(db::Snapshot& snapshot, std::string_view credential, base::Instant now) const {
  const auto found = store::credential_by_hash(snapshot, hash_of(credential));
  if (!found || found->expires_at <= now) return base::Error{base::unauthenticated, "unknown or expired"};
  const auto person = store::person(snapshot, found->principal);
  if (!person || person->state != store::State::active) return base::Error{base::unauthenticated, "disabled"};
  return request::Caller{person->id, person->home.value_or(OrganizationId{}), found->id};
}

bool Core::holds(db::Snapshot& snapshot, std::string_view credential_id, base::Instant now) const {
  const auto found = store::credential_by_id(snapshot, credential_id);
  return found && found->expires_at > now;
}

std::optional<request::Authority> Core::from_index(PrincipalId principal, const request::Permission& permission,
                                                   const request::Target& target, base::Instant now) const {
  if (!is_fresh(now)) return std::nullopt;
  return index_.decide(principal, permission, target, now);
}

base::Result<request::Authority> Core::from_tables(db::Snapshot& snapshot, PrincipalId principal,
                                                   const request::Permission& permission, const request::Target& target,
                                                   base::Instant now) const {
  Ground ground;
  auto decided = decide_from_tables(snapshot, roles_, principal, permission, target, now, &ground);
  if (!decided) return decided;
  index_.learn_path(ground.path);
  if (const auto* id = std::get_if<std::string>(&target); id != nullptr && !ground.self)
    index_.learn_resource(*id, ground.scope());
  return decided;
}

base::Result<request::Authority> Core::confirm(db::Tx& tx, const request::Authority& authority,
                                               const request::Target& target, base::Instant now) const {
  std::int64_t epoch = 0;
  for (const Scope& each : epochs_of(roles_, authority.path.front(), authority.permission->name)) {
    tx.lock(lock_of(each), !raises(*authority.permission));
    epoch += store::epoch_shared(tx, each);
  }
  if (epoch == authority.authz_epoch) return authority;
  return decide_from_tables(tx, roles_, authority.principal, *authority.permission, target, now);
}

base::Result<void> Core::add_resource(db::Tx& tx, const request::Authority& authority, std::string_view type,
                                      std::string_view id, std::string_view name, base::Instant now) {
  const auto* organization = std::get_if<OrganizationId>(&authority.path.front());
  const auto binding = BindingId::parse(authority.by);
  const Resource resource{.id = std::string{id},
                          .type = std::string{type},
                          .name = std::string{name},
                          .scope = authority.scope(),
                          .created_by = authority.principal,
                          .created_by_binding = binding ? std::optional{*binding} : std::nullopt,
                          .created_at = now};
  if (store::insert_resource(tx, resource, organization ? std::optional{*organization} : std::nullopt)) return {};
  return base::Error{request::name_taken, "there is a " + resource.type + " named " + resource.name, "/name"};
}

bool Core::concerns(const request::Permission& permission) const { return is_own(permission.name); }

void Core::applied(const db::Reader& reader, const request::Authority& authority, std::string_view resource) {
  if (concerns(*authority.permission)) reload(reader, std::array{Changed{authority.path.front(), resource}});
}

void Core::start(db::Store& store, const base::Clock& clock) {
  const std::lock_guard lock{reloading_};
  store_ = &store;
  clock_ = &clock;
  load();
}

void Core::load() {
  if (options_.head) heard_head_ = options_.head();  // what comes after it, the listener hears
  index_.replace(store_->read([&](db::Snapshot& snapshot) {
    return Index::Everything{.places = store::all_places(snapshot),
                             .epochs = store::all_epochs(snapshot),
                             .people = store::all_people(snapshot),
                             .held = store::all_held(snapshot),
                             .credentials = store::live_credentials(snapshot, clock_->now())};
  }));
}

logbook::Log::Listener Core::listener() {
  return [this](const std::vector<logbook::Entry>& entries, std::int64_t head) { heard(entries, head); };
}

// Runs on a thread of the log, with all entries after the last batch up to `head`; where some are missing in between
// (they came before this listener did, or could not be read about), everything is read. Until then the index is behind
// the log, and the tables decide.
void Core::heard(const std::vector<logbook::Entry>& entries, std::int64_t head) {
  try {
    {
      const std::lock_guard lock{reloading_};
      if (store_ == nullptr) return;
      const bool gap = head - static_cast<std::int64_t>(entries.size()) > heard_head_;
      if (missed_ || gap) load();
      missed_ = false;
    }
    std::vector<Changed> changed;
    for (const logbook::Entry& each : entries)
      if (is_own(each.action) && each.outcome == "ok" && !each.path.empty())
        changed.push_back({each.path.front(), each.resource});
    // A few at a time: who changed something himself waits for the same lock before he is answered.
    for (std::size_t i = 0; i < changed.size(); i += together_max)
      reload(*store_, std::span{changed}.subspan(i, std::min(together_max, changed.size() - i)));
    heard_head_ = std::max(head, heard_head_.load());
  } catch (const db::Trouble&) {
    missed_ = true;
  }
}

void Core::record_refusal(const store::Person& person, base::Instant now) {
  const int count = refusals_.refused(person.id, now);
  if (count == 0 || store_ == nullptr || !person.home) return;
  const std::uint64_t number = records_.fetch_add(1);
  store_->change(
      [this, person, count, number, now](db::Tx& tx) -> base::Result<void> {
        base::Random random{options_.dice, number, refusal_step};
        logbook::append(tx, request::Env{now, random},
                        {.path = {Scope{*person.home}},
                         .principal = person.id,
                         .home = *person.home,
                         .action = std::string{session_create.name},
                         .resource = person.id.text(),
                         .outcome = std::string{sign_in_refused.word},
                         .detail = "{\"count\":" + std::to_string(count) + "}"});
        return {};
      },
      [](base::Result<void>) {});  // it was an honest try; the refusal was answered all the same
}

// Everything is a function of what the tables say now, so that it does not matter how often, or in which order, entries
// are heard; and of what was changed several times, once is enough.
void Core::reload(const db::Reader& reader, std::span<const Changed> changed) {
  const std::lock_guard lock{reloading_};
  reader.read([&](db::Snapshot& snapshot) {
    std::set<Scope> fronts;
    std::set<std::string_view> read;
    for (const Changed& each : changed) {
      fronts.insert(each.front);
      if (read.insert(each.resource).second) fronts.merge(reload_named(snapshot, each.resource));
    }
    for (const Scope& each : fronts) catch_up(snapshot, each);
  });
}

// Of an epoch that grew, everything that it grew by is read before the index says that it is of that epoch: some of it
// may be another process's, and not heard of yet.
void Core::catch_up(db::Snapshot& snapshot, const Scope& front) {
  const std::int64_t known = index_.epoch(front);
  const std::int64_t stands = store::epoch(snapshot, front);
  if (stands <= known) return;
  for (const std::string& each : store::changes_since(snapshot, front, known)) reload_named(snapshot, each);
  index_.set_epoch(front, stands);
}

// What else may have grown by it: the organizations where a principal is bound.
std::set<Scope> Core::reload_named(db::Snapshot& snapshot, std::string_view id) {
  if (const auto principal = PrincipalId::parse(id)) return reload_principal(snapshot, *principal);
  if (const auto binding = BindingId::parse(id)) {
    const auto held = store::held(snapshot, *binding);
    index_.apply_binding(*binding, held);
    if (held && !index_.knows(held->scope)) index_.learn_path(store::path_up(snapshot, held->scope));
  } else if (SessionId::parse(id) || ApiKeyId::parse(id)) {
    index_.apply_credential(id, store::credential_by_id(snapshot, id));
  } else if (const auto scope = request::scope_from_text(id)) {
    reload_scope(snapshot, *scope);
  }
  return {};
}

void Core::reload_scope(db::Snapshot& snapshot, const Scope& scope) {
  index_.apply(
      Index::Scoped{.scope = scope, .path = store::path_up(snapshot, scope), .held = store::held_at(snapshot, scope)});
}

std::set<Scope> Core::reload_principal(db::Snapshot& snapshot, PrincipalId principal) {
  const Index::Personal read{
      .id = principal, .person = store::person(snapshot, principal), .held = store::held_by(snapshot, principal)};
  index_.apply(read);
  std::set<Scope> fronts{Scope{request::platform}};
  if (read.person && read.person->home) fronts.insert(Scope{*read.person->home});
  for (const store::Held& each : read.held)
    if (each.organization) fronts.insert(Scope{*each.organization});
  return fronts;
}

// As old as the last beat up to whose head everything had been heard. While changes come without a pause there is
// always something unheard: then a beat is kept until its head is heard, and the next one after it.
bool Core::is_fresh(base::Instant now) const {
  if (!options_.beat) return true;
  const base::Instant beat = options_.beat();
  if (!options_.head) return now - beat <= index_age_max;
  const std::int64_t head = options_.head();
  if (heard_head_ >= head) {
    current_at_ = base::micros(beat);
  } else if (const std::unique_lock lock{waited_for_mutex_, std::try_to_lock}) {
    if (heard_head_ >= waited_for_.head) {
      current_at_ = std::max(current_at_.load(), waited_for_.beat);
      waited_for_ = {head, base::micros(beat)};
    }
  }
  return now - base::from_micros(current_at_) <= index_age_max;
}

std::vector<Iam::Role> Core::roles() const {
  std::vector<Iam::Role> roles;
  for (const Roles::Role& each : roles_.all()) roles.push_back({each.name, roles_.names_of(each.permissions)});
  std::sort(roles.begin(), roles.end(), [](const Role& a, const Role& b) { return a.name < b.name; });
  return roles;
}

}  // namespace iam
