#include "platform/iam/index.hpp"

#include <algorithm>

namespace iam {
namespace {

constexpr std::size_t resources_max = 1 << 20;  // forgotten all at once past it; the tables know them
constexpr base::Instant end_of_time = base::from_micros(INT64_MAX);

}  // namespace

Index::Index(const Roles& roles) : roles_(roles) { replace({}); }

void Index::replace(Everything all) {
  const Gate::Write alone{gate_};
  places_.clear();
  where_.clear();
  people_.clear();
  holder_.clear();
  resources_.clear();
  credentials_.clear();
  hash_of_.clear();
  places_.reserve(all.places.size() + 1);
  where_.reserve(all.places.size() + 1);
  people_.reserve(all.people.size());
  holder_.reserve(all.held.size());
  places_.push_back({.id = Scope{request::platform}, .known = true, .name = "platform"});
  where_.emplace(Scope{request::platform}, 0);
  for (const store::Place& each : all.places) put(each);
  for (const auto& [scope, epoch] : all.epochs) places_[at(scope)].epoch = epoch;
  for (const store::Person& each : all.people) put(each);
  for (const store::Held& each : all.held) put(each);
  for (store::Credential& each : all.credentials) {
    hash_of_.emplace(each.id, each.hash);
    credentials_.emplace(each.hash, Credential{each.id, each.principal, each.expires_at});
  }
}

Index::At Index::at(const Scope& scope) {
  const auto [found, is_new] = where_.try_emplace(scope, static_cast<At>(places_.size()));
  if (is_new) places_.push_back({.id = scope});
  return found->second;
}

void Index::put(const store::Place& place) {
  const At parent = at(place.parent);
  Place& mine = places_[at(place.id)];
  mine.known = true;
  mine.parent = parent;
  mine.name = place.name;
  mine.created_at = place.created_at;
}

void Index::put(const store::Person& person) {
  Person& mine = people_[person.id];
  mine.active = person.state == store::State::active;
  mine.home = person.home;
}

void Index::put(const store::Held& held) {
  const Roles::Role* role = roles_.find(held.role);
  if (role == nullptr) return;  // of an older release: it holds nothing any more
  const At where = at(held.scope);
  people_[held.principal].held.emplace(where, Binding{.role = roles_.index(*role),
                                                      .deny = held.effect == store::Effect::deny,
                                                      .expires_at = held.expires_at.value_or(end_of_time),
                                                      .id = held.id});
  places_[where].bound.insert(held.id);
  holder_.emplace(held.id, Holder{held.principal, where});
}

void Index::drop(const BindingId& id) {
  const auto holder = holder_.find(id);
  if (holder == holder_.end()) return;
  const auto [principal, where] = holder->second;
  auto& held = people_[principal].held;
  const auto [first, last] = held.equal_range(where);
  const auto binding = std::find_if(first, last, [&](const auto& each) { return each.second.id == id; });
  CHECK(binding != last);
  held.erase(binding);
  places_[where].bound.erase(id);
  holder_.erase(holder);
}

std::int64_t Index::epoch(const Scope& scope) const {
  const Gate::Read reading{gate_};
  const auto found = where_.find(scope);
  return found == where_.end() ? 0 : places_[found->second].epoch;
}

void Index::set_epoch(const Scope& scope, std::int64_t epoch) {
  const Gate::Write alone{gate_};
  places_[at(scope)].epoch = epoch;
}

void Index::apply_binding(const BindingId& id, const std::optional<store::Held>& read) {
  const Gate::Write alone{gate_};
  drop(id);
  if (read) put(*read);
}

void Index::apply(const Scoped& read) {
  const Gate::Write alone{gate_};
  for (const store::Place& each : read.path) put(each);
  for (const BindingId& each : std::set{places_[at(read.scope)].bound}) drop(each);
  for (const store::Held& each : read.held) {
    drop(each.id);
    put(each);
  }
}

void Index::apply(const Personal& read) {
  const Gate::Write alone{gate_};
  std::vector<BindingId> before;
  for (const auto& [where, each] : people_[read.id].held) before.push_back(each.id);
  for (const BindingId& each : before) drop(each);
  if (read.person)
    put(*read.person);
  else
    people_.erase(read.id);
  for (const store::Held& each : read.held) {
    drop(each.id);
    put(each);
  }
}

void Index::apply_credential(std::string_view id, const std::optional<store::Credential>& read) {
  const Gate::Write alone{gate_};
  if (const auto known = hash_of_.find(id); known != hash_of_.end()) {
    credentials_.erase(known->second);
    hash_of_.erase(known);
  }
  if (!read) return;
  hash_of_.emplace(read->id, read->hash);
  credentials_.emplace(read->hash, Credential{read->id, read->principal, read->expires_at});
}

void Index::learn_resource(std::string_view id, const Scope& scope) {
  const Gate::Write alone{gate_};
  if (resources_.size() >= resources_max) resources_.clear();
  resources_.insert_or_assign(std::string{id}, at(scope));
}

void Index::learn_path(const std::vector<store::Place>& path) {
  const Gate::Write alone{gate_};
  for (const store::Place& each : path)
    if (!places_[at(each.id)].known) put(each);
}

std::optional<Index::Chain> Index::chain_of(const request::Target& target) const {
  At from = 0;
  Chain chain;
  if (const auto* scope = std::get_if<Scope>(&target)) {
    const auto found = where_.find(*scope);
    if (found == where_.end()) return std::nullopt;
    from = found->second;
  } else if (const auto resource = resources_.find(std::get<std::string>(target)); resource != resources_.end()) {
    from = resource->second;
  } else {
    const auto principal = PrincipalId::parse(std::get<std::string>(target));
    if (!principal) return std::nullopt;
    const auto person = people_.find(*principal);
    if (person == people_.end()) return std::nullopt;
    chain.self = *principal;
    if (const auto& organization = person->second.home) {
      const auto home = where_.find(Scope{*organization});
      if (home == where_.end()) return std::nullopt;
      from = home->second;
    }
  }
  do {
    if (chain.size == chain_max || !places_[from].known) return std::nullopt;
    chain.at[chain.size++] = from;
    from = places_[from].parent;
  } while (from != 0);
  return chain;
}

// The nearest that allows, unless one anywhere on the way denies.
const Index::Binding* Index::best(PrincipalId principal, const Person& person, const Chain& chain, int permission,
                                  base::Instant now) const {
  const Binding* best = nullptr;
  for (std::size_t i = 0; i < chain.size; ++i) {
    const Binding* here = nullptr;
    const auto [first, last] = person.held.equal_range(chain.at[i]);
    for (auto each = first; each != last; ++each) {
      const Binding& binding = each->second;
      const Roles::Role& role = roles_.all()[binding.role];
      if (!role.permissions.has(permission) || binding.expires_at <= now) continue;
      if (role.held == Held::by_itself && chain.self != principal) continue;
      if (binding.deny) return nullptr;
      if (here == nullptr || binding.id < here->id) here = &binding;
    }
    if (best == nullptr) best = here;
  }
  return best;
}

std::int64_t Index::epoch_of(const Chain& chain, bool of_platform) const {
  const At front = chain.at[chain.size - 1];
  return places_[front].epoch + (of_platform && front != 0 ? places_[0].epoch : 0);
}

std::optional<request::Authority> Index::decide(PrincipalId principal, const request::Permission& permission,
                                                const request::Target& target, base::Instant now) const {
  const int number = roles_.number(permission.name);
  if (number < 0) return std::nullopt;
  const bool of_platform = roles_.of_platform(number);
  const Gate::Read reading{gate_};
  const auto person = people_.find(principal);
  if (person == people_.end() || !person->second.active) return std::nullopt;
  const auto chain = chain_of(target);
  if (!chain) return std::nullopt;
  Chain decided = *chain;
  if (of_platform) {
    decided.at[0] = 0;
    decided.size = 1;
  }
  const Binding* binding = best(principal, person->second, decided, number, now);
  if (binding == nullptr) return std::nullopt;
  request::Authority authority{.permission = &permission,
                               .principal = principal,
                               .authz_epoch = epoch_of(*chain, of_platform),
                               .by = binding->id.text()};
  authority.path.reserve(chain->size);
  for (std::size_t i = chain->size; i > 0; --i) authority.path.push_back(places_[chain->at[i - 1]].id);
  return authority;
}

std::optional<Index::Known> Index::credential(std::string_view hash, base::Instant now) const {
  const Gate::Read reading{gate_};
  const auto found = credentials_.find(hash);
  if (found == credentials_.end() || found->second.expires_at <= now) return std::nullopt;
  const auto person = people_.find(found->second.principal);
  if (person == people_.end() || !person->second.active) return std::nullopt;
  return Known{found->second.principal, person->second.home, found->second.id};
}

bool Index::knows(const Scope& scope) const {
  const Gate::Read reading{gate_};
  const auto found = where_.find(scope);
  return found != where_.end() && places_[found->second].known;
}

std::optional<Index::View> Index::view(const Scope& scope) const {
  const Gate::Read reading{gate_};
  const auto chain = chain_of(request::Target{scope});
  if (!chain) return std::nullopt;
  const Place& place = places_[chain->at[0]];
  View view{
      .place = {.id = place.id, .parent = places_[place.parent].id, .name = place.name, .created_at = place.created_at},
      .path = {}};
  for (std::size_t i = chain->size; i > 0; --i) {
    if (!view.path.empty()) view.path += '/';
    view.path += places_[chain->at[i - 1]].name;
  }
  return view;
}

Iam::Stats Index::stats() const {
  const Gate::Read reading{gate_};
  const auto known = std::ranges::count_if(places_, [](const Place& each) { return each.known; });
  return {.scopes = known,
          .principals = static_cast<std::int64_t>(people_.size()),
          .bindings = static_cast<std::int64_t>(holder_.size()),
          .credentials = static_cast<std::int64_t>(credentials_.size()),
          .resources = static_cast<std::int64_t>(resources_.size())};
}

}  // namespace iam
