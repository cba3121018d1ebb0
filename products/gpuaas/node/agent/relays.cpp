#include "products/gpuaas/node/agent/relays.hpp"

#include <algorithm>
#include <atomic>
#include <sstream>

#include "products/gpuaas/node/agent/outlet.hpp"
#include "shared/json/document.hpp"
#include "shared/json/json.hpp"

namespace agent {
namespace {

constexpr std::chrono::milliseconds tick_time{20};
constexpr std::size_t log_piece = 64 << 10;

struct Wanted {
  std::vector<std::string> command;
  bool tty = true;
  std::int32_t rows = 24;
  std::int32_t cols = 80;
};
BOOST_DESCRIBE_STRUCT(Wanted, (), (command, tty, rows, cols))

std::string exit_text(std::optional<std::int32_t> code, std::optional<std::int32_t> signal,
                      const std::string& failure) {
  json::Writer out;
  out.object().key("exit").object().member("code", code).member("signal", signal);
  if (!failure.empty()) out.member("failure", failure);
  return out.end().end().take();
}

std::string exit_text(const runtime::Status& status) {
  if (status.end == runtime::End::exit) return exit_text(status.exit_code, std::nullopt, "");
  if (status.end == runtime::End::signal) return exit_text(std::nullopt, status.signal, "");
  if (status.end == runtime::End::oom_killed) return exit_text(std::nullopt, 9, "out_of_memory");
  return exit_text(std::nullopt, std::nullopt, status.failure.empty() ? "lost" : status.failure);
}

std::string exit_text(const runtime::ExecEnd& end) {
  return exit_text(end.exit_code, end.signal != 0 ? std::optional{end.signal} : std::nullopt, end.failure);
}

}  // namespace

Relays::Relays(runtime::Runtime& runtime, const gpu::GpuDriver& gpus, const base::Clock& clock)
    : runtime_(runtime), gpus_(gpus), clock_(clock), ticker_([this] { run(); }) {}

Relays::~Relays() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  stop_.notify_all();
  ticker_.join();
}

void Relays::keep(Tick tick) {
  const std::lock_guard lock{mutex_};
  ticks_.push_back(std::move(tick));
}

void Relays::run() {
  std::unique_lock lock{mutex_};
  while (!stop_.wait_for(lock, tick_time, [this] { return stopping_; })) {
    std::list<Tick> now;
    now.swap(ticks_);
    lock.unlock();
    std::erase_if(now, [this](Tick& tick) { return !tick(clock_.now()); });
    lock.lock();
    ticks_.splice(ticks_.begin(), now);
  }
}

void Relays::serve(const std::string& what, std::shared_ptr<mux::Stream> stream) {
  std::istringstream words{what};
  std::string verb, id;
  words >> verb >> id;
  if (verb == "terminal" || verb == "own") {
    runtime::TerminalSize size;
    words >> size.rows >> size.cols;
    const auto of = verb == "own" ? runtime::TerminalOf::command : runtime::TerminalOf::shell;
    return terminal(id, size, of, std::move(stream));
  }
  if (verb == "exec") {
    std::string spec;
    std::getline(words >> std::ws, spec);
    return exec(id, spec, std::move(stream));
  }
  if (verb == "logs") {
    int follow = 0;
    std::int64_t offset = 0;
    words >> follow >> offset;
    return logs(id, follow != 0, offset, std::move(stream));
  }
  if (verb == "metrics") return metrics(id, std::move(stream));
  stream->reset("not something that this node has");
}

