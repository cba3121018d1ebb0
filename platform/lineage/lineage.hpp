// Lineage: for one resource, who was allowed to make it, what it used, what that cost, where the money went, and the
// proof. It asks every LineageSource that main hands it, and includes none of their modules.
//
// Always true
//   - nothing is computed for lineage: each item is a row that somebody wrote in a transaction of their own; a row that
//   is
//     not there is an item that is not there;
//   - each item is shown to who holds its permission at its scope; to anyone else its line says what is lacking, no
//   more;
//   - `settled` is said only when nothing is pending, hidden or shown, and the usage of what has ended reaches to its
//   end.
//
// Not here: what a source tells. Quotas and proofs are lines without a source until their issues come.
#pragma once

#include <boost/describe.hpp>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/request/names.hpp"
#include "platform/request/ports.hpp"
#include "platform/request/request.hpp"
#include "shared/json/json.hpp"

namespace lineage {

inline constexpr request::Permission resource_read{"lineage.resource.read"};

inline constexpr std::size_t rows_max = 10'000;  // read of one source; past it `settled` is not said
inline constexpr std::size_t items_max = 200;    // shown of one line, the newest

enum class State { proved, posted, pending, hidden, planned };
BOOST_DESCRIBE_ENUM(State, proved, posted, pending, hidden, planned)

struct Item {
  static constexpr std::string_view json_name = "LineageItem";
  std::string id;
  std::string text;
  std::optional<std::string> amount;
  std::optional<std::string> at;
  std::optional<std::string> from;  // the row that this one came from
  bool pending = false;
};
BOOST_DESCRIBE_STRUCT(Item, (), (id, text, amount, at, from, pending))

struct Line {
  static constexpr std::string_view json_name = "LineageLine";
  std::string step;
  std::string text;
  std::optional<std::string> amount;  // the sum of its items
  std::optional<std::string> at;      // of the newest
  std::optional<std::string> id;      // of the only one
  std::optional<std::string> from;
  State state = State::posted;
  std::optional<std::string> hidden;  // "needs billing.transfer.list at acme"
  bool simulated = false;
  std::vector<Item> items;
};
BOOST_DESCRIBE_STRUCT(Line, (), (step, text, amount, at, id, from, state, hidden, simulated, items))

struct Subject {
  static constexpr std::string_view json_name = "LineageResource";
  std::string id;
  std::string type;
  std::string name;
  std::string path;
  std::string state;
};
BOOST_DESCRIBE_STRUCT(Subject, (), (id, type, name, path, state))

struct Lineage {
  Subject resource;
  bool simulated = false;
  bool settled = false;
  std::vector<Line> lines;  // by step: authority, decision, quota, usage, charges, ledger, audit, proof
};
BOOST_DESCRIBE_STRUCT(Lineage, (), (resource, simulated, settled, lines))

/// What the house and the resource's product say of it.
struct About {
  Subject resource;
  bool simulated = false;
  bool in_use = false;                           // it runs: what it uses now is not metered yet
  std::optional<base::Instant> used_until = {};  // it ran, and ended then: its usage reaches there when all has come
};

struct Ports {
  std::vector<const request::LineageSource*> sources;
  const request::Authorizer* authorizer = nullptr;
  /// Nothing: there is no such resource.
  std::function<std::optional<About>(db::Snapshot&, std::string_view resource)> about;
  request::Names names = {};
};

base::Result<Lineage> read(db::Snapshot&, request::PrincipalId asks, base::Instant now, std::string_view resource,
                           const Ports&);

/// `resource_read` (GET /v1/resources/{resource}/lineage). The ports outlive it.
request::Routes routes(Ports);

}  // namespace lineage
