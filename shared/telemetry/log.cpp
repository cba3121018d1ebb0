#include "shared/telemetry/log.hpp"

#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <mutex>
#include <optional>

#include "shared/base/check.hpp"
#include "shared/base/time.hpp"
#include "shared/json/json.hpp"

namespace telemetry {
namespace {

std::atomic<Level> lowest{Level::info};

/// Where lines go. Never destroyed, so that a thread that outlives main may still log.
struct Destination {
  std::mutex mutex;
  std::optional<std::vector<std::string>> captured;
};

Destination& destination() {
  static auto* const only = new Destination;
  return *only;
}

std::string_view word(Level level) {
  switch (level) {
    case Level::debug:
      return "debug";
    case Level::info:
      return "info";
    case Level::warning:
      return "warning";
    case Level::error:
      return "error";
  }
  return "error";
}

// A log that cannot be written is lost: there is nowhere to say so.
void write_all(std::string_view line) {
  while (!line.empty()) {
    const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    line.remove_prefix(static_cast<std::size_t>(written));
  }
}

struct AsJson {
  std::string operator()(std::string_view text) const { return json::quoted(text); }
  std::string operator()(bool flag) const { return flag ? "true" : "false"; }
  std::string operator()(std::int64_t number) const { return std::to_string(number); }
  std::string operator()(std::uint64_t number) const { return std::to_string(number); }
  std::string operator()(double number) const {
    if (!std::isfinite(number)) return "null";
    std::array<char, 32> out{};
    const auto [end, error] = std::to_chars(out.data(), out.data() + out.size(), number);
    return error == std::errc{} ? std::string{out.data(), end} : "null";
  }
};

}  // namespace

std::string Value::json() const { return std::visit(AsJson{}, value_); }

void set_level(Level level) { lowest = level; }
bool is_logged(Level level) { return level >= lowest.load(std::memory_order_relaxed); }

void log(Level level, std::string_view event, std::initializer_list<Field> fields) {
  if (!is_logged(level)) return;
  std::string line = R"({"at":")" + base::to_text(base::WallClock{}.now()) + R"(","level":")";
  line += word(level);
  line += R"(","event":)" + json::quoted(event);
  for (const Field& field : fields) line += "," + json::quoted(field.key) + ":" + field.value.json();
  line += "}\n";

  Destination& to = destination();
  const std::lock_guard lock{to.mutex};
  if (to.captured)
    to.captured->push_back(line);
  else
    write_all(line);
}

Captured::Captured() {
  Destination& to = destination();
  const std::lock_guard lock{to.mutex};
  CHECK(!to.captured);
  to.captured.emplace();
}

Captured::~Captured() {
  Destination& to = destination();
  const std::lock_guard lock{to.mutex};
  to.captured.reset();
}

std::vector<std::string> Captured::lines() const {
  Destination& to = destination();
  const std::lock_guard lock{to.mutex};
  return to.captured.value_or(std::vector<std::string>{});
}

}  // namespace telemetry
