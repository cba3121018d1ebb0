// Configuration: YAML files, then the environment, then flags, each over the one before, into a described struct. The
// struct is the schema (shared/json): there is one mechanism, YAML becomes JSON and JSON is decoded, strictly.
//
// Always true
//   - a key that the struct lacks is an error, wherever it was said, with its file and line (`profile.yaml:12: unknown
//     key `servr`, did you mean `server`?`), its variable or its flag;
//   - a value said twice in one file is an error; said in two layers, the later wins, member by member;
//   - a list is replaced as a whole; a key without a value says nothing.
//
// YAML is its 1.2 core schema: `yes` is a text, `true` is not; quotes make a text. No aliases, no tags, no `${…}`: what
// stands in the file is what is meant.
#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "shared/base/result.hpp"
#include "shared/json/json.hpp"

namespace config {

inline constexpr std::size_t file_max = 1 << 20;

/// A JSON text, and where each of its values was said: JSON pointer -> `profile.yaml:12`.
struct Translated {
  std::string json;
  std::map<std::string, std::string> origins;
};

/// Errors: `invalid` with `file:line: why`.
base::Result<Translated> yaml_to_json(std::string_view yaml, std::string_view file);

/// The error of decoding `translated.json`, said in words of the file: `profile.yaml:12: server.port: expected …`.
base::Error located(const Translated&, const base::Error&);

/// Errors: `invalid` (cannot be read, larger than `file_max`).
base::Result<std::string> read_file(const std::filesystem::path&);

/// A YAML text as a struct, such as a product's manifest. Errors: as above.
template <class T>
base::Result<T> parse(std::string_view yaml, std::string_view file) {
  const auto translated = yaml_to_json(yaml, file);
  if (!translated) return translated.error();
  auto value = json::decode<T>(translated->json);
  if (!value) return located(*translated, value.error());
  return value;
}

template <class T>
base::Result<T> read(const std::filesystem::path& file) {
  const auto yaml = read_file(file);
  if (!yaml) return yaml.error();
  return parse<T>(*yaml, file.string());
}

using Named = std::vector<std::pair<std::string, std::string>>;

/// What is layered, the last winning.
struct Sources {
  std::vector<std::filesystem::path> files = {};
  /// With the prefix `GPUAAS_SERVER_`, `GPUAAS_SERVER_HTTP_PORT` says `http.port`; empty: no variables are read.
  std::string prefix = {};
  Named environment = {};  // `process_environment()` in main
  Named flags = {};        // `http.port` -> `8080`; a text is taken as it is, anything else is read as YAML
};

/// A program's arguments: `--KEY VALUE` for each key of its struct (`--KEY` alone for one that is true or false),
/// `--config FILE`, as often as there are files, and words of the program's own, such as `--help`.
struct Arguments {
  std::vector<std::filesystem::path> files = {};
  Named flags = {};
  std::set<std::string> words = {};

  bool has(std::string_view word) const { return words.contains(std::string{word}); }
};

/// The process's own variables.
Named process_environment();

namespace detail {
base::Result<Translated> layer(const json::Type&, const Sources&);
base::Result<Arguments> arguments(const json::Type&, std::span<char* const>, std::span<const std::string_view>);
}  // namespace detail

/// `words` as they are typed (`--help`). Errors: `invalid` (a flag that is neither, one without its value).
template <class T>
base::Result<Arguments> arguments(std::span<char* const> given, std::span<const std::string_view> words) {
  return detail::arguments(json::type<T>(), given, words);
}

template <class T>
base::Result<T> load(const Sources& sources) {
  const auto translated = detail::layer(json::type<T>(), sources);
  if (!translated) return translated.error();
  auto value = json::decode<T>(translated->json);
  if (!value) return located(*translated, value.error());
  return value;
}

/// Every key of T as a flag names it (`http.port`), with its JSON Schema: for `--help` and the docs.
template <class T>
std::vector<std::pair<std::string, std::string>> keys();

namespace detail {
std::vector<std::pair<std::string, std::string>> keys(const json::Type&);
}
template <class T>
std::vector<std::pair<std::string, std::string>> keys() {
  return detail::keys(json::type<T>());
}

}  // namespace config
