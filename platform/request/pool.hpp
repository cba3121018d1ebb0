// Pool: a bounded queue in front of a few threads, for what may wait for a database: reads and `prepare`. With no
// threads at all a task runs at once where it is posted: the simulator steps everything itself.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace request {

class Pool final {
 public:
  using Task = std::move_only_function<void()>;

  Pool(int threads, std::size_t queue_max) : queue_max_(queue_max) {
    for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
  }
  ~Pool() {
    {
      const std::lock_guard lock{mutex_};
      stopping_ = true;
    }
    wake_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  /// False past the queue's limit: the caller answers 503.
  bool post(Task task) { return push(std::move(task), queue_max_); }
  /// For what already holds a place in the world (an answer that is due, a stream's second look): never refused.
  void post_due(Task task) { push(std::move(task), ~std::size_t{0}); }

 private:
  bool push(Task task, std::size_t most) {
    if (threads_.empty()) {
      task();
      return true;
    }
    {
      const std::lock_guard lock{mutex_};
      if (queue_.size() >= most) return false;
      queue_.push_back(std::move(task));
    }
    wake_.notify_one();
    return true;
  }

  void run() {
    for (;;) {
      Task task;
      {
        std::unique_lock lock{mutex_};
        wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
        if (queue_.empty()) return;  // stopping, and all that was promised is done
        task = std::move(queue_.front());
        queue_.pop_front();
      }
      task();
    }
  }

  const std::size_t queue_max_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Task> queue_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace request
