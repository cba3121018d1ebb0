#include "guard/model/compile_commands.hpp"

#include <boost/json.hpp>

#include "guard/model/json_file.hpp"

namespace guard {

namespace fs = std::filesystem;
using base::Error;
using base::Result;

namespace {

/// What `folder/below` is from the root; absolute if it lies elsewhere.
std::string from_root(const fs::path& root, const fs::path& folder, std::string_view below) {
  std::string path = (folder / below).lexically_normal().string();
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  const std::string& base = root.native();
  if (path == base) return ".";
  if (path.starts_with(base) && path[base.size()] == '/') return path.substr(base.size() + 1);
  return path;
}

/// Takes the folders of one command's arguments: `-I x` and `-Ix` alike.
class Arguments {
 public:
  Arguments(const std::vector<std::string>& words, const fs::path& root, const fs::path& folder) {
    std::vector<std::string> system;
    for (std::size_t i = 0; i < words.size(); ++i) {
      const auto take = [&](std::string_view option, std::vector<std::string>& to) {
        if (!words[i].starts_with(option)) return false;
        const std::string_view joined = std::string_view{words[i]}.substr(option.size());
        if (!joined.empty())
          to.push_back(from_root(root, folder, joined));
        else if (i + 1 < words.size())
          to.push_back(from_root(root, folder, words[++i]));
        return true;
      };
      take("-iquote", found.quote) || take("-isystem", system) || take("-idirafter", after_) ||
          take("-include-pch", ignored_) || take("-include", forced) || take("--include-directory=", found.angle) ||
          take("--include-directory", found.angle) || take("-I", found.angle);
      has_response_file = has_response_file || (i > 0 && words[i].starts_with('@'));
    }
    found.angle.insert(found.angle.end(), system.begin(), system.end());
    found.angle.insert(found.angle.end(), after_.begin(), after_.end());
  }

  SearchPath found;
  std::vector<std::string> forced;
  bool has_response_file = false;

 private:
  std::vector<std::string> after_;
  std::vector<std::string> ignored_;
};

std::vector<std::string> words_of(const boost::json::object& entry) {
  std::vector<std::string> words;
  if (const auto* command = entry.if_contains("command"); command != nullptr && command->is_string())
    words = split_command(command->get_string());
  if (const auto* list = entry.if_contains("arguments"); list != nullptr && list->is_array())
    for (const auto& each : list->get_array())
      if (each.is_string()) words.emplace_back(each.get_string());
  std::erase(words, "-Xclang");  // says only who of the compiler reads the next word
  return words;
}

std::string_view text_of(const boost::json::object& entry, std::string_view key) {
  const auto* value = entry.if_contains(key);
  return value != nullptr && value->is_string() ? std::string_view{value->get_string()} : std::string_view{};
}

}  // namespace

std::vector<std::string> split_command(std::string_view command) {
  std::vector<std::string> words;
  std::string word;
  bool open = false;
  char quote = 0;
  for (std::size_t i = 0; i < command.size(); ++i) {
    const char c = command[i];
    const bool next = i + 1 < command.size();
    if (quote == '\'' ? c == '\'' : (quote == '"' && c == '"')) {
      quote = 0;
    } else if (c == '\\' && quote != '\'' && next && (quote == 0 || command[i + 1] == '"' || command[i + 1] == '\\')) {
      word += command[++i];
      open = true;
    } else if (quote == 0 && (c == '\'' || c == '"')) {
      quote = c;
      open = true;
    } else if (quote == 0 && (c == ' ' || c == '\t' || c == '\n')) {
      if (open) words.push_back(std::move(word));
      word.clear();
      open = false;
    } else {
      word += c;
      open = true;
    }
  }
  if (open) words.push_back(std::move(word));
  return words;
}

Result<CompileCommands> parse_compile_commands(std::string_view text, const fs::path& file, const fs::path& root) {
  const auto json = parse_json(text, file);
  if (!json) return json.error();
  const auto wrong_form = [&] { return Error{base::invalid, file.string() + ": is no compilation database"}; };
  if (!json->is_array()) return wrong_form();
  CompileCommands commands;
  std::map<SearchPath, std::size_t> known;
  for (const auto& each : json->get_array()) {
    if (!each.is_object()) return wrong_form();
    const auto& entry = each.get_object();
    const fs::path folder{std::string{text_of(entry, "directory")}};
    const std::string_view unit = text_of(entry, "file");
    if (unit.empty() || folder.empty()) return wrong_form();
    Arguments arguments{words_of(entry), root, folder};
    if (arguments.has_response_file)
      return Error{base::invalid, file.string() + ": leaves arguments of " + std::string{unit} + " to a response file"};
    const auto [at, is_new] = known.emplace(arguments.found, commands.search_paths.size());
    if (is_new) commands.search_paths.push_back(std::move(arguments.found));
    const std::string path = from_root(root, folder, unit);
    commands.units.emplace(path, at->second);
    for (std::string& header : arguments.forced) commands.forced.emplace_back(path, std::move(header));
  }
  return commands;
}

Result<CompileCommands> read_compile_commands(const fs::path& file, const fs::path& root) {
  const auto text = read_bytes(file);
  if (!text) return text.error();
  return parse_compile_commands(*text, file, root);
}

}  // namespace guard
