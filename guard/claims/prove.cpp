#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <ostream>

#include "guard/claims/claims.hpp"
#include "guard/claims/contract.hpp"
#include "guard/claims/runs.hpp"
#include "shared/base/time.hpp"
#include "shared/config/config.hpp"
#include "shared/json/document.hpp"

namespace guard::claims {

namespace {

namespace fs = std::filesystem;

struct Proven {
  const Claim* claim;
  std::vector<Verdict> verdicts = {};  // of its proofs, in their order
  Status status = Status::planned;
};

bool is_run(const Proof& proof) { return proof.kind == Kind::test || proof.kind == Kind::script; }

std::string program_of(const Looker& looker, const Proof& proof) {
  return proof.kind == Kind::test ? looker.program_of(proof) : proof.subject;
}

Verdict measured(const ClaimsFile& file, const Proof& proof, const std::string& commit) {
  const std::string result = filled(file.bench.result, "{name}", proof.subject);
  const auto rows = config::read_file(file.root / result);
  if (!rows) return {.why = "nothing was measured yet: run the bench " + proof.subject};
  const auto fulfilled = row_fulfils(*rows, proof.row, proof.is.value_or(""), commit);
  return fulfilled ? Verdict{.holds = true, .parts = 1} : Verdict{.why = fulfilled.error().detail};
}

// `iam.tree`, `evidence.*`. Empty, with a word for a person, if one is no claim.
std::vector<Proven> chosen(const ClaimsFile& file, const std::vector<std::string>& patterns, std::ostream& progress) {
  std::vector<Proven> proven;
  for (const Claim& each : file.claims) {
    const auto asked = [&](const std::string& pattern) { return like(pattern, each.id); };
    if (patterns.empty() || std::ranges::any_of(patterns, asked)) proven.push_back({.claim = &each});
  }
  for (const std::string& pattern : patterns) {
    if (std::ranges::any_of(file.claims, [&](const Claim& each) { return like(pattern, each.id); })) continue;
    std::vector<std::string_view> known;
    for (const Claim& each : file.claims) known.push_back(each.id);
    const std::string_view near = json::nearest(pattern, known);
    progress << "there is no claim `" << pattern << "`"
             << (near.empty() ? "" : ", did you mean `" + std::string{near} + "`?") << "\n  next: the claims stand in "
             << file.promises << "\n";
    return {};
  }
  return proven;
}

void prove_each(const ClaimsFile& file, const ProveOptions& options, std::vector<Proven>& proven,
                std::ostream& progress) {
  Looker looker{file, options.rules};
  Runs runs{file, options.root / options.keep};
  for (Proven& each : proven) {
    for (const Proof& proof : each.claim->proofs) {
      const Verdict& looked = each.verdicts.emplace_back(looker.look(proof));
      if (looked.holds && is_run(proof)) runs.need(proof, program_of(looker, proof));
    }
  }
  runs.run_all([&](const std::string& program, std::size_t nth, std::size_t of) {
    progress << fmt::format("  {:<9} {} of {}: {}\n", "running", nth, of, program) << std::flush;
  });
  for (Proven& each : proven) {
    for (std::size_t i = 0; i < each.verdicts.size(); ++i) {
      const Proof& proof = each.claim->proofs[i];
      Verdict& verdict = each.verdicts[i];
      if (!verdict.holds) continue;
      if (is_run(proof)) verdict = runs.judge(proof, program_of(looker, proof), verdict);
      if (proof.kind == Kind::bench) verdict = measured(file, proof, options.commit);
    }
    each.status = status_of(*each.claim, each.verdicts);
  }
}

std::string part_word(Kind kind, int parts) {
  static constexpr std::array<std::string_view, 5> words{"test", "case", "rule", "fact", "row"};
  return fmt::format("{} {}{}", parts, words[static_cast<std::size_t>(kind)], parts == 1 ? "" : "s");
}

std::string time_of(const Verdict& verdict) {
  return verdict.seconds > 0 ? fmt::format("{:.1f} s", verdict.seconds) : "";
}

void print(const Proven& proven, std::ostream& out) {
  out << fmt::format("\n{:<24} {}\n", proven.claim->id, word_of(proven.status));
  for (std::size_t i = 0; i < proven.verdicts.size(); ++i) {
    const Proof& proof = proven.claim->proofs[i];
    const Verdict& verdict = proven.verdicts[i];
    const std::string result = verdict.holds ? part_word(proof.kind, verdict.parts) : "NOT PROVEN";
    out << fmt::format("  {:<9} {}\n  {:<9}   {:<44} {:<12} {:>8}\n", word_of(proof.kind), proof.shows, "",
                       proof.subject, result, time_of(verdict));
    if (!verdict.holds) out << fmt::format("  {:<9}   {}: {}\n", "", proof.place, verdict.why);
  }
  for (const Missing& each : proven.claim->missing)
    out << fmt::format("  {:<9} {} (planned: {})\n", "missing", each.what, each.planned);
}

struct Counts {
  std::array<int, 3> claims{};
  int held = 0;
  int failed = 0;
};

Counts count(const std::vector<Proven>& proven) {
  Counts counts;
  for (const Proven& each : proven) {
    ++counts.claims[static_cast<std::size_t>(each.status)];
    for (const Verdict& verdict : each.verdicts) ++(verdict.holds ? counts.held : counts.failed);
  }
  return counts;
}

void write_claim(json::Writer& json, const Proven& proven) {
  json.object()
      .member("id", proven.claim->id)
      .member("status", std::string{word_of(proven.status)})
      .key("proofs")
      .list();
  for (std::size_t i = 0; i < proven.verdicts.size(); ++i) {
    const Proof& proof = proven.claim->proofs[i];
    const Verdict& verdict = proven.verdicts[i];
    json.object()
        .member("kind", std::string{word_of(proof.kind)})
        .member("of", proof.subject)
        .member("names", proof.names);
    json.member("shows", proof.shows).member("result", verdict.holds ? "passed" : "failed").member("why", verdict.why);
    json.member("parts", verdict.parts).key("seconds").raw(fmt::format("{:.3f}", verdict.seconds)).end();
  }
  json.end().key("missing").list();
  for (const Missing& each : proven.claim->missing) json.value(each.what);
  json.end().end();
}

bool write_record(const ProveOptions& options, const std::vector<Proven>& proven, const Counts& counts) {
  json::Writer json;
  json.object().member(
      "date",
      base::to_text(base::Instant{std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now())}));
  for (const auto& [name, text] : options.facts) json.member(name, text);
  json.key("counts").object();
  for (std::size_t i = counts.claims.size(); i-- > 0;) json.member(word_of(static_cast<Status>(i)), counts.claims[i]);
  json.member("proofs_passed", counts.held).member("proofs_failed", counts.failed).end().key("claims").list();
  for (const Proven& each : proven) write_claim(json, each);
  const std::string text = json.end().end().take() + "\n";
  std::error_code error;
  fs::create_directories((options.root / options.record).parent_path(), error);
  return static_cast<bool>(std::ofstream{options.root / options.record} << text << std::flush);
}

}  // namespace

int prove(const ProveOptions& options, std::ostream& out, std::ostream& progress) {
  const auto file = read_claims(options.root, options.file);
  if (!file) {
    progress << file.error().detail << "\n";
    return 2;
  }
  auto proven = chosen(*file, options.claims, progress);
  if (proven.empty()) return 2;
  prove_each(*file, options, proven, progress);
  for (const Proven& each : proven) print(each, out);
  const Counts counts = count(proven);
  if (!write_record(options, proven, counts)) {
    progress << options.record.string() << " could not be written\n";
    return 2;
  }
  out << fmt::format("\n{} implemented, {} partial, {} planned; {} proofs passed, {} failed\n", counts.claims[2],
                     counts.claims[1], counts.claims[0], counts.held, counts.failed);
  return counts.failed == 0 ? 0 : 1;
}

}  // namespace guard::claims
