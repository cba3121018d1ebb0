#include "guard/source/functions.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <span>
#include <utility>

namespace guard::source {
namespace {

constexpr std::size_t none = static_cast<std::size_t>(-1);
constexpr std::array<std::string_view, 4> types{"class", "struct", "union", "enum"};

bool is_any(const Token& token, std::span<const std::string_view> words) {
  return token.kind == TokenKind::word && std::ranges::find(words, token.text) != words.end();
}

/// What a class or namespace says at its level: `int f(int) {…}`, `struct A {…}`, `using B = …;`
struct Declaration {
  std::size_t begin = 0;
  std::size_t end = 0;            // its `;` or the brace that opens its body
  std::size_t parameters = none;  // the bracket that opens them
  std::size_t body_end = none;    // the brace that closes its body
};

class Walk {
 public:
  explicit Walk(const Lexed& lexed) {
    for (const Token& each : lexed.tokens)
      if (!each.in_directive && each.kind != TokenKind::directive) tokens_.push_back(each);
  }

  void run() {
    while (at_ < tokens_.size()) declaration();
  }

  std::vector<Function> functions;
  std::vector<std::string> names;

 private:
  enum class Scope : unsigned char { open, hidden, type };

  const Token& token(std::size_t at) const {
    static const Token nothing{};
    return at < tokens_.size() ? tokens_[at] : nothing;
  }

  /// After the bracket that closes the one at `open`.
  std::size_t after(std::size_t open) const {
    std::size_t depth = 0;
    for (std::size_t i = open; i < tokens_.size(); ++i) {
      if (tokens_[i].kind != TokenKind::sign) continue;
      const char c = tokens_[i].text[0];
      if (c == '(' || c == '{' || c == '[') ++depth;
      if ((c == ')' || c == '}' || c == ']') && --depth == 0) return i + 1;
    }
    return tokens_.size();
  }

  /// After the `>` that closes the `<` at `open`; `open` if none does before the declaration ends.
  std::size_t after_angle(std::size_t open) const {
    std::size_t depth = 0;
    for (std::size_t i = open; i < tokens_.size(); ++i) {
      if (tokens_[i].is("<")) ++depth;
      if (tokens_[i].is(">") && --depth == 0) return i + 1;
      if (tokens_[i].is(";") || tokens_[i].is("{")) break;
      if (tokens_[i].is("(")) i = after(i) - 1;
    }
    return open + 1;
  }

  void declaration() {
    if (token(at_).is("}")) {
      if (!scopes_.empty()) scopes_.pop_back();
      ++at_;
      return;
    }
    if (token(at_ + 1).is(":") && token(at_).kind == TokenKind::word) {  // public:
      at_ += 2;
      return;
    }
    Declaration found{.begin = at_};
    bool in_initializers = false;
    while (at_ < tokens_.size()) {
      const Token& now = token(at_);
      if (now.is(";") || now.is("}")) break;
      if (!in_initializers && follows_macro(found, now)) found = {.begin = at_};
      if (now.is("template") && token(at_ + 1).is("<")) {
        at_ = after_angle(at_ + 1);
      } else if (now.is("operator")) {
        skip_operator();
      } else if (now.is("(")) {
        if (found.parameters == none && opens_parameters(found.begin)) found.parameters = at_;
        at_ = after(at_);
      } else if (now.is("[")) {
        at_ = after(at_);
      } else if (now.is("=")) {
        return initialized(found);
      } else if (now.is(":") && found.parameters != none) {
        in_initializers = true;
        ++at_;
      } else if (now.is("{")) {
        const bool is_member = in_initializers && token(at_ - 1).kind == TokenKind::word;
        if (!is_member) return braced(found);
        at_ = after(at_);
      } else {
        ++at_;
      }
    }
    found.end = at_;
    if (token(at_).is(";")) ++at_;
    note(found);
  }

  /// A declaration after `MACRO(a, b)`, which has no `;`.
  static bool follows_macro(const Declaration& found, const Token& now) {
    static constexpr std::array<std::string_view, 8> trailing{"const",    "noexcept", "override", "final",
                                                              "requires", "volatile", "mutable",  "try"};
    if (found.parameters == none || now.kind != TokenKind::word) return false;
    return is_any(now, types) || (found.parameters == found.begin + 1 && !is_any(now, trailing));
  }

  /// `operator==`, `operator()`: its sign is neither a parameter list nor an initializer.
  void skip_operator() {
    ++at_;
    if (token(at_).is("(")) at_ += 2;
    while (at_ < tokens_.size() && token(at_).kind == TokenKind::sign && !ends_operator(token(at_))) ++at_;
  }

  static bool ends_operator(const Token& token) {
    return token.is("(") || token.is("{") || token.is("}") || token.is(";");
  }

  bool opens_parameters(std::size_t begin) const {
    static constexpr std::array<std::string_view, 8> others{"noexcept", "alignas",       "decltype",      "explicit",
                                                            "requires", "__attribute__", "static_assert", "if"};
    if (at_ == begin) return false;
    const Token& before = token(at_ - 1);
    return !is_any(before, others) && (before.kind == TokenKind::word || before.kind == TokenKind::sign);
  }

