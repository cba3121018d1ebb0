#include "guard/source/sql.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "guard/source/sql_lex.hpp"

namespace guard::source {
namespace {

/// What one pair of brackets holds, or the statement as a whole.
struct Level {
  bool is_head = true;  // a verb may stand here
  std::string_view verb = {};
  std::string target = {};  // the table that it writes or makes
  bool wants_table = false;
  bool in_list = false;  // a comma brings another table
  Use list_use = Use::read;

  bool wants_with = false;  // the next word names a WITH
  bool is_recursive = false;
  std::string pending_with = {};
  std::string body_of = {};  // this level is the body of that WITH
};

class Reader {
 public:
  explicit Reader(std::string_view text, std::size_t body_depth = 0) : text_(text), body_depth_(body_depth) {
    out_.tokens = lex_sql(text, out_.problem);
    levels_.emplace_back();
  }

  Sql run() {
    while (at_ < size() && !out_.problem) step();
    if (level().wants_table) add("", level().list_use, text_.size());
    if (levels_.size() > 1) problem(text_.size(), "a bracket without its end");
    return std::move(out_);
  }

 private:
  std::size_t size() const { return out_.tokens.size(); }
  const SqlToken& token(std::size_t ahead = 0) const {
    static const SqlToken none{};
    return at_ + ahead < size() ? out_.tokens[at_ + ahead] : none;
  }
  Level& level() { return levels_.back(); }
  bool follows(std::string_view word) const { return at_ > 0 && out_.tokens[at_ - 1].is(word); }

  bool take(std::string_view word) {
    if (!token().is(word)) return false;
    ++at_;
    return true;
  }
  void take_any(std::span<const std::string_view> words) {
    while (token().kind == SqlKind::word && std::ranges::find(words, token().text) != words.end()) ++at_;
  }

  void step() {
    const SqlToken& now = token();
    if (now.is_sign('(')) return open();
    if (now.is_sign(')')) return close();
    if (now.is_sign(';')) {
      if (level().wants_table) add("", level().list_use, now.offset);
      level() = {};
      std::erase_if(withs_, [this](const auto& each) { return each.second >= levels_.size(); });
      ++at_;
    } else if (level().wants_table) {
      listed_table();
    } else if (now.is_sign(',')) {
      if (level().in_list) level().wants_table = true;
      if (level().verb == "with") level().wants_with = true;
      ++at_;
    } else if (level().wants_with && now.is_name()) {
      with_name();
    } else if (now.kind == SqlKind::macro && level().is_head) {
      macro();
    } else if (now.kind == SqlKind::word) {
      word();
    } else {
      if (now.kind == SqlKind::text && is_body()) body();
      ++at_;
    }
  }

  // Bodies: `AS $$ … $$` of a function, `DO $$ … $$`, and within them `EXECUTE '…'`

  bool is_body() const {
    if (follows("do") || follows("execute")) return true;
    const bool is_formatted = at_ > 1 && out_.tokens[at_ - 1].is_sign('(') && out_.tokens[at_ - 2].is("format");
    if (is_formatted) return body_depth_ > 0 && looks_like_sql(token().text);
    const bool is_language = at_ > 2 && out_.tokens[at_ - 2].is("language") && out_.tokens[at_ - 3].is("do");
    return is_language || (follows("as") && levels_.back().verb == "function");
  }

  void body() {
    if (body_depth_ >= body_depth_max)
      return problem(token().offset, "more than " + std::to_string(body_depth_max) + " bodies within one another");
    const std::size_t open = text_.find_first_of("'$", token().offset);
    const std::size_t begin = 1 + (text_[open] == '$' ? text_.find('$', open + 1) : open);
    Sql inner = Reader{token().text, body_depth_ + 1}.run();
    if (inner.problem) {
      const auto above = std::ranges::count(text_.substr(0, begin), '\n');
      out_.problem = Problem{inner.problem->line + static_cast<int>(above), inner.problem->what};
    }
    for (TableUse& each : inner.tables) {
      each.offset += begin;
      out_.tables.push_back(std::move(each));
    }
  }

  // Brackets

