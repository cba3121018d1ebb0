// Nodes: a token lets one machine join once; from then on its own key proves it.
#include "platform/iam/services.hpp"
#include "shared/crypto/crypto.hpp"

namespace iam {
namespace {

constexpr int challenge_slots = 8;  // more than there are servers that a node dials at once
constexpr std::chrono::seconds challenge_time{60};
constexpr std::size_t capacity_max = 16 << 10;

}  // namespace

std::string new_join_token() { return "join_" + crypto::random_token(24); }

JoinTokenId add_join_token(db::Tx& tx, const request::Env& env, PrincipalId by, std::string_view note,
                           std::string_view token) {
  const auto id = JoinTokenId::make(env.now, env.random);
  store::insert_join_token(tx, id, hash_of(token), note, by, env.now, env.now + join_token_time);
  return id;
}

base::Result<PrincipalId> join_node(const Roles& roles, db::Tx& tx, const request::Env& env, const JoinNode& wanted) {
  if (auto checked = check_name(wanted.name); !checked) return checked.error();
  if (!crypto::public_key_from_text(wanted.public_key))
    return base::Error{base::invalid, "an Ed25519 public key as base64url", "/public_key"};
  if (wanted.capacity.text.size() > capacity_max) return base::Error{base::invalid, "too much", "/capacity"};
  const store::Person node{.id = PrincipalId::make(env.now, env.random),
                           .kind = PrincipalKind::node,
                           .home = {},
                           .name = wanted.name,
                           .mail = {}};
  const auto by = store::use_join_token(tx, hash_of(wanted.token.reveal()), node.id, env.now);
  if (!by) return base::Error{join_refused, "the token is unknown, used or expired", "/token"};
  if (!store::insert_person(tx, node, *by, env.now))
    return base::Error{request::name_taken, "there is a node named " + wanted.name, "/name"};
  store::insert_node(tx, node.id, wanted.public_key, wanted.capacity.text, env.now);
  auto bound = add_binding(roles, tx, env, *by, Scope{request::platform}, std::nullopt,
                           {.principal = node.id, .role = std::string{node_role}, .note = "joined"});
  if (!bound) return bound.error();
  return node.id;
}

base::Result<std::string> challenge_node(db::Tx& tx, const request::Env& env, PrincipalId node) {
  if (!store::node_key(tx, node)) return base::Error{base::not_found, "no such node"};
  std::array<unsigned char, 32> bytes{};
  env.random.fill(bytes);
  const std::string challenge = crypto::base64url(bytes);
  store::put_challenge(tx, node, static_cast<int>(env.random.below(challenge_slots)), challenge,
                       env.now + challenge_time);
  return challenge;
}

}  // namespace iam
