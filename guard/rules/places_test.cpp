#include "guard/rules/fixture.hpp"

namespace guard {
namespace {

class PlacesRule : public RuleTest {
 protected:
  static constexpr const char* rule =
      "check: places\n"
      "with:\n"
      "  in: ['a/**']\n"
      "  except: ['*_test.cpp']\n"
      "  places:\n"
      "    - {name: clock, tokens: ['time (', 'system_clock :: now (']}\n"
      "    - {name: heap, tokens: [new, delete, shared_ptr]}\n"
      "    - {name: sockets, tokens: ['socket ('], includes: ['sys/socket.h']}\n"
      "    - {name: processes, tokens: [':: kill (']}\n"
      "allow: [{from: a/clock.cpp, to: clock, reason: the one clock}]\n";
  const Files files{
      {"a/clock.cpp", "auto a = std::chrono::system_clock::now();\n"},
      {"a/x.cpp",
       "// time(0), new X\nauto a = \"time(0) new\"; int time(int); struct A { A(const A&) = delete; int time();\n"
       "char* time(int); const char& time(int);\n"
       "  void* operator new(unsigned long); };\n"
       "int b = c.time(1) + d->time(2) + e::time(3) + timed(4) + time + system_clock::then();\n"
       "#include <sys/sockets.h>\nint k = kill(1) + A::kill(2) + a.kill(3);\n"},
      {"a/x_test.cpp", "int a = time(0);\n"},
      {"b/x.cpp", "int a = time(0);\n"},
  };

  std::string with(const std::string& text) {
    Files all = files;
    all["a/y.cpp"] = text;
    return said(all, {"a", "b"}, rule);
  }
};

TEST_F(PlacesRule, LooksAlikeAreFine) { EXPECT_EQ(said(files, {"a", "b"}, rule), ""); }

TEST_F(PlacesRule, ACallIsFoundHoweverItIsSpelled) {
  for (const char* each :
       {"int a = time(0);", "int a = ::time(0);", "int a = std :: time(0);", "int f() { return time(0); }",
        "int f() { return ::time(0); }", "auto a = chrono::system_clock::now();", "#define NOW time(0)",
        "int a = ti\\\nme(0);", "int a = /* x */ time /* y */ (0);", "int a = b * time(0);", "auto a = &time(0);"})
    EXPECT_EQ(with(std::string{"\n"} + each), "a/y.cpp:2 a/y.cpp at clock\n") << each;
}

TEST_F(PlacesRule, AFunctionIsFoundHoweverItIsGotHoldOf) {
  for (const char* each : {"auto a = &std::time;",
                           "auto a = &time;",
                           "auto a = std::time;",
                           "auto a = time;",
                           "int a = (time)(0);",
                           "int a = (std::time)(0);",
                           "int a = (&time)(0);",
                           "using std::time;",
                           "using ::time;",
                           "f(a, std::time);",
                           "f(&::time);",
                           "#define NOW time",
                           "int a = b ? c() : time(0);",
                           "int a = b < c > time(0);",
                           "struct A { A() : b(time(0)) {} };",
                           "auto a = &std::chrono::system_clock::now;",
                           "using clk = std::chrono::system_clock;",
                           "typedef std::chrono::system_clock clk;",
                           "namespace ch = std::chrono; auto a = ch::system_clock::now();",
                           "extern \"C\" { long time(long*); long a = time(0); }",
                           "namespace n { extern long time(long*); long a = time(0); }",
                           "void f(int time); long a = time(0);",
                           "struct A { int time(); }; long a = time(0);",
                           "long A::time() { return b; } long c() { return time(0); }",
                           "long B::time() { return b; } long A::c() { return time(0); }"})
    EXPECT_EQ(with(std::string{"\n"} + each), "a/y.cpp:2 a/y.cpp at clock\n") << each;
}

TEST_F(PlacesRule, WhatTheFileDeclaresUnderThatNameIsAnother) {
  for (const char* each : {"std::optional<int> time(int);",
                           "std::vector<int>& time(int);",
                           "template <class T> T time(T);",
                           "[[nodiscard]] A<B> time(int);",
                           "namespace n { int time(int); int a = time(0); }",
                           "struct A { int time(); int f() { return time(); } };",
                           "void f(int time) { g(time, &time, (time)); }",
                           "void f(const int& time) { auto a = time; }",
                           "void f() { int time = 3; g(&time); }",
                           "auto f = [](int time) { return &time; };",
                           "A::A() : time(0), b(1) {}",
                           "A::A() noexcept : b(1), time(0) {}",
                           "bool A::time() { return b; } bool A::c() { if (b) { return time(); } }",
                           "void A::c() { auto d = [&] { time(1); }; } void A::time(int) {}",
                           "int a = b & time;",
                           "int a = A<int>::time(0);",
                           "A a{.time = 1};",
                           "enum class A { time };",
                           "namespace n { struct system_clock; auto a = n::system_clock::now(); }",
                           "using clk = n::clock;"})
    EXPECT_EQ(with(each), "") << each;
}

TEST_F(PlacesRule, AWordAndAnIncludeAreFound) {
  EXPECT_EQ(with("auto* a = new int;"), "a/y.cpp:1 a/y.cpp at heap\n");
  EXPECT_EQ(with("void f(int* a) { delete a; }"), "a/y.cpp:1 a/y.cpp at heap\n");
  EXPECT_EQ(with("std::shared_ptr<int> a;"), "a/y.cpp:1 a/y.cpp at heap\n");
  EXPECT_EQ(with("auto* a = ::operator new(4);"), "a/y.cpp:1 a/y.cpp at heap\n");
  EXPECT_EQ(with("shared_ptr::b c; int e = d.shared_ptr;"), "");
  EXPECT_EQ(with("#if 0\n#include <sys/socket.h>\n#endif"), "a/y.cpp:2 a/y.cpp at sockets\n");
}

TEST_F(PlacesRule, APatternThatBeginsGlobalIsFoundOnlySo) {
  EXPECT_EQ(with("int a = ::kill(1);"), "a/y.cpp:1 a/y.cpp at processes\n");
  EXPECT_EQ(with("int f() { return ::kill(1); }"), "a/y.cpp:1 a/y.cpp at processes\n");
}

TEST_F(PlacesRule, AnExceptionThatNobodyNeedsIsSaidInStrict) {
  Files all = files;
  all.erase("a/clock.cpp");
  EXPECT_EQ(said(all, {"a", "b"}, rule), "layers.yaml:21 allow a/clock.cpp -> clock (strict)\n");
}

}  // namespace
}  // namespace guard
