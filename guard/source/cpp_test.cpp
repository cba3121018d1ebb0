// What the lexer takes for code, and what it does not.
#include "guard/source/cpp.hpp"

#include <gtest/gtest.h>

namespace guard::source {
namespace {

/// `12 "a.h" if defined(X)`, one include a line.
std::string includes(std::string_view text) {
  const Lexed lexed = lex(text);
  std::string out;
  for (const IncludeLine& each : lexed.includes) {
    static constexpr std::string_view forms[] = {"quoted", "angled", "macro", "next"};
    if (!out.empty()) out += '\n';
    out += std::to_string(each.line) + " " + std::string{forms[static_cast<int>(each.form)]} + " ";
    out += each.written;
    if (!each.condition.empty()) out += " if " + std::string{each.condition};
  }
  if (lexed.problem) out += "problem " + std::to_string(lexed.problem->line) + ": " + lexed.problem->what;
  return out;
}

/// Tokens with blanks between; literals in their quotes.
std::string tokens(std::string_view text) {
  const Lexed lexed = lex(text);
  std::string out;
  for (const Token& each : lexed.tokens) {
    if (!out.empty()) out += ' ';
    const std::string_view quote = each.kind == TokenKind::text        ? "\""
                                   : each.kind == TokenKind::character ? "'"
                                   : each.kind == TokenKind::directive ? "#"
                                                                       : "";
    out += quote;
    out += each.text;
    if (quote != "#") out += quote;
  }
  if (lexed.problem) out += " problem " + std::to_string(lexed.problem->line) + ": " + lexed.problem->what;
  return out;
}

TEST(GuardCppIncludes, AreFoundInEachSpelling) {
  EXPECT_EQ(includes("#include \"a.h\"\n  #  include <b/c.h> // why\n#/*x*/include/*y*/\"d.h\"\n"),
            "1 quoted a.h\n2 angled b/c.h\n3 quoted d.h");
  EXPECT_EQ(includes("/* one\n two */ #include <after_a_comment>\n"), "2 angled after_a_comment");
  EXPECT_EQ(includes("#inc\\\nlude \\\n  \"a\\\nb.h\"\n#include <c>"), "1 quoted ab.h\n5 angled c");
  EXPECT_EQ(includes("\xEF\xBB\xBF#include <first>\r\n#include <second>\r\n"), "1 angled first\n2 angled second");
  EXPECT_EQ(includes("%:include <digraph>\n#include_next <stdio.h>\n"), "1 angled digraph\n2 next stdio.h");
  EXPECT_EQ(includes("#include <a//b.h>\n#include <it's.h>\n#include <c>"),
            "1 angled a//b.h\n2 angled it's.h\n3 angled c");
  EXPECT_EQ(includes("#include HEADER(x, y) // why\n"), "1 macro HEADER(x, y)");
  EXPECT_EQ(includes("#import <a>\n#embed \"b\" limit(4)\n"), "1 angled a\n2 quoted b");
  EXPECT_EQ(includes("import \"a.h\";\n export import <b>;  // why\nimport /* c */ \"d.h\" [[e]];\n"),
            "1 quoted a.h\n2 angled b\n3 quoted d.h");
}

TEST(GuardCppIncludes, AreNotFoundInWhatIsOnlyCalledLikeAModule) {
  EXPECT_EQ(includes("int f(\n  int a,\n  import b);\nmodule::a c;\nimport::d e;\nmodule.f();\nimport->g();\n"), "");
  EXPECT_EQ(
      includes(
          "import = 1;\nmodule[2] = 3;\nimport(\"a\");\nimport < b;\nimported \"c\";\nexport template <class T>\n"),
      "");
  EXPECT_EQ(includes("auto a = R\"(\nimport \"b\";\n)\";\n// import \"c\";\nint import; int module;\n"), "");
}

TEST(GuardCppIncludes, AreNotFoundInCommentsLiteralsAndOtherDirectives) {
  EXPECT_EQ(includes("// #include <a>\n/* \n#include <b>\n*/\n// goes on \\\n#include <c>\n"), "");
  EXPECT_EQ(includes("auto a = \"\\\n#include <a>\";\nauto b = R\"(\n#include <b>\n)\";\n"), "");
  EXPECT_EQ(includes("auto a = R\"x(\n)\"\n#include <a>\n)x\";\n#include <real>\n"), "5 angled real");
  EXPECT_EQ(includes("auto a = LR\"(\n#include <a>\n)\"; auto b = u8\"\\\"\"; auto c = '\"';\n#include <real>\n"),
            "4 angled real");
  EXPECT_EQ(includes("#define X \\\n#include <a>\n#error don't\n#include <real>\n"), "4 angled real");
  EXPECT_EQ(includes("int x; #include <a>\nf(#include)\n"), "");
  EXPECT_EQ(includes("int n = 1'000; char c = u'\"';\n#include <real>\n"), "2 angled real");
  EXPECT_EQ(includes("#define FR \"(\"\nauto a = FR\"(\";\n#include <real>\n"), "3 angled real");
}

TEST(GuardCppIncludes, KnowTheConditionsTheyStandUnder) {
  EXPECT_EQ(includes("#if 0\n#include <a>\n#endif\n#include <b>\n"), "2 angled a if 0\n4 angled b");
  EXPECT_EQ(includes("#ifdef A\n#include <a>\n#elif B > 2 || C\n#include <b>\n#else\n#include <c>\n#endif\n"),
            "2 angled a if defined(A)\n"
            "4 angled b if !defined(A) && (B > 2 || C)\n"
            "6 angled c if !defined(A) && !(B > 2 || C)");
  EXPECT_EQ(
      includes(
          "#ifndef A /* why */\n#if \\\n B // because\n#include <a>\n#endif\n#include <b>\n#endif\n#include <c>\n"),
      "4 angled a if !defined(A) && B\n6 angled b if !defined(A)\n8 angled c");
  EXPECT_EQ(includes("#if 0\nwe don't compile this\n#include <a>\n#endif\n"), "3 angled a if 0");
  EXPECT_EQ(includes("#ifdef A\n#elifdef B\n#include <b>\n#elifndef C\n#include <c>\n#endif"),
            "3 angled b if !defined(A) && defined(B)\n5 angled c if !defined(A) && !defined(B) && !defined(C)");
}

TEST(GuardCppIncludes, AreNotConditionalForAGuardAroundTheWholeFile) {
  EXPECT_EQ(includes("// c\n#ifndef A_H\n#define A_H\n#include <a>\n#endif  // A_H\n"), "4 angled a");
  EXPECT_EQ(includes("#if !defined(A_H)\n#  define A_H 1\n#ifdef X\n#include <a>\n#endif\n#endif\n"),
            "4 angled a if defined(X)");
  EXPECT_EQ(includes("#ifndef A_H\n#define A_H\n#include <a>\n#endif\nint after;\n"), "3 angled a if !defined(A_H)");
  EXPECT_EQ(includes("#ifndef A_H\n#define A_H\n#include <a>\n#endif\n#include <b>\n"),
            "3 angled a if !defined(A_H)\n5 angled b");
  EXPECT_EQ(includes("#ifndef A\n#define B\n#include <a>\n#endif\n"), "3 angled a if !defined(A)");
  EXPECT_EQ(includes("int before;\n#ifndef A\n#define A\n#include <a>\n#endif\n"), "4 angled a if !defined(A)");
  EXPECT_EQ(includes("#ifndef A\n#define A\n#include <a>\n#else\n#include <b>\n#endif\n"),
            "3 angled a if !defined(A)\n5 angled b if !(!defined(A))");
}

TEST(GuardCppTokens, AreWordsNumbersLiteralsAndSigns) {
  EXPECT_EQ(tokens("std::cout<<x->y;"), "std :: cout < < x -> y ;");
  EXPECT_EQ(tokens("a = 0x1p-3 + 1'000u + .5e+3 + 5_km;"), "a = 0x1p-3 + 1'000u + .5e+3 + 5_km ;");
  EXPECT_EQ(tokens("x = u8\"a\\\"b\" \"c\" L'\\'' R\"d(e\\)d\"sv;"), "x = \"a\\\"b\" \"c\" '\\'' \"e\\\" sv ;");
  EXPECT_EQ(tokens("a/b/*c*/d//e\nf"), "a / b d f");
  EXPECT_EQ(tokens("#define new(x) #x\nnew"), "#define new ( x ) # x new");
  EXPECT_EQ(tokens("ge\\\ntenv(\"A\\\nB\")"), "getenv ( \"AB\" )");
}

TEST(GuardCppTokens, KnowTheirLineAndWhetherADirectiveHoldsThem) {
  const Lexed lexed = lex("a\n/*\n*/ b R\"sql(\n)sql\" c\n#define d \\\n e\nf\n");
  std::string out;
  for (const Token& each : lexed.tokens) out += std::to_string(each.line) + (each.in_directive ? "d " : " ");
  EXPECT_EQ(out, "1 3 3 4 5d 5d 6d 7 ");
  EXPECT_EQ(lexed.tokens[2].delimiter(), "sql");
  EXPECT_EQ(lexed.lines, 7);
  EXPECT_EQ(lexed.comments.front().text, "\n");
}

TEST(GuardCppLiterals, StandForTheirCharacters) {
  const Lexed lexed = lex(R"x("a\n\"\\\x41\u00e9\101\0b" R"(\n)")x");
  EXPECT_EQ(value_of(lexed.tokens[0]), std::string_view("a\n\"\\A\xC3\xA9"
                                                        "A\0b",
                                                        10));
  EXPECT_EQ(value_of(lexed.tokens[1]), "\\n");
}

TEST(GuardCppProblems, AreSaidWithTheirLine) {
  EXPECT_EQ(tokens("a\n/* b"), "a problem 2: a comment without end");
  EXPECT_EQ(tokens("\nR\"x( )y\""), " problem 2: a raw literal without end");
  EXPECT_EQ(tokens("a\n\"b\nc"), "a \"b\" c problem 2: a literal without end");
  EXPECT_EQ(includes("\n#if A\n#if B\n#endif\n"), "problem 2: an #if without its #endif");
  EXPECT_EQ(includes("#endif\n"), "problem 1: an #endif without its #if");
  EXPECT_EQ(includes("#if A\n#else\n#elif B\n#endif\n"), "problem 3: an #elif after the #else");
  for (const char* each : {"import a.b;", "import :a;", "module;", "export module a:b;", "module : private;"})
    EXPECT_EQ(includes(std::string{"\n"} + each), "problem 2: a module of C++20, whose file is not known") << each;
  EXPECT_EQ(includes("#include\n"), "1 macro problem 1: an #include of nothing");
  EXPECT_EQ(includes("#include <a\n"), "1 angled aproblem 1: an #include without its closing >");
  std::string deep;
  for (std::size_t i = 0; i <= conditions_max; ++i) deep += "#if A\n";
  EXPECT_EQ(includes(deep), "problem 257: more than 256 #ifs within one another");
}

}  // namespace
}  // namespace guard::source
