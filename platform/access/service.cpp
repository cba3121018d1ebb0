#include "platform/access/access.hpp"
#include "platform/access/store.hpp"
#include "shared/crypto/crypto.hpp"

namespace entrance {
namespace {

constexpr std::size_t ticket_bytes =
    24;  // 192 bits, 32 letters of base64url: fits a subprotocol's token (RFC 6455, 4.1)

}  // namespace

Opened open(db::Tx& tx, const request::Granted<session_create>& granted, const request::Env& env,
            const Surface& surface) {
  CHECK(surface.what.size() <= what_max);
  std::array<unsigned char, ticket_bytes> dice{};
  env.random.fill(dice);
  const std::string ticket = crypto::base64url({reinterpret_cast<const char*>(dice.data()), dice.size()});
  const SessionId id = SessionId::make(env.now, env.random);
  const base::Instant expires_at = env.now + ticket_time;
  store::insert(tx, granted,
                {.session = {.id = id,
                             .surface = surface.family,
                             .resource = surface.resource,
                             .principal = granted.principal(),
                             .created_at = env.now},
                 .organization = granted.organization(),
                 .path = granted.authority().path,
                 .node = surface.node,
                 .what = surface.what,
                 .credential = std::string{env.credential_id}},
                crypto::hex(crypto::sha256(ticket)), expires_at);
  return {.id = id,
          .surface = surface.family,
          .resource = surface.resource,
          .ticket = ticket,
          .expires_at = expires_at,
          .url = "/v1/access-sessions/" + id.text() + "/stream"};
}

}  // namespace entrance
