// A list has a total order and a cursor, never an offset, and says when it is not the whole.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <vector>

namespace base {

inline constexpr int page_size_default = 100;
inline constexpr int page_size_max = 500;

struct Cursor {
  std::string after = {};         // the first column's value of the last item seen; empty: from the start
  int limit = page_size_default;  // 1..page_size_max
};
BOOST_DESCRIBE_STRUCT(Cursor, (), (after, limit))

template <class T>
struct Page {
  std::vector<T> items;
  std::optional<std::string> next = {};  // `after` of the next page; nothing: this was the last

  bool operator==(const Page&) const = default;
};

}  // namespace base
