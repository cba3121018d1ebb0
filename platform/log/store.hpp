// The SQL of the log, and only of its own tables. Rows come out as domain types; nothing here decides.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/log/log.hpp"

namespace logbook::store {

struct Stored {
  std::int64_t index = 0;  // 0: still in the inbox
  RecordId id;
  base::Instant at;
  std::string path;  // ids with / between
  Entry entry;
};

void insert_inbox(db::Tx&, RecordId, base::Instant at, const Entry&);

/// The sequencer's step: gives the next indexes to what waits, `batch_max` at most.
inline constexpr int batch_max = 4096;
db::Sequence::Batch sequence(db::Tx&);

std::int64_t head(db::Snapshot&);
/// Entries with after < index <= until, in order.
std::vector<Stored> range(db::Snapshot&, std::int64_t after, std::int64_t until);
/// The same of those that touch a topic, `most` at most.
std::vector<Stored> of_topic(db::Snapshot&, std::string_view topic, std::int64_t after, std::int64_t until, int most);
/// A page of what lies at or below `scope`; empty `resource` and `action` leave that open.
base::Page<Stored> page(db::Snapshot&, std::string_view scope, std::string_view resource, std::string_view action,
                        const base::Cursor&);
/// About a resource, and still in the inbox.
std::vector<Stored> waiting(db::Snapshot&, std::string_view resource);

struct Key {
  std::string body;
  std::optional<std::string> answer;
};
/// False: a key that is no older than `expired` is there.
bool insert_key(db::Tx&, std::string_view key, std::string_view body, base::Instant now, base::Instant expired);
std::optional<Key> find_key(db::Snapshot&, std::string_view key);
void set_answer(db::Tx&, std::string_view key, std::string_view answer);
bool any_key_before(db::Snapshot&, base::Instant);
int delete_keys_before(db::Tx&, base::Instant, int most);

}  // namespace logbook::store
