// Wire: what a node and its server tell each other, as values. Both sides include this; neither includes the other.
#pragma once

#include <array>
#include <boost/describe.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "shared/base/id.hpp"
#include "shared/base/time.hpp"
#include "shared/json/json.hpp"

namespace node {

using InstanceId = base::Id<"ins">;
using NodeId = base::Id<"prn">;  // a node is a principal

/// What a node says it has.
struct Capacity {
  std::int64_t cpu_millicores = 0;
  std::int64_t memory = 0;
  std::int32_t gpus = 0;
  std::string gpu_model;
  std::int64_t gpu_memory = 0;
  bool simulated = false;
  // More than any machine has; and a row is kept for each GPU, so that a node that lies must not be able to ask for
  // many.
  static constexpr std::array json_ranges{json::Range{"cpu_millicores", 0, 16'384'000},
                                          json::Range{"memory", 0, 1LL << 50}, json::Range{"gpus", 0, 64},
                                          json::Range{"gpu_memory", 0, 1LL << 50}};
  bool operator==(const Capacity&) const = default;
};
BOOST_DESCRIBE_STRUCT(Capacity, (), (cpu_millicores, memory, gpus, gpu_model, gpu_memory, simulated))

enum class Wanted { running, stopped, removed };
BOOST_DESCRIBE_ENUM(Wanted, running, stopped, removed)

/// How a workload ended, as its shim saw it.
struct Exit {
  std::optional<std::int32_t> code;
  std::optional<std::int32_t> signal;
  bool oom = false;
  std::optional<std::string> failure;  // why it never started: command_not_found, …
  bool operator==(const Exit&) const = default;
};
BOOST_DESCRIBE_STRUCT(Exit, (), (code, signal, oom, failure))

struct DesiredItem {
  InstanceId instance;
  std::string name;
  std::int64_t generation;
  Wanted wanted;
  std::vector<std::string> command;
  std::map<std::string, std::string> env;
  std::int64_t cpu_millicores;
  std::int64_t memory;
  std::vector<std::int32_t> gpus;
  std::string meter;
  std::string sku;
  std::int64_t units_per_second;
  bool simulated;
};
BOOST_DESCRIBE_STRUCT(DesiredItem, (),
                      (instance, name, generation, wanted, command, env, cpu_millicores, memory, gpus, meter, sku,
                       units_per_second, simulated))

enum class Observed { starting, running, exited, failed, removed };
BOOST_DESCRIBE_ENUM(Observed, starting, running, exited, failed, removed)

struct Observation {
  InstanceId instance;
  Observed state;
  base::Instant at;  // when the shim saw it
  std::optional<base::Instant> started_at;
  std::optional<Exit> exit;
};
BOOST_DESCRIBE_STRUCT(Observation, (), (instance, state, at, started_at, exit))

/// What a node posts to its own path; the server reads it with the path's node, as Report.
struct ReportBody {
  std::string name;
  std::optional<Capacity> capacity;
  std::vector<Observation> instances;
};
BOOST_DESCRIBE_STRUCT(ReportBody, (), (name, capacity, instances))

struct Report {
  NodeId node;
  std::string name;
  std::optional<Capacity> capacity;
  std::vector<Observation> instances;
};
BOOST_DESCRIBE_STRUCT(Report, (), (node, name, capacity, instances))

struct ReportTaken {
  std::int64_t changed;
};
BOOST_DESCRIBE_STRUCT(ReportTaken, (), (changed))

}  // namespace node
