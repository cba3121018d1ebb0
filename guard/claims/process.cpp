#include "guard/claims/process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include "shared/base/check.hpp"

namespace guard::claims {

using base::Result;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::chrono::milliseconds look_every{10};
constexpr std::chrono::seconds grace{5};  // between TERM and KILL

/// What posix_spawn is told: the folder, the session, and where the three standard files go.
class Start {
 public:
  Start(const std::filesystem::path& folder, const std::filesystem::path& log) {
    CHECK(::posix_spawn_file_actions_init(&files_) == 0 && ::posix_spawnattr_init(&attributes_) == 0);
    CHECK(::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSID) == 0);
    CHECK(::posix_spawn_file_actions_addopen(&files_, STDOUT_FILENO, log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644) ==
          0);
    CHECK(::posix_spawn_file_actions_adddup2(&files_, STDOUT_FILENO, STDERR_FILENO) == 0);
    CHECK(::posix_spawn_file_actions_addopen(&files_, STDIN_FILENO, "/dev/null", O_RDONLY, 0) == 0);
    CHECK(::posix_spawn_file_actions_addchdir_np(&files_, folder.c_str()) == 0);
  }
  Start(const Start&) = delete;
  Start& operator=(const Start&) = delete;
  ~Start() {
    ::posix_spawn_file_actions_destroy(&files_);
    ::posix_spawnattr_destroy(&attributes_);
  }

  Result<pid_t> operator()(const std::vector<std::string>& command) {
    std::vector<char*> arguments;
    for (const std::string& each : command) arguments.push_back(const_cast<char*>(each.c_str()));
    arguments.push_back(nullptr);
    pid_t pid = 0;
    if (const int error = ::posix_spawn(&pid, arguments[0], &files_, &attributes_, arguments.data(), environ);
        error != 0)
      return base::Error{base::invalid, command.front() + " could not be started: " + ::strerror(error)};
    return pid;
  }

 private:
  posix_spawn_file_actions_t files_;
  posix_spawnattr_t attributes_;
};

// Each process of the session that `leader` led, but itself.
void end_session(pid_t leader) {
  std::error_code error;
  for (const auto& each : std::filesystem::directory_iterator{"/proc", error}) {
    const pid_t pid = static_cast<pid_t>(::atoi(each.path().filename().c_str()));
    if (pid > 0 && pid != leader && ::getsid(pid) == leader) ::kill(pid, SIGKILL);
  }
}

std::optional<int> wait(pid_t pid, std::chrono::seconds limit) {
  const auto until = Clock::now() + limit;
  int status = 0;
  while (::waitpid(pid, &status, WNOHANG) == 0) {
    if (Clock::now() >= until) return {};
    std::this_thread::sleep_for(look_every);
  }
  return status;
}

}  // namespace

Result<Ended> run(const std::vector<std::string>& command, const std::filesystem::path& folder,
                  const std::filesystem::path& log, std::chrono::seconds limit) {
  const auto begun = Clock::now();
  const auto pid = Start{folder, log}(command);
  if (!pid) return pid.error();
  auto status = wait(*pid, limit);
  Ended ended;
  if (!status) {
    ended.how = "did not end within " + std::to_string(limit.count()) + " s";
    ::kill(-*pid, SIGTERM);
    if (!wait(*pid, grace)) {
      ::kill(-*pid, SIGKILL);
      ::waitpid(*pid, nullptr, 0);
    }
  } else if (WIFEXITED(*status)) {
    ended.code = WEXITSTATUS(*status);
    if (*ended.code != 0) ended.how = "exit " + std::to_string(*ended.code);
  } else {
    const char* name = ::sigabbrev_np(WTERMSIG(*status));
    ended.how = std::string{"ended by SIG"} + (name == nullptr ? "?" : name);
  }
  end_session(*pid);
  ended.seconds = std::chrono::duration<double>(Clock::now() - begun).count();
  return ended;
}

}  // namespace guard::claims
