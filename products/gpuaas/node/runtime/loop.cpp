#include "products/gpuaas/node/runtime/loop.hpp"

#include <sys/eventfd.h>

#include "shared/base/check.hpp"

namespace runtime {
namespace {

class Later final : public Source {
 public:
  Later(shim::Steady at, std::function<void()> task) : at_(at), task_(std::move(task)) {}
  void add_to(shim::Poll& poll) override { poll.wake_at(at_); }
  void look(shim::Steady now) override {
    if (now < at_ || done_) return;
    done_ = true;
    task_();
  }
  bool done() const override { return done_; }

 private:
  const shim::Steady at_;
  const std::function<void()> task_;
  bool done_ = false;
};

}  // namespace

Loop::Loop() : wake_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  CHECK(wake_);
  thread_ = std::thread{[this] { run(); }};
}

Loop::~Loop() { stop(); }

void Loop::stop() {
  {
    const std::lock_guard lock{mutex_};
    stop_ = true;
  }
  wake();
  if (thread_.joinable()) thread_.join();
  sources_.clear();
  const std::lock_guard lock{mutex_};
  arrived_.clear();
  posted_.clear();
}

void Loop::wake() {
  const std::uint64_t one = 1;
  (void)!::write(wake_.get(), &one, sizeof one);
}

void Loop::add(std::shared_ptr<Source> source) {
  {
    const std::lock_guard lock{mutex_};
    arrived_.push_back(std::move(source));
  }
  wake();
}

void Loop::post(std::function<void()> task) {
  {
    const std::lock_guard lock{mutex_};
    posted_.push_back(std::move(task));
  }
  wake();
}

void Loop::after(std::chrono::milliseconds delay, std::function<void()> task) {
  add(std::make_shared<Later>(std::chrono::steady_clock::now() + delay, std::move(task)));
}

void Loop::run() {
  while (round()) {
  }
}

bool Loop::round() {
  std::vector<std::function<void()>> tasks;
  {
    const std::lock_guard lock{mutex_};
    if (stop_) return false;
    for (auto& source : arrived_) sources_.push_back(std::move(source));
    arrived_.clear();
    tasks.swap(posted_);
  }
  for (const auto& task : tasks) task();

  shim::Poll poll{std::chrono::steady_clock::now()};
  poll.on(wake_.get(), POLLIN, [this](short) {
    std::uint64_t count = 0;
    (void)!::read(wake_.get(), &count, sizeof count);
  });
  for (const auto& source : sources_) source->add_to(poll);
  poll.run();
  const shim::Steady now = std::chrono::steady_clock::now();
  for (const auto& source : sources_) source->look(now);
  std::erase_if(sources_, [](const auto& source) { return source->done(); });
  return true;
}

}  // namespace runtime
