// A page as a person writes it, with places for what must not be written by hand. The page begins with its front
// matter; what stands in {{…}} is filled in from the claims:
//
//   {{status iam.tree}}              implemented, partial or planned; of a strength by its name too
//   {{counts}}                       2 implemented, 3 partial, 9 planned
//   {{strength Hierarchical IAM}}    its claims, each with its state, and what is missing
//   {{claims}}                       a table of all claims
//   {{proofs iam.tree}}              what shows the claim, and what is missing
//   {{audience security}}            the claims on which that audience relies, by their state
//   {{sources}}                      the front matter's source documents with their SHA-256
//
// A word that is not one of these is an error: a page never shows a place that nobody filled.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "guard/claims/look.hpp"

namespace guard::claims {

/// What stands at the head of a page, for the portal that shows it. All of it is required.
struct FrontMatter {
  std::string id, slug, title, description;
  std::vector<std::string> audience;
  std::string visibility, status, owner, review_domain, last_reviewed, review_cadence, freshness_risk;
  std::vector<std::string> sync_trigger;
  std::vector<std::string> source_docs;  // from the root
};
BOOST_DESCRIBE_STRUCT(FrontMatter, (),
                      (id, slug, title, description, audience, visibility, status, owner, review_domain, last_reviewed,
                       review_cadence, freshness_risk, sync_trigger, source_docs))

/// What is known of the claims without running anything.
class Known {
 public:
  Known(const ClaimsFile&, Looker&);

  const ClaimsFile& file() const { return *file_; }
  Status status(const Claim&) const;
  const std::vector<Verdict>& verdicts(const Claim&) const;
  /// Of several claims together: what all of them are, else partial.
  Status status_of_all(const std::vector<std::string>& ids) const;

 private:
  const ClaimsFile* file_;
  std::map<std::string, std::vector<Verdict>> verdicts_;
};

/// The page of the template at `from`, whole. Errors: `invalid` with file and line (front matter, a place that cannot
/// be filled, a source document that is not there).
base::Result<std::string> fill(const Known&, const std::string& from);

}  // namespace guard::claims
