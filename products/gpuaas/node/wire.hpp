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
#include "shared/base/result.hpp"
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

inline constexpr std::size_t command_words_max = 256;
inline constexpr std::size_t command_bytes_max = 64 << 10;
// Of a command with its environment, each word with its end and a variable with its `=`, so that one alone is never
// longer than the kernel lets it be (execve(2), MAX_ARG_STRLEN).
inline constexpr std::size_t words_bytes_max = 128 << 10;

inline constexpr base::Reason command_invalid{"command_invalid", base::Kind::invalid,
                                              "Give a command of 1 to 256 words, 64 KiB in all."};
inline constexpr base::Reason env_invalid{
    "env_invalid", base::Kind::invalid,
    "Give variables that have a name without `=`; with the command they have 128 KiB in all."};

/// What no node would start, its server refuses at once: both ask here. Errors: `command_invalid` (pointer /command),
/// `env_invalid` (/env).
inline base::Result<void> check_words(const std::vector<std::string>& command,
                                      const std::map<std::string, std::string>& env) {
  const auto bad_command = [](std::string detail) {
    return base::Error{command_invalid, std::move(detail), "/command"};
  };
  const auto bad_env = [](std::string detail) { return base::Error{env_invalid, std::move(detail), "/env"}; };
  if (command.empty() || command.front().empty()) return bad_command("there is no command");
  if (command.size() > command_words_max) return bad_command("the command has more than 256 words");
  std::size_t bytes = 0;
  for (const std::string& word : command) {
    if (word.contains('\0')) return bad_command("a word holds a NUL byte");
    bytes += word.size() + 1;
  }
  if (bytes > command_bytes_max + command.size()) return bad_command("the command is longer than 64 KiB");
  for (const auto& [name, value] : env) {
    if (name.empty() || name.contains('=')) return bad_env("a variable's name is empty or holds a `=`");
    if (name.contains('\0') || value.contains('\0')) return bad_env("a variable holds a NUL byte");
    bytes += name.size() + value.size() + 2;
  }
  if (bytes > words_bytes_max) return bad_env("command and environment are longer than 128 KiB");
  return {};
}

enum class Wanted { running, stopped, removed };
BOOST_DESCRIBE_ENUM(Wanted, running, stopped, removed)

/// How a workload ended, as its shim saw it.
struct Exit {
  std::optional<std::int32_t> code;
  std::optional<std::int32_t> signal;
  bool oom = false;
  std::optional<std::string> failure;  // why it never started: command_not_found, …
  std::optional<std::string> detail;   // and what of it was wrong, for a person
  bool operator==(const Exit&) const = default;
};
BOOST_DESCRIBE_STRUCT(Exit, (), (code, signal, oom, failure, detail))

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
