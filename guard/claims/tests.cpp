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

using Tokens = std::span<const Token>;

constexpr std::array<std::string_view, 5> test_macros{"TEST", "TEST_F", "TEST_P", "TYPED_TEST", "TYPED_TEST_P"};
constexpr std::array<std::string_view, 8> no_functions{"if",    "for",    "while",  "switch",
                                                       "catch", "return", "sizeof", "decltype"};

bool is_one_of(std::span<const std::string_view> words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

// The index after the bracket that closes the one at `open`; the end if none does.
std::size_t after_bracket(Tokens tokens, std::size_t open) {
  std::size_t depth = 0;
  for (std::size_t i = open; i < tokens.size(); ++i) {
    if (tokens[i].is("(") || tokens[i].is("{") || tokens[i].is("[")) ++depth;
    if ((tokens[i].is(")") || tokens[i].is("}") || tokens[i].is("]")) && --depth == 0) return i + 1;
  }
  return tokens.size();
}

// After the `)` of a function's parameters: where its body opens, if this is a definition. What may stand between are
// words (const, noexcept, override), a return type and a constructor's initializers.
std::optional<std::size_t> body_after(Tokens tokens, std::size_t i) {
  bool in_initializers = false;
  while (i < tokens.size()) {
    const Token& token = tokens[i];
    if (token.is("{")) {
      // `: a{1}, b{2} {`: a brace after a member's name initializes it.
      if (!in_initializers || tokens[i - 1].kind != TokenKind::word) return i;
      i = after_bracket(tokens, i);
    } else if (token.is("(")) {
      i = after_bracket(tokens, i);
    } else if (token.is(":")) {
      in_initializers = true;
      ++i;
    } else if (token.kind == TokenKind::word || token.is("->") || token.is("::") || token.is("<") || token.is(">") ||
               token.is("&") || token.is("*") || (in_initializers && (token.is(",") || token.is(".")))) {
      ++i;
    } else {
      return {};
    }
  }
  return {};
}

// EXPECT_EQ(a, 1) can fail; EXPECT_TRUE(true) cannot. FAIL and ADD_FAILURE always do.
bool can_fail(Tokens tokens, std::size_t i) {
  const std::string_view word = tokens[i].text;
  if (word == "FAIL" || word == "ADD_FAILURE" || word == "ADD_FAILURE_AT" || word == "GTEST_FAIL") return true;
  if (!word.starts_with("EXPECT_") && !word.starts_with("ASSERT_")) return false;
  if (i + 1 >= tokens.size() || !tokens[i + 1].is("(")) return false;
  const Tokens arguments = tokens.subspan(i + 2, after_bracket(tokens, i + 1) - (i + 2));
  return std::ranges::any_of(arguments, [](const Token& each) {
    return each.kind == TokenKind::word && !each.is("true") && !each.is("false") && !each.is("nullptr");
  });
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

void read_body(Body& body, Tokens tokens) {
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (tokens[i].kind != TokenKind::word) continue;
    if (can_fail(tokens, i)) body.asserts = true;
    // A function may be handed on by its name: `racing(two, opens_one)`.
    body.calls.insert(tokens[i].text);
  }
}

// Bodies stand within bodies (a class in a function, a lambda): each is read, and counts for the outer one too.
void collect(Tokens tokens, const std::string& file, std::vector<Body>& out) {
  for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
    if (tokens[i].kind != TokenKind::word || !tokens[i + 1].is("(") || is_one_of(no_functions, tokens[i].text))
      continue;
    const std::size_t after = after_bracket(tokens, i + 1);
    const auto open = body_after(tokens, after);
    if (!open) continue;
    Body body{.name = tokens[i].text, .file = &file, .line = tokens[i].line};
    if (is_one_of(test_macros, tokens[i].text)) {
      if (after < i + 6 || !tokens[i + 3].is(",")) continue;
      body.suite = tokens[i + 2].text;
      body.name = tokens[i + 4].text;
    }
    read_body(body, tokens.subspan(*open, after_bracket(tokens, *open) - *open));
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

// Macros are not expanded, so their definitions are no code of this file.
std::vector<Token> code_of(const source::Lexed& lexed) {
  std::vector<Token> tokens;
  std::ranges::copy_if(lexed.tokens, std::back_inserter(tokens),
                       [](const Token& each) { return !each.in_directive && each.kind != TokenKind::directive; });
  return tokens;
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
      collect(code_of(lexed), each.path, bodies);
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
