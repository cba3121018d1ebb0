// API keys: a secret text that stands for a principal until it is removed or expires.
#include "platform/iam/services.hpp"
#include "shared/crypto/crypto.hpp"

namespace iam {

std::string new_key_token() { return "gpk_" + crypto::random_token(24); }

NewKey add_key(db::Tx& tx, const request::Env& env, PrincipalId by, const store::Person& person, std::string_view name,
               std::optional<base::Instant> expires_at, std::string token) {
  NewKey made{.key = {.id = ApiKeyId::make(env.now, env.random),
                      .principal = person.id,
                      .name = std::string{name},
                      .created_at = env.now,
                      .expires_at = expires_at},
              .token = std::move(token)};
  store::insert_key(tx, made.key, person.home, hash_of(made.token), by);
  return made;
}

}  // namespace iam
