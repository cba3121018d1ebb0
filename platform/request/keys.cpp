#include "platform/request/keys.hpp"

#include "shared/crypto/crypto.hpp"

namespace request {
namespace {

constexpr db::Query add_key{"request.keys.add", R"sql(
  INSERT INTO installation_keys (name, key_hex) VALUES (:name, :key) ON CONFLICT (name) DO NOTHING)sql"};
constexpr db::Query find_key{"request.keys.find", "SELECT key_hex FROM installation_keys WHERE name = :name"};

}  // namespace

base::Random::Key installation_key(db::Tx& tx, std::string_view name, const base::Random::Key& fresh) {
  tx.put(add_key, {{"name", name}, {"key", crypto::hex(fresh)}});
  const auto text =
      tx.one(find_key, {{"name", name}}, [](const db::Row& row) { return row.get<std::string>("key_hex"); });
  CHECK(text.has_value());
  const auto bytes = crypto::from_hex(*text);
  base::Random::Key key{};
  CHECK(bytes && bytes->size() == key.size());
  std::copy(bytes->begin(), bytes->end(), key.begin());
  return key;
}

}  // namespace request
