#include <algorithm>
#include <unordered_map>

#include "guard/ask/ask.hpp"
#include "guard/model/edges.hpp"

namespace guard {

namespace {

/// A file, or a module as a whole.
struct Named {
  const Module* module = nullptr;
  const File* file = nullptr;

  const std::string& name() const { return file != nullptr ? file->path : module->path; }
  bool has(const File& other) const { return file != nullptr ? file == &other : module == other.module; }
};

base::Result<Named> named(const Tree& tree, std::string_view name) {
  while (name.size() > 1 && name.ends_with('/')) name.remove_suffix(1);
  if (const Module* module = tree.module(name)) return Named{module, nullptr};
  const File* file = tree.file(name);
  if (file == nullptr) return base::Error{base::invalid, std::string{name} + ": there is no such file or module"};
  if (file->module == nullptr) return base::Error{base::invalid, file->path + ": lies in no module"};
  return Named{file->module, file};
}

struct Hop {
  const File* from = nullptr;
  const Include* include = nullptr;
};

/// The shortest chain of includes from one to the other; empty if there is none.
std::vector<Hop> chain(const Tree& tree, const Named& from, const Named& to) {
  std::unordered_map<const File*, Hop> reached;
  std::vector<const File*> waiting;
  for (const File& each : tree.files)
    if (from.has(each) && reached.emplace(&each, Hop{}).second) waiting.push_back(&each);
  for (std::size_t i = 0; i < waiting.size(); ++i)
    for (const Include& each : waiting[i]->includes) {
      if (each.target == nullptr || !reached.emplace(each.target, Hop{waiting[i], &each}).second) continue;
      waiting.push_back(each.target);
      if (!to.has(*each.target)) continue;
      std::vector<Hop> out;
      for (Hop hop = reached.at(each.target); hop.from != nullptr; hop = reached.at(hop.from)) out.push_back(hop);
      std::ranges::reverse(out);
      return out;
    }
  return {};
}

Place declared_at(const RulesFile& rules, const Module& module) {
  return rules.place_of("/modules/" + std::to_string(module.rule - rules.modules.data()));
}

std::string answer(const Named& from, const Named& to) {
  if (from.file != nullptr && to.file != nullptr) {
    const Verdict verdict = may_include(*from.file, *to.file);
    return (verdict.allowed ? "yes: " : "no: ") + verdict.why;
  }
  const bool test = from.file != nullptr && from.file->is_test;
  const Verdict verdict = may_include(*from.module, *to.module, test);
  if (verdict.allowed || test) return (verdict.allowed ? "yes: " : "no: ") + verdict.why;
  const Verdict tests = may_include(*from.module, *to.module, true);
  return tests.allowed && from.file == nullptr ? "tests only: " + tests.why : "no: " + verdict.why;
}

void list_public(const Module& module, std::string& out) {
  for (const File* each : module.files)
    if (each->is_cpp() && module.is_public(*each)) out += "    public: " + each->path + "\n";
}

/// Exceptions of rules that name both.
void list_exceptions(const RulesFile& rules, const Named& from, const Named& to, std::string& out) {
  for (const Rule& rule : rules.rules)
    for (std::size_t i = 0; i < rule.allow.size(); ++i) {
      const Allowed& each = rule.allow[i];
      if (each.to.empty() || !matches(each.from, from.name()) || !matches(each.to, to.name())) continue;
      out += "  " + to_text(rules.place_of(rule, "/allow/" + std::to_string(i))) + ": an exception of rule " + rule.id +
             ": " + each.reason + "\n";
    }
}

}  // namespace

base::Result<std::string> explain(const Tree& tree, const RulesFile& rules, std::string_view from_name,
                                  std::string_view to_name) {
  const auto from = named(tree, from_name);
  if (!from) return from.error();
  const auto to = named(tree, to_name);
  if (!to) return to.error();
  std::string out = "May " + from->name() + " include " + to->name() + "?\n  " + answer(*from, *to) + "\n";
  for (const Named* each : {&*from, &*to})
    out += "  " + each->module->path + ": layer " + each->module->layer->name + ", " +
           to_text(declared_at(rules, *each->module)) + "\n";
  list_exceptions(rules, *from, *to, out);
  if (from->module != to->module) list_public(*to->module, out);
  const std::vector<Hop> hops = from->module == to->module ? std::vector<Hop>{} : chain(tree, *from, *to);
  out += hops.empty() ? "  Today nothing leads there.\n" : "  Today it is reached by:\n";
  for (const Hop& each : hops)
    out += "    " + each.from->path + ":" + std::to_string(each.include->line) + " -> " + each.include->target->path +
           under(*each.include) + "\n";
  return out;
}

}  // namespace guard
