#include "platform/iam/link.hpp"

#include "platform/iam/store.hpp"
#include "shared/crypto/crypto.hpp"

namespace iam {

base::Result<request::Caller> NodeLink::use(db::Tx& tx, const request::Env& env, std::string_view credential,
                                            std::string_view) {
  const base::Error refused{base::unauthenticated, "the node's proof does not hold"};
  const std::size_t first = credential.find('.');
  if (first == std::string_view::npos) return refused;
  const std::size_t second = credential.find('.', first + 1);
  if (second == std::string_view::npos) return refused;
  const auto node = PrincipalId::parse(credential.substr(0, first));
  const std::string_view challenge = credential.substr(first + 1, second - first - 1);
  const auto signature = crypto::from_base64url(credential.substr(second + 1));
  if (!node || !signature) return refused;

  const auto key_text = store::node_key(tx, *node);
  if (!key_text || !store::use_challenge(tx, *node, challenge, env.now)) return refused;
  const auto key = crypto::public_key_from_text(*key_text);
  CHECK(key.has_value());  // it was checked when it joined
  if (!crypto::verify(*key, spoken_ + std::string{challenge}, crypto::bytes_of(*signature))) return refused;
  return request::Caller{.principal = *node, .home = {}, .credential_id = {}};
}

}  // namespace iam
