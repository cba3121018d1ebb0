#include "guard/claims/look.hpp"

#include <unistd.h>

#include <algorithm>
#include <deque>

#include "guard/claims/contract.hpp"
#include "shared/config/config.hpp"

namespace guard::claims {

using base::Result;

namespace {

namespace fs = std::filesystem;

Verdict wanting(std::string why) { return {.holds = false, .why = std::move(why)}; }
Verdict sound(std::size_t parts) { return {.holds = true, .parts = static_cast<int>(parts)}; }

bool is_source(const fs::path& path) {
  static constexpr std::array<std::string_view, 6> endings{".cpp", ".cc", ".cxx", ".hpp", ".hh", ".h"};
  return std::ranges::find(endings, path.extension().string()) != endings.end();
}

// A test's source is NAME_test.EXT.
bool is_test_source(const fs::path& path) { return is_source(path) && path.stem().string().ends_with("_test"); }

Result<std::vector<fs::path>> sources_under(const fs::path& folder, bool and_below) {
  std::vector<fs::path> paths;
  std::error_code error;
  for (fs::recursive_directory_iterator each{folder, error}, end; !error && each != end; each.increment(error)) {
    if (each->is_directory(error) && !and_below) each.disable_recursion_pending();
    if (each->is_regular_file(error) && is_source(each->path())) paths.push_back(each->path());
  }
  if (error) return base::Error{base::invalid, folder.string() + ": " + error.message()};
  std::ranges::sort(paths);
  return paths;
}

/// A file's text and its tokens, which are views of it.
struct Read {
  std::string path;
  std::string text;
  source::Lexed lexed = {};
};

struct Sources {
  std::deque<Read> read = {};
  std::vector<source::TestSource> tests = {}, helpers = {};
};

std::optional<base::Error> add_sources(const fs::path& root, const std::string& folder, bool is_helpers, Sources& out) {
  const auto paths = sources_under(root / folder, is_helpers);
  if (!paths) return paths.error();
  for (const fs::path& each : *paths) {
    auto text = config::read_file(each);
    if (!text) return text.error();
    Read& read = out.read.emplace_back(fs::relative(each, root).string(), *std::move(text));
    read.lexed = source::lex(read.text);
    if (const auto& problem = read.lexed.problem)
      return base::Error{base::invalid, read.path + ":" + std::to_string(problem->line) + ": " + problem->what};
    auto& to = !is_helpers && is_test_source(each) ? out.tests : out.helpers;
    to.push_back({.path = read.path, .lexed = &read.lexed});
  }
  return {};
}

// Pieces between stars, in their order: a case's name as a script writes it, whatever it fills in.
bool contains_in_order(std::string_view text, std::string_view pattern) {
  return like("*" + std::string{pattern} + "*", text);
}

/// Whether it is what claims are written in: that a claim is made shows nothing of it.
bool is_own_word(const ClaimsFile& file, const std::string& path) {
  const auto same = [&](const std::string& other) {
    std::error_code error;
    return fs::equivalent(file.root / path, file.root / other, error) && !error;
  };
  return same(file.path) || same(file.promises) ||
         std::ranges::any_of(file.pages, [&](const Page& each) { return same(each.from) || same(each.to); });
}

std::string coded(std::string_view name) { return "`" + std::string{name} + "`"; }

}  // namespace

std::string_view word_of(Status status) {
  static constexpr std::array<std::string_view, 3> words{"planned", "partial", "implemented"};
  return words[static_cast<std::size_t>(status)];
}

Status status_of(const Claim& claim, const std::vector<Verdict>& verdicts) {
  const auto holding = std::ranges::count(verdicts, true, &Verdict::holds);
  if (holding == 0) return Status::planned;
  const bool all = holding == static_cast<std::ptrdiff_t>(verdicts.size());
  return all && claim.missing.empty() ? Status::implemented : Status::partial;
}

std::string filled(std::string text, std::string_view place, std::string_view with) {
  if (const auto at = text.find(place); at != std::string::npos) text.replace(at, place.size(), with);
  return text;
}

Verdict Looker::look(const Proof& proof) {
  switch (proof.kind) {
    case Kind::test:
      return tests(proof);
    case Kind::script:
      return script(proof);
    case Kind::guard:
      return rule(proof);
    case Kind::contract:
      return contract(proof);
    case Kind::bench:
      return bench(proof);
  }
  return wanting("of no kind");
}

std::string Looker::program_of(const Proof& proof) const {
  std::string module = proof.subject;
  std::ranges::replace(module, '/', '_');
  return filled(file_->program, "{module}", module);
}

const Result<std::vector<source::Test>>& Looker::tests_in(const std::string& folder) {
  if (const auto known = tests_.find(folder); known != tests_.end()) return known->second;
  Sources sources;
  auto error = add_sources(file_->root, folder, false, sources);
  for (const std::string& each : file_->helpers)
    if (!error) error = add_sources(file_->root, each, true, sources);
  using Tests = Result<std::vector<source::Test>>;
  return tests_
      .emplace(folder,
               error ? Tests{*error} : source::tests_of(sources.tests, source::asserting_functions(sources.helpers)))
      .first->second;
}

Verdict Looker::tests(const Proof& proof) {
  const auto& known = tests_in(proof.subject);
  if (!known) return wanting(known.error().detail);
  std::size_t parts = 0;
  std::set<std::string> names;
  for (const std::string& name : proof.names) {
    const auto before = parts;
    for (const source::Test& each : *known) {
      if (!like(name, each.full_name())) continue;
      const std::string which = each.full_name() + " (" + each.file + ":" + std::to_string(each.line) + ")";
      if (each.is_disabled) return wanting(which + " is disabled");
      if (!each.asserts) return wanting(which + " asserts nothing");
      names.insert(each.full_name());
      ++parts;
    }
    if (parts == before) return wanting("there is no test " + coded(name) + " in " + proof.subject);
  }
  Verdict verdict = sound(parts);
  verdict.tests = std::move(names);
  return verdict;
}

Verdict Looker::script(const Proof& proof) const {
  const fs::path path = file_->root / proof.subject;
  const auto text = config::read_file(path);
  if (!text) return wanting("there is no script " + proof.subject);
  if (::access(path.c_str(), X_OK) != 0) return wanting(proof.subject + " is not executable");
  for (const std::string& name : proof.names)
    if (!contains_in_order(*text, name)) return wanting(proof.subject + " has no case " + coded(name));
  return sound(std::max<std::size_t>(proof.names.size(), 1));
}

Verdict Looker::rule(const Proof& proof) {
  if (!states_) states_ = rules_ ? rules_() : Result<std::vector<RuleState>>{std::vector<RuleState>{}};
  if (!*states_) return wanting(states_->error().detail);
  const auto state = std::ranges::find(**states_, proof.subject, &RuleState::id);
  if (state == (**states_).end()) return wanting("there is no rule " + coded(proof.subject));
  if (!state->is_enforced) return wanting("the rule " + coded(proof.subject) + " is not enforced");
  if (!state->finding.empty()) return wanting("the rule " + coded(proof.subject) + " is broken: " + state->finding);
  return sound(1);
}

Verdict Looker::contract(const Proof& proof) const {
  if (is_own_word(*file_, proof.subject)) return wanting(proof.subject + " is where the claims are made");
  const auto text = config::read_file(file_->root / proof.subject);
  if (!text) return wanting(text.error().detail);
  const auto facts = !proof.at.empty() ? count_facts(*text, proof.at, proof.is) : count_lines(*text, proof.names);
  return facts ? sound(*facts) : wanting(proof.subject + ": " + facts.error().detail);
}

// That the bench writes such a row; what it measured is looked at by `prove`, figures being of one machine.
Verdict Looker::bench(const Proof& proof) const {
  if (const auto condition = check_condition(proof.is.value_or("")); !condition)
    return wanting(condition.error().detail);
  const std::string script = filled(file_->bench.script, "{name}", proof.subject);
  const auto text = config::read_file(file_->root / script);
  if (!text) return wanting("there is no bench " + script);
  if (!contains_in_order(*text, proof.row)) return wanting(script + " has no row " + coded(proof.row));
  return sound(1);
}

}  // namespace guard::claims
