#include "guard/source/tests.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "guard/source/code.hpp"

namespace guard::source {

namespace {

constexpr std::array<std::string_view, 5> test_macros{"TEST", "TEST_F", "TEST_P", "TYPED_TEST", "TYPED_TEST_P"};
constexpr std::array<std::string_view, 8> no_functions{"if",    "for",    "while",  "switch",
                                                       "catch", "return", "sizeof", "decltype"};

constexpr std::array<std::string_view, 6> between{"->", "::", "<", ">", "&", "*"};
constexpr std::array<std::string_view, 4> failures{"FAIL", "GTEST_FAIL", "ADD_FAILURE", "ADD_FAILURE_AT"};
constexpr std::array<std::string_view, 3> literals{"true", "false", "nullptr"};
// What holds of anything and itself: EXPECT_LE and its like.
constexpr std::array<std::string_view, 8> reflexive{"EQ",        "LE",       "GE",        "STREQ",
                                                    "STRCASEEQ", "FLOAT_EQ", "DOUBLE_EQ", "NEAR"};

bool is_one_of(std::span<const std::string_view> words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

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

// EXPECT_EQ(a, 1) can fail; EXPECT_TRUE(true) and EXPECT_EQ(a, a) cannot. FAIL and ADD_FAILURE always do.
bool can_fail(const Code& code, std::size_t i) {
  if (is_one_of(failures, code[i].text)) return true;
  std::string_view what = code[i].text;
  if ((!what.starts_with("EXPECT_") && !what.starts_with("ASSERT_")) || !code.is(i + 1, "(")) return false;
  what.remove_prefix(std::string_view{"EXPECT_"}.size());
  const Code::Range all{i + 2, code.after(i + 1) - 1};
  if (what == "TRUE" && code.value_of(all) == true) return false;
  if (what == "FALSE" && code.value_of(all) == false) return false;
  const auto arguments = code.parted(all, ",");
  if (is_one_of(reflexive, what) && arguments.size() >= 2 && code.same(arguments[0], arguments[1])) return false;
  for (std::size_t at = all.begin; at < all.end; ++at)
    if (code.is_word(at) && !is_one_of(literals, code[at].text)) return true;
  return false;
}

/// A function or a test: what it is called, what it calls, and whether it asserts by itself.
struct Body {
  std::string_view name;
  std::string_view suite = {};  // empty: no test
  std::string_view file = {};
  int line = 0;
  bool asserts = false;
  std::set<std::string_view> calls = {};
};

void read_body(Body& body, const Code& code, std::size_t open) {
  for (std::size_t i = open; i < code.after(open); ++i) {
    if (!code.is_word(i) || code.is_dead(i)) continue;
    if (can_fail(code, i)) body.asserts = true;
    body.calls.insert(code[i].text);  // a function may also be handed on by its name: `racing(two, opens_one)`
  }
}

// Bodies stand within bodies (a class in a function, a lambda): each is read, and counts for the outer one too.
void collect(const Code& code, std::string_view file, std::vector<Body>& out) {
  for (std::size_t i = 0; i < code.size(); ++i) {
    if (!code.is_word(i) || !code.is(i + 1, "(") || is_one_of(no_functions, code[i].text)) continue;
    const auto open = body_from(code, code.after(i + 1));
    if (!open) continue;
    Body body{.name = code[i].text, .file = file, .line = code[i].line};
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
FunctionNames spread(std::vector<Body>& bodies, FunctionNames asserting) {
  for (const Body& each : bodies)
    if (each.asserts && each.suite.empty()) asserting.emplace(each.name);
  for (bool grew = true; grew;) {
    grew = false;
    for (Body& each : bodies) {
      if (each.asserts) continue;
      each.asserts = std::ranges::any_of(each.calls, [&](std::string_view call) { return asserting.contains(call); });
      if (each.asserts && each.suite.empty()) grew = asserting.emplace(each.name).second || grew;
    }
  }
  return asserting;
}

std::vector<Body> bodies_of(std::span<const TestSource> sources) {
  std::vector<Body> bodies;
  for (const TestSource& each : sources) collect(Code{*each.lexed}, each.path, bodies);
  return bodies;
}

}  // namespace

FunctionNames asserting_functions(std::span<const TestSource> helpers) {
  auto bodies = bodies_of(helpers);
  return spread(bodies, {});
}

std::vector<Test> tests_of(std::span<const TestSource> sources, const FunctionNames& asserting) {
  constexpr std::string_view disabled = "DISABLED_";
  auto bodies = bodies_of(sources);
  spread(bodies, asserting);
  std::vector<Test> tests;
  for (const Body& each : bodies) {
    if (each.suite.empty()) continue;
    Test test{.suite = std::string{each.suite},
              .name = std::string{each.name},
              .file = std::string{each.file},
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

}  // namespace guard::source
