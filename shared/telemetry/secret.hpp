// Secret: a value that cannot be printed, logged or encoded by mistake. It has no operator<<, no formatter, and is no
// log field; shared/json decodes it and refuses to encode it. `reveal()` is the one way in, easy to search for.
//
// Always true: the memory of a text or an array is wiped when its Secret ends.
#pragma once

#include <string.h>

#include <iosfwd>
#include <string>
#include <type_traits>
#include <utility>

namespace telemetry {

template <class T>
class Secret {
 public:
  using secret_of = T;  // how shared/json knows a secret

  Secret() = default;
  explicit Secret(T value) : value_(std::move(value)) {}
  Secret(const Secret&) = default;
  Secret& operator=(const Secret& other) {
    if (this == &other) return *this;
    wipe();
    value_ = other.value_;
    return *this;
  }
  Secret(Secret&& other) : value_(std::move(other.value_)) { other.wipe(); }
  Secret& operator=(Secret&& other) {
    if (this == &other) return *this;
    wipe();
    value_ = std::move(other.value_);
    other.wipe();
    return *this;
  }
  ~Secret() { wipe(); }

  const T& reveal() const { return value_; }
  bool operator==(const Secret&) const = delete;  // crypto::equal compares in constant time

  friend std::ostream& operator<<(std::ostream&, const Secret&) = delete;

 private:
  void wipe() {
    if constexpr (std::is_same_v<T, std::string>) {
      value_.resize(value_.capacity());  // a short text that was moved away still stands in its own bytes
      ::explicit_bzero(value_.data(), value_.size());
      value_.clear();
    } else if constexpr (std::is_trivially_copyable_v<T>) {
      ::explicit_bzero(&value_, sizeof value_);
    }
  }

  T value_{};
};

}  // namespace telemetry