  /// From its `=` to its end: what stands there declares nothing.
  void initialized(Declaration found) {
    found.end = at_;
    while (at_ < tokens_.size() && !token(at_).is(";"))
      at_ = token(at_).is("(") || token(at_).is("{") || token(at_).is("[") ? after(at_) : at_ + 1;
    ++at_;
    note(found);
  }

  void braced(Declaration found) {
    found.end = at_;
    bool is_namespace = false, is_type = false, is_enum = false;
    for (std::size_t i = found.begin; i < at_; ++i) {
      if (token(i).is("template")) i = after_angle(i + 1) - 1;
      const bool is_linkage = token(i).is("extern") && token(i + 1).kind == TokenKind::text && i + 2 == at_;
      is_namespace = is_namespace || token(i).is("namespace") || is_linkage;
      is_enum = is_enum || token(i).is("enum");
      is_type = is_type || is_any(token(i), types);
    }
    if (is_namespace) return open_namespace(found);
    if (is_type && !is_enum && found.parameters == none) {
      note(found);
      scopes_.push_back(Scope::type);
      ++at_;
      return;
    }
    at_ = after(at_);
    found.body_end = at_ - 1;
    const bool is_value = found.parameters == none && !is_enum;
    if (is_value && token(at_).is(";")) ++at_;
    note(found);
  }

  void open_namespace(const Declaration& found) {
    const bool is_named = token(found.end - 1).kind == TokenKind::word && !token(found.end - 1).is("namespace");
    const bool is_linkage = token(found.end - 1).kind == TokenKind::text;
    const bool is_hidden = (!is_named && !is_linkage) || token(found.end - 1).is("detail") || hidden();
    scopes_.push_back(is_hidden ? Scope::hidden : Scope::open);
    ++at_;
  }

  bool hidden() const { return !scopes_.empty() && scopes_.back() != Scope::open; }

  void note(const Declaration& found) {
    if (found.parameters != none && found.body_end != none) note_function(found);
    if (!hidden())
      if (std::string name = name_of(found); !name.empty() && std::ranges::find(names, name) == names.end())
        names.push_back(std::move(name));
  }

  void note_function(const Declaration& found) {
    std::size_t first = found.parameters - 1;
    while (first > found.begin && token(first).kind == TokenKind::sign && !token(first - 1).is("operator")) --first;
    if (first > found.begin && (token(first - 1).is("operator") || token(first - 1).is("~"))) --first;
    while (first > found.begin + 1 && token(first - 1).is("::") && token(first - 2).kind == TokenKind::word) first -= 2;
    Function function{.name = {},
                      .line = token(first).line,
                      .lines = token(found.body_end).line - token(first).line + 1,
                      .parameters = count_parameters(found.parameters)};
    for (std::size_t i = first; i < found.parameters; ++i) function.name += token(i).text;
    functions.push_back(std::move(function));
  }

  int count_parameters(std::size_t open) const {
    const std::size_t close = after(open) - 1;
    if (close == open + 1 || (close == open + 2 && token(open + 1).is("void"))) return 0;
    int count = 1, angles = 0;
    for (std::size_t i = open + 1; i < close; ++i) {
      if (token(i).is("<")) ++angles;
      if (token(i).is(">") && angles > 0) --angles;
      if (token(i).is("(") || token(i).is("{") || token(i).is("[")) i = after(i) - 1;
      if (token(i).is(",") && angles == 0) ++count;
    }
    return count;
  }

  /// Empty for what declares no name of its own here.
  std::string name_of(const Declaration& found) const {
    static constexpr std::array<std::string_view, 6> silent{"static_assert", "friend",  "extern",
                                                            "namespace",     "typedef", "concept"};
    std::size_t i = found.begin;
    while (token(i).is("template") && token(i + 1).is("<")) i = after_angle(i + 1);
    if (is_any(token(i), silent)) return {};
    if (token(i).is("using")) return token(found.end).is("=") ? std::string{token(found.end - 1).text} : std::string{};
    if (found.parameters == none && is_any(token(i), types)) {
      if (!token(found.end).is("{")) return {};  // only announced
      while (is_any(token(i), types)) ++i;
      return std::string{token(i).text};
    }
    const std::size_t last = found.parameters != none ? found.parameters - 1 : found.end - 1;
    if (found.end == found.begin || last < found.begin || token(last).kind != TokenKind::word) return {};
    const bool is_member = last > found.begin && token(last - 1).is("::");
    const bool is_macro = last == found.begin && found.parameters != none;
    return is_member || is_macro ? std::string{} : std::string{token(last).text};
  }

  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  std::vector<Scope> scopes_;
};

}  // namespace

std::vector<Function> functions(const Lexed& lexed) {
  Walk walk{lexed};
  walk.run();
  return std::move(walk.functions);
}

std::vector<std::string> declared_names(const Lexed& lexed) {
  Walk walk{lexed};
  walk.run();
  return std::move(walk.names);
}

}  // namespace guard::source
