#include "platform/request/pages.hpp"

#include <gtest/gtest.h>

namespace request {
namespace {

using ThingId = base::Id<"thg">;
struct Thing {
  ThingId id;
};
struct Line {
  static constexpr PageBy page_by = PageBy::index;
  std::int64_t index = 0;
  ThingId id;
};
struct Mixed {
  static constexpr PageBy page_by = PageBy::any_id;
  std::string id;
};
struct Word {
  std::string name;
};

template <class Item>
std::string refused(std::string after, int limit = 5) {
  const auto checked = check_page<base::Page<Item>>(base::Cursor{.after = std::move(after), .limit = limit});
  return checked ? "" : checked.error().pointer;
}

TEST(Pages, ACursorOfAnotherListIsRefusedByTheKindThatTheItemDeclares) {
  const std::string thing = ThingId{}.text();
  const std::string other = base::Id<"oth">{}.text();
  EXPECT_EQ(refused<Thing>("") + refused<Thing>(thing), "");
  for (const std::string& after : {std::string{"xx"}, other, std::string{"12"}, std::string{"-1"}})
    EXPECT_EQ(refused<Thing>(after), "/after") << after;
  EXPECT_EQ(refused<Line>("0") + refused<Line>("123456789012345678"), "");
  for (const std::string& after : {thing, std::string{"-1"}, std::string{"1x"}, std::string(19, '1')})
    EXPECT_EQ(refused<Line>(after), "/after") << after;
  EXPECT_EQ(refused<Mixed>(thing) + refused<Mixed>(other), "");
  for (const std::string& after : {std::string{"xx"}, std::string{"-1"}, std::string{"_"}, thing + "0"})
    EXPECT_EQ(refused<Mixed>(after), "/after") << after;
  for (const int limit : {0, -1, 501}) EXPECT_EQ(refused<Word>("", limit), "/limit") << limit;
}

std::string shown(const std::string& after, int limit) {
  const auto page = page_of(std::vector<Word>{{"b"}, {"c"}, {"a"}}, {.after = after, .limit = limit},
                            [](const Word& each) { return each.name; });
  if (!page) return page.error().pointer;
  std::string text;
  for (const Word& each : page->items) text += each.name;
  return text + (page->next ? " next " + *page->next : "");
}

TEST(Pages, AWholeListIsGivenInPagesInItsOwnOrder) {
  EXPECT_EQ(shown("", 5), "bca");
  EXPECT_EQ(shown("", 3), "bca");
  EXPECT_EQ(shown("", 2), "bc next c");
  EXPECT_EQ(shown("c", 2), "a");
  EXPECT_EQ(shown("b", 1), "c next c");
  EXPECT_EQ(shown("a", 1), "");
  EXPECT_EQ(shown("xx", 1), "/after");
}

}  // namespace
}  // namespace request
