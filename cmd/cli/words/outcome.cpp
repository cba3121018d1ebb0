#include "cmd/cli/words/outcome.hpp"

#include <array>

namespace cli {
namespace {

bool is_limit(std::string_view reason) {
  static constexpr std::array<std::string_view, 4> words{"quota", "budget", "credit", "hold"};
  for (const std::string_view word : words)
    if (reason.find(word) != reason.npos) return true;
  return false;
}

}  // namespace

Exit exit_of(int status, std::string_view reason) {
  if (status >= 200 && status < 300) return Exit::done;
  if (is_limit(reason)) return Exit::refused;
  switch (status) {
    case 400:
      return Exit::usage;
    case 401:
    case 402:
    case 403:
      return Exit::refused;
    case 404:
    case 410:
      return Exit::absent;
    case 408:
    case 429:
    case 502:
    case 503:
    case 504:
      return Exit::unavailable;
    default:
      return Exit::failed;
  }
}

Failure failure_of(int status, std::string_view body, std::string_view request_id) {
  const auto parsed = json::Document::parse(body);
  const json::Document problem = parsed ? *parsed : json::Document{};
  const std::string& reason = problem["reason"].as_text();
  const std::string& detail = problem["detail"].as_text();
  const std::string& pointer = problem["pointer"].as_text();
  Failure failure{
      .exit = exit_of(status, reason), .what = problem["title"].as_text(), .next = problem["next"].as_text()};
  if (failure.what.empty()) failure.what = "The server answered " + std::to_string(status);
  if (!detail.empty()) failure.what += ": " + detail;
  if (!pointer.empty()) failure.what += " at " + pointer;
  if (!reason.empty()) failure.what += " (" + reason + ")";
  failure.request = problem["request_id"].as_text();
  if (failure.request.empty()) failure.request = request_id;
  if (status == 401 && failure.next.empty()) failure.next = "Run `gpuaas login`.";
  if (failure.exit == Exit::unavailable && failure.next.empty()) failure.next = "Try again in a moment.";
  return failure;
}

std::string text(const Failure& failure) {
  if (failure.what.empty()) return {};
  std::string out = "gpuaas: " + printable(failure.what) + "\n";
  if (!failure.next.empty()) out += "next: " + printable(failure.next) + "\n";
  if (!failure.request.empty()) out += "request: " + printable(failure.request) + "\n";
  return out;
}

std::string printable(std::string_view from) {
  std::string out;
  out.reserve(from.size());
  for (std::size_t i = 0; i < from.size(); ++i) {
    const auto c = static_cast<unsigned char>(from[i]);
    const bool c1 = c == 0xc2 && i + 1 < from.size() && static_cast<unsigned char>(from[i + 1]) < 0xa0;
    if (c1) ++i;  // U+0080 to U+009F: some terminals take them for escapes
    if (c < 0x20 || c == 0x7f || c1)
      out += c == '\n' || c == '\t' ? ' ' : '?';
    else
      out += from[i];
  }
  return out;
}

}  // namespace cli
