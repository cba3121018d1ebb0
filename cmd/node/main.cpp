// gpuaas-node: one machine of the platform. Flags and the ready line are in doc/notes/running.md.
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <iostream>
#include <map>
#include <thread>

#include "products/gpuaas/node/agent/agent.hpp"
#include "shared/json/document.hpp"
#include "shared/telemetry/log.hpp"

namespace {

constexpr std::int64_t memory_reserve = 1LL << 30;  // for the host itself
constexpr std::chrono::seconds end_grace{5};
constexpr std::chrono::seconds end_time_max{30};

struct Flags {
  std::filesystem::path data;
  std::string server;
  std::string name = "local-1";
  std::filesystem::path join_token_file;
  bool end_workloads = false;
};

constexpr std::string_view usage =
    "gpuaas-node --data DIR --server URL [--name NAME] [--join-token-file FILE]\n"
    "gpuaas-node --data DIR --end-workloads\n\n"
    "Example: gpuaas-node --data data/nodes/local-1 --server http://127.0.0.1:7070 --name local-1 --join-token-file "
    "run/join.token\n";

int refuse(std::string_view reason, std::string_view detail, std::string_view next) {
  json::Writer out;
  out.object().member("ready", false).member("reason", reason).member("detail", detail).member("next", next).end();
  std::cerr << out.take() << "\n";
  return 1;
}

std::optional<Flags> parse(int argc, char** argv) {
  Flags flags;
  for (int i = 1; i < argc; ++i) {
    const std::string_view flag = argv[i];
    if (flag == "--end-workloads") {
      flags.end_workloads = true;
      continue;
    }
    if (i + 1 == argc) return std::nullopt;
    const std::string value = argv[++i];
    if (flag == "--data")
      flags.data = value;
    else if (flag == "--server")
      flags.server = value;
    else if (flag == "--name")
      flags.name = value;
    else if (flag == "--join-token-file")
      flags.join_token_file = value;
    else
      return std::nullopt;
  }
  if (flags.data.empty() || (flags.server.empty() && !flags.end_workloads)) return std::nullopt;
  return flags;
}

std::int64_t total_memory() {
  std::ifstream info{"/proc/meminfo"};
  std::string word;
  std::int64_t kib = 0;
  while (info >> word)
    if (word == "MemTotal:" && info >> kib) break;
  return kib * 1024;
}

node::Capacity capacity_of(const gpu::GpuDriver& gpus) {
  node::Capacity has{.cpu_millicores = static_cast<std::int64_t>(std::thread::hardware_concurrency()) * 1000,
                     .memory = std::max<std::int64_t>(total_memory() - memory_reserve, 1LL << 29),
                     .gpus = static_cast<std::int32_t>(gpus.list().size()),
                     .simulated = gpus.simulated()};
  if (!gpus.list().empty()) {
    has.gpu_model = gpus.list().front().model;
    has.gpu_memory = gpus.list().front().memory_bytes;
  }
  return has;
}

std::vector<std::string> living(const runtime::Runtime& runtime) {
  std::vector<std::string> ids;
  for (const runtime::Workload& each : runtime.list())
    if (each.status.state != runtime::State::exited) ids.push_back(each.spec.id);
  return ids;
}

int end_workloads(runtime::Runtime& runtime) {
  const auto ids = living(runtime);
  for (const std::string& id : ids)
    if (auto asked = runtime.stop(id, end_grace); !asked)
      telemetry::warning("a workload cannot be stopped", {{"instance", id}, {"detail", asked.error().detail}});
  const auto until = std::chrono::steady_clock::now() + end_time_max;
  while (!living(runtime).empty()) {
    if (std::chrono::steady_clock::now() > until)  // a shim that cannot write its end waits for room on the disk
      return refuse("workloads_remain", std::to_string(living(runtime).size()) + " workloads have not told their end",
                    "Make room on the disk of the node's directory, and run this again.");
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
  }
  std::cout << R"({"ended":)" << ids.size() << "}\n";
  return 0;
}

void print_ready(const Flags& flags, const node::Capacity& has, std::size_t adopted) {
  json::Writer out;
  out.object().member("ready", true).member("name", flags.name);
  out.member("gpus", static_cast<std::int64_t>(has.gpus)).member("simulated", has.simulated);
  out.member("gpu_model", has.gpu_model).member("cpu", has.cpu_millicores / 1000).member("memory", has.memory);
  out.member("adopted", static_cast<std::int64_t>(adopted)).end();
  std::cout << out.take() << std::endl;
}

}  // namespace

int main(int argc, char** argv) {
  const auto flags = parse(argc, argv);
  if (!flags) {
    std::cerr << usage;
    return 2;
  }
  if (::geteuid() != 0) return refuse("needs_root", "a node makes sandboxes, which needs root", "Run it as root.");
  sigset_t signals;  // taken by one thread that waits for them; every other thread inherits the block
  ::sigemptyset(&signals);
  ::sigaddset(&signals, SIGTERM);
  ::sigaddset(&signals, SIGINT);
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  ::signal(SIGPIPE, SIG_IGN);

  const base::WallClock clock;
  auto gpus = gpu::open_any({.model = "H100", .node = flags->name});
  if (!gpus) return refuse(gpus.error().reason.word, gpus.error().detail, gpus.error().reason.next);
  std::error_code ignored;
  std::filesystem::create_directories(flags->data, ignored);  // what cannot be made, `open` refuses by name
  auto runtime = runtime::open({.directory = flags->data / "workloads", .gpus = gpus->get(), .clock = &clock});
  if (!runtime) return refuse(runtime.error().reason.word, runtime.error().detail, runtime.error().reason.next);
  if (flags->end_workloads) return end_workloads(**runtime);

  const node::Capacity has = capacity_of(**gpus);
  auto uplink = agent::Uplink::open({.directory = flags->data,
                                     .server = flags->server,
                                     .name = flags->name,
                                     .join_token_file = flags->join_token_file,
                                     .capacity = json::encode(has)});
  if (!uplink) return refuse(uplink.error().reason.word, uplink.error().detail, uplink.error().reason.next);
  auto meter = agent::Meter::open(flags->data / "usage");
  if (!meter) return refuse(meter.error().reason.word, meter.error().detail, meter.error().reason.next);

  const std::size_t adopted = living(**runtime).size();  // those that ended are known too, and are not found again
  agent::Agent agent{**runtime, **gpus, **uplink, **meter, clock, flags->name, has};
  std::thread waits{[&] {
    int got = 0;
    ::sigwait(&signals, &got);
    agent.stop();
  }};
  agent.run([&] { print_ready(*flags, has, adopted); });
  waits.join();
  return 0;
}
