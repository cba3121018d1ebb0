// Cases: tests as tables. One event a line, its outcome after "=>" as the last word; `#` begins a comment; lines before
// the first `case "…"` stand before each case. A bug report is a case to paste.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "shared/base/result.hpp"
#include "shared/base/time.hpp"

namespace test {

/// One line: its words, and what is expected of it.
class Line {
 public:
  Line(std::string text, std::string place);
  const std::string& word(std::size_t i) const;
  std::size_t size() const { return words_.size(); }
  base::Day day(std::size_t i) const;
  bool has(std::string_view word) const;
  /// The word that follows that one.
  const std::string& after(std::string_view word) const;
  const std::string& expected() const { return expected_; }  // empty: whatever
  const std::string& place() const { return place_; }        // file:line
  const std::string& text() const { return text_; }

 private:
  std::string text_, place_, expected_;
  std::vector<std::string> words_;
};

struct Case {
  std::string name;
  std::vector<Line> lines;

  using Verbs = std::map<std::string, std::function<std::string(const Line&)>>;
  /// Plays each line by its first word and compares the outcome; an unknown verb fails.
  void play(const Verbs&) const;
};

/// Reads `file`, looked for at the source's root and in doc/design/example.
std::vector<Case> cases(std::string_view file);

}  // namespace test
