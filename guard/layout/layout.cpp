#include "guard/layout/layout.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "guard/model/glob.hpp"

namespace guard {

namespace fs = std::filesystem;
using base::Error;
using base::Result;

namespace {

using Words = std::vector<std::pair<std::string, std::string>>;  // placeholder and what stands for it

bool is_path(std::string_view path) {
  const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '/'; };
  return !path.empty() && path.contains('/') && std::ranges::all_of(path, plain) && !path.starts_with('/') &&
         !path.ends_with('/') && !path.contains("//");
}

/// The folder's name is a namespace's: `123` and `class` are none.
bool is_namespace(std::string_view name) {
  static constexpr std::array<std::string_view, 24> keywords{
      "auto",     "bool",    "case",   "catch",  "char",   "class",  "const",     "delete",
      "do",       "enum",    "export", "for",    "import", "module", "namespace", "new",
      "operator", "private", "public", "static", "struct", "union",  "using",     "void"};
  return name[0] >= 'a' && name[0] <= 'z' && std::ranges::find(keywords, name) == keywords.end();
}

Words words_of(std::string_view path, std::string_view layer) {
  const std::size_t slash = path.rfind('/');
  std::string name{path.substr(slash + 1)};
  std::string target{path};
  std::ranges::replace(target, '/', '_');
  std::string upper = name;
  upper[0] = upper[0] >= 'a' && upper[0] <= 'z' ? static_cast<char>(upper[0] - 'a' + 'A') : upper[0];
  return {{"{path}", std::string{path}},   {"{parent}", std::string{path.substr(0, slash)}},
          {"{name}", std::move(name)},     {"{Name}", std::move(upper)},
          {"{target}", std::move(target)}, {"{layer}", std::string{layer}}};
}

std::string filled(std::string text, const Words& words) {
  for (const auto& [placeholder, word] : words)
    for (std::size_t at = 0; (at = text.find(placeholder, at)) != std::string::npos; at += word.size())
      text.replace(at, placeholder.size(), word);
  return text;
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

/// After the last line that begins with the first of `after` that some line begins with.
std::optional<std::string> with_line(const std::string& text, const std::vector<std::string>& after,
                                     const std::string& line, const Words& words) {
  std::vector<std::string> lines = lines_of(text);
  for (const std::string& each : after) {
    const std::string begin = filled(each, words);
    const auto last = std::find_if(lines.rbegin(), lines.rend(), [&](const auto& at) { return at.starts_with(begin); });
    if (last == lines.rend()) continue;
    lines.insert(last.base(), filled(line, words));
    std::string out;
    for (const std::string& at : lines) out += at + "\n";
    return out;
  }
  return std::nullopt;
}

class Layout {
 public:
  Layout(const fs::path& root, const ModuleLayout& layout, std::string_view path, Words words)
      : root_(root), layout_(layout), path_(path), words_(std::move(words)) {}

  std::optional<Error> plan() {
    std::error_code failed;
    std::vector<fs::path> templates;
    for (fs::directory_iterator each{root_ / layout_.templates, failed}; !failed && each != fs::directory_iterator{};
         each.increment(failed))
      templates.push_back(each->path());
    if (failed || templates.empty()) return Error{base::invalid, layout_.templates + ": there are no templates"};
    std::ranges::sort(templates);
    for (const fs::path& each : templates) {
      const auto text = config::read_file(each);
      if (!text) return text.error();
      std::string name = each.filename().string();
      if (name.ends_with(".in")) name.resize(name.size() - 3);
      written_[path_ + "/" + filled(name, words_)] = filled(*text, words_);
    }
    for (const ModuleLine& each : layout_.lines)
      if (auto wrong = add_line(each)) return wrong;
    return std::nullopt;
  }

  Result<std::string> write() const {
    std::error_code failed;
    fs::create_directories(root_ / path_, failed);
    std::string out;
    for (const auto& [name, text] : written_) {
      std::ofstream file{root_ / name, std::ios::binary};
      if (!(file << text << std::flush)) return Error{base::invalid, name + ": cannot be written"};
      out += (name.starts_with(path_ + "/") ? "made     " : "changed  ") + name + "\n";
    }
    return out;
  }

 private:
  std::optional<Error> add_line(const ModuleLine& line) {
    auto known = written_.find(line.file);
    if (known == written_.end()) {
      auto text = config::read_file(root_ / line.file);
      if (!text) return text.error();
      known = written_.emplace(line.file, std::move(*text)).first;
    }
    auto changed = with_line(known->second, line.after, line.line, words_);
    if (!changed) return Error{base::invalid, line.file + ": there is no line after which the module's is to stand"};
    known->second = std::move(*changed);
    return std::nullopt;
  }

  const fs::path& root_;
  const ModuleLayout& layout_;
  std::string path_;
  Words words_;
  std::map<std::string, std::string> written_;
};

}  // namespace

Result<std::string> lay_out(const fs::path& root, const RulesFile& rules, std::string_view path) {
  if (!is_path(path)) return Error{base::invalid, std::string{path} + ": a module is a folder such as platform/badges"};
  if (const std::string_view name = path.substr(path.rfind('/') + 1); !is_namespace(name))
    return Error{base::invalid, std::string{path} + ": `" + std::string{name} + "` can be the name of no namespace"};
  std::error_code failed;
  if (fs::exists(root / path, failed)) return Error{base::invalid, std::string{path} + ": is there already"};
  const auto layer =
      std::ranges::find_if(rules.layers, [&](const auto& each) { return matches_any(each.modules, path); });
  if (layer == rules.layers.end()) return Error{base::invalid, rules.path + ": no layer names " + std::string{path}};
  const auto shape = std::ranges::find_if(rules.new_module, [&](const ModuleLayout& each) {
    return std::ranges::find(each.layers, layer->name) != each.layers.end();
  });
  if (shape == rules.new_module.end())
    return Error{base::invalid, rules.path + ": `new_module` has no layout for layer " + layer->name};
  Layout layout{root, *shape, path, words_of(path, layer->name)};
  if (auto wrong = layout.plan()) return std::move(*wrong);
  return layout.write();
}

}  // namespace guard
