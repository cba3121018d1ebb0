// What `--help` shows, made of the table.
#include <algorithm>

#include "cmd/cli/words/arguments.hpp"

namespace cli {
namespace {

constexpr std::size_t screen = 80;

std::string padded(std::string_view text, std::size_t width) {
  std::string out{text};
  out.append(width > out.size() ? width - out.size() : 1, ' ');
  return out;
}

std::string synopsis(const Command& command) {
  std::string out = words_of(command);
  for (const Param& each : command.params)
    out += each.optional ? " [" + std::string{each.name} + "]" : " " + std::string{each.name};
  for (const Flag& each : command.flags)
    if (each.required) out += " --" + std::string{each.name} + " " + std::string{each.value};
  out += " [flags]";
  if (command.takes_rest) out += " -- " + std::string{command.rest_name};
  return out;
}

std::string spelled(const Flag& flag) {
  return "--" + std::string{flag.name} + (flag.value.empty() ? "" : " " + std::string{flag.value});
}

std::string flag_lines(const std::vector<Flag>& flags) {
  std::size_t width = 0;
  for (const Flag& each : flags) width = std::max(width, spelled(each).size());
  std::string out;
  for (const Flag& each : flags) out += "  " + padded(spelled(each), width + 2) + std::string{each.help} + "\n";
  return out;
}

/// "instance create", "|list", "|show"
std::vector<std::string> noun_words(std::string_view noun) {
  std::vector<std::string> out{std::string{noun}};
  for (const Command& each : commands()) {
    if (each.noun != noun || each.verb.empty()) continue;
    if (out.size() == 1 && out[0] == noun)
      out[0].append(" ").append(each.verb);
    else
      out.push_back("|" + std::string{each.verb});
  }
  return out;
}

/// A noun's verbs stay together where a line can hold them.
std::string topic_lines(const Topic& topic) {
  constexpr std::size_t label = 10;
  std::string out, line = padded("  " + std::string{topic.name}, label);
  const auto break_line = [&] {
    out += line + "\n";
    line = std::string(label, ' ');
  };
  for (const std::string_view noun : topic.nouns) {
    const std::vector<std::string> words = noun_words(noun);
    std::size_t whole = 0;
    for (const std::string& each : words) whole += each.size();
    const bool first = line.size() == label;
    if (!first && line.size() + 3 + whole > screen) break_line();
    if (line.size() > label) line += " · ";
    for (const std::string& each : words) {
      if (line.size() > label && line.size() + each.size() > screen) break_line();
      line += each;
    }
  }
  return out + line + "\n";
}

}  // namespace

std::string words_of(const Command& command) {
  std::string out = "gpuaas " + std::string{command.noun};
  if (!command.verb.empty()) out += " " + std::string{command.verb};
  return out;
}

std::string help_of_all() {
  std::string out = "gpuaas NOUN VERB [NAME] [flags]      (each has --help)\n\n";
  for (const Topic& each : topics()) out += topic_lines(each);
  out +=
      "\nA name, a path (acme/research/vision) or an id works wherever one is asked for.\n"
      "GPUAAS_URL is the server, GPUAAS_TOKEN the key, GPUAAS_PROJECT the project.\n\n";
  out += "  -o table|wide|json|yaml|name   --at PATH   --resource NAME   --limit N\n";
  out += "  exit: 0 done, 1 failed, 2 wrong usage, 3 not there, 4 refused, 5 try again\n\n";
  return out + "example: gpuaas instance create train --shape sim-h100-1 --wait -- nvidia-smi\n";
}

std::string help_of_noun(std::string_view noun) {
  std::string out = "gpuaas " + std::string{noun} + " VERB [flags]\n\n";
  std::string_view example;
  std::size_t width = 0;
  for (const Command& each : commands())
    if (each.noun == noun) width = std::max(width, each.verb.size());
  for (const Command& each : commands()) {
    if (each.noun != noun) continue;
    out += "  " + padded(each.verb, width + 2) + std::string{each.help} + "\n";
    if (example.empty()) example = each.example;
  }
  return out + "\nexample: " + std::string{example} + "\n";
}

std::string help_of(const Command& command) {
  std::string out = synopsis(command) + "\n\n" + std::string{command.help} + ".\n\n";
  if (!command.flags.empty()) out += flag_lines(command.flags) + "\n";
  out += flag_lines(common_flags());
  return out + "\nexample: " + std::string{command.example} + "\n";
}

}  // namespace cli