  void open() {
    if (levels_.size() >= sql_depth_max)
      return problem(token().offset, "more than " + std::to_string(sql_depth_max) + " brackets within one another");
    Level inner;
    Level& outer = level();
    if (!outer.pending_with.empty() && (follows("as") || follows("materialized")))
      inner.body_of = std::exchange(outer.pending_with, {});
    ++at_;
    const bool is_query = token().is("select") || token().is("with") || token().is("values");
    if (outer.wants_table && !is_query) {  // FROM (a JOIN b ON …)
      inner.wants_table = inner.in_list = true;
      inner.list_use = outer.list_use;
      inner.is_head = false;
    }
    outer.wants_table = false;
    inner.target = outer.target;
    levels_.push_back(std::move(inner));
  }

  void close() {
    if (levels_.size() == 1) return problem(token().offset, "a bracket without its beginning");
    if (level().wants_table) add("", level().list_use, token().offset);
    std::erase_if(withs_, [this](const auto& each) { return each.second >= levels_.size(); });
    const std::string with = std::move(level().body_of);
    levels_.pop_back();
    if (!with.empty() && !level().is_recursive) withs_.emplace_back(with, levels_.size());
    ++at_;
  }

  // WITH a AS (…), b (c, d) AS (…) verb

  void with_name() {
    level().pending_with = token().text;
    if (level().is_recursive) withs_.emplace_back(token().text, levels_.size());
    level().wants_with = false;
    ++at_;
  }

  bool is_with(std::string_view name) const {
    return std::ranges::any_of(withs_, [&](const auto& each) { return each.first == name; });
  }

  // Names

  /// `name`, `schema.name`; empty if none stands here.
  std::string name() {
    std::string out;
    while (token().is_name()) {
      out += token().text;
      ++at_;
      if (!token().is_sign('.')) break;
      out += '.';
      ++at_;
    }
    return out;
  }

  void add(std::string table, Use use, std::size_t offset, std::string detail = {}) {
    level().wants_table = false;
    if (is_with(table)) return;
    out_.tables.push_back({.name = std::move(table), .use = use, .offset = offset, .detail = std::move(detail)});
  }

  /// The table that a verb is about.
  void target(Use use) {
    static constexpr std::array<std::string_view, 2> skipped{"only", "table"};
    take_any(skipped);
    const std::size_t offset = at_ < size() ? token().offset : text_.size();
    level().target = name();
    add(level().target, use, offset);
  }

  void listed_table() {
    const SqlToken& now = token();
    if (now.is("only") || now.is("lateral")) {
      ++at_;
      return;
    }
    const Use use = level().list_use;
    const std::size_t offset = now.offset;
    const std::string found = name();
    if (found.empty()) ++at_;
    if (!found.empty() && token().is_sign('(')) {
      level().wants_table = false;  // a table function
    } else {
      add(found, use, offset);
    }
  }

  void list(Use use) {
    level().wants_table = level().in_list = true;
    level().list_use = use;
  }

  // Words

