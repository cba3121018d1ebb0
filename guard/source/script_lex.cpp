#include "guard/source/script_lex.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "guard/source/script.hpp"

namespace guard::source {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' || c == '#' || is_digit(c) ||
         static_cast<unsigned char>(c) >= 0x80;
}

/// What is around the place that is read.
enum class Around : unsigned char {
  brace,     // { … }
  hole,      // ${ … } of a template, { … } within tags
  tag,       // < … >
  end_tag,   // </ … >
  children,  // between a tag and its end tag
};

class Lexer {
 public:
  Lexer(std::string_view text, bool has_tags) : text_(text), has_tags_(has_tags) {}

  std::vector<ScriptToken> run(std::optional<Problem>& problem) {
    if (text_.starts_with("#!")) to_line_end();
    while (at_ < text_.size() && !problem_) step();
    if (!around_.empty() && !problem_) say(around_.back().line, "a bracket, tag or template without its end");
    problem = problem_;
    return std::move(out_);
  }

 private:
  struct Frame {
    Around around;
    int line;
    bool of_template = false;  // a hole: a template goes on after it
  };

  char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
  char next() {
    if (peek() == '\n') ++line_;
    return text_[at_++];
  }
  bool within(Around around) const { return !around_.empty() && around_.back().around == around; }
  void enter(Around around, bool of_template = false) {
    if (around_.size() >= script_depth_max)
      return say(line_, "more than " + std::to_string(script_depth_max) + " levels");
    around_.push_back({around, line_, of_template});
  }
  void say(int line, std::string what) {
    if (!problem_) problem_ = Problem{line, std::move(what)};
  }
  void push(ScriptKind kind, std::size_t begin, int line) {
    out_.push_back({std::string{text_.substr(begin, at_ - begin)}, line, kind});
  }

