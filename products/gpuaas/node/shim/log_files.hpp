// A workload's log: what its terminal showed, in files `log.OFFSET` of its folder, OFFSET being that of the first byte.
// Two files are kept, so an offset means the same byte for ever, and the size is bounded.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "products/gpuaas/node/shim/descriptor.hpp"

namespace shim {

class LogFiles final {
 public:
  LogFiles(std::string directory, std::int64_t file_bytes)
      : directory_(std::move(directory)), file_bytes_(file_bytes) {}

  /// Bytes that the disk has no room for are missing from the log, at their own offsets; the workload never waits for
  /// it.
  void append(std::string_view bytes);
  std::int64_t end() const { return end_; }

 private:
  void next_file();

  std::string directory_;
  std::int64_t file_bytes_;
  Descriptor file_;
  std::int64_t file_start_ = 0;
  std::int64_t end_ = 0;
};

struct LogBytes {
  std::int64_t offset = 0;  // of the first byte; later than asked where the asked ones are gone
  std::string bytes;
  std::int64_t end = 0;  // of what the files hold
};

/// Reads from the files of a folder, whether or not somebody writes them. A negative offset counts from the end.
LogBytes read_log(const std::string& directory, std::int64_t offset, std::size_t max);

}  // namespace shim
