#include "products/gpuaas/node/shim/log_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <charconv>
#include <filesystem>
#include <map>

namespace shim {
namespace {

constexpr std::string_view prefix = "log.";
constexpr std::size_t files_kept = 2;

/// The log's files by their first byte's offset.
std::map<std::int64_t, std::string> files_of(const std::string& directory) {
  std::map<std::int64_t, std::string> found;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator{directory, error}) {
    const std::string name = entry.path().filename().string();
    std::int64_t offset = 0;
    if (!name.starts_with(prefix)) continue;
    const auto parsed = std::from_chars(name.data() + prefix.size(), name.data() + name.size(), offset);
    if (parsed.ec == std::errc{} && parsed.ptr == name.data() + name.size())
      found.emplace(offset, entry.path().string());
  }
  return found;
}

}  // namespace

void LogFiles::next_file() {
  file_start_ = end_;
  const std::string path = directory_ + "/" + std::string{prefix} + std::to_string(end_);
  file_.reset(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  auto found = files_of(directory_);
  while (found.size() > files_kept) {
    ::unlink(found.begin()->second.c_str());
    found.erase(found.begin());
  }
}

void LogFiles::append(std::string_view bytes) {
  if (!file_ || end_ - file_start_ >= file_bytes_) next_file();
  const ssize_t put = file_ ? ::write(file_.get(), bytes.data(), bytes.size()) : -1;
  end_ += static_cast<std::int64_t>(bytes.size());
  if (put != static_cast<ssize_t>(bytes.size())) file_.reset();  // the next bytes start a file at their own offset
}

LogBytes read_log(const std::string& directory, std::int64_t offset, std::size_t max) {
  const auto files = files_of(directory);
  LogBytes read;
  for (const auto& [start, path] : files) {
    struct stat about{};
    if (::stat(path.c_str(), &about) == 0) read.end = start + about.st_size;
  }
  if (offset < 0) offset = std::max<std::int64_t>(0, read.end + offset);
  read.offset = std::min(offset, read.end);
  auto at = files.upper_bound(offset);
  if (at != files.begin()) --at;
  for (; at != files.end() && read.bytes.size() < max; ++at) {
    const Descriptor file{::open(at->second.c_str(), O_RDONLY | O_CLOEXEC)};
    struct stat about{};
    if (!file || ::fstat(file.get(), &about) != 0) continue;
    const std::int64_t next = read.offset + static_cast<std::int64_t>(read.bytes.size());
    const std::int64_t from = std::max(next, at->first);
    if (from >= at->first + about.st_size) continue;
    if (from > next && !read.bytes.empty()) break;  // a gap: the next call begins after it
    if (read.bytes.empty()) read.offset = from;
    const auto want =
        std::min<std::int64_t>(static_cast<std::int64_t>(max - read.bytes.size()), at->first + about.st_size - from);
    const std::size_t had = read.bytes.size();
    read.bytes.resize(had + static_cast<std::size_t>(want));
    const ssize_t got = ::pread(file.get(), read.bytes.data() + had, static_cast<std::size_t>(want), from - at->first);
    read.bytes.resize(had + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  }
  return read;
}

}  // namespace shim
