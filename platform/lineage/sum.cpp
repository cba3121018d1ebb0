#include "platform/lineage/sum.hpp"

#include <algorithm>

#include "shared/base/money.hpp"

namespace lineage {

void Sum::add(std::string_view amount) {
  const std::size_t space = amount.find(' ');
  const std::string_view number = amount.substr(0, space);
  const std::string of{space == std::string_view::npos ? std::string_view{} : amount.substr(space + 1)};
  const auto millionths = base::decimal_from_text(number, 6);
  if (!millionths) return;  // a source's own words, shown on the item only
  auto part = std::ranges::find_if(parts_, [&](const Part& each) { return each.of == of; });
  if (part == parts_.end()) part = parts_.insert(parts_.end(), {.of = of, .total = "0"});
  part->total = base::int128_text(*base::int128_from_text(part->total) + *millionths);
  part->fractions = part->fractions || number.contains('.');
}

std::string Sum::text() const {
  std::string text;
  for (const Part& part : parts_) {
    if (!text.empty()) text += ", ";
    text += base::decimal_text(*base::int128_from_text(part.total), 6, !part.fractions);
    if (!part.of.empty()) text += " " + part.of;
  }
  return text;
}

}  // namespace lineage