void Relays::terminal(const std::string& id, runtime::TerminalSize size, runtime::TerminalOf of,
                      std::shared_ptr<mux::Stream> stream) {
  auto held = std::make_shared<std::shared_ptr<runtime::Attachment>>();
  auto outlet = std::make_shared<Outlet>(stream, [held](bool on) {
    if (*held) (*held)->hold(on);
  });
  auto shell_end = std::make_shared<std::optional<runtime::ExecEnd>>();
  auto attached = runtime_.attach(id, size,
                                  {.output = [outlet](std::string bytes) { outlet->send(bytes, true); },
                                   .skipped =
                                       [outlet](std::int64_t bytes) {
                                         json::Writer out;
                                         outlet->send(out.object().member("skipped", bytes).end().take(), false);
                                       },
                                   .ended =
                                       [this, id, outlet, shell_end] {
                                         if (*shell_end)
                                           outlet->send(exit_text(**shell_end), false);
                                         else if (const auto status = runtime_.status(id))
                                           outlet->send(exit_text(*status), false);
                                         outlet->end();
                                       },
                                   .shell_ended = [shell_end](runtime::ExecEnd end) { *shell_end = std::move(end); }},
                                  of);
  if (!attached) return stream->reset(attached.error().reason.word);
  *held = *attached;
  keep([outlet](base::Instant) { return outlet->tick(); });
  auto parser = std::make_shared<mux::MessageParser>();
  const auto close = [held, outlet] {
    outlet->close();
    if (*held) (*held)->detach();
  };
  stream->on_end(close);
  stream->on_reset([close](std::string) { close(); });
  stream->on_data([attachment = *attached, parser, stream, close](std::string bytes) {
    const bool sound = parser->feed(bytes, [&](std::string message, bool binary) {
      if (binary) {
        attachment->write(std::move(message));
        return;
      }
      const auto asked = json::Document::parse(message);
      if (!asked || !(*asked).has("resize")) return;
      const auto& resize = (*asked)["resize"];
      attachment->resize({.rows = static_cast<std::int32_t>(resize["rows"].as_int()),
                          .cols = static_cast<std::int32_t>(resize["cols"].as_int())});
    });
    if (sound) return;
    stream->reset("not a message");
    close();
  });
}

void Relays::exec(const std::string& id, const std::string& text, std::shared_ptr<mux::Stream> stream) {
  const auto wanted = json::decode<Wanted>(text);
  if (!wanted) return stream->reset("not a command");
  auto held = std::make_shared<std::shared_ptr<runtime::Process>>();
  auto outlet = std::make_shared<Outlet>(stream, [held](bool on) {
    if (*held) (*held)->hold(on);
  });
  auto on_error = std::make_shared<bool>(false);
  const auto out = [outlet, on_error](bool error) {
    return [outlet, on_error, error](std::string bytes) {
      if (*on_error != error) {
        json::Writer line;
        outlet->send(line.object().member("stream", error ? "stderr" : "stdout").end().take(), false);
        *on_error = error;
      }
      outlet->send(bytes, true);
    };
  };
  auto process = runtime_.exec(
      id, {.command = wanted->command, .tty = wanted->tty, .terminal = {.rows = wanted->rows, .cols = wanted->cols}},
      {.output = out(false), .error = out(true), .ended = [outlet](runtime::ExecEnd end) {
         outlet->send(exit_text(end), false);
         outlet->end();
       }});
  if (!process) return stream->reset(process.error().reason.word);
  *held = *process;
  keep([outlet](base::Instant) { return outlet->tick(); });
  auto parser = std::make_shared<mux::MessageParser>();
  const auto close = [held, outlet] {
    outlet->close();
    held->reset();  // hangs up
  };
  stream->on_end([] {});
  stream->on_reset([close](std::string) { close(); });
  stream->hold(true);
  stream->on_data([process = std::weak_ptr{*process}, parser, stream, outlet](std::string bytes) {
    const auto open = process.lock();
    if (!open) return;
    // The window is given back when the process has taken the bytes: a slow reader holds up its writer, no memory.
    const std::size_t size = bytes.size();
    bool given = false;
    parser->feed(bytes, [&](std::string message, bool binary) {
      if (binary) {
        // Who sends is told what the process took: the platform between holds little, and cuts who sends more.
        const auto taken = [stream, size, outlet, length = static_cast<std::int64_t>(message.size())] {
          stream->consumed(size);
          json::Writer line;
          outlet->send(line.object().member("taken", length).end().take(), false);
        };
        given = open->write(std::move(message), taken) || given;
        return;
      }
      const auto asked = json::Document::parse(message);
      if (!asked) return;
      if ((*asked)["eof"].as_bool()) open->close_input();
      if ((*asked).has("resize"))
        open->resize({.rows = static_cast<std::int32_t>((*asked)["resize"]["rows"].as_int()),
                      .cols = static_cast<std::int32_t>((*asked)["resize"]["cols"].as_int())});
    });
    if (!given) stream->consumed(size);
  });
}

