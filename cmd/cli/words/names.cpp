#include "cmd/cli/words/names.hpp"

#include <algorithm>

namespace cli {
namespace {

constexpr std::size_t shown_max = 8;

bool wanted(const ScopeRow& scope, std::span<const std::string_view> kinds) {
  return kinds.empty() || std::find(kinds.begin(), kinds.end(), scope.kind) != kinds.end();
}

std::string with_article(std::string_view kind) { return (kind.starts_with('o') ? "an " : "a ") + std::string{kind}; }

std::string kinds_text(std::span<const std::string_view> kinds) {
  std::string out;
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    if (i > 0) out += i + 1 == kinds.size() ? " or " : ", ";
    out += with_article(kinds[i]);
  }
  return out;
}

std::string list_text(const std::vector<std::string>& all) {
  std::string out;
  for (std::size_t i = 0; i < all.size() && i < shown_max; ++i) out += (i > 0 ? ", " : "") + all[i];
  if (all.size() > shown_max) out += " and " + std::to_string(all.size() - shown_max) + " more";
  return out;
}

std::unexpected<Failure> not_there(std::string what, std::string next) {
  return std::unexpected(Failure{.exit = Exit::absent, .what = std::move(what), .next = std::move(next)});
}

}  // namespace

std::vector<ScopeRow> Tree::rows(std::span<const json::Document> items) {
  std::vector<ScopeRow> out;
  for (const json::Document& each : items)
    out.push_back({each["id"].as_text(), each["kind"].as_text(), each["name"].as_text(), each["path"].as_text(),
                   each["parent"].as_text()});
  return out;
}

const ScopeRow* Tree::by_id(std::string_view id) const {
  for (const ScopeRow& each : scopes_)
    if (each.id == id) return &each;
  return nullptr;
}

Outcome<ScopeRow> Tree::find(std::string_view text, std::span<const std::string_view> kinds) const {
  while (text.size() > 1 && text.ends_with('/')) text.remove_suffix(1);
  std::vector<const ScopeRow*> exact, named;
  for (const ScopeRow& each : scopes_) {
    if (each.id == text || (!each.path.empty() && each.path == text)) exact.push_back(&each);
    const bool tail = each.path.size() > text.size() && each.path.ends_with(text) &&
                      each.path[each.path.size() - text.size() - 1] == '/';
    if (wanted(each, kinds) && (each.name == text || tail)) named.push_back(&each);
  }
  for (const ScopeRow* each : exact)
    if (wanted(*each, kinds)) return *each;
  if (named.size() == 1) return *named.front();
  if (named.size() > 1) {
    std::vector<std::string> paths;
    for (const ScopeRow* each : named) paths.push_back(each->path);
    return wrong_usage("`" + std::string{text} + "` may be " + list_text(paths), "Write the whole path.");
  }
  if (!exact.empty())
    return wrong_usage("`" + std::string{text} + "` is " + with_article(exact.front()->kind) + "; " +
                       kinds_text(kinds) + " is needed here");
  return not_there("there is no `" + std::string{text} + "` that you may see", "See `gpuaas scope tree`.");
}

std::optional<ScopeRow> Tree::organization_of(const ScopeRow& scope) const {
  const ScopeRow* at = by_id(scope.id);
  if (at == nullptr) at = &scope;
  for (std::size_t steps = 0; at != nullptr && steps <= scopes_.size(); ++steps) {
    if (at->kind == "organization") return *at;
    at = at->parent.empty() ? nullptr : by_id(at->parent);
  }
  return std::nullopt;
}

std::vector<ScopeRow> Tree::organizations() const {
  std::vector<ScopeRow> out;
  for (const ScopeRow& each : scopes_)
    if (each.kind == "organization") out.push_back(each);
  return out;
}

std::string in_route(const ScopeRow& scope) { return scope.kind + "s/" + scope.id; }

bool is_id(std::string_view text) {
  constexpr std::size_t prefix = 3, digits = 26;
  if (text.size() != prefix + 1 + digits || text[prefix] != '_') return false;
  const auto letter = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto digit = [&](char c) { return letter(c) || (c >= '0' && c <= '9'); };
  return std::all_of(text.begin(), text.begin() + prefix, letter) &&
         std::all_of(text.begin() + prefix + 1, text.end(), digit);
}

bool is_id(std::string_view text, std::string_view prefix) { return is_id(text) && text.starts_with(prefix); }

std::vector<ResourceRow> resource_rows(std::span<const json::Document> items) {
  std::vector<ResourceRow> out;
  for (const json::Document& each : items)
    out.push_back({each["id"].as_text(), each["type"].as_text(), each["name"].as_text(), each["path"].as_text(),
                   each["scope"].as_text(), !each["removed_at"].is_null()});
  return out;
}

Outcome<ResourceRow> pick(std::span<const ResourceRow> named, std::string_view text, std::string_view home) {
  const auto [path, name] = split_last(text);
  std::vector<ResourceRow> fits;
  for (const ResourceRow& each : named) {
    const bool there = path.empty() || each.path == path || each.path.ends_with("/" + std::string{path});
    if (each.name == name && there) fits.push_back(each);
  }
  const auto narrow = [&](auto prefers) {
    std::vector<ResourceRow> kept;
    std::copy_if(fits.begin(), fits.end(), std::back_inserter(kept), prefers);
    if (!kept.empty()) fits = std::move(kept);
  };
  narrow([](const ResourceRow& each) { return !each.removed; });
  narrow([&](const ResourceRow& each) { return !home.empty() && each.path == home; });
  if (fits.size() == 1) return fits.front();
  if (fits.empty())
    return not_there("there is no `" + std::string{text} + "` that you may see",
                     "Check the name, or see `gpuaas resource list`.");
  std::vector<std::string> those;
  for (const ResourceRow& each : fits)
    those.push_back(each.path + "/" + each.name + " (" + (each.removed ? "removed, " : "") + each.id + ")");
  return wrong_usage("`" + std::string{text} + "` may be " + list_text(those), "Write its path or its id.");
}

Outcome<std::string> pick_named(std::span<const Named> all, std::string_view text, std::string_view what) {
  std::vector<std::string> fits;
  for (const Named& each : all)
    if (each.id == text || each.name == text || (!each.mail.empty() && each.mail == text)) fits.push_back(each.id);
  if (fits.size() == 1) return fits.front();
  if (fits.empty())
    return not_there("there is no " + std::string{what} + " `" + std::string{text} + "` that you may see",
                     "See `gpuaas " + std::string{what} + " list`.");
  return wrong_usage("`" + std::string{text} + "` may be " + list_text(fits), "Write the id.");
}

std::pair<std::string_view, std::string_view> split_last(std::string_view path) {
  const auto slash = path.rfind('/');
  if (slash == path.npos) return {{}, path};
  return {path.substr(0, slash), path.substr(slash + 1)};
}

}  // namespace cli
