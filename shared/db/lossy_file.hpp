// LossyFile: one file of a LossyDisk: what everyone sees, what a crash leaves for certain, and the writes in between.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "shared/base/random.hpp"

namespace db {

inline constexpr std::size_t sector_size = 512;

class LossyFile final {
 public:
  std::size_t size() const { return seen_.size(); }
  /// Zeros past the end; returns how many bytes were there.
  std::size_t read(std::size_t at, char* into, std::size_t size) const;
  void write(std::size_t at, std::string_view bytes);
  void truncate(std::size_t size);
  void sync();

  /// Keeps what was synced and, of the rest, what the dice leave. Returns how many bytes are lost.
  std::int64_t crash(base::Random&);
  /// Never synced, and so not even in its directory for certain.
  bool may_vanish() const { return !synced_; }

 private:
  struct Write {
    std::size_t at = 0;
    std::string bytes = {};
    bool truncates = false;  // to `at`
  };
  static void apply(std::string& content, const Write&);

  std::string seen_;
  std::string durable_;
  std::vector<Write> pending_;
  bool synced_ = false;
};

}  // namespace db
