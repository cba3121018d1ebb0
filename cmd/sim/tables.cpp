#include "cmd/sim/tables.hpp"

#include <map>

#include "platform/billing/rating/rating.hpp"
#include "shared/json/json.hpp"

namespace sim {
namespace {

using namespace std::chrono_literals;

constexpr db::Query sound{"sim.sound", "SELECT integrity_check AS said FROM pragma_integrity_check", 10s};
constexpr db::Query orphans{"sim.orphans", "SELECT \"table\" AS said FROM pragma_foreign_key_check", 10s};

constexpr db::Query log_range{"sim.log", R"sql(
  SELECT count(*) AS number, coalesce(min(idx), 1) AS first, coalesce(max(idx), 0) AS last,
         (SELECT count(*) FROM log_inbox) AS waiting FROM log)sql",
                              10s};

constexpr db::Query log_since{"sim.records", R"sql(
  SELECT action, resource, outcome, principal FROM log WHERE idx > :head)sql",
                              10s};

constexpr db::Query keys{"sim.keys", "SELECT key, coalesce(answer, '') AS answer FROM idempotency_keys", 10s};

constexpr db::Query state{"sim.state", R"sql(
  SELECT 'scopes' AS place, id FROM scopes UNION ALL SELECT 'principals', id FROM principals
  UNION ALL SELECT 'bindings', id FROM bindings UNION ALL SELECT 'gpuaas_instances', id FROM gpuaas_instances
  UNION ALL SELECT 'transfers', id FROM transfers WHERE charge IS NULL)sql",
                          10s};

constexpr db::Query usage{"sim.usage", "SELECT reported FROM usage_events WHERE piece = 0", 10s};

constexpr db::Query uncharged{"sim.uncharged", "SELECT count(*) AS number FROM usage_unrated"};
constexpr db::Query sum_charged{"sim.charged", "SELECT coalesce(sum(amount), 0) AS number FROM charges"};

// Each row is a fault, in words.
constexpr db::Query faults{"sim.faults", R"sql(
  SELECT 'a scope without exactly one live edge' AS said, id FROM scopes
    WHERE (SELECT count(*) FROM scope_edges AS e WHERE e.scope_id = scopes.id AND e.valid_to IS NULL) <> 1
  UNION ALL SELECT 'an edge of no scope', scope_id FROM scope_edges WHERE scope_id NOT IN (SELECT id FROM scopes)
  UNION ALL SELECT 'an edge to no parent', scope_id FROM scope_edges
    WHERE parent_id NOT LIKE 'plt_%' AND parent_id NOT IN (SELECT id FROM scopes)
  UNION ALL SELECT 'edges that overlap', a.scope_id FROM scope_edges AS a JOIN scope_edges AS b
    ON a.scope_id = b.scope_id AND a.valid_from < b.valid_from AND (a.valid_to IS NULL OR a.valid_to > b.valid_from)
  UNION ALL SELECT 'an instance that is no resource', id FROM gpuaas_instances WHERE id NOT IN (SELECT id FROM resources)
  UNION ALL SELECT 'a resource that is no instance', id FROM resources WHERE id NOT IN (SELECT id FROM gpuaas_instances)
  UNION ALL SELECT 'an instance that no job places', id FROM gpuaas_instances
    WHERE id NOT IN (SELECT resource FROM jobs)
  UNION ALL SELECT 'a usage event that is not either charged once or waiting', id FROM usage_events
    WHERE (SELECT count(*) FROM charges AS c WHERE c.usage_event = usage_events.id)
        + (SELECT count(*) FROM usage_unrated AS u WHERE u.event = usage_events.id) <> 1
  UNION ALL SELECT 'usage that overlaps', a.id FROM usage_events AS a JOIN usage_events AS b
    ON a.resource = b.resource AND a.meter = b.meter AND a.start_at < b.start_at AND a.end_at > b.start_at
  UNION ALL SELECT 'a charge that no transfer pays', id FROM charges
    WHERE (SELECT count(*) FROM transfers AS t WHERE t.charge = charges.id AND t.amount = charges.amount) <> (amount > 0)
  UNION ALL SELECT 'a transfer that pays for no charge', id FROM transfers
    WHERE charge IS NOT NULL AND charge NOT IN (SELECT id FROM charges)
  UNION ALL SELECT 'a transfer without its debit and its credit', id FROM transfers
    WHERE (SELECT count(*) FROM postings AS p WHERE p.transfer = transfers.id AND p.amount = transfers.amount) <> 2
  UNION ALL SELECT 'postings that do not balance', currency FROM postings GROUP BY currency
    HAVING sum(CASE side WHEN 'debit' THEN amount ELSE -amount END) <> 0
  UNION ALL SELECT 'postings of no transfer', transfer FROM postings WHERE transfer NOT IN (SELECT id FROM transfers))sql",
                           10s};

