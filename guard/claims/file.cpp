#include "guard/claims/file.hpp"

#include <algorithm>
#include <set>

#include "shared/config/config.hpp"

namespace guard::claims {

using base::Error;
using base::Result;

namespace {

constexpr std::size_t fixed_min = 8;  // letters of a case's name that are no `*`: fewer would match anything

Error invalid(const std::string& place, const std::string& why) { return {base::invalid, place + ": " + why}; }

const std::array<std::pair<Kind, std::optional<std::string> Proof::*>, 5>& kinds() {
  static constexpr std::array<std::pair<Kind, std::optional<std::string> Proof::*>, 5> all{{
      {Kind::test, &Proof::test},
      {Kind::script, &Proof::script},
      {Kind::guard, &Proof::guard},
      {Kind::contract, &Proof::contract},
      {Kind::bench, &Proof::bench},
  }};
  return all;
}

std::optional<Error> settle_kind(Proof& proof) {
  int given = 0;
  for (const auto& [kind, member] : kinds()) {
    const std::optional<std::string>& subject = proof.*member;
    if (!subject) continue;
    ++given;
    proof.kind = kind;
    proof.subject = *subject;
  }
  if (given != 1) return invalid(proof.place, "a proof is one of test, script, guard, contract and bench");
  if (proof.subject.empty() || proof.shows.empty())
    return invalid(proof.place, "a proof names something and says what it shows");
  return {};
}

// `Suite.Name` or `Suite.*`: a whole program proves nothing in particular.
bool is_test_name(std::string_view name) {
  const auto dot = name.find('.');
  return dot != std::string_view::npos && dot > 0 && dot + 1 < name.size() &&
         name.substr(0, dot).find('*') == std::string_view::npos &&
         name.find_first_of("/:- \t") == std::string_view::npos;
}

std::optional<Error> check_names(const Proof& proof) {
  const bool is_needed = proof.kind == Kind::test || (proof.kind == Kind::contract && proof.at.empty());
  if (is_needed && proof.names.empty()) return invalid(proof.place, "`names` says which tests or lines it is");
  if (!is_needed && proof.kind != Kind::script && !proof.names.empty())
    return invalid(proof.place, "`names` says nothing here");
  for (const std::string& name : proof.names) {
    if (proof.kind == Kind::test && !is_test_name(name))
      return invalid(proof.place, "`" + name + "` is no name of tests: Suite.Name, or Suite.* for all of a suite");
    if (proof.kind != Kind::test &&
        std::ranges::count_if(name, [](char c) { return c != '*'; }) < static_cast<std::ptrdiff_t>(fixed_min))
      return invalid(proof.place, "`" + name + "` would match nearly anything");
  }
  return {};
}

std::optional<Error> check_members(const Proof& proof) {
  if (!proof.at.empty() && (proof.kind != Kind::contract || !proof.at.starts_with('/')))
    return invalid(proof.place, "`at` is the JSON pointer of a contract's fact");
  if (proof.row.empty() == (proof.kind == Kind::bench))
    return invalid(proof.place, "a bench, and nothing else, has a `row`");
  if (proof.kind == Kind::bench && !proof.is)
    return invalid(proof.place, "`is` says what the row must fulfil: `met`, or `ours <= 20`");
  if (proof.is && proof.kind != Kind::bench && proof.at.empty())
    return invalid(proof.place, "`is` belongs to a bench or to `at`");
  return {};
}

std::optional<Error> settle(ClaimsFile& file, const config::Translated& said) {
  const auto place = [&](const std::string& pointer) { return said.origins.at(pointer); };
  std::set<std::string_view> ids;
  for (std::size_t i = 0; i < file.claims.size(); ++i) {
    Claim& claim = file.claims[i];
    const std::string here = "/claims/" + std::to_string(i);
    if (!ids.insert(claim.id).second) return invalid(place(here), "the claim `" + claim.id + "` stands here twice");
    if (claim.proofs.empty() && claim.missing.empty())
      return invalid(place(here), "`" + claim.id + "` names neither a proof nor what is missing");
    for (const std::string& each : claim.audience)
      if (std::ranges::find(file.audiences, each) == file.audiences.end())
        return invalid(place(here), "`" + each + "` is none of the `audiences`");
    for (std::size_t p = 0; p < claim.proofs.size(); ++p) {
      Proof& proof = claim.proofs[p];
      proof.place = place(here + "/proofs/" + std::to_string(p));
      for (auto error : {settle_kind(proof), check_names(proof), check_members(proof)})
        if (error) return error;
      if (proof.kind == Kind::bench && (file.bench.script.empty() || file.bench.result.empty()))
        return invalid(proof.place, "`bench` at the top says where benches are");
    }
  }
  return {};
}

std::optional<std::string> strength_of(const Promises& promised, const std::string& id) {
  for (const Strength& each : promised.strengths)
    if (std::ranges::find(each.claims, id) != each.claims.end()) return each.name;
  return {};
}

std::optional<Error> agree(const ClaimsFile& file, const config::Translated& said) {
  for (std::size_t i = 0; i < file.claims.size(); ++i) {
    const Claim& claim = file.claims[i];
    const std::string place = said.origins.at("/claims/" + std::to_string(i));
    if (file.promised.find(claim.id) == nullptr)
      return invalid(place, "`" + claim.id + "` is no claim of " + file.promises);
    if (const auto strength = strength_of(file.promised, claim.id); strength != claim.strength)
      return invalid(place, "`" + claim.id + "` belongs to " + (strength ? "`" + *strength + "`" : "no strength") +
                                " in " + file.promises);
  }
  for (const Promise& each : file.promised.claims)
    if (file.find(each.id) == nullptr)
      return invalid(file.promises + ":" + std::to_string(each.line),
                     "the claim `" + each.id + "` is missing in " + file.path);
  return {};
}

}  // namespace

std::string_view word_of(Kind kind) {
  static constexpr std::array<std::string_view, 5> words{"test", "script", "guard", "contract", "bench"};
  return words[static_cast<std::size_t>(kind)];
}

const Claim* ClaimsFile::find(std::string_view id) const {
  const auto at = std::ranges::find(claims, id, &Claim::id);
  return at == claims.end() ? nullptr : &*at;
}

Result<ClaimsFile> read_claims(const std::filesystem::path& root, const std::string& path) {
  const auto yaml = config::read_file(root / path);
  if (!yaml) return yaml.error();
  const auto said = config::yaml_to_json(*yaml, path);
  if (!said) return said.error();
  auto text = json::decode<ClaimsText>(said->json);
  if (!text) return config::located(*said, text.error());
  ClaimsFile file;
  static_cast<ClaimsText&>(file) = *std::move(text);
  file.root = root;
  file.path = path;
  if (auto error = settle(file, *said)) return *std::move(error);
  const auto page = config::read_file(root / file.promises);
  if (!page) return page.error();
  auto promised = parse_promises(*page, file.promises);
  if (!promised) return promised.error();
  file.promised = *std::move(promised);
  if (auto error = agree(file, *said)) return *std::move(error);
  return file;
}

}  // namespace guard::claims
