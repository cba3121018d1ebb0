#include "guard/rules/always_true.hpp"

#include <gtest/gtest.h>

namespace guard::rules {
namespace {

/// `LINE sentence` for each, and `LINE ?` where none could be read.
std::string seen(std::string_view text) {
  const source::Lexed lexed = source::lex(text);
  const AlwaysTrue said = always_true(lexed, "Always true");
  std::string out;
  for (const Sentence& each : said.sentences) out += std::to_string(each.line) + " " + each.text + "\n";
  for (const int line : said.unread) out += std::to_string(line) + " ?\n";
  return out;
}

TEST(AlwaysTrue, IsReadInEachDecoration) {
  for (const char* text :
       {"// Always true: an x is y\n", "/// Always true: an x is y.\n", "//! Always true: an x is y;\n",
        "/* Always true: an x is y */\n", "/** Always true: an x is y. */\n", "/*! Always true: an x is y */\n",
        "int x;  ///< Always true: an x is y\n", "// Always true:an x is y\n", "// Always true - an x is y\n",
        "// Always true — an x is y\n", "// always true: an x is y\n", "// ALWAYS TRUE: an x is y\n",
        "// **Always true**: an x is y\n", "// __Always true:__ an x is y\n", "// ## Always true: an x is y\n"})
    EXPECT_EQ(seen(text), "1 an x is y\n") << text;
}

TEST(AlwaysTrue, IsReadAsAListOfAnyKind) {
  for (const char* text :
       {"// Always true\n// - an x is\n//   y;\n// - z\n", "/// Always true:\n///   * an x is\n///     y\n///   * z\n",
        "// **Always true**\n// 1. an x is\n//    y\n// 2. z\n", "/*\nAlways true\n- an x is\n  y\n- z\n*/\n",
        "// Always true (of every x)\n// + an x is\n//   y\n// + z\n"}) {
    const bool is_block = text[1] == '*';
    EXPECT_EQ(seen(text), is_block ? "3 an x is y\n5 z\n" : "2 an x is y\n4 z\n") << text;
  }
  EXPECT_EQ(seen("/**\n * Always true\n *\n *   - an x is\n *     y\n *   - z\n */\n"), "4 an x is y\n6 z\n");
  EXPECT_EQ(seen("/**\n * Always true:\n * * an x is\n *   y\n * * z\n */\n"), "3 an x is y\n5 z\n");
}

TEST(AlwaysTrue, ASentenceEndsWithItsLineItsListOrItsComment) {
  EXPECT_EQ(seen("// Always true:\n// an x\n// is y.\n//\n// And more.\n"), "2 an x is y\n");
  EXPECT_EQ(seen("// Always true: an x\n// is y.\nint a;\n// And more.\n"), "1 an x is y\n");
  EXPECT_EQ(seen("// Always true\n// - a\n// Not: b\n// - c\n"), "2 a\n");
  EXPECT_EQ(seen("// Always true\n//   - a * b\n//     * c\n"), "2 a * b * c\n");
}

TEST(AlwaysTrue, WhatCannotBeReadIsTold) {
  EXPECT_EQ(seen("// Always true that an x is y\n"), "1 ?\n");
  EXPECT_EQ(seen("// Always true\n"), "1 ?\n");
  EXPECT_EQ(seen("// Always true\n\n// - an x is y\n"), "1 ?\n");
  EXPECT_EQ(seen("// Always true\n//\n// Prose.\n"), "1 ?\n");
}

TEST(AlwaysTrue, WordsOfAnotherSentenceAreNoMarker) {
  EXPECT_EQ(seen("// What is always true: see there.\n"), "");
  EXPECT_EQ(seen("// Of a header, what is\n// always true: that it has one.\n"), "");
  EXPECT_EQ(seen("// Always truer\nauto a = \"// Always true: no\";\n"), "");
}

}  // namespace
}  // namespace guard::rules
