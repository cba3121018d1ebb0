#include "guard/claims/template.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "shared/config/config.hpp"
#include "shared/crypto/crypto.hpp"

namespace guard::claims {

using base::Error;
using base::Result;

namespace {

constexpr std::string_view fence = "---\n";

// A bar would end a table's cell.
std::string cell(std::string text) {
  for (auto at = text.find('|'); at != std::string::npos; at = text.find('|', at + 2)) text.replace(at, 1, "\\|");
  return text;
}

std::string joined(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& each : names) out += (out.empty() ? "`" : ", `") + each + "`";
  return out;
}

/// Fills the places of one page.
class Filler {
 public:
  Filler(const Known& known, const FrontMatter& front) : known_(&known), front_(&front) {}

  Result<std::string> fill(std::string_view place) const {
    const auto space = place.find(' ');
    const std::string_view word = place.substr(0, space);
    const std::string rest{space == std::string_view::npos ? std::string_view{} : place.substr(space + 1)};
    if (word == "counts") return counts();
    if (word == "claims") return claims();
    if (word == "sources") return sources();
    if (word == "audience") return audience(rest);
    if (const Claim* claim = known_->file().find(rest); claim != nullptr) {
      if (word == "status") return std::string{word_of(known_->status(*claim))};
      if (word == "proofs") return proofs(*claim);
    }
    const auto& strengths = known_->file().promised.strengths;
    if (const auto at = std::ranges::find(strengths, rest, &Strength::name); at != strengths.end()) {
      if (word == "status") return std::string{word_of(known_->status_of_all(at->claims))};
      if (word == "strength") return strength(*at);
    }
    return Error{base::invalid, "`{{" + std::string{place} + "}}` cannot be filled"};
  }

 private:
  std::string counts() const {
    std::array<int, 3> counts{};
    for (const Claim& each : known_->file().claims) ++counts[static_cast<std::size_t>(known_->status(each))];
    return fmt::format("{} implemented, {} partial, {} planned", counts[2], counts[1], counts[0]);
  }

  const Promise& promise(const Claim& claim) const { return *known_->file().promised.find(claim.id); }

  std::string claims() const {
    std::string out = "| claim | what it says | state |\n| --- | --- | --- |\n";
    for (const Promise& each : known_->file().promised.claims)
      out += fmt::format("| `{}` | {} | {} |\n", each.id, cell(each.text),
                         word_of(known_->status(*known_->file().find(each.id))));
    return out;
  }

  static std::string missing(const Claim& claim, std::string_view indent) {
    std::string out;
    for (const Missing& each : claim.missing)
      out += fmt::format("{}- `planned` {} ({})\n", indent, each.what, each.planned);
    return out;
  }

  std::string strength(const Strength& strength) const {
    std::string out;
    for (const std::string& id : strength.claims) {
      const Claim& claim = *known_->file().find(id);
      out += fmt::format("- `{}` **{}**: {}.\n", id, word_of(known_->status(claim)), promise(claim).text);
      out += missing(claim, "  ");
    }
    return out;
  }

  std::string proofs(const Claim& claim) const {
    std::string out;
    const auto& verdicts = known_->verdicts(claim);
    for (std::size_t i = 0; i < claim.proofs.size(); ++i) {
      const Proof& proof = claim.proofs[i];
      out += fmt::format("- {}.\n  *{}* `{}`{}", proof.shows, word_of(proof.kind), proof.subject,
                         proof.names.empty() ? "" : ": " + joined(proof.names));
      if (!proof.at.empty()) out += ": `" + proof.at + "`";
      if (!proof.row.empty()) out += ": `" + proof.row + "`, `" + proof.is.value_or("") + "`";
      if (!verdicts[i].holds) out += " **does not hold**: " + verdicts[i].why;
      out += "\n";
    }
    return out + missing(claim, "");
  }

