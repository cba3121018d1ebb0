// Names: a name, a path or an id, and what of the tree and of the resources it means.
//
// Always true: what is meant is never guessed. A name that fits more than one is refused with the list of those.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cmd/cli/words/outcome.hpp"

namespace cli {

struct ScopeRow {
  std::string id, kind, name, path, parent;
  bool operator==(const ScopeRow&) const = default;
};

class Tree final {
 public:
  /// Of the items of /v1/scopes.
  explicit Tree(std::vector<ScopeRow> scopes) : scopes_(std::move(scopes)) {}
  static std::vector<ScopeRow> rows(std::span<const json::Document> items);

  /// By id, by path, or by a name that only one has among those of the wanted kinds ("organization", …; none: any).
  /// Failures: `absent`, `usage` (several, or another kind).
  Outcome<ScopeRow> find(std::string_view text, std::span<const std::string_view> kinds) const;
  /// The organization that a scope belongs to; nothing where its top is not seen.
  std::optional<ScopeRow> organization_of(const ScopeRow&) const;
  std::vector<ScopeRow> organizations() const;
  const std::vector<ScopeRow>& scopes() const { return scopes_; }

 private:
  const ScopeRow* by_id(std::string_view id) const;
  std::vector<ScopeRow> scopes_;
};

/// "projects/prj_…", as routes have it.
std::string in_route(const ScopeRow&);

/// Whether it is an id by its form: three letters, `_`, 26 digits and letters.
bool is_id(std::string_view text);
bool is_id(std::string_view text, std::string_view prefix);

struct ResourceRow {
  std::string id, type, name, path, scope;
  bool removed = false;
  bool operator==(const ResourceRow&) const = default;
};
std::vector<ResourceRow> resource_rows(std::span<const json::Document> items);

/// The one that `text` means among those of its name: a path names the project too. What lives goes before what was
/// removed, what lies in `home` (a project's path, or empty) before the rest. Failures: as `Tree::find`.
Outcome<ResourceRow> pick(std::span<const ResourceRow> named, std::string_view text, std::string_view home);

struct Named {
  std::string id, name, mail;
};
/// By id, mail address or name. `what`: "principal".
Outcome<std::string> pick_named(std::span<const Named> all, std::string_view text, std::string_view what);

/// "acme/research/vision/train" -> "acme/research/vision" and "train"; no slash: empty and all.
std::pair<std::string_view, std::string_view> split_last(std::string_view path);

}  // namespace cli
