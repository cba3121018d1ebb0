// Pages: which `after` a list takes. A cursor of another list is refused: with it there would be nothing to show, as if
// nothing were there. The end of request.hpp, by routes.hpp, includes it.
#pragma once

#include <algorithm>
#include <concepts>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "shared/base/id.hpp"
#include "shared/base/page.hpp"
#include "shared/base/result.hpp"

namespace request {

/// What a list is in the order of. Its item says so, `static constexpr PageBy page_by = PageBy::index;`; unsaid, it is
/// by `id` where that is of one type, and the handler's own where there is none.
enum class PageBy {
  id,      // of the item's type
  any_id,  // of several types
  index,   // of the log, a number
  own,     // of the handler's making, which checks it (`page_of`)
};

/// Errors: what `after` is when it is none of this list's.
inline base::Error foreign_cursor() {
  return base::Error{base::invalid, "expected `next` of a page of this list", "/after"};
}

namespace detail {
bool is_any_id(std::string_view);
bool is_index(std::string_view);

template <class Item>
constexpr bool has_typed_id = requires(Item item) { requires base::is_id<std::remove_cvref_t<decltype(item.id)>>; };

template <class Item>
constexpr PageBy page_by() {
  if constexpr (requires { Item::page_by; })
    return Item::page_by;
  else
    return has_typed_id<Item> ? PageBy::id : PageBy::own;
}

template <class Item>
bool is_cursor(std::string_view after) {
  constexpr PageBy by = page_by<Item>();
  if constexpr (by == PageBy::id) return decltype(Item::id)::parse(after).has_value();
  if constexpr (by == PageBy::any_id) return is_any_id(after);
  if constexpr (by == PageBy::index) return is_index(after);
  return true;
}
}  // namespace detail

/// A page has a length that base::Cursor allows, and begins after an item of this list.
template <class Out, class Input>
base::Result<void> check_page(const Input& asked) {
  if constexpr (requires { asked.after, asked.limit, typename decltype(Out::items)::value_type{}; }) {
    if (asked.limit < 1 || asked.limit > base::page_size_max)
      return base::Error{base::invalid, "expected an integer from 1 to " + std::to_string(base::page_size_max),
                         "/limit"};
    if (!asked.after.empty() && !detail::is_cursor<typename decltype(Out::items)::value_type>(asked.after))
      return foreign_cursor();
  }
  return {};
}

/// A page of a list that is small enough to be made whole, in the order that it has; `key` is what no two items share.
/// Errors: `invalid` at /after (no item's key).
template <class Item, class Key>
base::Result<base::Page<Item>> page_of(std::vector<Item> all, const base::Cursor& cursor, Key key) {
  auto from = all.begin();
  if (!cursor.after.empty()) {
    from = std::ranges::find_if(all, [&](const Item& each) { return key(each) == cursor.after; });
    if (from == all.end()) return foreign_cursor();
    ++from;
  }
  const auto until = from + std::min<std::ptrdiff_t>(all.end() - from, cursor.limit);
  base::Page<Item> page;
  if (until != all.end()) page.next = key(*std::prev(until));
  page.items.assign(std::make_move_iterator(from), std::make_move_iterator(until));
  return page;
}

}  // namespace request
