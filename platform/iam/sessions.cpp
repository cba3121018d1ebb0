// Sign-in: a password proves a person, a session stands for the proof.
#include "platform/iam/services.hpp"
#include "shared/crypto/crypto.hpp"

namespace iam {
namespace {

// Of no password. Verified where there is nobody, so that a refusal takes as long as one of somebody.
constexpr std::string_view nobodys_hash =
    "$argon2id$v=19$m=65536,t=2,p=1$MDEyMzQ1Njc4OWFiY2RlZg$1111111111111111111111111111111111111111111";

}  // namespace

base::Result<Verified> verify_sign_in(Core& core, const db::Reader& reader, const SignIn& input, base::Instant now) {
  const auto mail = mail_from_text(input.mail);
  if (!mail) return base::Error{sign_in_refused};
  if (!core.refusals().may_try(*mail, now)) return base::Error{request::rate_limited, "too many tries"};
  struct Found {
    store::Person person;
    std::optional<std::string> hash;
  };
  const auto found = reader.read([&](db::Snapshot& snapshot) -> std::optional<Found> {
    auto person = store::person_by_mail(snapshot, *mail);
    if (!person) return std::nullopt;
    return Found{*person, store::password(snapshot, person->id)};
  });
  const bool has_one = found && found->hash && found->person.state == store::State::active;
  const bool right =
      crypto::password_verify(has_one ? *found->hash : std::string{nobodys_hash}, input.password.reveal());
  if (!right || !has_one) {
    if (found) core.record_refusal(found->person, now);
    return base::Error{sign_in_refused};
  }
  core.refusals().succeeded(*mail);
  return Verified{.person = found->person, .token = "ses_" + crypto::random_token()};
}

request::Reply<SignedIn> start_session(const Core& core, db::Tx& tx, const request::Env& env, const Verified& who) {
  const auto id = SessionId::make(env.now, env.random);
  const std::string csrf = request::csrf_of(who.token);
  const base::Instant expires_at = env.now + session_time;
  store::insert_session(tx, id, hash_of(who.token), csrf, who.person.id, env.now, expires_at);
  const std::string cookie =
      core.options().word + "_session=" + who.token +
      "; Path=/; HttpOnly; SameSite=Strict; Max-Age=" + std::to_string(std::chrono::seconds{session_time}.count()) +
      (core.options().secure_cookies ? "; Secure" : "");
  return {.body = {.id = id,
                   .principal = who.person.id,
                   .name = who.person.name,
                   .mail = who.person.mail.value_or(""),
                   .organization = who.person.home,
                   .csrf = csrf,
                   .expires_at = expires_at},
          .headers = {{"Set-Cookie", cookie}}};
}

}  // namespace iam