constexpr std::pair<std::string_view, db::Query> damages[] = {
    {"key", {"sim.damage", "DELETE FROM idempotency_keys WHERE key = (SELECT max(key) FROM idempotency_keys)"}},
    {"edge", {"sim.damage", "DELETE FROM scope_edges WHERE scope_id = (SELECT max(scope_id) FROM scope_edges)"}},
    {"scope", {"sim.damage", "DELETE FROM scopes WHERE id = (SELECT max(id) FROM scopes WHERE id LIKE 'prj_%')"}},
    {"binding", {"sim.damage", "DELETE FROM bindings WHERE id = (SELECT max(id) FROM bindings)"}},
    {"job", {"sim.damage", "DELETE FROM jobs"}},
    {"usage", {"sim.damage", R"sql(
      INSERT INTO usage_unrated (event, organization, retry_at) SELECT id, organization, 0 FROM usage_events LIMIT 1)sql"}},
    {"record", {"sim.damage", R"sql(
      INSERT INTO log SELECT (SELECT max(idx) + 1 FROM log), id, at, path, principal, home, action, resource, outcome, target,
        via, detail FROM log WHERE action = 'iam.project.create' ORDER BY idx DESC LIMIT 1)sql"}},
    {"gap", {"sim.damage", R"sql(
      INSERT INTO log SELECT idx + 2, id, at, path, principal, home, 'none', resource, outcome, target, via, detail FROM log
        ORDER BY idx DESC LIMIT 1)sql"}},
    {"transfer", {"sim.damage", R"sql(
      INSERT INTO transfers SELECT 'trf_00000000000000000000000000', organization, at, debit, credit, amount, currency, kind,
        NULL, resource, NULL, note FROM transfers LIMIT 1)sql"}},
};

// Action, resource, outcome; how often.
using Records = std::map<std::string, int>;

std::string record(std::string_view action, std::string_view resource, std::string_view outcome) {
  return std::string{action} + " " + std::string{resource} + " " + std::string{outcome};
}

// The first that one has and the other has not, with both numbers.
std::string difference(const Records& expected, const Records& found) {
  for (const auto& [what, number] : expected) {
    const auto at = found.find(what);
    const int there = at == found.end() ? 0 : at->second;
    if (there != number)
      return "'" + what + "' is recorded " + std::to_string(there) + " times and was done " + std::to_string(number) +
             " times";
  }
  for (const auto& [what, number] : found)
    if (!expected.contains(what)) return "'" + what + "' is recorded and was never done";
  return {};
}

struct Held {
  Records records;                                   // that the keys demand
  std::map<std::string, std::set<std::string>> ids;  // that the keys created, by table
};

// The last word of a key is the client's.
const Deed* deed_of(const std::map<std::string, const Deed*>& deeds, std::string_view key) {
  const auto at = deeds.find(std::string{key.substr(key.rfind(' ') + 1)});
  return at == deeds.end() ? nullptr : at->second;
}

// Reads the keys, and says what is wrong with them.
std::string read_keys(db::Snapshot& snapshot, const Promises& promises, Held& held) {
  std::map<std::string, const Deed*> deeds;
  for (const Deed& each : promises.deeds()) deeds.emplace(each.sent.key, &each);
  std::set<const Deed*> found;
  for (const auto& [key, stored] : snapshot.all(keys, {}, [](const db::Row& row) {
         return std::pair{row.get<std::string>("key"), row.get<std::string>("answer")};
       })) {
    const Deed* deed = deed_of(deeds, key);
    if (deed == nullptr) return "a key that nobody sent: " + key;
    const std::size_t line = stored.find('\n');
    if (line == std::string::npos) return "a key without its answer: " + key;
    const std::string body = stored.substr(line + 1);
    if (deed->answer && stored != std::to_string(deed->answer->status) + "\n" + deed->kept())
      return "another answer than the one given stands under " + key;
    found.insert(deed);
    const bool ok = stored.starts_with('2');
    const bool creates = !deed->kind->table.empty();
    const std::string id = json::member_text(body, "id").value_or("");
    if (ok && creates) held.ids[std::string{deed->kind->table}].insert(id);
    const std::string resource = !deed->about.empty() ? deed->about : ok ? id : "";
    ++held.records[record(deed->kind->action, resource, ok ? "ok" : json::member_text(body, "reason").value_or(""))];
  }
  for (const Deed& each : promises.deeds())
    if (each.answer && !found.contains(&each))
      return "acknowledged and lost: " + each.sent.method + " " + each.sent.path + " key " + each.sent.key +
             " answered " + std::to_string(each.answer->status);
  return {};
}

std::string check_records(db::Snapshot& snapshot, const Start& start, const Promises& promises, const Held& held) {
  struct Read {
    std::string action, resource, outcome, principal;
  };
  Records found;
  std::int64_t denials = 0;
  for (const Read& each : snapshot.all(log_since, {{"head", start.head}}, [](const db::Row& row) {
         return Read{row.get<std::string>("action"), row.get<std::string>("resource"), row.get<std::string>("outcome"),
                     row.get<std::string>("principal")};
       })) {
    if (promises.outsider() && each.principal == promises.outsider()->principal.text()) ++denials;
    const bool of_a_deed = each.principal == promises.admin() &&
                           std::any_of(std::begin(kinds::all), std::end(kinds::all),
                                       [&](const Kind* kind) { return kind->action == each.action; });
    if (of_a_deed) ++found[record(each.action, each.resource, each.outcome)];
  }
  if (denials < promises.denials_answered()) return "a denial was answered, and its record is lost";
  if (denials > promises.denials_asked()) return "a denial is recorded twice";
  return difference(held.records, found);
}

std::string check_state(db::Snapshot& snapshot, const Start& start, const Held& held) {
  std::map<std::string, std::set<std::string>> found;
  for (const auto& [place, id] : snapshot.all(state, {}, [](const db::Row& row) {
         return std::pair{row.get<std::string>("place"), row.get<std::string>("id")};
       }))
    if (!start.ids.contains(id)) found[place].insert(id);
  for (const Kind* kind : kinds::all) {
    const std::string place{kind->table};
    if (place.empty()) continue;
    const auto at = held.ids.find(place);
    const std::set<std::string> promised = at == held.ids.end() ? std::set<std::string>{} : at->second;
    for (const std::string& id : promised)
      if (!found[place].contains(id)) return "half a change: " + id + " has its key, and is not in " + place;
    for (const std::string& id : found[place])
      if (!promised.contains(id)) return "half a change: " + id + " is in " + place + ", and has no key";
  }
  return {};
}

std::string check_log(db::Snapshot& snapshot) {
  struct Read {
    std::int64_t number, first, last, waiting;
  };
  const auto log = snapshot.one(log_range, {}, [](const db::Row& row) {
    return Read{row.get<std::int64_t>("number"), row.get<std::int64_t>("first"), row.get<std::int64_t>("last"),
                row.get<std::int64_t>("waiting")};
  });
  if (log->first != 1 || log->number != log->last)
    return "the log has " + std::to_string(log->number) + " entries from " + std::to_string(log->first) + " to " +
           std::to_string(log->last);
  if (log->waiting != 0) return std::to_string(log->waiting) + " entries wait in the log's inbox";
  return {};
}

std::string check_file(db::Snapshot& snapshot) {
  const auto said = [](const db::Row& row) { return row.get<std::string>("said"); };
  for (const std::string& each : snapshot.all(sound, {}, said))
    if (each != "ok") return "the file is damaged: " + each;
  for (const std::string& each : snapshot.all(orphans, {}, said)) return "a foreign key of " + each + " leads nowhere";
  for (const std::string& each : snapshot.all(faults, {}, [](const db::Row& row) {
         return row.get<std::string>("said") + ": " + row.get<std::string>("id");
       }))
    return each;
  return {};
}

std::string check_usage(db::Snapshot& snapshot, const Node& node) {
  std::set<std::string> found;
  for (std::string& id : snapshot.all(usage, {}, [](const db::Row& row) { return row.get<std::string>("reported"); }))
    found.insert(std::move(id));
  for (const std::string& id : node.acknowledged())
    if (!found.contains(id)) return "acknowledged and lost: usage event " + id;
  for (const std::string& id : found)
    if (!node.reported().contains(id)) return "a usage event that nobody reported: " + id;
  const auto replayed = rating::replay(snapshot);
  if (replayed.books != replayed.again) return "replaying usage gives other books";
  return {};
}

std::int64_t number(db::Store& store, const db::Query& query) {
  return store.read([&](db::Snapshot& snapshot) {
    return snapshot.one(query, {}, [](const db::Row& row) { return row.get<std::int64_t>("number"); }).value();
  });
}

}  // namespace

std::string check_all_charged(db::Store& store) {
  const std::int64_t waiting = number(store, uncharged);
  return waiting == 0 ? "" : std::to_string(waiting) + " usage events wait, and nothing charges them";
}

std::int64_t charged(db::Store& store) { return number(store, sum_charged); }

bool damage(db::Store& store, std::string_view what) {
  int rows = 0;
  for (const auto& [name, query] : damages) {
    if (name != what) continue;
    const auto work = [&](db::Tx& tx) -> base::Result<void> {
      rows = tx.run(query, {});
      return {};
    };
    store.change(work, [](base::Result<void>) {});
    while (store.run_waiting() > 0) {
    }
  }
  return rows > 0;
}

Start look(db::Store& store) {
  return store.read([](db::Snapshot& snapshot) {
    Start start;
    for (std::string& id : snapshot.all(state, {}, [](const db::Row& row) { return row.get<std::string>("id"); }))
      start.ids.insert(std::move(id));
    start.head = snapshot.one(log_range, {}, [](const db::Row& row) { return row.get<std::int64_t>("last"); }).value();
    return start;
  });
}

std::string check_tables(db::Store& store, const Start& start, const Promises& promises, const Node& node) {
  return store.read([&](db::Snapshot& snapshot) {
    if (auto wrong = check_file(snapshot); !wrong.empty()) return wrong;
    if (auto wrong = check_log(snapshot); !wrong.empty()) return wrong;
    Held held;
    if (auto wrong = read_keys(snapshot, promises, held); !wrong.empty()) return wrong;
    if (auto wrong = check_state(snapshot, start, held); !wrong.empty()) return wrong;
    if (auto wrong = check_records(snapshot, start, promises, held); !wrong.empty()) return wrong;
    return check_usage(snapshot, node);
  });
}

}  // namespace sim
