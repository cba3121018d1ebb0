// For this folder's tests: a runtime in a directory of its own, with the shims that were built, and what the tests ask
// of it.
#pragma once

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <string>
#include <thread>

#include "products/gpuaas/node/runtime.hpp"

namespace runtime::test {

inline constexpr std::chrono::seconds patience{20};  // a hung test ends; nothing is measured by it

/// Text that the runtime's thread adds to and a test waits for.
class Screen final {
 public:
  void add(std::string_view bytes) {
    const std::lock_guard lock{mutex_};
    text_ += bytes;
    changed_.notify_all();
  }
  void end() {
    const std::lock_guard lock{mutex_};
    ended_ = true;
    changed_.notify_all();
  }
  std::string text() const {
    const std::lock_guard lock{mutex_};
    return text_;
  }
  /// All text once it holds `word`; what there is, if it never does.
  std::string with(std::string_view word) {
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, patience, [&] { return text_.find(word) != std::string::npos || ended_; });
    return text_;
  }
  bool wait_end() {
    std::unique_lock lock{mutex_};
    return changed_.wait_for(lock, patience, [&] { return ended_; });
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::string text_;
  bool ended_ = false;
};

struct Ran {
  std::string output;
  std::string error;
  ExecEnd end;
};

class RuntimeTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "a sandbox needs root";
    if (!std::filesystem::exists("/usr/bin/bwrap")) GTEST_SKIP() << "bubblewrap is not installed";
    char place[] = "/tmp/gpuaas-runtime-XXXXXX";
    directory_ = ::mkdtemp(place);
    reopen();
  }
  void TearDown() override {
    if (runtime_) {
      for (const auto& each : runtime_->list()) {
        (void)runtime_->kill(each.spec.id);
        (void)wait_exited(each.spec.id);
        (void)runtime_->remove(each.spec.id);
      }
    }
    runtime_.reset();
    if (!directory_.empty()) std::filesystem::remove_all(directory_);
  }

  Options options() const {
    const auto bin = std::filesystem::read_symlink("/proc/self/exe").parent_path().parent_path() / "bin";
    return {.directory = directory_, .shim = bin / "gpuaas-shim", .gpus = gpus_.get()};
  }
  void reopen() {
    runtime_.reset();
    auto opened = open(options());
    ASSERT_TRUE(opened) << opened.error().reason.word << ": " << opened.error().detail;
    runtime_ = std::move(*opened);
  }

  static Spec shell(std::string id, std::string script) {
    Spec spec{.id = std::move(id), .name = "train", .command = {"sh", "-c", std::move(script)}};
    spec.memory_bytes = 256 << 20;
    spec.pids = 64;
    return spec;
  }
  Status start(const Spec& spec) {
    auto status = runtime_->start(spec);
    EXPECT_TRUE(status) << status.error().reason.word << ": " << status.error().detail << " " << status.error().pointer;
    return status ? *status : Status{};
  }
  Status wait_exited(const std::string& id) {
    const auto until = std::chrono::steady_clock::now() + patience;
    for (;;) {
      const auto status = runtime_->status(id);
      if (!status || status->state == State::exited || std::chrono::steady_clock::now() > until)
        return status.value_or(Status{});
      std::this_thread::sleep_for(std::chrono::milliseconds{2});
    }
  }
  Status run(const Spec& spec) {
    start(spec);
    return wait_exited(spec.id);
  }
  std::string whole_log(const std::string& id) {
    const auto piece = runtime_->log(id, 0, 1 << 20);
    return piece ? piece->bytes : piece.error().detail;
  }

  /// The workload's groups in any hierarchy.
  std::vector<std::string> groups_of(const std::string& id) const {
    struct stat about{};
    EXPECT_EQ(::stat(directory_.c_str(), &about), 0);
    const std::string name = "gpuaas/" + std::to_string(about.st_dev) + "-" + std::to_string(about.st_ino) + "-" + id;
    std::vector<std::string> found;
    for (const auto& hierarchy : std::filesystem::directory_iterator{"/sys/fs/cgroup"})
      if (std::filesystem::exists(hierarchy.path() / name)) found.push_back(hierarchy.path() / name);
    if (std::filesystem::exists("/sys/fs/cgroup/" + name)) found.push_back(name);
    return found;
  }

  struct Viewer {
    std::shared_ptr<Screen> screen = std::make_shared<Screen>();
    std::shared_ptr<Attachment> attachment;
    std::shared_ptr<std::optional<ExecEnd>> shell_end = std::make_shared<std::optional<ExecEnd>>();  // read once ended
  };
  Viewer attach(const std::string& id, TerminalSize size = {}, TerminalOf of = TerminalOf::command) {
    Viewer terminal;
    auto screen = terminal.screen;
    auto attached = runtime_->attach(id, size,
                                     {.output = [screen](std::string bytes) { screen->add(bytes); },
                                      .ended = [screen] { screen->end(); },
                                      .shell_ended = [how = terminal.shell_end](ExecEnd end) { *how = end; }},
                                     of);
    EXPECT_TRUE(attached);
    if (attached) terminal.attachment = *attached;
    return terminal;
  }
  Ran exec(const std::string& id, const ExecSpec& spec, const std::string& input = {}) {
    Ran ran;
    Screen output, error, over;
    auto process = runtime_->exec(id, spec,
                                  {.output = [&](std::string bytes) { output.add(bytes); },
                                   .error = [&](std::string bytes) { error.add(bytes); },
                                   .ended =
                                       [&](ExecEnd end) {
                                         ran.end = end;
                                         over.end();
                                       }});
    EXPECT_TRUE(process) << process.error().detail;
    if (!process) return ran;
    if (!input.empty()) EXPECT_TRUE((*process)->write(input));
    (*process)->close_input();
    EXPECT_TRUE(over.wait_end());
    ran.output = output.text();
    ran.error = error.text();
    return ran;
  }

  std::string directory_;
  std::unique_ptr<gpu::GpuDriver> gpus_;
  std::unique_ptr<Runtime> runtime_;
};

}  // namespace runtime::test
