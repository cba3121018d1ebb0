// The SQL of principals and passwords.
#include "platform/iam/store_row.hpp"

namespace iam::store {
namespace {

constexpr db::Query select_person{"iam.person", R"sql(
  SELECT id, kind, home_id, name, mail, state FROM principals WHERE id = :id)sql"};

constexpr db::Query select_by_mail{"iam.person_by_mail", R"sql(
  SELECT id, kind, home_id, name, mail, state FROM principals WHERE mail = :mail)sql"};

constexpr db::Query select_named{"iam.people_named", R"sql(
  SELECT id, kind, home_id, name, mail, state FROM principals
  WHERE home_id = :home AND name = :name ORDER BY id LIMIT 10)sql"};

constexpr db::Query select_all{"iam.all_people", R"sql(
  SELECT id, kind, home_id, name, mail, state FROM principals)sql",
                               std::chrono::minutes{1}};

constexpr db::Query select_of{"iam.people_of", R"sql(
  SELECT id, kind, home_id, name, mail, state FROM principals
  WHERE home_id = :home AND id > :after ORDER BY id LIMIT :limit)sql"};

constexpr db::Query insert{"iam.insert_person", R"sql(
  INSERT INTO principals (id, kind, home_id, name, mail, state, created_at, created_by)
  VALUES (:id, :kind, :home, :name, :mail, :state, :now, :by)
  ON CONFLICT DO NOTHING)sql"};

constexpr db::Query disable_row{"iam.disable", R"sql(
  UPDATE principals SET state = 'disabled' WHERE id = :id AND state = 'active')sql"};

constexpr db::Query upsert_password{"iam.put_password", R"sql(
  INSERT INTO passwords (principal_id, hash, set_at) VALUES (:id, :hash, :now)
  ON CONFLICT (principal_id) DO UPDATE SET hash = excluded.hash, set_at = excluded.set_at)sql"};

constexpr db::Query select_password{"iam.password", "SELECT hash FROM passwords WHERE principal_id = :id"};

Person read(const db::Row& row) {
  return {.id = row.get<PrincipalId>("id"),
          .kind = row.get<PrincipalKind>("kind"),
          .home = row.get<std::optional<OrganizationId>>("home_id"),
          .name = text_in(row, "name"),
          .mail = row.get<std::optional<std::string>>("mail"),
          .state = row.get<State>("state")};
}

}  // namespace

std::optional<Person> person(db::Snapshot& snapshot, PrincipalId id) {
  return snapshot.one(select_person, {{"id", id}}, read);
}

std::optional<Person> person_by_mail(db::Snapshot& snapshot, std::string_view mail) {
  return snapshot.one(select_by_mail, {{"mail", mail}}, read);
}

std::vector<Person> people_named(db::Snapshot& snapshot, OrganizationId home, std::string_view name) {
  return snapshot.all(select_named, {{"home", home}, {"name", name}}, read);
}

std::vector<Person> all_people(db::Snapshot& snapshot) { return snapshot.all(select_all, {}, read); }

base::Page<Person> people_of(db::Snapshot& snapshot, OrganizationId home, const base::Cursor& cursor) {
  return snapshot.page(select_of, cursor, {{"home", home}}, read);
}

bool insert_person(db::Tx& tx, const Person& person, PrincipalId by, base::Instant now) {
  CHECK((person.kind == PrincipalKind::node) == !person.home);
  CHECK((person.kind == PrincipalKind::user) == person.mail.has_value());
  return tx.run(insert, {{"id", person.id},
                         {"kind", person.kind},
                         {"home", person.home},
                         {"name", person.name},
                         {"mail", person.mail},
                         {"state", person.state},
                         {"now", now},
                         {"by", by}}) == 1;
}

bool disable(db::Tx& tx, PrincipalId id) { return tx.run(disable_row, {{"id", id}}) == 1; }

void put_password(db::Tx& tx, PrincipalId id, std::string_view hash, base::Instant now) {
  tx.put(upsert_password, {{"id", id}, {"hash", hash}, {"now", now}});
}

std::optional<std::string> password(db::Snapshot& snapshot, PrincipalId id) {
  return snapshot.one(select_password, {{"id", id}}, [](const db::Row& row) { return text_in(row, "hash"); });
}

}  // namespace iam::store
