#include "products/gpuaas/node/shim/folder.hpp"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "shared/json/json.hpp"

namespace shim {
namespace {

base::Error failed(const std::string& path) { return {folder_failed, path + ": " + ::strerror(errno)}; }

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(fd, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return true;
}

struct flock whole_file() {
  struct flock lock{};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return lock;
}

}  // namespace

base::Result<void> write_whole(const std::string& path, std::string_view bytes) {
  const std::string beside = path + ".new";
  {
    const Descriptor file{::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)};
    if (!file || !write_all(file.get(), bytes) || ::fsync(file.get()) != 0) return failed(beside);
  }
  if (::rename(beside.c_str(), path.c_str()) != 0) return failed(path);
  const Descriptor directory{::open(path.substr(0, path.rfind('/')).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!directory || ::fsync(directory.get()) != 0) return failed(path);
  return {};
}

std::optional<std::string> read_whole(const std::string& path) {
  const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (!file) return std::nullopt;
  std::string text;
  char piece[16384];
  ssize_t got = 0;
  while ((got = ::read(file.get(), piece, sizeof piece)) > 0) text.append(piece, static_cast<std::size_t>(got));
  return got < 0 ? std::nullopt : std::optional{text};
}

base::Result<void> write_status(const std::string& folder, const runtime::Status& status) {
  return write_whole(folder + "/status.json", json::encode(status));
}

std::optional<runtime::Status> read_status(const std::string& folder) {
  const auto text = read_whole(folder + "/status.json");
  if (!text) return std::nullopt;
  auto status = json::decode<runtime::Status>(*text);
  return status ? std::optional{*status} : std::nullopt;
}

Descriptor try_lock(const std::string& path) {
  Descriptor file{::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)};
  struct flock lock = whole_file();
  if (!file || ::fcntl(file.get(), F_OFD_SETLK, &lock) != 0) return {};
  return file;
}

bool is_locked(const std::string& path) {
  const Descriptor file{::open(path.c_str(), O_RDWR | O_CLOEXEC)};
  struct flock lock = whole_file();
  return file && ::fcntl(file.get(), F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

}  // namespace shim
