#include "products/gpuaas/node/cgroup/files.hpp"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <charconv>

#include "products/gpuaas/node/cgroup/cgroup.hpp"

namespace cgroup {
namespace {

constexpr int tries = 400;  // of 5 ms
constexpr useconds_t pause_us = 5000;

std::int64_t number_at(std::string_view text) {
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

/// SIGKILL, once, to what the procs file lists.
void kill_listed(const std::string& procs_file) {
  const auto listed = read_file(procs_file);
  if (!listed) return;
  std::string_view rest = *listed;
  while (!rest.empty()) {
    const auto line = rest.substr(0, rest.find('\n'));
    const auto pid = number_at(line);
    if (pid > 1) ::kill(static_cast<pid_t>(pid), SIGKILL);
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
  }
}

}  // namespace

std::optional<std::string> read_file(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return std::nullopt;
  std::string text;
  char piece[4096];
  ssize_t got = 0;
  while ((got = ::read(fd, piece, sizeof piece)) > 0) text.append(piece, static_cast<std::size_t>(got));
  ::close(fd);
  return got < 0 ? std::nullopt : std::optional{text};
}

bool write_file(const std::string& path, std::string_view text) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC);
  if (fd < 0) return false;
  const ssize_t put = ::write(fd, text.data(), text.size());
  const int error = errno;
  ::close(fd);
  errno = error;
  return put == static_cast<ssize_t>(text.size());
}

bool exists(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

std::int64_t number_in(const std::string& path) {
  const auto text = read_file(path);
  return text ? number_at(*text) : 0;
}

std::int64_t number_after(const std::string& path, std::string_view word) {
  const auto text = read_file(path);
  if (!text) return 0;
  std::string_view rest = *text;
  while (!rest.empty()) {
    const auto line = rest.substr(0, rest.find('\n'));
    if (line.size() > word.size() && line.starts_with(word) && line[word.size()] == ' ')
      return number_at(line.substr(word.size() + 1));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
  }
  return 0;
}

base::Error failed(const std::string& path) { return {group_failed, path + ": " + ::strerror(errno)}; }

base::Result<void> make_directory(const std::string& path) {
  if (::mkdir(path.c_str(), 0755) == 0 || errno == EEXIST) return {};
  return failed(path);
}

void kill_until_empty(const std::string& procs_file) {
  for (int i = 0; i < tries; ++i) {
    const auto listed = read_file(procs_file);
    if (!listed || listed->empty()) return;
    kill_listed(procs_file);
    ::usleep(pause_us);
  }
}

base::Result<void> remove_directory(const std::string& path) {
  for (int i = 0; i < tries; ++i) {
    if (::rmdir(path.c_str()) == 0 || errno == ENOENT) return {};
    if (errno != EBUSY) break;
    kill_listed(path + "/cgroup.procs");  // whoever joined since they were killed
    ::usleep(pause_us);
  }
  return failed(path);
}

}  // namespace cgroup
