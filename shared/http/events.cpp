#include "shared/http/client.hpp"

namespace http {
namespace {

void take_line(std::string_view line, Event& next, const std::function<void(const Event&)>& each) {
  if (line.empty()) {
    if (!next.data.empty()) {
      next.data.pop_back();  // the newline after the last data line
      each(next);
    }
    next.data.clear();
    next.event.clear();  // the id stays: it is the last one seen
    return;
  }
  const auto colon = line.find(':');
  if (colon == 0) return;  // a comment, sent to keep the connection
  const std::string_view name = line.substr(0, colon);
  std::string_view value = colon == std::string_view::npos ? std::string_view{} : line.substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  if (name == "data") next.data.append(value).append("\n");
  if (name == "event") next.event = value;
  if (name == "id" && value.find('\0') == std::string_view::npos) next.id = value;
}

}  // namespace

void EventParser::feed(std::string_view piece, const std::function<void(const Event&)>& each) {
  rest_.append(piece);
  std::size_t start = 0;
  while (true) {
    const auto end = rest_.find_first_of("\r\n", start);
    if (end == std::string::npos) break;
    // A carriage return at the very end may be half of a pair: it waits for the next piece.
    if (rest_[end] == '\r' && end + 1 == rest_.size()) break;
    take_line(std::string_view{rest_}.substr(start, end - start), next_, each);
    start = end + (rest_[end] == '\r' && rest_[end + 1] == '\n' ? 2 : 1);
  }
  rest_.erase(0, start);
}

}  // namespace http
