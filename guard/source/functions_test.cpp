// What is a function, how large it is, and what a header declares.
#include "guard/source/functions.hpp"

#include <gtest/gtest.h>

namespace guard::source {
namespace {

/// `name line+lines(parameters)`, one a line.
std::string found(std::string_view text) {
  std::string out;
  for (const Function& each : functions(lex(text)))
    out += each.name + " " + std::to_string(each.line) + "+" + std::to_string(each.lines) + "(" +
           std::to_string(each.parameters) + ")\n";
  return out;
}

std::string names(std::string_view text) {
  std::string out;
  for (const std::string& each : declared_names(lex(text))) out += (out.empty() ? "" : " ") + each;
  return out;
}

TEST(GuardFunctions, AreFoundWithTheirSize) {
  EXPECT_EQ(found("int f() { return 1; }\nvoid g(int a,\n       std::map<int, int> b = {1, 2}) {\n}\n"),
            "f 1+1(0)\ng 2+3(2)\n");
  EXPECT_EQ(found("namespace a { namespace {\nauto A::b(void) const noexcept(true) -> int {\n}\n} }\nint c(int) {}\n"),
            "A::b 2+2(0)\nc 5+1(1)\n");
  EXPECT_EQ(
      found("struct A {\n public:\n  A(int x, int y) : x_(x), y_{y} {\n  }\n  int x_ = 1, y_{2};\n  ~A() {}\n};\n"),
      "A 3+2(2)\n~A 6+1(0)\n");
  EXPECT_EQ(found("bool A::operator==(const A& a) const { return true; }\nint operator()(int a) { return 1; }\n"),
            "A::operator== 1+1(1)\noperator() 2+1(1)\n");
  EXPECT_EQ(found("template <class T = int>\nrequires(true)\nT f(T a) {\n}\nTEST(A, B) {\n}\n"),
            "f 3+2(1)\nTEST 5+2(2)\n");
}

TEST(GuardFunctions, AreNeitherTypesValuesNorLambdas) {
  EXPECT_EQ(found("struct A { int a; };\nenum class B : char { x, y };\nint c[] = {1};\nint d{f(2)};\nint e(int);\n"),
            "");
  EXPECT_EQ(found("auto f = [](int a) {\n  return a;\n};\nauto g = h(1, [] { return 2; });\n"), "");
  EXPECT_EQ(found("DESCRIBE(A, (), (b))\n\ninline constexpr X x{1};\nDESCRIBE(A, (), (b))\nstruct B {\n  int c() { "
                  "return 1; }\n};\n#define D() {}\nint e = 1;\n"),
            "c 6+1(0)\n");
  EXPECT_EQ(found("extern \"C\" {\nint f() {}\n}\nconcept C = requires(int a) { a; };\nint g() {}\n"),
            "f 2+1(0)\ng 5+1(0)\n");
  EXPECT_EQ(found("extern \"C\" void f(int a) {\n}\n"), "f 1+2(1)\n");
}

TEST(GuardFunctions, EndWithTheText) {
  EXPECT_EQ(found("int operator"), "");
  EXPECT_EQ(found("int operator+"), "");
  EXPECT_EQ(found("int f(int a"), "");
  EXPECT_EQ(found("template <class"), "");
}

TEST(GuardDeclaredNames, AreThoseOfOpenNamespaces) {
  EXPECT_EQ(
      names("namespace a {\nstruct A { int member; };\nstruct B;\nenum class C { d };\nusing D = int;\nusing b::E;\n"
            "inline constexpr int f = 1;\nconst G g{1};\nint h(int);\nint h(char);\ntemplate <class T> T i(T);\n"
            "namespace detail { int j(); }\nnamespace { int k(); }\nDESCRIBE(A, (), (b))\nclass L final : M {};\n"
            "static_assert(true);\nint A::n() {}\n}"),
      "A C D f g h i L");
}

}  // namespace
}  // namespace guard::source
