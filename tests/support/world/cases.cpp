#include "tests/support/world/cases.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "shared/base/check.hpp"

namespace test {

Line::Line(std::string text, std::string place) : text_(std::move(text)), place_(std::move(place)) {
  std::istringstream in{text_};
  std::string word;
  bool outcome = false;
  while (in >> word) {
    if (word == "=>") {
      outcome = true;
    } else if (outcome) {
      expected_ += (expected_.empty() ? "" : " ") + word;
    } else {
      words_.push_back(word);
    }
  }
}

const std::string& Line::word(std::size_t i) const {
  CHECK(i < words_.size());
  return words_[i];
}

base::Day Line::day(std::size_t i) const {
  const auto day = base::day_from_text(word(i));
  CHECK(day.has_value());
  return *day;
}

bool Line::has(std::string_view word) const { return std::find(words_.begin(), words_.end(), word) != words_.end(); }

const std::string& Line::after(std::string_view word) const {
  const auto found = std::find(words_.begin(), words_.end(), word);
  CHECK(found != words_.end() && found + 1 != words_.end());
  return *(found + 1);
}

void Case::play(const Verbs& verbs) const {
  SCOPED_TRACE("case \"" + name + "\"");
  for (const Line& line : lines) {
    const auto verb = verbs.find(line.word(0));
    if (verb == verbs.end()) {
      ADD_FAILURE() << line.place() << ": no verb " << line.word(0);
      continue;
    }
    const std::string outcome = verb->second(line);
    if (!line.expected().empty()) {
      EXPECT_EQ(outcome, line.expected()) << line.place() << ": " << line.text();
    }
  }
}

std::vector<Case> cases(std::string_view file) {
  const std::filesystem::path root{HOUSE_SOURCE_DIR};
  std::ifstream in{root / file};
  if (!in) in.open(root / "doc/design/example" / file);
  CHECK(in.is_open());
  std::vector<Case> all;
  std::vector<Line> before;
  std::string text;
  for (int number = 1; std::getline(in, text); ++number) {
    if (text.empty() || text.starts_with('#')) continue;
    if (text.starts_with("case ")) {
      const std::size_t open = text.find('"');
      const std::size_t close = text.rfind('"');
      CHECK(open != std::string::npos && close > open);
      all.push_back({.name = text.substr(open + 1, close - open - 1), .lines = before});
      continue;
    }
    (all.empty() ? before : all.back().lines).emplace_back(text, std::string{file} + ":" + std::to_string(number));
  }
  return all;
}

}  // namespace test
