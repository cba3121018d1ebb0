#include "guard/source/script.hpp"

#include <algorithm>
#include <utility>

#include "guard/source/script_lex.hpp"

namespace guard::source {
namespace {

class Reader {
 public:
  explicit Reader(std::vector<ScriptToken> tokens) : tokens_(std::move(tokens)) {}

  std::vector<ScriptImport> run() {
    for (at_ = 0; at_ < tokens_.size(); ++at_) {
      if (tokens_[at_].is("createRequire")) create_require();
      if (tokens_[at_].kind != ScriptKind::word || (at_ > 0 && tokens_[at_ - 1].is("."))) continue;
      if (tokens_[at_].text == "import") import();
      if (tokens_[at_].text == "export") export_from();
      if (tokens_[at_].text == "require") require();
      if (tokens_[at_].text == "URL") url();
    }
    return std::move(out_);
  }

 private:
  const ScriptToken& token(std::size_t ahead) const {
    static const ScriptToken none{};
    return at_ + ahead < tokens_.size() ? tokens_[at_ + ahead] : none;
  }

  void add(std::size_t ahead, bool is_type, bool is_dynamic) {
    out_.push_back(
        {.module = token(ahead).text, .line = token(ahead).line, .is_type = is_type, .is_dynamic = is_dynamic});
  }

  /// After the `)` of the `(` that comes next.
  std::size_t past_brackets() const {
    std::size_t depth = 0, i = 1;
    do {
      if (token(i).is("(")) ++depth;
      if (token(i).is(")")) --depth;
      ++i;
    } while (depth > 0 && at_ + i < tokens_.size());
    return i;
  }

  /// `(name: type)`, `() {`, `(name) {`: a method of that name is declared.
  bool is_method() const {
    if (at_ > 0 && tokens_[at_ - 1].is("function")) return true;
    const bool is_typed = token(3).is(":") || (token(3).is("?") && token(4).is(":"));
    if (token(2).is(")") || (token(2).kind == ScriptKind::word && is_typed)) return true;
    return token(past_brackets()).is("{");
  }

  /// What stands in its brackets, if it is a text; what is computed has no name.
  void call() {
    const bool is_text = token(2).kind == ScriptKind::text && (token(3).is(")") || token(3).is(","));
    if (is_text) return add(2, false, true);
    if (!is_method()) computed();
  }

  void computed() { out_.push_back({.module = {}, .line = token(0).line, .is_dynamic = true}); }

  // require('x'), require.resolve('x')
  void require() {
    if (token(1).is(".") && token(2).is("resolve")) at_ += 2;
    if (token(1).is("(")) call();
  }

  // new URL('./x', import.meta.url): a bundler takes what it names, a worker for one
  void url() {
    const bool is_own = token(3).is(",") && token(4).is("import") && token(6).is("meta") && token(8).is("url");
    if (token(1).is("(") && token(2).kind == ScriptKind::text && is_own) add(2, false, true);
  }

  // createRequire(import.meta.url)('x'); what it makes is called `require`, or nobody knows what it is asked for
  void create_require() {
    if (!token(1).is("(") || is_method()) return;
    const std::size_t after = past_brackets();
    const bool is_require = at_ > 1 && tokens_[at_ - 1].is("=") && tokens_[at_ - 2].is("require");
    if (token(after).is("(")) {
      at_ += after - 1;
      call();
    } else if (!is_require) {
      computed();
    }
  }

  // import.meta.glob('./*'), import.meta.resolve('./x')
  void meta() {
    if (token(4).is("glob") || token(4).is("globEager")) return computed();
    if (!token(4).is("resolve") || !token(5).is("(")) return;
    at_ += 4;
    call();
  }

  void import() {
    if (token(1).is("(")) return call();
    if (token(1).is(".") && token(2).is("meta") && token(3).is(".")) return meta();
    if (token(1).kind == ScriptKind::text) return add(1, false, false);
    // `import type from 'x'` imports a value called type.
    const bool is_type = token(1).is("type") && !(token(2).is("from") && token(3).kind == ScriptKind::text);
    for (std::size_t i = 1; at_ + i < tokens_.size(); ++i) {
      if (token(i).is("from") && token(i + 1).kind == ScriptKind::text) return add(i + 1, is_type, false);
      const bool may_stand = token(i).kind == ScriptKind::word || token(i).is("{") || token(i).is("}") ||
                             token(i).is(",") || token(i).is("*") ||
                             (token(i).kind == ScriptKind::text && token(i + 1).is("as"));
      if (!may_stand) return;
    }
  }

  // export * from, export * as x from, export { … } from, export type { … } from
  void export_from() {
    const bool is_type = token(1).is("type");
    std::size_t i = is_type ? 2 : 1;
    if (token(i).is("*")) {
      i += token(i + 1).is("as") ? 3 : 1;
    } else if (token(i).is("{")) {
      while (at_ + i < tokens_.size() && !token(i).is("}")) ++i;
      ++i;
    } else {
      return;
    }
    if (token(i).is("from") && token(i + 1).kind == ScriptKind::text) add(i + 1, is_type, false);
  }

  std::vector<ScriptToken> tokens_;
  std::size_t at_ = 0;
  std::vector<ScriptImport> out_;
};

}  // namespace

Script read_script(std::string_view text, bool has_tags) {
  Script script;
  auto tokens = lex_script(text, has_tags, script.problem);
  script.imports = Reader{std::move(tokens)}.run();
  return script;
}

}  // namespace guard::source
