#include "guard/model/findings.hpp"

#include <utility>

namespace guard {

Findings::Findings(const RulesFile& rules, const Rule& rule)
    : rules_(&rules), rule_(&rule), needed_(rule.allow.size(), false) {}

void Findings::add(Finding finding) {
  finding.rule = rule_->id;
  found_.push_back(std::move(finding));
}

void Findings::cannot(Place place, std::string what, std::string next) {
  troubles_.push_back({.place = std::move(place), .what = rule_->id + ": " + std::move(what), .next = std::move(next)});
}

bool Findings::allows(std::string_view from, std::string_view to) {
  bool allowed = false;
  for (std::size_t i = 0; i < rule_->allow.size(); ++i) {
    const Allowed& each = rule_->allow[i];
    if (!matches(each.from, from) || (!each.to.empty() && !matches(each.to, to))) continue;
    needed_[i] = true;
    allowed = true;
  }
  return allowed;
}

void Findings::close() {
  for (std::size_t i = 0; i < rule_->allow.size(); ++i) {
    if (needed_[i]) continue;
    const Allowed& each = rule_->allow[i];
    const std::string edge = each.to.empty() ? each.from : each.from + " -> " + each.to;
    add({.place = rules_->place_of(*rule_, "/allow/" + std::to_string(i)),
         .subject = "allow " + edge,
         .what = "the exception " + edge + " is needed by nobody",
         .only_strict = true});
  }
}

}  // namespace guard
