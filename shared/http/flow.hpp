// Inside shared/http only: the bytes of one streamed answer between whoever writes them, on any thread, and the
// connection that sends them.
//
// Always true
//   - at most `stream_unsent_max` bytes wait, the connection's own buffer included; on_close runs once;
//   - only a flow that its writer closed before anything cut it is whole.
#pragma once

#include <functional>
#include <mutex>
#include <string>

#include "shared/http/http.hpp"

namespace http {

class Flow {
 public:
  /// What the writer asks; `wake` is true when the connection must be told.
  struct Written {
    bool taken = false;
    bool wake = false;
  };
  Written write(std::string bytes);
  bool close() { return finish(true); }  // true when the connection must be told
  bool cut() { return finish(false); }
  /// Runs at once, by the caller, when it ended already.
  void on_close(std::function<void()>);

  /// What the connection takes; `outgoing` is what its own buffer holds unsent.
  struct Taken {
    std::string bytes;
    bool last = false;   // nothing after these
    bool whole = false;  // and nothing is missing
    bool slow = false;   // the writer gave up on a reader that does not take them
  };
  Taken take();
  void outgoing(std::size_t bytes);
  void end();  // either side is done: on_close, once

 private:
  bool finish(bool whole);

  std::mutex mutex_;
  std::string waiting_;
  std::size_t outgoing_ = 0;
  bool closed_ = false;  // or cut
  bool whole_ = false;
  bool overflowed_ = false;
  bool told_ = false;  // the connection is on its way to take
  bool ended_ = false;
  std::function<void()> on_close_;
};

}  // namespace http
