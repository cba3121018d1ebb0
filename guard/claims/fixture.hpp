// A small project of one module, one script, one contract and one bench, in a folder of its own, that says two things
// about itself. A test changes a file of it and looks at what is then said.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "guard/claims/claims.hpp"

namespace guard::claims {

class Project : public ::testing::Test {
 protected:
  Project();
  ~Project() override { std::filesystem::remove_all(root_); }

  void write(const std::string& path, std::string_view text, bool is_executable = false);
  std::string read(const std::string& path) const;
  /// Writes the file again with `now` in place of `was`, which stands there once.
  void change(const std::string& path, std::string_view was, std::string_view now);
  /// As GoogleTest's program writes it: `NAME: passed|failed WHY|skipped WHY` for each.
  void program_reports(std::string_view tests);

  /// What `prove` prints, and its exit status as the last line.
  std::string prove(std::vector<std::string> claims = {});
  std::string pages(bool only_check);

  const std::filesystem::path root_;
  std::vector<RuleState> rules_{{.id = "layers", .is_enforced = true}};
};

}  // namespace guard::claims
