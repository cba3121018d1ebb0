// Relays: what a server opens on the link to reach into a workload, in these words:
//   terminal INS ROWS COLS    the shell beside its command, one for all who open it
//                             messages: binary is bytes, text {"resize":{"rows","cols"}} in, {"exit":{…}} out
//   own INS ROWS COLS         the command's own terminal; likewise
//   exec INS {"command","tty","rows","cols"}    likewise; text {"eof":true} in, {"stream":"stderr"} before its bytes
//   logs INS FOLLOW OFFSET    the log's bytes, to its end or as they come
//   metrics INS               server-sent events, one a second
// Whoever reads too slowly loses bytes (a terminal) or holds up the writer (an exec, a log); nobody else waits.
#pragma once

#include <condition_variable>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "products/gpuaas/node/gpu/gpu.hpp"
#include "products/gpuaas/node/runtime.hpp"
#include "shared/mux/mux.hpp"

namespace agent {

class Relays final {
 public:
  Relays(runtime::Runtime&, const gpu::GpuDriver&, const base::Clock&);
  ~Relays();
  Relays(const Relays&) = delete;
  Relays& operator=(const Relays&) = delete;

  void serve(const std::string& what, std::shared_ptr<mux::Stream>);

 private:
  /// Something that is looked after until it says that it is done: a full stream, a log, a metric's next second.
  using Tick = std::function<bool(base::Instant now)>;
  void keep(Tick);
  void run();

  void terminal(const std::string& id, runtime::TerminalSize, runtime::TerminalOf, std::shared_ptr<mux::Stream>);
  void exec(const std::string& id, const std::string& spec, std::shared_ptr<mux::Stream>);
  void logs(const std::string& id, bool follow, std::int64_t offset, std::shared_ptr<mux::Stream>);
  void metrics(const std::string& id, std::shared_ptr<mux::Stream>);
  std::string sample(const std::string& id, std::int64_t cpu_us_per_second) const;

  runtime::Runtime& runtime_;
  const gpu::GpuDriver& gpus_;
  const base::Clock& clock_;
  std::mutex mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;
  std::list<Tick> ticks_;
  std::thread ticker_;
};

}  // namespace agent