  void word() {
    const std::string_view now = token().text;
    if (level().is_head) return head(now);
    ++at_;
    if (now == "select" || now == "values") {
      level().verb = "select";
      level().in_list = false;
    } else if (now == "with" && level().verb == "insert") {
      with();
    } else if (now == "from") {
      const bool compares = at_ >= 3 && out_.tokens[at_ - 2].is("distinct") &&
                            (out_.tokens[at_ - 3].is("is") || out_.tokens[at_ - 3].is("not"));
      if (!compares && (level().verb == "select" || level().verb == "update")) list(Use::read);
    } else if (now == "join") {
      list(Use::read);
    } else if (now == "using") {
      if ((level().verb == "delete" || level().verb == "merge") && !token().is_sign('(')) list(Use::read);
    } else if (now == "references") {
      const std::size_t offset = at_ < size() ? token().offset : text_.size();
      add(name(), Use::refer, offset, level().target);
    } else if (now == "update" && at_ >= 2 && out_.tokens[at_ - 2].is("do")) {
      add(level().target, Use::update, out_.tokens[at_ - 1].offset);
    } else if (now == "union" || now == "except" || now == "intersect") {
      take("all");
      take("distinct");
      level().in_list = false;
      level().is_head = true;
    } else if (now == "as" && level().verb == "create") {
      level().is_head = true;
    } else if (now == "begin" && (level().verb == "trigger" || (level().verb == "function" && take("atomic")))) {
      level().is_head = true;
    } else if (now == "rename" && level().verb == "alter" && take("to")) {
      const std::size_t offset = token().offset;
      add(name(), Use::create, offset);
    } else if (now == "disable" && level().verb == "alter" && (take("trigger") || take("rule"))) {
      add(level().target, Use::drop, out_.tokens[at_ - 2].offset);
    } else if (now == "into" && level().verb == "select" && body_depth_ == 0) {  // within a body it sets a variable
      select_into();
    } else if (now == "table" && level().verb == "insert" && token().is_name()) {
      list(Use::read);
    } else if (now == "inherits") {
      if (level().verb == "create") list(Use::refer);
    } else if (relates(now)) {
      const std::size_t offset = at_ < size() ? token().offset : text_.size();
      add(name(), Use::refer, offset);
    } else if (body_depth_ > 0 && (now == "loop" || (now == "then" && level().verb == "other"))) {
      level() = {};
    } else if (ends_list(now)) {
      level().in_list = false;
    }
  }

  /// Whether what follows is a table that the one at hand is made after or joined to. `CHECK (…) NO INHERIT` is not.
  bool relates(std::string_view word) const {
    const auto before = [this](std::size_t back) { return at_ > back ? out_.tokens[at_ - 1 - back] : SqlToken{}; };
    if (word == "like") return is_within_create() && before(1).is_sign(',');
    if (levels_.back().verb != "alter") return false;
    if (word == "inherit") return !before(1).is("no") || !before(2).is_sign(')');
    return word == "partition" && (before(1).is("attach") || before(1).is("detach"));
  }

  bool is_within_create() const { return levels_.size() > 1 && levels_[levels_.size() - 2].verb == "create"; }

  static bool ends_list(std::string_view word) {
    static constexpr std::array<std::string_view, 11> words{"where", "group",  "order",     "limit", "having", "window",
                                                            "set",   "offset", "returning", "fetch", "for"};
    return std::ranges::find(words, word) != words.end();
  }

  void with() {
    level().verb = "with";
    level().is_head = true;
    level().is_recursive = take("recursive");
    level().wants_with = true;
  }

  void head(std::string_view verb) {
    ++at_;
    if (verb == "with") return with();
    static constexpr std::array<std::string_view, 10> transparent{"explain", "analyze",      "query", "plan", "as",
                                                                  "not",     "materialized", "begin", "then", "else"};
    const bool in_with = level().verb == "with" && (verb == "as" || verb == "not" || verb == "materialized");
    if (in_with || (verb != "as" && std::ranges::find(transparent, verb) != transparent.end())) return;
    level().is_head = false;
    level().verb = "other";
    if (verb == "select" || verb == "values" || verb == "perform") {
      level().verb = "select";
    } else if ((verb == "table" && token().is_name()) || (at_ == 1 && goes_on(verb))) {
      level().verb = "select";
      list(Use::read);
    } else if (at_ == 1 && verb == "into") {
      level().verb = "insert";
      target(Use::insert);
    } else if (verb == "union" || verb == "except" || verb == "intersect") {
      level().is_head = true;
    } else if (verb == "like" && is_within_create()) {
      target(Use::refer);
    } else if (verb == "insert" || verb == "replace") {
      insert(verb == "replace");
    } else if (verb == "update") {
      level().verb = "update";
      if (take("or")) ++at_;
      target(Use::update);
    } else if (verb == "delete" || verb == "merge") {
      if (!take(verb == "delete" ? "from" : "into")) return;
      level().verb = verb == "delete" ? "delete" : "merge";
      target(verb == "delete" ? Use::remove : Use::update);
    } else if (verb == "truncate") {
      take("table");
      list(Use::remove);
    } else if (verb == "lock") {
      take("table");
      list(Use::read);
    } else {
      define(verb);
    }
  }

