// Users and service accounts: how they come, and how they are disabled.
#include <algorithm>

#include "platform/iam/services.hpp"
#include "shared/crypto/crypto.hpp"

namespace iam {

base::Result<std::string> mail_from_text(std::string_view text) {
  std::string mail{text};
  for (char& c : mail) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  const std::size_t at = mail.find('@');
  const bool sound = mail.size() <= 254 && at != std::string::npos && at > 0 && at + 1 < mail.size() &&
                     mail.find('@', at + 1) == std::string::npos &&
                     std::ranges::none_of(mail, [](unsigned char c) { return c <= ' ' || c == 127; });
  if (!sound) return base::Error{base::invalid, "not a mail address", "/mail"};
  return mail;
}

std::string new_password() { return crypto::random_token(12); }

base::Result<PrincipalId> add_person(db::Tx& tx, const request::Env& env, PrincipalId by, const NewPerson& wanted) {
  if (auto checked = check_name(wanted.name); !checked) return checked.error();
  const store::Person person{.id = PrincipalId::make(env.now, env.random),
                             .kind = wanted.kind,
                             .home = wanted.home,
                             .name = wanted.name,
                             .mail = wanted.mail};
  if (!store::insert_person(tx, person, by, env.now)) {
    if (wanted.mail) return base::Error{mail_taken, "", "/mail"};
    return base::Error{request::name_taken, "", "/name"};
  }
  if (!wanted.password_hash.empty()) store::put_password(tx, person.id, wanted.password_hash, env.now);
  return person.id;
}

// Its authority ends in every organization where it is bound, at its home, and at the platform.
base::Result<void> disable_person(db::Tx& tx, const request::Env& env, PrincipalId id) {
  const auto person = store::person(tx, id);
  if (!person || !store::disable(tx, id)) return base::Error{base::not_found, "no active principal"};
  std::set<Scope> fronts{Scope{request::platform}};
  if (person->home) fronts.insert(Scope{*person->home});
  for (const store::Held& each : store::held_by(tx, id))
    if (each.organization) fronts.insert(Scope{*each.organization});
  for (const Scope& each : fronts) raise_epoch(tx, each, id.text());
  store::end_sessions_of(tx, id, env.now);
  return {};
}

std::optional<PrincipalName> principal_name(db::Snapshot& snapshot, PrincipalId id) {
  const auto person = store::person(snapshot, id);
  if (!person) return std::nullopt;
  return PrincipalName{person->kind, person->name};
}

request::Names names() {
  return {.principal =
              [](db::Snapshot& snapshot, PrincipalId id) {
                const auto found = principal_name(snapshot, id);
                return found ? found->name : std::string{};
              },
          .scope =
              [](db::Snapshot& snapshot, const Scope& scope) {
                const bool at_platform = std::holds_alternative<request::PlatformId>(scope);
                const auto path = at_platform ? std::vector<store::Place>{} : store::path_up(snapshot, scope);
                return path.empty() && !at_platform ? std::string{} : path_text(path);
              },
          .resource =
              [](db::Snapshot& snapshot, std::string_view id) {
                const auto found = resource(snapshot, id);
                return found ? found->name : std::string{};
              }};
}

}  // namespace iam