  Result<std::string> audience(const std::string& who) const {
    const auto& known = known_->file().audiences;
    if (std::ranges::find(known, who) == known.end())
      return Error{base::invalid, "`" + who + "` is none of the audiences"};
    std::string out;
    for (const Status status : {Status::implemented, Status::partial, Status::planned}) {
      std::vector<std::string> ids;
      for (const Claim& each : known_->file().claims)
        if (known_->status(each) == status && std::ranges::find(each.audience, who) != each.audience.end())
          ids.push_back(each.id);
      if (!ids.empty()) out += fmt::format("- {}: {}\n", word_of(status), joined(ids));
    }
    return out;
  }

  Result<std::string> sources() const {
    std::string out = "| document | SHA-256 |\n| --- | --- |\n";
    for (const std::string& each : front_->source_docs) {
      const auto text = config::read_file(known_->file().root / each);
      if (!text) return Error{base::invalid, "the source document " + each + " cannot be read"};
      out += fmt::format("| `{}` | `{}` |\n", each, crypto::hex(crypto::sha256(*text)));
    }
    return out;
  }

  const Known* known_;
  const FrontMatter* front_;
};

int line_at(std::string_view text, std::size_t at) {
  return 1 + static_cast<int>(std::ranges::count(text.substr(0, at), '\n'));
}

Error at_line(const std::string& file, int line, const std::string& why) {
  return {base::invalid, file + ":" + std::to_string(line) + ": " + why};
}

// A place that is a line of its own takes its line end along: what fills it ends in one.
Result<std::string> filled_body(const Filler& filler, std::string_view text, std::size_t from,
                                const std::string& file) {
  std::string out;
  while (true) {
    const auto open = text.find("{{", from);
    if (open == std::string_view::npos) return out + std::string{text.substr(from)};
    const auto close = text.find("}}", open);
    if (close == std::string_view::npos) return at_line(file, line_at(text, open), "a place without its end");
    out += text.substr(from, open - from);
    const auto filling = filler.fill(text.substr(open + 2, close - open - 2));
    if (!filling) return at_line(file, line_at(text, open), filling.error().detail);
    out += *filling;
    from = close + 2;
    if (filling->ends_with('\n') && text.substr(from).starts_with('\n')) ++from;
  }
}

}  // namespace

Known::Known(const ClaimsFile& file, Looker& looker) : file_(&file) {
  for (const Claim& claim : file.claims) {
    auto& verdicts = verdicts_[claim.id];
    for (const Proof& proof : claim.proofs) verdicts.push_back(looker.look(proof));
  }
}

const std::vector<Verdict>& Known::verdicts(const Claim& claim) const { return verdicts_.at(claim.id); }

Status Known::status(const Claim& claim) const { return claims::status_of(claim, verdicts(claim)); }

Status Known::status_of_all(const std::vector<std::string>& ids) const {
  std::optional<Status> all;
  for (const std::string& id : ids) {
    const Status status = this->status(*file_->find(id));
    if (all && *all != status) return Status::partial;
    all = status;
  }
  return all.value_or(Status::planned);
}

Result<std::string> fill(const Known& known, const std::string& from) {
  const auto text = config::read_file(known.file().root / from);
  if (!text) return text.error();
  const auto end =
      text->starts_with(fence) ? text->find("\n" + std::string{fence}, fence.size() - 1) : std::string::npos;
  if (end == std::string::npos) return at_line(from, 1, "a page begins with its front matter, between two lines `---`");
  const std::size_t body = end + 1 + fence.size();
  // The fence stands where a comment may: so lines count from the file's first.
  const auto front = config::parse<FrontMatter>("#\n" + text->substr(fence.size(), end + 1 - fence.size()), from);
  if (!front) return front.error();
  const auto filled = filled_body(Filler{known, *front}, *text, body, from);
  if (!filled) return filled;
  const std::string note = "<!-- Made from " + from + " and " + known.file().path +
                           ". Change those; a page that differs fails the check. -->\n";
  return text->substr(0, body) + note + *filled;
}

}  // namespace guard::claims
