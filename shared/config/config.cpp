#include "shared/config/config.hpp"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <system_error>

#include "shared/base/check.hpp"
#include "shared/config/tree.hpp"
#include "shared/json/pointer.hpp"

namespace config {

using base::Error;
using base::Result;

Tree* Tree::find(std::string_view key) {
  if (kind != Kind::map) return nullptr;
  const auto at = std::find_if(below.begin(), below.end(), [&](const auto& each) { return each.first == key; });
  return at == below.end() ? nullptr : &at->second;
}

namespace {

void translate(const Tree& tree, const std::string& pointer, Translated& out) {
  out.origins[pointer] = tree.origin;
  if (tree.kind == Tree::Kind::scalar) {
    out.json += tree.json;
    return;
  }
  const bool map = tree.kind == Tree::Kind::map;
  out.json += map ? '{' : '[';
  for (std::size_t i = 0; i < tree.below.size(); ++i) {
    const auto& [key, value] = tree.below[i];
    if (i > 0) out.json += ',';
    if (map) out.json += json::quoted(key) + ":";
    translate(value, pointer + "/" + (map ? json::escaped(key) : std::to_string(i)), out);
  }
  out.json += map ? '}' : ']';
}

// `/server/listen/0` as people say it: `server.listen.0`.
std::string dotted(std::string_view pointer) {
  std::string out;
  for (std::size_t i = 0; i < pointer.size(); ++i) {
    if (pointer[i] == '/') {
      if (i > 0) out += '.';
    } else if (pointer[i] == '~' && i + 1 < pointer.size()) {
      out += pointer[++i] == '1' ? '/' : '~';
    } else {
      out += pointer[i];
    }
  }
  return out;
}

/// One key that can be said by a variable or a flag: a leaf of the struct.
struct Leaf {
  std::vector<std::string> path;
  const json::Type* type;

