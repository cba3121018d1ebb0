#include "platform/request/pages.hpp"

namespace request::detail {

bool is_any_id(std::string_view text) {
  const std::size_t end = text.rfind('_');
  return end != std::string_view::npos && end > 0 && base::id_from_text(text.substr(0, end), text).has_value();
}

bool is_index(std::string_view text) {
  constexpr std::size_t digits_max = 18;  // of an int64, and whole
  return !text.empty() && text.size() <= digits_max &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace request::detail
