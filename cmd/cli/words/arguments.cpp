#include "cmd/cli/words/arguments.hpp"

#include <algorithm>
#include <charconv>

namespace cli {
namespace {

using Words = std::vector<std::string>;

std::string did_you_mean(std::string_view word, const std::vector<std::string_view>& known, std::string_view or_else) {
  const std::string_view near = json::nearest(word, known);
  return near.empty() ? std::string{or_else} : "Did you mean `" + std::string{near} + "`? " + std::string{or_else};
}

bool is_noun(std::string_view word) {
  return std::any_of(commands().begin(), commands().end(), [&](const Command& each) { return each.noun == word; });
}

Outcome<const Command*> find_command(std::string_view noun, std::string_view verb) {
  std::vector<std::string_view> verbs;
  for (const Command& each : commands()) {
    if (each.noun != noun) continue;
    if (each.verb.empty() || each.verb == verb) return &each;
    verbs.push_back(each.verb);
  }
  const std::string words = std::string{noun} + " ";
  return wrong_usage("there is no command `" + words + std::string{verb} + "`",
                     did_you_mean(verb, verbs, "See `gpuaas " + words + "--help`."));
}

const Flag* find_flag(const Command& command, std::string_view name) {
  for (const auto* flags : {&command.flags, &common_flags()})
    for (const Flag& each : *flags)
      if (each.name == name) return &each;
  return nullptr;
}

std::string see(const Command& command) { return "See `" + words_of(command) + " --help`."; }

std::string long_name(const std::string& word) {
  if (word == "-o" || word.starts_with("-o=")) return "--output" + word.substr(2);
  if (word.size() > 2 && word.starts_with("-o")) return "--output=" + word.substr(2);
  return word == "-h" ? "--help" : word;
}

Outcome<void> take_flag(Parsed& parsed, const Words& words, std::size_t& i) {
  const Command& command = *parsed.command;
  const std::string word = long_name(words[i]);
  const auto equals = word.find('=');
  const std::string name = word.substr(2, equals == word.npos ? word.npos : equals - 2);
  const Flag* flag = word.starts_with("--") ? find_flag(command, name) : nullptr;
  if (flag == nullptr) {
    std::vector<std::string_view> known;
    for (const auto* flags : {&command.flags, &common_flags()})
      for (const Flag& each : *flags) known.push_back(each.name);
    return wrong_usage("`" + words_of(command) + "` has no flag " + words[i], did_you_mean(name, known, see(command)));
  }
  std::string value;
  if (flag->value.empty()) {
    if (equals != word.npos) return wrong_usage("--" + name + " takes no value", see(command));
  } else if (equals != word.npos) {
    value = word.substr(equals + 1);
  } else {
    if (i + 1 >= words.size())
      return wrong_usage("--" + name + " needs a value: " + std::string{flag->value}, see(command));
    value = words[++i];
  }
  parsed.flags[name].push_back(std::move(value));
  return {};
}

Outcome<void> take_word(Parsed& parsed, const std::string& word) {
  const auto& params = parsed.command->params;
  const std::size_t at = parsed.words.size();
  if (at >= params.size()) {
    const bool rest = parsed.command->takes_rest;
    return wrong_usage("`" + words_of(*parsed.command) + "` does not take `" + word + "`",
                       rest ? "Write the workload's command after --." : see(*parsed.command));
  }
  if (word.empty()) return wrong_usage(std::string{params[at].name} + " is empty", see(*parsed.command));
  parsed.words.emplace(params[at].member, word);
  return {};
}

Outcome<void> check(const Parsed& parsed) {
  const Command& command = *parsed.command;
  for (std::size_t i = parsed.words.size(); i < command.params.size(); ++i)
    if (!command.params[i].optional)
      return wrong_usage(std::string{command.params[i].name} + " is missing",
                         "For example: " + std::string{command.example});
  for (const Flag& flag : command.flags)
    if (flag.required && !parsed.has(flag.name))
      return wrong_usage("--" + std::string{flag.name} + " is missing", "For example: " + std::string{command.example});
  if (command.takes_rest && parsed.rest.empty())
    return wrong_usage("the command is missing", "Write it after --, for example: " + std::string{command.example});
  static constexpr std::array<std::string_view, 5> formats{"table", "wide", "json", "yaml", "name"};
  if (const auto output = parsed.flag("output");
      output && std::find(formats.begin(), formats.end(), *output) == formats.end())
    return wrong_usage("there is no output format `" + *output + "`", "Use table, wide, json, yaml or name.");
  if (const auto limit = parsed.flag("limit"); limit && whole_number(*limit).value_or(0) <= 0)
    return wrong_usage("--limit is a number above zero", see(command));
  return {};
}

}  // namespace

std::optional<std::string> Parsed::flag(std::string_view name) const {
  const auto found = flags.find(name);
  return found == flags.end() ? std::nullopt : std::optional{found->second.back()};
}

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size() ? std::optional{value} : std::nullopt;
}

Outcome<Reading> read_arguments(const std::vector<std::string>& arguments) {
  Reading reading;
  const auto shown = [&](std::string text) -> Outcome<Reading> {
    reading.help = Help{std::move(text)};
    return reading;
  };
  if (arguments.empty()) return wrong_usage("say what to do", "See `gpuaas --help`.");
  const std::string& noun = arguments[0];
  const auto wants_help = [](const std::string& word) { return word == "--help" || word == "-h" || word == "help"; };
  if (wants_help(noun)) return shown(help_of_all());
  if (noun == "--version") return read_arguments({"version"});
  if (!is_noun(noun)) {
    std::vector<std::string_view> nouns;
    for (const Command& each : commands()) nouns.push_back(each.noun);
    return wrong_usage("there is no command `" + noun + "`", did_you_mean(noun, nouns, "See `gpuaas --help`."));
  }
  const bool alone = find_command(noun, "").has_value();
  if (!alone && arguments.size() == 1)
    return wrong_usage("`gpuaas " + noun + "` needs a verb", "See `gpuaas " + noun + " --help`.");
  if (!alone && wants_help(arguments[1])) return shown(help_of_noun(noun));
  auto command = find_command(noun, alone ? "" : arguments[1]);
  if (!command) return std::unexpected(command.error());
  reading.parsed.command = *command;
  for (std::size_t i = alone ? 1 : 2; i < arguments.size(); ++i) {
    const std::string& word = arguments[i];
    if (word == "--") {
      if (!(*command)->takes_rest) return wrong_usage("nothing comes after --", see(**command));
      reading.parsed.rest.assign(arguments.begin() + static_cast<std::ptrdiff_t>(i) + 1, arguments.end());
      break;
    }
    if (word == "--help" || word == "-h") return shown(help_of(**command));
    const bool flag = word.size() > 1 && word.starts_with('-');
    auto taken = flag ? take_flag(reading.parsed, arguments, i) : take_word(reading.parsed, word);
    if (!taken) return std::unexpected(taken.error());
  }
  if (auto checked = check(reading.parsed); !checked) return std::unexpected(checked.error());
  return reading;
}

}  // namespace cli
