// Places: what the words of a command mean on this server. Asks for the tree, for who the caller is and for resources
// only when a word needs them, and once.
#pragma once

#include <optional>
#include <string>

#include "cmd/cli/session.hpp"
#include "cmd/cli/words/arguments.hpp"
#include "cmd/cli/words/names.hpp"

namespace cli {

class Places final {
 public:
  /// `project`: GPUAAS_PROJECT, may be empty.
  Places(Session& session, std::string project) : session_(session), project_(std::move(project)) {}

  /// What the API takes for `word`; `within` is the organization in which principals and keys are looked for.
  Outcome<std::string> value(Takes, std::string_view word, std::optional<std::string> within = {});
  /// Where a command without a place works: GPUAAS_PROJECT, else the caller's organization.
  Outcome<ScopeRow> here();
  /// Where one works that needs an organization alone: the caller's, else the only one that is seen, else that of
  /// GPUAAS_PROJECT, which is looked up only then.
  Outcome<ScopeRow> own_organization();
  Outcome<ScopeRow> scope(std::string_view word, std::span<const std::string_view> kinds);
  Outcome<ScopeRow> organization_of(const ScopeRow&);
  Outcome<ResourceRow> resource(std::string_view word, std::string_view type);
  Outcome<const Tree*> tree();

 private:
  Outcome<ScopeRow> project();
  Outcome<std::vector<ScopeRow>> organizations(std::string_view word);
  Outcome<std::string> named(std::string_view word, const std::string& organization, const std::string& route,
                             std::string_view what);
  Outcome<std::vector<json::Document>> items(const Ask&);

  Session& session_;
  const std::string project_;
  std::optional<Tree> tree_;
};

/// All items of a list, following its cursors, at most `limit`; `more`: the list went on.
struct Items {
  std::vector<json::Document> items;
  bool more = false;
};
inline constexpr std::size_t items_default = 1000;
Outcome<Items> all_items(Session&, Ask, std::size_t limit);

}  // namespace cli
