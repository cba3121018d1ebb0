// Inside shared/http only, for .cpp files: one network thread, what lives on it, and how others hand it work.
//
// Always true
//   - a session is touched on its loop's thread only;
//   - work posted to a loop that has stopped is refused, not kept;
//   - deadlines are looked at by one tick for all sessions: a timer each would cost a system call a request.
#pragma once

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace http {

namespace asio = boost::asio;
using Time = std::chrono::steady_clock::time_point;
inline Time time_now() { return std::chrono::steady_clock::now(); }

/// What lives on a loop: a connection, a WebSocket.
class Session : public std::enable_shared_from_this<Session> {
 public:
  virtual ~Session() = default;
  virtual void tick(Time now) = 0;  // looks at its deadlines
  virtual void drain() = 0;         // takes nothing new, ends when what runs has ended
  virtual void cut() = 0;           // ends now

 private:
  friend class Loop;
  std::size_t place_ = 0;
};

/// Shared by its sessions: a Responder that some thread still holds may outlive the server.
class Loop : public std::enable_shared_from_this<Loop> {
 public:
  explicit Loop(std::chrono::milliseconds tick);
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  asio::io_context io{1};

  void start();
  bool here() const { return thread_id_.load(std::memory_order_relaxed) == std::this_thread::get_id(); }
  /// False when the loop has stopped.
  template <class Task>
  bool post(Task&& task) {
    const std::scoped_lock lock{mutex_};
    if (stopped_) return false;
    asio::post(io, std::forward<Task>(task));
    return true;
  }
  /// Now when on this thread, else posted.
  template <class Task>
  bool run(Task&& task) {
    if (!here()) return post(std::forward<Task>(task));
    task();
    return true;
  }
  bool after(std::chrono::milliseconds delay, std::function<void()> task);

  void add(std::shared_ptr<Session>);
  void remove(Session&);
  void drain_sessions();
  bool idle() const { return sessions_.empty(); }
  /// Cuts what is left and waits for the thread; from that thread itself, lets it end alone.
  void stop();
  /// The thread ends once the sessions have: for a loop with one session.
  void stop_when_idle();
  void join();

  const std::string& date() const { return date_; }  // RFC 9110, 5.6.7; for the Date header

 private:
  void tick_later();
  void tick();
  void leave();

  std::chrono::milliseconds period_;
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  asio::steady_timer ticker_;
  std::set<std::shared_ptr<asio::steady_timer>> timers_;
  std::vector<std::shared_ptr<Session>> sessions_;
  std::string date_;
  bool stop_when_idle_ = false;
  bool leaving_ = false;
  std::thread thread_;
  std::atomic<std::thread::id> thread_id_{};
  std::mutex mutex_;
  bool stopped_ = false;
};

}  // namespace http