  /// What goes on with a text that another began.
  static bool goes_on(std::string_view verb) { return verb == "from" || verb == "join" || verb == "using"; }

  void select_into() {
    take("unlogged");
    const bool is_temporary = take("temp") || take("temporary");
    take("table");
    const std::size_t offset = at_ < size() ? token().offset : text_.size();
    const std::string made = name();
    if (is_temporary) {
      withs_.emplace_back(made, 0);
    } else {
      add(made, Use::create, offset);
    }
  }

  void insert(bool replaces) {
    if (take("or")) {
      replaces = token().is("replace");
      ++at_;
    }
    if (!take("into")) return;
    level().verb = "insert";
    target(Use::insert);
    if (replaces) add(level().target, Use::update, out_.tables.empty() ? 0 : out_.tables.back().offset);
  }

  void define(std::string_view verb) {
    if (verb == "create") return create();
    if (verb == "alter" || verb == "drop") {
      static constexpr std::array<std::string_view, 3> exists{"if", "exists", "only"};
      take("materialized");
      if (verb == "drop" && take("trigger")) return about(Use::drop);
      if (!take("table") && !take("view")) return;
      take_any(exists);
      if (verb == "drop") return list(Use::drop);
      level().verb = "alter";
      target(Use::alter);
    } else if (verb == "grant" || verb == "revoke" || verb == "comment") {
      level().verb = "other";
      about(Use::alter);
      while (at_ < size() && !token().is_sign(';')) ++at_;
    } else if (verb == "copy" && token().is_name()) {
      target(Use::insert);
    }
  }

  void create() {
    static constexpr std::array<std::string_view, 9> kinds{"or",     "replace", "unlogged",     "global",    "local",
                                                           "unique", "virtual", "materialized", "constraint"};
    static constexpr std::array<std::string_view, 4> exists{"concurrently", "if", "not", "exists"};
    take_any(kinds);
    const bool is_temporary = take("temp") || take("temporary");
    if (take("table") || take("view")) {
      level().verb = "create";
      take_any(exists);
      if (!is_temporary) {
        target(Use::create);
        if (take("partition") && take("of")) add(name(), Use::refer, out_.tokens[at_ - 1].offset);
        return;
      }
      level().target = name();
      withs_.emplace_back(level().target, 0);  // for the rest of the text
    } else if (take("function") || take("procedure")) {
      level().verb = "function";
    } else if (take("trigger")) {
      level().verb = "trigger";
      about(Use::alter);
    } else if (take("index") || take("policy") || take("rule")) {
      about(Use::alter);
    }
  }

  /// Goes to the first `ON`, and takes the table after it.
  void about(Use use) {
    while (at_ < size() && !token().is("on") && !token().is_sign(';') && !token().is_sign('(')) ++at_;
    if (take("on")) target(use);
  }

  // @append_only(a, b)
  void macro() {
    const std::string macro = token().text.substr(1);
    ++at_;
    if (!token().is_sign('(')) return;
    for (++at_; at_ < size() && !token().is_sign(')'); ++at_)
      if (token().is_name())
        out_.tables.push_back({.name = token().text, .use = Use::mark, .offset = token().offset, .detail = macro});
    if (at_ < size()) ++at_;
  }

  void problem(std::size_t offset, std::string what) {
    if (!out_.problem)
      out_.problem = Problem{1 + static_cast<int>(std::ranges::count(text_.substr(0, offset), '\n')), std::move(what)};
  }

  std::string_view text_;
  std::size_t body_depth_;
  Sql out_;
  std::size_t at_ = 0;
  std::vector<Level> levels_;
  std::vector<std::pair<std::string, std::size_t>> withs_;  // visible names, and the depth that ends them
};

}  // namespace

std::string_view word_of(Use use) {
  static constexpr std::array<std::string_view, 9> words{"SELECT", "INSERT", "UPDATE",     "DELETE", "CREATE",
                                                         "ALTER",  "DROP",   "REFERENCES", "macro"};
  return words[static_cast<std::size_t>(use)];
}

Sql parse_sql(std::string_view text) { return Reader{text}.run(); }

}  // namespace guard::source
