// Arguments: a command line against the table of commands. Flags stand anywhere before `--`, as `--flag value` or
// `--flag=value`; what follows `--` belongs to the workload and is never looked at.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cmd/cli/words/command.hpp"
#include "cmd/cli/words/outcome.hpp"

namespace cli {

struct Parsed {
  const Command* command = nullptr;
  std::map<std::string, std::string, std::less<>> words;               // by the parameter's member
  std::map<std::string, std::vector<std::string>, std::less<>> flags;  // by the flag's name; a switch has ""
  std::vector<std::string> rest;                                       // after --

  bool has(std::string_view flag) const { return flags.contains(flag); }
  std::optional<std::string> flag(std::string_view name) const;  // the last one given
};

/// What is to be shown instead of doing anything.
struct Help {
  std::string text;
};

struct Reading {
  std::optional<Help> help;
  Parsed parsed;
};

/// What people type as a number: decimal digits, perhaps after a `-`, and nothing else.
std::optional<std::int64_t> whole_number(std::string_view);

/// `arguments` without the program's name. Failures: `usage`, naming the word and the nearest known one.
Outcome<Reading> read_arguments(const std::vector<std::string>& arguments);

/// The one screen of `gpuaas --help`.
std::string help_of_all();
/// Of a noun's verbs, and of one command; both end with an example.
std::string help_of_noun(std::string_view noun);
std::string help_of(const Command&);
/// "gpuaas instance create"
std::string words_of(const Command&);

}  // namespace cli
