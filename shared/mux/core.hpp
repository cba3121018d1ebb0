// Inside shared/mux only: a link's state, under one mutex, and the thread that brings what happened to its callbacks.
//
// The WebSocket's thread only puts down what came; the link's own thread calls back, so a callback that takes its time
// delays neither pings nor other links. What goes out is kept per stream and sent in turns, a frame each.
//
// Always true
//   - no callback runs, and no handler is destroyed, under the mutex;
//   - what waits is bounded: received bytes by the windows, streams by `streams_max`, turns by `turns_max`.
#pragma once

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

#include "shared/mux/frame.hpp"
#include "shared/mux/link.hpp"

namespace mux {

inline constexpr std::size_t unsent_max = 4 * window_initial;
inline constexpr std::size_t turns_max =
    4 * streams_max;  // streams that have something to send, the reset ones included
inline constexpr std::string_view link_lost = "link lost";
inline constexpr std::chrono::milliseconds full_pause{5};  // before a full WebSocket is tried again

class Core;
using Time = std::chrono::steady_clock::time_point;

class MuxStream final : public Stream, public std::enable_shared_from_this<MuxStream> {
 public:
  MuxStream(std::shared_ptr<Core> core, std::uint32_t id) : core_(std::move(core)), id_(id) {}

  bool write(std::string_view bytes) override;
  void end() override;
  void reset(std::string_view reason) override;
  void on_data(std::function<void(std::string)> handler) override;
  void on_end(std::function<void()> handler) override;
  void on_reset(std::function<void(std::string)> handler) override;
  void hold(bool held) override;
  void consumed(std::size_t bytes) override;

 private:
  friend class Core;
  struct Handlers {
    std::function<void(std::string)> data;
    std::function<void()> end;
    std::function<void(std::string)> reset;
  };
  struct Arrived {
    Kind kind;  // data, end or reset
    std::string bytes;
  };

  // All of it under the core's mutex.
  const std::shared_ptr<Core> core_;
  const std::uint32_t id_;
  Handlers handlers_;

  // Out.
  std::string what_;  // of an open that is not out yet
  bool open_due_ = false;
  std::string unsent_;
  std::size_t unsent_at_ = 0;
  std::size_t credit_ = window_initial;  // bytes that the peer still takes
  bool ended_ = false;                   // by this side
  bool end_sent_ = false;
  bool reset_due_ = false;
  std::string reset_reason_;
  std::size_t window_due_ = 0;  // credit to give back
  bool in_turn_ = false;

  // In.
  std::deque<Arrived> arrived_;
  std::size_t window_ = window_initial;  // bytes that the peer may still send
  std::size_t unconsumed_ = 0;
  bool peer_ended_ = false;  // its end has come; it may wait in `arrived_`
  bool held_ = false;
  bool gone_ = false;    // reset or lost: nothing more goes out
  bool over_ = false;    // nothing more is heard
  bool waking_ = false;  // on the link thread's list
};

class Core : public std::enable_shared_from_this<Core> {
 public:
  Core(std::shared_ptr<http::WebSocket>, bool dialler, LinkEvents, Pace);
  ~Core();

  void begin();
  std::shared_ptr<Stream> open(std::string_view what);
  void lose(std::uint16_t code, std::string_view reason);
  bool alive();
  void join();

 private:
  friend class MuxStream;
  using Lock = std::unique_lock<std::mutex>;
  using StreamPtr = std::shared_ptr<MuxStream>;

  // The WebSocket's thread.
  void take(std::string_view message, bool binary);
  std::string take_frame(const Frame&);  // what is wrong with it, or nothing
  std::string take_open(const Frame&);
  std::string take_for(const StreamPtr&, const Frame&);

  // The link's thread.
  void run();
  void ping(Lock&, Time now);
  void deliver(Lock&, const StreamPtr&);
  void deliver_data(Lock&, const StreamPtr&, std::string bytes);
  void deliver_last(Lock&, const StreamPtr&, MuxStream::Arrived);
  void finish(Lock&);

  // Under the mutex.
  struct Next {
    Kind kind;
    std::size_t bytes = 0;
  };
  void wake(const StreamPtr&);
  void turn(const StreamPtr&);
  void pump();
  bool send(std::string frame);
  std::optional<Next> next(const MuxStream&) const;
  std::string build(const MuxStream&, const Next&) const;
  void sent(MuxStream&, const Next&);
  void consumed(const StreamPtr&, std::size_t bytes);
  void forget(MuxStream&);
  MuxStream::Handlers retire(MuxStream&);  // the caller lets the handlers go without the mutex

  const bool dialler_;
  const Pace pace_;
  LinkEvents events_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::shared_ptr<http::WebSocket> socket_;  // null once lost
  std::map<std::uint32_t, StreamPtr> streams_;
  std::uint32_t next_id_;
  std::uint32_t peer_last_ = 0;
  std::deque<StreamPtr> turns_;
  std::deque<std::pair<std::string, StreamPtr>> opened_;
  std::deque<StreamPtr> woken_;
  bool ping_due_ = false;
  bool pong_due_ = false;
  bool full_ = false;  // the WebSocket took no more
  bool flooded_ = false;
  bool lost_ = false;
  bool finished_ = false;  // the link's thread has called back for the last time
  std::string lost_reason_;
  Time unanswered_ = Time::max();  // since when a ping has no pong
  Time next_ping_{};
  std::thread thread_;
};

}  // namespace mux
