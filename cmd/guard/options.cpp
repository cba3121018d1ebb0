#include "cmd/guard/options.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace guard {

using base::Error;
using base::Result;

namespace {

constexpr std::array<std::string_view, 6> formats{"text", "json", "sarif", "markdown", "mermaid", "dot"};

struct Command {
  std::string_view name;
  std::size_t words;
};
constexpr std::array<Command, 5> commands{
    {{"check", 0}, {"explain", 2}, {"affected", 1}, {"new-module", 1}, {"edges", 0}}};

std::optional<Error> set(Options& to, const std::string& flag, const std::string& value) {
  const std::map<std::string, std::string*> texts{
      {"--root", &to.root},     {"--rules", &to.rules}, {"--baseline", &to.baseline},
      {"--build", &to.build},   {"--since", &to.since}, {"--baseline-base", &to.baseline_base},
      {"--format", &to.format},
  };
  if (const auto at = texts.find(flag); at != texts.end()) {
    *at->second = value;
  } else if (flag == "--rule") {
    to.only.push_back(value);
  } else if (flag == "--affected") {
    to.words.insert(to.words.begin(), {"affected", value});
  } else if (flag == "--mode") {
    const auto mode = json::decode<Mode>(json::quoted(value));
    if (!mode || *mode == Mode::off) return Error{base::invalid, "--mode is report, warn, enforce or strict"};
    to.mode = *mode;
  } else if (flag == "--today") {
    const auto day = base::day_from_text(value);
    if (!day) return Error{base::invalid, "--today is a day such as 2027-03-02"};
    to.today = *day;
  } else {
    return Error{base::invalid, "there is no flag " + flag};
  }
  if (std::ranges::find(formats, to.format) == formats.end())
    return Error{base::invalid, "--format is text, json, sarif, markdown, mermaid or dot"};
  return std::nullopt;
}

std::optional<Error> name_command(Options& options) {
  if (options.words.empty()) return std::nullopt;
  const auto command = std::ranges::find(commands, options.words.front(), &Command::name);
  if (command == commands.end()) return Error{base::invalid, "there is no command " + options.words.front()};
  options.command = options.words.front();
  options.words.erase(options.words.begin());
  if (options.words.size() == command->words) return std::nullopt;
  return Error{base::invalid, options.command + " takes " + std::to_string(command->words) + " words"};
}

}  // namespace

Result<Options> parse_options(const std::vector<std::string>& arguments) {
  Options options;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& each = arguments[i];
    if (each == "--help" || each == "-h") {
      options.help = true;
      return options;
    }
    if (!each.starts_with("--")) {
      options.words.push_back(each);
      continue;
    }
    const std::size_t equals = each.find('=');
    if (equals == std::string::npos && i + 1 == arguments.size()) return Error{base::invalid, each + " has no value"};
    const std::string value = equals == std::string::npos ? arguments[++i] : each.substr(equals + 1);
    if (auto wrong = set(options, each.substr(0, equals), value)) return std::move(*wrong);
  }
  if (auto wrong = name_command(options)) return std::move(*wrong);
  return options;
}

}  // namespace guard
