// Access check: the decision that would be made, for whoever may ask.
#include "platform/iam/services.hpp"

namespace iam {
namespace {

base::Result<store::Person> asked_about(db::Snapshot& snapshot, std::string_view text, const Ground& ground) {
  std::optional<store::Person> found;
  if (const auto id = PrincipalId::parse(text)) {
    found = store::person(snapshot, *id);
  } else if (text.contains('@')) {
    const auto mail = mail_from_text(text);
    if (mail) found = store::person_by_mail(snapshot, *mail);
  } else if (!ground.path.empty()) {
    auto named = store::people_named(snapshot, std::get<OrganizationId>(ground.path.front().id), text);
    if (named.size() > 1)
      return base::Error{base::invalid, "several have this name: use the id or mail address", "/principal"};
    if (!named.empty()) found = std::move(named.front());
  }
  if (!found) return base::Error{base::not_found, "no such principal", "/principal"};
  return *found;
}

}  // namespace

base::Result<AccessAnswer> check_access(const Core& core, db::Snapshot& snapshot, PrincipalId caller,
                                        const AccessQuestion& question, base::Instant now) {
  const auto scope = request::scope_from_text(question.target);
  const request::Target target = scope ? request::Target{*scope} : request::Target{question.target};
  auto may_ask = decide_from_tables(snapshot, core.built_in(), caller, access_check, target, now);
  if (!may_ask) return may_ask.error();

  const auto ground = ground_of(snapshot, target);
  if (!ground) return ground.error();
  const auto person = asked_about(snapshot, question.principal, *ground);
  if (!person) return person.error();
  AccessAnswer answer{.path = path_text(ground->path)};
  const auto allowed =
      decide(core.built_in(), *person, store::held_by(snapshot, person->id), *ground, question.permission, now);
  if (!allowed) {
    answer.reason = allowed.error().reason.word;
    return answer;
  }
  answer.allowed = true;
  answer.reason = "ok";
  answer.by = allowed->role + " at " + path_text(store::path_up(snapshot, allowed->scope));
  answer.binding = allowed->id.text();
  answer.role = allowed->role;
  return answer;
}

}  // namespace iam
