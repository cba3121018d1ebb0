#include "guard/rules/fixture.hpp"

namespace guard {
namespace {

class CitationsRule : public RuleTest {
 protected:
  static constexpr const char* rule =
      "check: citations\n"
      "with: {documents: ['*.md'], names: [cpp], elsewhere: ['build/**'], placeholders: [NAME]}\n";

  std::string with(const std::string& text) {
    return said({{"m/a/x.cpp", ""}, {"m/a/y.hpp", ""}, {"m/b/x.cpp", ""}, {"m/doc.md", text}, {"build/z", ""}}, {"m"},
                rule);
  }
};

TEST_F(CitationsRule, WhatIsThereIsFine) {
  EXPECT_EQ(with("`m/a/x.cpp`, `m/a/`, `m/{a,b}/x.cpp`, `m/*/x.cpp`, `a/y.hpp`, [b](b/x.cpp#part), `x.cpp`, "
                 "`m/NAME/x.cpp`\n"),
            "");
}

TEST_F(CitationsRule, WordsWithASlashAndCodeAreNoPaths) {
  EXPECT_EQ(
      with("`and/or` `application/json` `/v1/m/gone` `https://m/gone` `m/a --flag` `build/gone` m/gone.cpp `gone.txt`\n"
           "```\n`m/gone.cpp`\n```\n"),
      "");
}

TEST_F(CitationsRule, ExceptionsThatLeaveNoDocumentAreNotClean) {
  EXPECT_EQ(said({{"m/doc.md", ""}}, {"m"},
                 "check: citations\nwith: {documents: ['*.md'], except: ['m/**'], names: [cpp]}\n"),
            "layers.yaml:12 cannot tested: no file is named\n");
}

TEST_F(CitationsRule, WhatIsGoneIsSaid) {
  EXPECT_EQ(with("`m/a/gone.cpp`\n"), "m/doc.md:1 m/doc.md cites m/a/gone.cpp\n");
  EXPECT_EQ(with("\n`m/{a,c}/x.cpp`\n"), "m/doc.md:2 m/doc.md cites m/c/x.cpp\n");
  EXPECT_EQ(with("[b](../n/x.cpp)\n"), "m/doc.md:1 m/doc.md cites ../n/x.cpp\n");
  EXPECT_EQ(with("`gone.cpp`\n"), "m/doc.md:1 m/doc.md cites gone.cpp\n");
  EXPECT_EQ(with("`m/*/gone.cpp`\n"), "m/doc.md:1 m/doc.md cites m/*/gone.cpp\n");
}

TEST_F(CitationsRule, WhereALinkGoesIsThere) {
  EXPECT_EQ(
      with("[b](b/x.cpp) [c](<b/x.cpp>) [d](./a/y.hpp \"title\") [e](b) [f](../m/doc.md?plain=1#part) [g](doc%2Emd)\n"
           "[![h](a/x.cpp)](b/x.cpp) <a href=\"a/x.cpp\"> [i](../build/gone)\n\n[j]: b/x.cpp 'title'\n"),
      "");
  EXPECT_EQ(with("[a](nope.md)\n[b](./nope.txt)\n[c](<no pe.md>)\n[![d](nope.png)](a)\n<img alt='' src='nope.svg'>\n"
                 "<a\nhref=\"nope.html\">\n\n[e]: nope/e.md\n"),
            "m/doc.md:1 m/doc.md cites nope.md\nm/doc.md:2 m/doc.md cites ./nope.txt\n"
            "m/doc.md:3 m/doc.md cites no pe.md\nm/doc.md:4 m/doc.md cites nope.png\n"
            "m/doc.md:5 m/doc.md cites nope.svg\nm/doc.md:7 m/doc.md cites nope.html\n"
            "m/doc.md:9 m/doc.md cites nope/e.md\n");
  EXPECT_EQ(with("[a](m/a/x.cpp)\n"), "m/doc.md:1 m/doc.md cites m/a/x.cpp\n") << "from the document's folder";
}

TEST_F(CitationsRule, WhatOnlyLooksLikeALinkIsNone) {
  EXPECT_EQ(
      with("[a](https://b/c.md) [b](mailto:c@d.e) [c](#nope) [d](/v1/nope) [e](//nope/f) a[0](b c) `[f](nope.md)`\n"
           "\\](nope.md) a < b src='nope.md' [^1]: nope.md\n[^2]: nope.md\n[note]: this is said of nope.md\n"),
      "");
}

TEST_F(CitationsRule, ALineIsOneOfTheFile) {
  const std::string own = "one\n`m/doc.md:2`, `doc.md:1-2`, [a](doc.md:2), `x.cpp`\n";
  EXPECT_EQ(with(own), "");
  EXPECT_EQ(
      with("`m/doc.md:2`\n\n[a](doc.md:1-5)\n`x.cpp:1`, `m/gone:1`\n"),
      "m/doc.md:3 m/doc.md cites doc.md:5\nm/doc.md:4 m/doc.md cites x.cpp:1\nm/doc.md:4 m/doc.md cites m/gone\n");
}

TEST_F(CitationsRule, AFenceEndsAsItBegan) {
  EXPECT_EQ(with("~~~\n```\n`m/a/gone.cpp`\n~~~ text\n~~~\n"), "");
  EXPECT_EQ(with("````\n```\n`m/a/gone.cpp`\n````\n"), "");
  EXPECT_EQ(with("~~~\n```\n~~~~\n`m/a/gone.cpp`\n"), "m/doc.md:4 m/doc.md cites m/a/gone.cpp\n");
  EXPECT_EQ(with("``` a ``` b\n`m/a/gone.cpp`\n"), "m/doc.md:2 m/doc.md cites m/a/gone.cpp\n");
  EXPECT_EQ(with("a lone ` and\n- `m/a/gone.cpp`\n"), "m/doc.md:2 m/doc.md cites m/a/gone.cpp\n");
}

TEST_F(CitationsRule, OfWhatNamesWhatIsToComeOnlyLinksAreLookedAt) {
  const std::string given = "check: citations\nwith: {documents: ['*.md'], links_only: ['m/plan.md'], names: [cpp]}\n";
  EXPECT_EQ(said({{"m/plan.md", "`m/new.cpp` [a](plan.md) [b](new.cpp)\n"}, {"m/x.cpp", ""}}, {"m"}, given),
            "m/plan.md:1 m/plan.md cites new.cpp\n");
}

}  // namespace
}  // namespace guard