  std::string flag() const {
    std::string out;
    for (const std::string& each : path) out += (out.empty() ? "" : ".") + each;
    return out;
  }
  std::string variable(std::string_view prefix) const {
    std::string out{prefix};
    for (const std::string& each : path) {
      if (&each != &path.front()) out += '_';
      for (const char c : each) out += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
    return out;
  }
};

const json::Type& without_optional(const json::Type& type) {
  return type.form == json::Form::optional ? type.inner() : type;
}

void collect(const json::Type& type, const std::vector<std::string>& path, std::vector<Leaf>& out) {
  for (const json::Field& field : type.fields) {
    std::vector<std::string> below = path;
    below.emplace_back(field.name);
    const json::Type& inner = without_optional(field.type());
    if (inner.form == json::Form::structure)
      collect(inner, below, out);
    else
      out.push_back({.path = std::move(below), .type = &inner});
  }
}

std::vector<Leaf> leaves(const json::Type& type) {
  std::vector<Leaf> out;
  collect(type, {}, out);
  return out;
}

// What is on top says more: its members win, one by one, and its silence (null) leaves what is below.
void lay(Tree top, Tree& below) {
  if (top.is_null()) return;
  if (top.kind != Tree::Kind::map || below.kind != Tree::Kind::map) {
    below = std::move(top);
    return;
  }
  for (auto& [key, value] : top.below) {
    if (Tree* const known = below.find(key))
      lay(std::move(value), *known);
    else
      below.below.emplace_back(std::move(key), std::move(value));
  }
}

void drop_nulls(Tree& tree) {
  if (tree.kind != Tree::Kind::map) return;
  std::erase_if(tree.below, [](const auto& each) { return each.second.is_null(); });
  for (auto& [key, value] : tree.below) drop_nulls(value);
}

Result<Tree> value_of(const Leaf& leaf, const std::string& text, const std::string& where) {
  if (leaf.type->form == json::Form::text || leaf.type->form == json::Form::word)
    return Tree{.kind = Tree::Kind::scalar, .json = json::quoted(text), .origin = where};
  return tree_from_yaml(text, {.where = where, .has_lines = false});
}

Result<void> say(const Leaf& leaf, const std::string& text, const std::string& where, Tree& base) {
  auto value = value_of(leaf, text, where);
  if (!value) return value.error();
  Tree top = std::move(*value);
  for (auto each = leaf.path.rbegin(); each != leaf.path.rend(); ++each) {
    Tree around{.origin = where};
    around.below.emplace_back(*each, std::move(top));
    top = std::move(around);
  }
  lay(std::move(top), base);
  return {};
}

Error unknown(const std::string& where, std::string_view word, const std::vector<std::string>& known) {
  const std::vector<std::string_view> words(known.begin(), known.end());
  std::string detail = where + ": unknown key";
  if (const std::string_view near = json::nearest(word, words); !near.empty())
    detail += ", did you mean `" + std::string{near} + "`?";
  return Error{base::invalid, std::move(detail)};
}

/// Lays `said` over `base`: `name_of` is how a leaf is called there, `where` what an error calls it.
template <class NameOf, class Where>
Result<void> lay_named(const std::vector<Leaf>& all, const Named& said, NameOf name_of, Where where, Tree& base) {
  std::vector<std::string> names;
  for (const Leaf& leaf : all) names.push_back(name_of(leaf));
  for (const auto& [name, text] : said) {
    const auto at = std::find(names.begin(), names.end(), name);
    if (at == names.end()) return unknown(where(name), name, names);
    CHECK(std::find(at + 1, names.end(), name) == names.end());  // two keys of a struct, one name
    const auto done = say(all[static_cast<std::size_t>(at - names.begin())], text, where(name), base);
    if (!done) return done.error();
  }
  return {};
}

}  // namespace

Translated translate(const Tree& tree) {
  Translated out;
  translate(tree, "", out);
  return out;
}

Result<Translated> yaml_to_json(std::string_view yaml, std::string_view file) {
  const auto tree = tree_from_yaml(yaml, {.where = std::string{file}});
  if (!tree) return tree.error();
  return translate(*tree);
}

Error located(const Translated& translated, const Error& error) {
  std::string place = error.pointer;
  auto at = translated.origins.find(place);
  while (at == translated.origins.end() && !place.empty()) {
    place.resize(place.rfind('/'));
    at = translated.origins.find(place);
  }
  std::string detail = at == translated.origins.end() || at->second.empty() ? "" : at->second + ": ";
  constexpr std::string_view unknown_member = "unknown member";
  if (error.detail.starts_with(unknown_member)) {
    detail += "unknown key" + error.detail.substr(unknown_member.size());
  } else {
    if (!error.pointer.empty()) detail += dotted(error.pointer) + (error.detail.starts_with("is ") ? " " : ": ");
    detail += error.detail;
  }
  return Error{error.reason, std::move(detail), error.pointer};
}

Result<std::string> read_file(const std::filesystem::path& path) {
  std::error_code ec;
  const auto size = std::filesystem::file_size(path, ec);
  if (ec) return Error{base::invalid, path.string() + ": " + ec.message()};
  if (size > file_max)
    return Error{base::invalid, path.string() + ": larger than " + std::to_string(file_max) + " bytes"};
  std::string text(size, '\0');
  std::ifstream stream{path, std::ios::binary};
  stream.read(text.data(), static_cast<std::streamsize>(size));
  if (!stream) return Error{base::invalid, path.string() + ": cannot be read"};
  return text;
}

Named process_environment() {
  Named out;
  for (char** each = environ; *each != nullptr; ++each) {
    const std::string_view text{*each};
    const std::size_t sign = text.find('=');
    if (sign != std::string_view::npos) out.emplace_back(text.substr(0, sign), text.substr(sign + 1));
  }
  return out;
}

namespace detail {

Result<Translated> layer(const json::Type& type, const Sources& sources) {
  CHECK(type.form == json::Form::structure);
  Tree base;
  for (const std::filesystem::path& file : sources.files) {
    const auto yaml = read_file(file);
    if (!yaml) return yaml.error();
    auto tree = tree_from_yaml(*yaml, {.where = file.string()});
    if (!tree) return tree.error();
    lay(std::move(*tree), base);
  }

  const std::vector<Leaf> all = leaves(type);
  Named variables;
  for (const auto& each : sources.environment)
    if (!sources.prefix.empty() && each.first.starts_with(sources.prefix)) variables.push_back(each);
  const auto from_environment = lay_named(
      all, variables, [&](const Leaf& leaf) { return leaf.variable(sources.prefix); },
      [](const std::string& name) { return "environment " + name; }, base);
  if (!from_environment) return from_environment.error();

  const auto from_flags = lay_named(
      all, sources.flags, [](const Leaf& leaf) { return leaf.flag(); },
      [](const std::string& name) { return "--" + name; }, base);
  if (!from_flags) return from_flags.error();

  drop_nulls(base);
  return translate(base);
}

Result<Arguments> arguments(const json::Type& type, std::span<char* const> given,
                            std::span<const std::string_view> words) {
  constexpr std::string_view config = "--config";
  const std::vector<Leaf> all = leaves(type);
  std::vector<std::string> known(words.begin(), words.end());
  known.emplace_back(config);
  for (const Leaf& leaf : all) known.push_back("--" + leaf.flag());

  Arguments out;
  for (std::size_t i = 0; i < given.size(); ++i) {
    const std::string flag = given[i];
    const auto at = static_cast<std::size_t>(std::ranges::find(known, flag) - known.begin());
    if (at == known.size()) return unknown(flag, flag, known);
    if (at < words.size()) {
      out.words.insert(flag);
      continue;
    }
    const bool is_config = at == words.size();
    if (!is_config && all[at - words.size() - 1].type->form == json::Form::boolean) {
      out.flags.emplace_back(flag.substr(2), "true");
      continue;
    }
    if (++i == given.size()) return Error{base::invalid, flag + ": expected a value after it"};
    if (is_config)
      out.files.emplace_back(given[i]);
    else
      out.flags.emplace_back(flag.substr(2), given[i]);
  }
  return out;
}

std::vector<std::pair<std::string, std::string>> keys(const json::Type& type) {
  std::vector<std::pair<std::string, std::string>> out;
  std::map<std::string, std::string> components;
  for (const Leaf& leaf : leaves(type)) out.emplace_back(leaf.flag(), json::detail::schema(*leaf.type, components));
  return out;
}

}  // namespace detail
}  // namespace config
