// The command line of the guard.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "guard/model/rules_file.hpp"
#include "shared/base/result.hpp"
#include "shared/base/time.hpp"

namespace guard {

struct Options {
  std::string command = "check";
  std::vector<std::string> words = {};  // what the command is about
  std::string root = ".";
  std::string rules = "guard/layers.yaml";
  std::string baseline = "guard/baseline.yaml";
  std::string build = {};  // empty: where the rules say
  std::string format = "text";
  std::string baseline_base = {};      // a commit, whose baseline ours may not have grown over
  std::string since = {};              // a commit, for the report's changes
  std::vector<std::string> only = {};  // ids of rules; empty: all
  std::optional<Mode> mode = {};
  std::optional<base::Day> today = {};
  bool help = false;
};

inline constexpr std::string_view usage =
    "gpuaas-guard [check]               holds the tree against its rules\n"
    "gpuaas-guard explain A B           why A may or may not include B; each a file or a module\n"
    "gpuaas-guard affected BASE         what differs from commit BASE, what depends on it, which tests it needs (as "
    "does\n"
    "                                   --affected BASE)\n"
    "gpuaas-guard new-module PATH       lays out a module that passes every rule\n"
    "gpuaas-guard edges                 every include, one JSON object a line\n"
    "\n"
    "  --root DIR            the work tree (.)\n"
    "  --rules FILE          from the root (guard/layers.yaml)\n"
    "  --baseline FILE       from the root (guard/baseline.yaml)\n"
    "  --build DIR           with compile_commands.json and CMake's replies (as the rules say)\n"
    "  --mode MODE           report, warn, enforce or strict, for every rule that is not off\n"
    "  --rule ID             that rule only; may be given again\n"
    "  --format FORMAT       text, json, sarif, markdown (boundary report), mermaid or dot\n"
    "  --since COMMIT        markdown: with what changed since\n"
    "  --baseline-base COMMIT   the baseline may not have grown since\n"
    "  --today DAY           instead of the clock's\n"
    "\n"
    "Exit: 0 clean, 1 violations, 2 could not check.\n"
    "Example: gpuaas-guard check --mode strict --format sarif\n";

/// Errors: `invalid`, naming the flag.
base::Result<Options> parse_options(const std::vector<std::string>& arguments);

}  // namespace guard
