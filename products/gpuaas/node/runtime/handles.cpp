#include "products/gpuaas/node/runtime/handles.hpp"

#include "shared/json/json.hpp"

namespace runtime {
namespace {

class Terminal final : public Attachment {
 public:
  explicit Terminal(std::shared_ptr<Connection> connection) : connection_(std::move(connection)) {}
  ~Terminal() override { detach(); }
  bool write(std::string bytes, std::function<void()> done) override {
    return connection_->write(shim::Kind::input, std::move(bytes), std::move(done));
  }
  void resize(TerminalSize size) override { connection_->write(shim::Kind::resize, json::encode(size)); }
  void hold(bool held) override { connection_->hold(held); }
  void detach() override { connection_->close(); }

 private:
  std::shared_ptr<Connection> connection_;
};

class EndedTerminal final : public Attachment {
 public:
  explicit EndedTerminal(std::shared_ptr<std::atomic<bool>> detached) : detached_(std::move(detached)) {}
  ~EndedTerminal() override { detach(); }
  bool write(std::string, std::function<void()>) override { return false; }
  void resize(TerminalSize) override {}
  void hold(bool) override {}
  void detach() override { *detached_ = true; }

 private:
  std::shared_ptr<std::atomic<bool>> detached_;
};

class RunningProcess final : public Process {
 public:
  explicit RunningProcess(std::shared_ptr<Connection> connection) : connection_(std::move(connection)) {}
  ~RunningProcess() override { connection_->close(); }
  bool write(std::string bytes, std::function<void()> done) override {
    return connection_->write(shim::Kind::input, std::move(bytes), std::move(done));
  }
  void close_input() override { connection_->write(shim::Kind::input_end, ""); }
  void resize(TerminalSize size) override { connection_->write(shim::Kind::resize, json::encode(size)); }
  void signal(int number) override { connection_->write(shim::Kind::signal, std::to_string(number)); }
  void hold(bool held) override { connection_->hold(held); }

 private:
  std::shared_ptr<Connection> connection_;
};

std::shared_ptr<Connection> connected(const std::shared_ptr<Loop>& loop, shim::Descriptor fd, Heard heard) {
  auto connection = std::make_shared<Connection>(loop, std::move(fd), std::move(heard));
  loop->add(connection);
  return connection;
}

}  // namespace

std::shared_ptr<Attachment> open_terminal(const std::shared_ptr<Loop>& loop, shim::Descriptor fd, TerminalOf of,
                                          TerminalSize size, TerminalEvents events, EndKnown end_known) {
  struct Shared {
    TerminalEvents events;
    bool ended = false;
  };
  const auto shared = std::make_shared<Shared>(Shared{std::move(events)});
  const auto end = [shared] {
    if (!std::exchange(shared->ended, true) && shared->events.ended) shared->events.ended();
  };
  Heard heard;
  heard.packet = [shared, end](shim::Packet& packet) {
    const auto& to = shared->events;
    if (packet.kind == shim::Kind::exec_ended) {
      const auto how = json::decode<ExecEnd>(packet.body);
      if (how && to.shell_ended) to.shell_ended(*how);
      end();
    } else if (packet.kind == shim::Kind::skipped && to.skipped) {
      to.skipped(packet.number());
    } else if (packet.kind == shim::Kind::output && to.output) {
      to.output(std::move(packet.body));
    }
  };
  heard.ended = end;
  heard.end_known = std::move(end_known);
  auto connection = connected(loop, std::move(fd), std::move(heard));
  connection->write(of == TerminalOf::shell ? shim::Kind::attach_shell : shim::Kind::attach, json::encode(size));
  return std::make_shared<Terminal>(std::move(connection));
}

std::shared_ptr<Attachment> show_ended(const std::shared_ptr<Loop>& loop, std::string last_bytes,
                                       TerminalEvents events) {
  auto detached = std::make_shared<std::atomic<bool>>(false);
  loop->post([detached, bytes = std::move(last_bytes), events = std::move(events)] {
    if (!*detached && events.output && !bytes.empty()) events.output(bytes);
    if (!*detached && events.ended) events.ended();
  });
  return std::make_shared<EndedTerminal>(std::move(detached));
}

std::shared_ptr<Process> open_process(const std::shared_ptr<Loop>& loop, shim::Descriptor fd, std::string spec_json,
                                      ExecEvents events, EndKnown end_known) {
  struct Shared {
    ExecEvents events;
    bool ended = false;
  };
  const auto shared = std::make_shared<Shared>(Shared{std::move(events)});
  const auto end = [shared](const ExecEnd& how) {
    if (!std::exchange(shared->ended, true) && shared->events.ended) shared->events.ended(how);
  };
  Heard heard;
  heard.packet = [shared, end](shim::Packet& packet) {
    const auto& to = shared->events;
    if (packet.kind == shim::Kind::exec_ended) {
      const auto how = json::decode<ExecEnd>(packet.body);
      end(how ? *how : ExecEnd{.exit_code = 126, .failure = "lost", .detail = how.error().detail});
    } else if (packet.kind == shim::Kind::error && to.error) {
      to.error(std::move(packet.body));
    } else if (packet.kind == shim::Kind::output && to.output) {
      to.output(std::move(packet.body));
    }
  };
  heard.ended = [end] {
    end({.exit_code = 126, .failure = "lost", .detail = "the workload's shim closed the connection"});
  };
  heard.end_known = std::move(end_known);
  auto connection = connected(loop, std::move(fd), std::move(heard));
  connection->write(shim::Kind::exec, std::move(spec_json));
  return std::make_shared<RunningProcess>(std::move(connection));
}

std::shared_ptr<void> open_log_watch(const std::shared_ptr<Loop>& loop, shim::Descriptor fd, std::function<void()> more,
                                     EndKnown end_known) {
  Heard heard;
  heard.packet = [more](shim::Packet&) { more(); };
  heard.ended = more;
  heard.end_known = std::move(end_known);
  auto connection = connected(loop, std::move(fd), std::move(heard));
  connection->write(shim::Kind::watch_log, "");
  return std::shared_ptr<void>{nullptr, [connection](void*) { connection->close(); }};
}

}  // namespace runtime
