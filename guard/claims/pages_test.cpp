#include "guard/claims/fixture.hpp"

namespace guard::claims {
namespace {

class Pages : public Project {};

TEST_F(Pages, AreMadeOfTheClaims) {
  EXPECT_EQ(pages(false), "  wrote page.md\nexit 0");
  const std::string page = read("page.md");
  EXPECT_TRUE(page.starts_with("---\nid: strengths\n")) << page;
  EXPECT_NE(
      page.find("# 1 implemented, 1 partial, 1 planned\n\nThe tree is partial.\n\n"
                "- `tree.decides` **implemented**: one tree decides.\n- `tree.pays` **partial**: one tree decides.\n"
                "  - `planned` a bill (invoicing)\n| document | SHA-256 |\n| --- | --- |\n| `promises.md` | `"),
      std::string::npos)
      << page;
}

TEST_F(Pages, ThatAreStaleAreNamedWithTheFirstDifference) {
  EXPECT_EQ(pages(true), "  stale page.md: it is not there\nexit 1");
  pages(false);
  EXPECT_EQ(pages(true), "exit 0");
  EXPECT_EQ(pages(false), "exit 0");  // nothing to write
  change("page.md", "The tree is partial.", "The tree is implemented.");
  EXPECT_EQ(pages(true),
            "  stale page.md:20:\n    is      The tree is implemented.\n    should  The tree is partial.\nexit 1");
}

TEST_F(Pages, AreStaleWhenAProofOrASourceDocumentChanged) {
  pages(false);
  change("platform/iam/tree_test.cpp", "ASSERT_TRUE(grow())", "grow()");
  EXPECT_TRUE(pages(true).ends_with("exit 1"));
  change("platform/iam/tree_test.cpp", "grow()", "ASSERT_TRUE(grow())");
  EXPECT_EQ(pages(true), "exit 0");
  write("promises.md", read("promises.md") + "\nMore.\n");
  EXPECT_TRUE(pages(true).ends_with("exit 1"));
}

TEST_F(Pages, APlaceThatNobodyFillsIsAnError) {
  change("page.in.md", "{{status One tree}}", "{{status No tree}}");
  EXPECT_EQ(pages(false), "page.in.md:19: `{{status No tree}}` cannot be filled\nexit 2");
  change("page.in.md", "{{status No tree}}", "{{status");
  EXPECT_TRUE(pages(false).ends_with("exit 2"));
}

TEST_F(Pages, FrontMatterIsWhole) {
  change("page.in.md", "owner: platform\n", "");
  EXPECT_NE(pages(false).find("owner"), std::string::npos) << pages(false);
  EXPECT_TRUE(pages(false).ends_with("exit 2"));
  write("page.in.md", "# no front matter\n");
  EXPECT_EQ(pages(false), "page.in.md:1: a page begins with its front matter, between two lines `---`\nexit 2");
}

TEST_F(Pages, ASourceDocumentThatIsNotThereIsAnError) {
  change("page.in.md", "source_docs: [promises.md]", "source_docs: [gone.md]");
  EXPECT_EQ(pages(false), "page.in.md:22: the source document gone.md cannot be read\nexit 2");
}

}  // namespace
}  // namespace guard::claims
