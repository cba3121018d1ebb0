#include "guard/model/edges.hpp"

#include <algorithm>

namespace guard {

namespace {

template <class T>
bool has(const std::vector<const T*>& all, const T& one) {
  return std::ranges::find(all, &one) != all.end();
}

bool sees_layer(const Layer& from, const Layer& to, bool test) {
  return has(from.uses, to) || (test && has(from.test_uses, to));
}

bool sees_neighbour(const Module& from, const Module& to, bool test) {
  return has(from.uses, to) || (test && has(from.test_uses, to));
}

}  // namespace

Verdict may_include(const Module& from, const Module& to, bool test) {
  if (&from == &to) return {true, "both lie in " + from.path};
  const Layer& above = *from.layer;
  const Layer& below = *to.layer;
  if (&above == &below) {
    if (from.group != to.group) return {false, from.group + " and " + to.group + " never see each other"};
    if (above.rule->neighbours == Neighbours::all) return {true, "modules of layer " + above.name + " see each other"};
    if (above.rule->neighbours == Neighbours::none)
      return {false, "modules of layer " + above.name + " never see each other"};
    if (sees_neighbour(from, to, test)) return {true, from.path + " declares that it uses " + to.path};
    return {false, from.path + " does not declare that it uses " + to.path};
  }
  if (sees_layer(above, below, test)) return {true, "layer " + above.name + " uses layer " + below.name};
  return {false, "layer " + above.name + " does not use layer " + below.name};
}

Verdict may_include(const File& from, const File& to) {
  if (from.module == nullptr) return {false, from.path + " lies in no module"};
  if (to.module == nullptr) return {false, to.path + " lies in no module"};
  Verdict verdict = may_include(*from.module, *to.module, from.is_test);
  if (!verdict.allowed || from.module == to.module || to.module->is_public(to)) return verdict;
  return {false, to.path + " is no public header of " + to.module->path};
}

}  // namespace guard
