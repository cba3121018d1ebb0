// SQL ownership: a table belongs to the module whose migration (or own CREATE) makes it, and only that module's SQL
// names it. Tables that a macro marks append-only appear in no UPDATE, DELETE or DROP; no foreign key leaves a module.
// A file of SQL is a migration, or nobody sees what it does.
//
//   with:
//     migrations: ["**/schema/*.sql"]
//     code: ["**/*.cpp", "**/*.hpp"]      whose literals are looked at
//     stores: ["store*.cpp"]              the only files of a module with SQL; none: any
//     append_only: append_only            the macro; none: no table is. Tests may try
//     engine: ["pg_*", "sqlite_*"]        tables of the engines
//   allow: {from: file, to: table}
#include <algorithm>

#include "guard/model/glob.hpp"
#include "guard/rules/rules.hpp"
#include "guard/rules/tables.hpp"
#include "shared/base/ascii.hpp"

namespace guard {

namespace {

struct SqlWith {
  std::vector<std::string> migrations;
  std::vector<std::string> code;
  std::vector<std::string> stores = {};
  std::string delimiter = "sql";
  std::string append_only = {};
  std::vector<std::string> engine = {};
  static constexpr std::array json_defaults{"stores", "delimiter", "append_only", "engine"};
};
BOOST_DESCRIBE_STRUCT(SqlWith, (), (migrations, code, stores, delimiter, append_only, engine))

using rules::bare_name;
using rules::SqlText;
using source::TableUse;
using source::Use;

struct Table {
  const File* file = nullptr;  // that makes it
  bool is_append_only = false;
};

class Ownership {
 public:
  Ownership(const SqlWith& given, Findings& findings) : given_(given), findings_(findings) {}

  /// The tables that there are. Those that tests make are there for their module's tests.
  void take(const SqlText& text) {
    for (const TableUse& each : text.sql.tables) {
      if (each.use != Use::create || each.name.empty()) continue;
      auto& tables = text.file->is_test ? of_tests_[text.file->module] : tables_;
      const auto [at, is_new] = tables.try_emplace(std::string{bare_name(each.name)}, Table{.file = text.file});
      if (!is_new && at->second.file->module != text.file->module)
        say(text, each, each.name + " is made by " + module_of(*at->second.file) + " too, in " + at->second.file->path);
    }
    for (const TableUse& each : text.sql.tables)
      if (each.use == Use::mark && each.detail == given_.append_only) mark(text, each);
  }

  void check(const SqlText& text) {
    if (!text.is_migration && !text.file->is_test && !given_.stores.empty() &&
        !matches_any(given_.stores, text.file->path) && !findings_.allows(text.file->path))
      findings_.add(text.place(0), text.file->path + " has SQL", "SQL stands outside of a store");
    for (const TableUse& each : text.sql.tables)
      if (each.use != Use::create && each.use != Use::mark) use(text, each);
  }

 private:
  static std::string module_of(const File& file) { return file.module == nullptr ? file.path : file.module->path; }

  void say(const SqlText& text, const TableUse& use, std::string what) {
    if (findings_.allows(text.file->path, use.name)) return;
    findings_.add(text.place(use.offset), text.file->path + " " + std::string{word_of(use.use)} + " " + use.name,
                  std::move(what));
  }

  void mark(const SqlText& text, const TableUse& use) {
    auto& tables = text.file->is_test ? of_tests_[text.file->module] : tables_;
    if (const auto at = tables.find(bare_name(use.name)); at != tables.end()) {
      at->second.is_append_only = true;
    } else {
      say(text, use, "marks " + use.name + ", which nothing made before");
    }
  }

  const Table* find(const SqlText& text, const std::string& written) const {
    const std::string_view name = bare_name(written);
    if (const auto own = !text.file->is_test ? of_tests_.end() : of_tests_.find(text.file->module);
        own != of_tests_.end())
      if (const auto at = own->second.find(name); at != own->second.end()) return &at->second;
    const auto at = tables_.find(name);
    return at == tables_.end() ? nullptr : &at->second;
  }

  void use(const SqlText& text, const TableUse& use) {
    if (use.name.empty())
      return say(text, use, "puts the name of a table together at run time: nobody can see whose it is");
    if (matches_any(given_.engine, use.name)) return;
    const Table* table = find(text, use.name);
    if (table == nullptr) return say(text, use, "names " + use.name + ", which no migration makes");
    if (table->file->module != text.file->module) {
      const std::string owner = use.name + ", which " + module_of(*table->file) + " owns";
      say(text, use, use.use == Use::refer ? "has a foreign key to " + owner : "names " + owner);
    }
    const bool edits = use.use == Use::update || use.use == Use::remove || use.use == Use::drop;
    if (table->is_append_only && edits && !text.file->is_test)  // a test sees that the database refuses it
      say(text, use, std::string{word_of(use.use)} + " of " + use.name + ", which is append-only");
  }

  const SqlWith& given_;
  Findings& findings_;
  std::map<std::string, Table, std::less<>> tables_;
  std::map<const Module*, std::map<std::string, Table, std::less<>>> of_tests_;
};

bool is_sql_file(std::string_view path) { return base::lower(path).ends_with(".sql"); }

void files_of_sql(const Tree& tree, const SqlWith& given, Findings& findings) {
  for (const File& each : tree.files)
    if (is_sql_file(each.path) && !matches_any(given.migrations, each.path) && !findings.allows(each.path))
      findings.add({each.path, 1}, each.path + " has SQL",
                   "is SQL that `migrations` does not name: nothing looks at it");
}

/// What `with` names has to be there.
void settings(const Tree& tree, const SqlWith& given, const std::vector<SqlText>& texts, Findings& findings) {
  rules::needs_any_file(tree, given.migrations, "/with/migrations", findings);
  rules::needs_any_file(tree, given.code, "/with/code", findings);
  const auto marks = [&](const TableUse& each) { return each.use == Use::mark && each.detail == given.append_only; };
  const bool is_marking = std::ranges::any_of(
      texts, [&](const SqlText& each) { return each.is_migration && std::ranges::any_of(each.sql.tables, marks); });
  if (std::ranges::any_of(texts, &SqlText::is_migration) && !given.append_only.empty() && !is_marking)
    findings.cannot(findings.rules().place_of(findings.rule(), "/with/append_only"),
                    "no migration marks a table by this macro");
}

}  // namespace

void rules::sql(const Tree& tree, const Rule& rule, Findings& findings) {
  const auto given = with<SqlWith>(findings.rules(), rule);
  if (!given) return findings.cannot({findings.rules().path}, given.error().detail);
  auto texts = sql_of(tree, {.migrations = given->migrations, .code = given->code, .delimiter = given->delimiter});
  for (const SqlText& each : texts)
    if (each.trouble) findings.cannot(each.trouble->place, each.trouble->what);
  std::erase_if(texts, [](const SqlText& each) { return each.trouble.has_value(); });
  settings(tree, *given, texts, findings);
  files_of_sql(tree, *given, findings);
  Ownership ownership{*given, findings};
  for (const SqlText& each : texts) ownership.take(each);
  for (const SqlText& each : texts) ownership.check(each);
}

}  // namespace guard
