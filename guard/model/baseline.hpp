// baseline.yaml: violations that stand for now, each with who answers for it, why, and until when. It may only shrink.
//
//   entries:
//     - rule: headers
//       subject: platform/jobs/jobs_test.cpp -> platform/log/store.hpp     as the guard prints it
//       owner: jobs
//       reason: …
//       expires: "2027-03-01"
#pragma once

#include <array>
#include <boost/describe.hpp>
#include <filesystem>
#include <string>
#include <vector>

#include "guard/model/findings.hpp"
#include "shared/base/result.hpp"
#include "shared/base/time.hpp"
#include "shared/config/config.hpp"

namespace guard {

struct Known {
  std::string rule;
  std::string subject;
  std::string owner;
  std::string reason;
  base::Day expires;
};
BOOST_DESCRIBE_STRUCT(Known, (), (rule, subject, owner, reason, expires))

struct BaselineText {
  std::vector<Known> entries = {};
  static constexpr auto json_defaults = json::all;
};
BOOST_DESCRIBE_STRUCT(BaselineText, (), (entries))

struct Baseline : BaselineText {
  std::string path = {};  // empty: there is none
  config::Translated translated = {};

  Place place_of(std::size_t entry) const;
  /// The entry that names this finding, whether expired or not; null if none does.
  const Known* find(const Finding&) const;
};

/// A file that is not there is an empty baseline. Errors: `invalid` with file:line, also of an entry said twice, one
/// without owner or reason, and one of a rule that there is none of.
base::Result<Baseline> read_baseline(const std::filesystem::path& root, const std::string& path, const RulesFile&);
base::Result<Baseline> parse_baseline(std::string_view yaml, const std::string& path, const RulesFile&);

/// Where `now` has grown over `before`: entries that it lacks, or that expire later than they did.
std::vector<std::size_t> grown(const Baseline& before, const Baseline& now);

}  // namespace guard
