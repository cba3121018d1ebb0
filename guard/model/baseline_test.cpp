#include "guard/model/baseline.hpp"

#include "guard/model/fixture.hpp"

namespace guard {
namespace {

class BaselineFile : public ::testing::Test {
 protected:
  base::Result<Baseline> parsed(std::string_view yaml) const { return parse_baseline(yaml, "baseline.yaml", rules); }
  Baseline good(std::string_view yaml) const {
    auto baseline = parsed(yaml);
    EXPECT_TRUE(baseline);
    return baseline ? std::move(*baseline) : Baseline{};
  }

  RulesFile rules = rules_of("read: []\nlayers: []\nmodules: []\nrules: [{id: layers, why: w, fix: f}]\n");
};

constexpr std::string_view one =
    "entries:\n  - {rule: layers, subject: a -> b, owner: o, reason: r, expires: 2027-03-01}\n";

TEST_F(BaselineFile, AnEntryNamesItsRuleItsOwnerAndItsReason) {
  const auto wrong = [&](std::string_view entry) {
    const auto baseline = parsed("entries:\n  - " + std::string{entry} + "\n");
    return baseline ? std::string{} : baseline.error().detail;
  };
  EXPECT_EQ(wrong("{rule: layer, subject: s, owner: o, reason: r, expires: 2027-03-01}"),
            "baseline.yaml:2: there is no rule layer");
  EXPECT_EQ(wrong("{rule: layers, subject: s, owner: '', reason: r, expires: 2027-03-01}"),
            "baseline.yaml:2: an entry has an owner");
  EXPECT_EQ(wrong("{rule: layers, subject: s, owner: o, reason: '', expires: 2027-03-01}"),
            "baseline.yaml:2: an entry has a reason");
  EXPECT_TRUE(wrong("{rule: layers, subject: s, owner: o, reason: r}").contains("expires"));
  EXPECT_TRUE(wrong("{rule: layers, subject: s, owner: o, reason: r, expires: soon}").contains("baseline.yaml:2"));
  EXPECT_EQ(parsed(std::string{one} + "  - {rule: layers, subject: a -> b, owner: o, reason: r, expires: 2027-03-01}\n")
                .error()
                .detail,
            "baseline.yaml:3: this entry stands here twice");
}

TEST_F(BaselineFile, ItGrowsByAnEntryOrALaterDay) {
  const Baseline before = good(one);
  EXPECT_TRUE(grown(before, before).empty());
  EXPECT_TRUE(grown(before, good("entries: []\n")).empty());
  EXPECT_EQ(grown(good("entries: []\n"), before), std::vector<std::size_t>{0});
  EXPECT_EQ(
      grown(before, good("entries:\n  - {rule: layers, subject: a -> b, owner: o, reason: r, expires: 2027-03-02}\n")),
      std::vector<std::size_t>{0});
}

TEST_F(BaselineFile, AFileThatIsNotThereIsEmpty) {
  const Planted planted;
  const auto baseline = read_baseline(planted.root, "baseline.yaml", rules);
  ASSERT_TRUE(baseline);
  EXPECT_TRUE(baseline->entries.empty());
}

}  // namespace
}  // namespace guard