  void step() {
    if (within(Around::children)) return children();
    const char c = peek();
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      next();
    } else if (c == '/' && peek(1) == '/') {
      to_line_end();
    } else if (c == '/' && peek(1) == '*') {
      comment();
    } else if (within(Around::tag) || within(Around::end_tag)) {
      tag(c);
    } else {
      code(c);
    }
  }

  void to_line_end() { at_ = std::min(text_.find('\n', at_), text_.size()); }

  void comment() {
    const int line = line_;
    at_ += 2;
    while (at_ < text_.size() && !(peek() == '*' && peek(1) == '/')) next();
    if (at_ >= text_.size()) return say(line, "a comment without end");
    at_ += 2;
  }

  void code(char c) {
    const std::size_t begin = at_;
    const int line = line_;
    if (is_word(c)) {
      while (is_word(peek())) ++at_;
      push(is_digit(c) ? ScriptKind::number : ScriptKind::word, begin, line);
    } else if (c == '"' || c == '\'') {
      text(c);
    } else if (c == '`') {
      ++at_;
      piece_of_template();
    } else if (c == '/' && wants_value() && regex()) {
      push(ScriptKind::regex, begin, line);
    } else if (c == '<' && has_tags_ && wants_value() && begins_tag()) {
      ++at_;
      enter(Around::tag);
      after_tag_begin();
    } else {
      ++at_;
      if (c == '{') enter(Around::brace);
      if (c == '}') return close_brace(begin);
      push(ScriptKind::sign, begin, line);
    }
  }

  void close_brace(std::size_t begin) {
    if (around_.empty()) return say(line_, "a } without its {");
    const Frame frame = around_.back();
    around_.pop_back();
    push(ScriptKind::sign, begin, line_);
    if (frame.of_template) piece_of_template();
  }

  static bool is_value(const ScriptToken& token) {
    return token.kind == ScriptKind::word || token.kind == ScriptKind::number || token.is(")") || token.is("]");
  }

  /// Whether a value must stand here, so that `/` begins a regular expression and `<` a tag.
  bool wants_value() const {
    if (out_.empty()) return true;
    const ScriptToken& before = out_.back();
    const bool is_step = out_.size() > 2 && (before.is("+") || before.is("-")) && out_[out_.size() - 2].is(before.text);
    if (is_step && is_value(out_[out_.size() - 3])) return false;  // `a++ / b`
    if (before.kind == ScriptKind::word) {
      static constexpr std::array<std::string_view, 13> before_values{"return", "typeof", "case",   "in",    "of",
                                                                      "new",    "delete", "void",   "throw", "await",
                                                                      "yield",  "else",   "default"};
      return std::ranges::find(before_values, before.text) != before_values.end();
    }
    return before.kind == ScriptKind::sign && before.text != ")" && before.text != "]" && before.text != "}";
  }

  void text(char quote) {
    const int line = line_;
    ++at_;
    std::string value;
    while (at_ < text_.size() && peek() != quote && peek() != '\n') {
      if (peek() == '\\' && at_ + 1 < text_.size()) next();
      value += next();
    }
    if (peek() != quote) return say(line, "a text without end");
    ++at_;
    out_.push_back({std::move(value), line, ScriptKind::text});
  }

  /// From after its ` or the } of a hole, to the next hole or its end.
  void piece_of_template() {
    const int line = line_;
    const bool is_first = text_[at_ - 1] == '`';
    std::string value;
    while (at_ < text_.size() && peek() != '`' && !(peek() == '$' && peek(1) == '{')) {
      if (peek() == '\\' && at_ + 1 < text_.size()) next();
      value += next();
    }
    if (at_ >= text_.size()) return say(line, "a template without end");
    const bool is_last = peek() == '`';
    at_ += is_last ? 1 : 2;
    out_.push_back({std::move(value), line, is_first && is_last ? ScriptKind::text : ScriptKind::template_});
    if (is_last) return;
    enter(Around::hole, true);
    out_.push_back({"{", line_, ScriptKind::sign});
  }

  /// Reads it away, if one ends on this line.
  bool regex() {
    bool in_class = false;
    for (std::size_t end = at_ + 1; end < text_.size() && text_[end] != '\n'; ++end) {
      const char c = text_[end];
      if (c == '\\') {
        ++end;
      } else if (c == '[') {
        in_class = true;
      } else if (c == ']') {
        in_class = false;
      } else if (c == '/' && !in_class) {
        for (++end; end < text_.size() && is_word(text_[end]); ++end) {
        }
        at_ = end;
        return true;
      }
    }
    return false;
  }

  // Tags

  /// Not so `<T,>(x: T)`, `<T extends U>`, and `<T>(x: T)` of which no end tag follows.
  bool begins_tag() const {
    if (peek(1) == '>') return true;
    if (!is_word(peek(1)) || is_digit(peek(1))) return false;
    std::size_t end = at_ + 1;
    while (end < text_.size() && (is_word(text_[end]) || text_[end] == '.' || text_[end] == '-')) ++end;
    const std::string name{text_.substr(at_ + 1, end - at_ - 1)};
    const std::string_view rest = text_.substr(end);
    if (rest.starts_with(',') || rest.starts_with(" extends ")) return false;
    return !rest.starts_with('>') || rest.contains("</" + name);
  }

  void after_tag_begin() {
    if (peek() == '>') {  // <>…</>
      ++at_;
      around_.back().around = Around::children;
    }
  }

  void tag(char c) {
    if (c == '"' || c == '\'') {  // here a text may be of several lines
      const int line = line_;
      for (++at_; at_ < text_.size() && peek() != c; next()) {
      }
      if (at_ >= text_.size()) return say(line, "a text without end");
      ++at_;
    } else if (c == '{') {
      ++at_;
      enter(Around::hole);
      out_.push_back({"{", line_, ScriptKind::sign});
    } else if (c == '<') {  // <List<Row> … />: a type argument; its own brackets are counted
      type_argument();
    } else if (c == '/' && peek(1) == '>') {
      at_ += 2;
      leave_element();
    } else if (c == '>') {
      ++at_;
      if (within(Around::tag)) {
        around_.back().around = Around::children;
      } else {
        around_.pop_back();  // the end tag, and then what it ends
        leave_element();
      }
    } else {
      next();
    }
  }

  void type_argument() {
    int depth = 0;
    do {
      if (peek() == '<') ++depth;
      if (peek() == '>' && text_[at_ - 1] != '=') --depth;
      next();
    } while (at_ < text_.size() && depth > 0);
  }

  void leave_element() {
    if (!around_.empty()) around_.pop_back();
    out_.push_back({")", line_, ScriptKind::sign});  // an element is a value: what follows is no other
  }

  void children() {
    const char c = peek();
    if (c == '{') {
      ++at_;
      enter(Around::hole);
      out_.push_back({"{", line_, ScriptKind::sign});
    } else if (c == '<' && peek(1) == '/') {
      at_ += 2;
      enter(Around::end_tag);
    } else if (c == '<') {
      ++at_;
      enter(Around::tag);
      after_tag_begin();
    } else {
      next();
    }
  }

  std::string_view text_;
  bool has_tags_;
  std::size_t at_ = 0;
  int line_ = 1;
  std::vector<Frame> around_;
  std::vector<ScriptToken> out_;
  std::optional<Problem> problem_;
};

}  // namespace

std::vector<ScriptToken> lex_script(std::string_view text, bool has_tags, std::optional<Problem>& problem) {
  return Lexer{text, has_tags}.run(problem);
}

}  // namespace guard::source
