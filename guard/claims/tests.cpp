#include "guard/claims/tests.hpp"

#include <algorithm>
#include <optional>
#include <set>

#include "guard/source/cpp.hpp"

namespace guard::claims {

using base::Result;
using source::Token;
using source::TokenKind;

namespace {

constexpr std::array<std::string_view, 5> test_macros{"TEST", "TEST_F", "TEST_P", "TYPED_TEST", "TYPED_TEST_P"};
constexpr std::array<std::string_view, 8> no_functions{"if",    "for",    "while",  "switch",
                                                       "catch", "return", "sizeof", "decltype"};

constexpr std::array<std::string_view, 6> between{"->", "::", "<", ">", "&", "*"};
constexpr std::array<std::string_view, 4> failures{"FAIL", "GTEST_FAIL", "ADD_FAILURE", "ADD_FAILURE_AT"};
constexpr std::array<std::string_view, 3> literals{"true", "false", "nullptr"};

bool is_one_of(std::span<const std::string_view> words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

/// The code of one file: its tokens without directives (macros are not expanded, so their definitions are no code of
/// it), and for each opening bracket where what it encloses is over.
class Code {
 public:
  explicit Code(const source::Lexed& lexed) {
    std::ranges::copy_if(lexed.tokens, std::back_inserter(tokens_),
                         [](const Token& each) { return !each.in_directive && each.kind != TokenKind::directive; });
    after_.assign(tokens_.size(), tokens_.size());
    std::vector<std::size_t> open;
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      if (is(i, "(") || is(i, "{") || is(i, "[")) open.push_back(i);
      if ((!is(i, ")") && !is(i, "}") && !is(i, "]")) || open.empty()) continue;
      after_[open.back()] = i + 1;
      open.pop_back();
    }
  }

  std::size_t size() const { return tokens_.size(); }
  const Token& operator[](std::size_t i) const { return tokens_[i]; }
  bool is(std::size_t i, std::string_view sign) const { return i < tokens_.size() && tokens_[i].is(sign); }
  bool is_word(std::size_t i) const { return i < tokens_.size() && tokens_[i].kind == TokenKind::word; }
  /// The index after the bracket that closes the one at `open`; the end if none does.
  std::size_t after(std::size_t open) const { return after_[open]; }

 private:
  std::vector<Token> tokens_;
  std::vector<std::size_t> after_;
};

// From the token after a function's parameters: where its body opens, if this is a definition. What may stand between
// are words (const, noexcept, override), a return type and a constructor's initializers.
std::optional<std::size_t> body_from(const Code& code, std::size_t i) {
  bool in_initializers = false;
  while (i < code.size()) {
    if (code.is(i, "{")) {
      // `: a{1}, b{2} {`: a brace after a member's name initializes it.
      if (!in_initializers || !code.is_word(i - 1)) return i;
      i = code.after(i);
    } else if (code.is(i, "(")) {
      i = code.after(i);
    } else if (code.is(i, ":")) {
      in_initializers = true;
      ++i;
    } else if (code.is_word(i) || is_one_of(between, code[i].text) || (in_initializers && code.is(i, ","))) {
      ++i;
    } else {
      return {};
    }
  }
  return {};
}

// EXPECT_EQ(a, 1) can fail; EXPECT_TRUE(true) cannot. FAIL and ADD_FAILURE always do.
bool can_fail(const Code& code, std::size_t i) {
  if (is_one_of(failures, code[i].text)) return true;
  const bool is_assertion = code[i].text.starts_with("EXPECT_") || code[i].text.starts_with("ASSERT_");
  if (!is_assertion || !code.is(i + 1, "(")) return false;
  for (std::size_t at = i + 2; at < code.after(i + 1); ++at)
    if (code.is_word(at) && !is_one_of(literals, code[at].text)) return true;
  return false;
}

/// A function or a test: what it is called, what it calls, and whether it asserts by itself.
struct Body {
  std::string_view name;
  std::string_view suite = {};  // empty: no test
  const std::string* file = nullptr;
  int line = 0;
  bool asserts = false;
  std::set<std::string_view> calls = {};
};

void read_body(Body& body, const Code& code, std::size_t open) {
  for (std::size_t i = open; i < code.after(open); ++i) {
    if (!code.is_word(i)) continue;
    if (can_fail(code, i)) body.asserts = true;
    body.calls.insert(code[i].text);  // a function may also be handed on by its name: `racing(two, opens_one)`
  }
}

// Bodies stand within bodies (a class in a function, a lambda): each is read, and counts for the outer one too.
void collect(const Code& code, const std::string& file, std::vector<Body>& out) {
  for (std::size_t i = 0; i < code.size(); ++i) {
    if (!code.is_word(i) || !code.is(i + 1, "(") || is_one_of(no_functions, code[i].text)) continue;
    const auto open = body_from(code, code.after(i + 1));
    if (!open) continue;
    Body body{.name = code[i].text, .file = &file, .line = code[i].line};
    if (is_one_of(test_macros, code[i].text)) {
      if (!code.is(i + 3, ",") || !code.is_word(i + 4)) continue;
      body.suite = code[i + 2].text;
      body.name = code[i + 4].text;
    }
    read_body(body, code, *open);
    out.push_back(std::move(body));
  }
}

// Who calls what asserts, asserts: until nothing new is found.
void spread(std::vector<Body>& bodies) {
  std::set<std::string_view> asserting;
  for (const Body& each : bodies)
    if (each.asserts && each.suite.empty()) asserting.insert(each.name);
  for (bool grew = true; grew;) {
    grew = false;
    for (Body& each : bodies) {
      if (each.asserts) continue;
      each.asserts = std::ranges::any_of(each.calls, [&](std::string_view call) { return asserting.contains(call); });
      if (each.asserts && each.suite.empty()) grew = asserting.insert(each.name).second || grew;
    }
  }
}

}  // namespace

Result<std::vector<Test>> tests_of(std::span<const SourceText> sources, std::span<const SourceText> helpers) {
  std::vector<source::Lexed> kept;  // what the bodies' names are views of
  std::vector<Body> bodies;
  for (const auto& texts : {sources, helpers}) {
    for (const SourceText& each : texts) {
      const source::Lexed& lexed = kept.emplace_back(source::lex(each.text));
      if (lexed.problem)
        return base::Error{base::invalid,
                           each.path + ":" + std::to_string(lexed.problem->line) + ": " + lexed.problem->what};
      collect(Code{lexed}, each.path, bodies);
    }
  }
  spread(bodies);
  constexpr std::string_view disabled = "DISABLED_";
  std::vector<Test> tests;
  for (const Body& each : bodies) {
    if (each.suite.empty()) continue;
    Test test{.suite = std::string{each.suite},
              .name = std::string{each.name},
              .file = *each.file,
              .line = each.line,
              .asserts = each.asserts};
    for (std::string* part : {&test.suite, &test.name}) {
      if (!part->starts_with(disabled)) continue;
      part->erase(0, disabled.size());
      test.is_disabled = true;
    }
    tests.push_back(std::move(test));
  }
  return tests;
}

}  // namespace guard::claims