void Relays::logs(const std::string& id, bool follow, std::int64_t offset, std::shared_ptr<mux::Stream> stream) {
  struct Reading {
    std::mutex mutex;
    std::int64_t at;
    std::string unsent;
    bool over = false;
  };
  if (auto there = runtime_.status(id); !there) return stream->reset(there.error().reason.word);
  auto reading = std::make_shared<Reading>();
  reading->at = offset;
  const auto gone = [reading] {
    const std::lock_guard lock{reading->mutex};
    reading->over = true;
  };
  stream->on_end(gone);
  stream->on_reset([gone](std::string) { gone(); });
  const auto pump = [this, id, follow, reading, stream] {
    const std::lock_guard lock{reading->mutex};
    while (!reading->over) {
      if (!reading->unsent.empty()) {
        if (!stream->write(reading->unsent)) return true;
        reading->unsent.clear();
      }
      auto piece = runtime_.log(id, reading->at, log_piece);
      if (!piece) {  // an end would say that this was all of it
        stream->reset(piece.error().reason.word);
        reading->over = true;
        break;
      }
      reading->at = piece->offset + static_cast<std::int64_t>(piece->bytes.size());
      reading->unsent = std::move(piece->bytes);
      if (!reading->unsent.empty()) continue;
      if (piece->ended || !follow) {
        stream->end();
        reading->over = true;
        break;
      }
      return true;  // the next tick looks again
    }
    return false;
  };
  if (pump()) keep([pump](base::Instant) { return pump(); });
}

void Relays::metrics(const std::string& id, std::shared_ptr<mux::Stream> stream) {
  struct Last {
    std::atomic<bool> over = false;
    base::Instant at{};
    std::int64_t cpu_us = 0;
  };
  if (auto there = runtime_.status(id); !there) return stream->reset(there.error().reason.word);
  auto last = std::make_shared<Last>();
  stream->on_end([last] { last->over = true; });
  stream->on_reset([last](std::string) { last->over = true; });
  keep([this, id, stream, last](base::Instant now) {
    if (last->over) return false;
    if (now - last->at < std::chrono::seconds{1}) return true;
    const auto usage = runtime_.usage(id);
    const auto status = runtime_.status(id);
    if (!usage || !status || status->state == runtime::State::exited) {
      stream->end();
      return false;
    }
    const auto passed = std::chrono::duration_cast<std::chrono::microseconds>(now - last->at).count();
    const bool first = last->at == base::Instant{};
    const std::int64_t per_second = first ? 0 : (usage->cpu_us - last->cpu_us) * 1'000'000 / passed;
    last->at = now;
    last->cpu_us = usage->cpu_us;
    if (!first && !stream->write("data: " + sample(id, per_second) + "\n\n")) return true;  // a slow reader misses one
    return true;
  });
}

std::string Relays::sample(const std::string& id, std::int64_t cpu_us_per_second) const {
  const auto workload = runtime_.get(id);
  const auto usage = runtime_.usage(id);
  if (!workload || !usage) return "{}";
  const auto& held = workload->spec.gpus;
  const base::Instant now = clock_.now();
  json::Writer out;
  out.object().member("at", base::to_text(now));
  out.member("cpu_percent", cpu_us_per_second / 10'000);
  out.member("cpu_limit_percent", workload->spec.cpu_millicores / 10);
  out.member("memory", usage->memory_bytes).member("memory_limit", workload->spec.memory_bytes);
  out.member("pids", usage->pids).key("gpus").list();
  if (const auto samples = gpus_.sample(now, held))
    for (const gpu::Sample& each : *samples) {
      if (std::find(held.begin(), held.end(), each.index) == held.end()) continue;
      out.object().member("index", static_cast<std::int64_t>(each.index));
      out.member("utilisation", static_cast<std::int64_t>(each.utilisation_percent));
      out.member("memory_used", each.memory_used_bytes).member("simulated", each.simulated).end();
    }
  out.end().member("simulated", gpus_.simulated() && !held.empty()).end();
  return out.take();
}

}  // namespace agent
