// The structured log: one JSON object a line on stderr, `{"at":…,"level":…,"event":…,…}`, in the order of the fields.
//
// Always true: a line is written whole, whichever thread writes; a secret is no field and does not compile; keys and
// values are quoted, so that what a client sent cannot forge a line.
//
// Level and destination are the process's own, as stderr is: the one state in the house that is not handed in.
#pragma once

#include <boost/describe.hpp>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace telemetry {

enum class Level { debug, info, warning, error };
BOOST_DESCRIBE_ENUM(Level, debug, info, warning, error)

/// A field's value; texts are borrowed for the length of the call.
class Value {
 public:
  Value(std::string_view text) : value_(text) {}
  Value(const char* text) : value_(std::string_view{text}) {}
  Value(const std::string& text) : value_(std::string_view{text}) {}
  Value(std::same_as<bool> auto flag) : value_(flag) {}
  Value(double number) : value_(number) {}
  template <std::integral T>
    requires(!std::same_as<T, bool>)
  Value(T number)
      : value_(static_cast<std::conditional_t<std::signed_integral<T>, std::int64_t, std::uint64_t>>(number)) {}

  std::string json() const;

 private:
  std::variant<std::string_view, bool, std::int64_t, std::uint64_t, double> value_;
};

struct Field {
  std::string_view key;
  Value value;
};

/// Drops what is below this level, from now on; `info` at first.
void set_level(Level);
bool is_logged(Level);

void log(Level, std::string_view event, std::initializer_list<Field> fields = {});

inline void debug(std::string_view event, std::initializer_list<Field> fields = {}) {
  log(Level::debug, event, fields);
}
inline void info(std::string_view event, std::initializer_list<Field> fields = {}) { log(Level::info, event, fields); }
inline void warning(std::string_view event, std::initializer_list<Field> fields = {}) {
  log(Level::warning, event, fields);
}
inline void error(std::string_view event, std::initializer_list<Field> fields = {}) {
  log(Level::error, event, fields);
}

/// Keeps the lines of all threads from stderr while it lives, for a test to read. One at a time.
class Captured final {
 public:
  Captured();
  Captured(const Captured&) = delete;
  Captured& operator=(const Captured&) = delete;
  ~Captured();
  std::vector<std::string> lines() const;
};

}  // namespace telemetry
