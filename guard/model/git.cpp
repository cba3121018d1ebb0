#include "guard/model/git.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace guard {

using base::Error;
using base::Result;

namespace {

std::string read_all(int from) {
  std::string text;
  std::array<char, 1 << 16> part;
  while (true) {
    const ssize_t got = ::read(from, part.data(), part.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return text;
    text.append(part.data(), static_cast<std::size_t>(got));
  }
}

void add_names(std::string_view names, std::vector<std::string>& to) {
  while (!names.empty()) {
    const std::size_t end = std::min(names.find('\0'), names.size());
    to.emplace_back(names.substr(0, end));
    names.remove_prefix(std::min(end + 1, names.size()));
  }
}

}  // namespace

Result<std::string> git(const std::filesystem::path& folder, const std::vector<std::string>& arguments,
                        const std::vector<std::string>& variables) {
  std::vector<std::string> words{"git", "-C", folder.string()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> list;
  for (std::string& each : words) list.push_back(each.data());
  list.push_back(nullptr);
  std::vector<std::string> more = variables;
  std::vector<char*> environment;
  for (std::string& each : more) environment.push_back(each.data());
  for (char** each = environ; *each != nullptr; ++each) environment.push_back(*each);
  environment.push_back(nullptr);
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return Error{base::invalid, "no pipe for git"};
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
  pid_t pid = 0;
  const int failed = ::posix_spawnp(&pid, "git", &actions, nullptr, list.data(), environment.data());
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  std::string printed = failed == 0 ? read_all(ends[0]) : std::string{};
  ::close(ends[0]);
  if (failed != 0) return Error{base::invalid, "git could not be run"};
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return printed;
  return Error{base::invalid, "git " + arguments.front() + ": " + printed.substr(0, printed.find('\n'))};
}

Result<std::vector<std::string>> changed_since(const std::filesystem::path& root, const std::string& base) {
  const auto differ = git(root, {"diff", "--name-only", "--no-renames", "--relative", "-z", "--end-of-options", base});
  if (!differ) return differ.error();
  const auto is_new = git(root, {"ls-files", "--others", "--exclude-standard", "-z"});
  if (!is_new) return is_new.error();
  std::vector<std::string> files;
  add_names(*differ, files);
  add_names(*is_new, files);
  std::ranges::sort(files);
  files.erase(std::ranges::unique(files).begin(), files.end());
  return files;
}

std::optional<Error> copy_of(const std::filesystem::path& root, const std::string& commit,
                             const std::filesystem::path& to) {
  const std::vector<std::string> index{"GIT_INDEX_FILE=" + (to / ".index").string()};
  const auto read = git(root, {"read-tree", commit + "^{tree}"}, index);
  if (!read) return read.error();
  const auto written = git(root, {"checkout-index", "--all", "--prefix=" + to.string() + "/"}, index);
  if (!written) return written.error();
  std::error_code failed;
  std::filesystem::remove(to / ".index", failed);
  return std::nullopt;
}

}  // namespace guard
