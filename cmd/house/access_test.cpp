// The matrix that the tables generate against the one that a person wrote: a permission in the wrong role, in a
// manifest or in the role table, is seen by one of them.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "cmd/house/house.hpp"

namespace house {
namespace {

using Holders = std::map<std::string, std::set<std::string>>;  // permission -> roles

void read_by_hand(const std::filesystem::path& file, std::string_view first_word, Holders& all) {
  std::ifstream in{file};
  std::string line;
  while (std::getline(in, line)) {
    if (line.empty() || line.starts_with('#') || !line.starts_with(first_word)) continue;
    std::istringstream words{line.substr(first_word.size())};
    std::string permission, role;
    words >> permission;
    while (words >> role)
      if (role != "=>") all[permission].insert(role);
  }
}

std::filesystem::path source() { return HOUSE_SOURCE_DIR; }
std::filesystem::path products() { return source() / "products"; }

/// The platform's own permissions stand in one table, a product's beside its manifest.
Holders by_hand() {
  Holders all;
  read_by_hand(source() / "tests/access/by_hand.cases", "", all);
  for (const auto& product : std::filesystem::directory_iterator{products()})
    read_by_hand(product.path() / "product.cases", "may ", all);
  return all;
}

Holders of_cases(const std::string& cases) {
  Holders all;
  std::istringstream in{cases};
  std::string line;
  while (std::getline(in, line)) {
    if (line.empty() || line.starts_with('#')) continue;
    std::istringstream words{line};
    std::string role, method, path, permission, arrow, outcome;
    words >> role >> method >> path >> permission >> arrow >> outcome;
    auto& holders = all[permission];
    if (outcome == "allow") holders.insert(role);
  }
  return all;
}

TEST(AccessCases, TheGeneratedMatrixIsWhatAPersonWrote) {
  const auto cases = access_cases(products());
  ASSERT_TRUE(cases) << cases.error().detail;
  EXPECT_EQ(of_cases(*cases), by_hand());
}

TEST(AccessCases, EachRouteHasALineForEachRole) {
  const auto cases = access_cases(products());
  ASSERT_TRUE(cases);
  std::map<std::string, int> lines;  // "METHOD PATH" -> lines
  std::istringstream in{*cases};
  std::string line;
  while (std::getline(in, line)) {
    std::istringstream words{line};
    std::string role, method, path;
    words >> role >> method >> path;
    if (role != "#" && role != "anyone" && role != "signed-in") ++lines[method + " " + path];
  }
  for (const auto& [route, count] : lines) EXPECT_EQ(count, 9) << route;
}

// A manifest that gives a viewer what only an admin should have is seen, whichever way it came in.
TEST(AccessCases, APlantedWrongPermissionIsSeen) {
  const auto folder = std::filesystem::temp_directory_path() / ("planted-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder / "gpuaas");
  std::ifstream in{products() / "gpuaas/product.yaml"};
  std::ostringstream text;
  text << in.rdbuf();
  std::string manifest = text.str();
  const std::string viewer = "  viewer:\n";
  const auto at = manifest.find(viewer);
  ASSERT_NE(at, std::string::npos);
  manifest.insert(at + viewer.size(), "    - gpuaas.instance.delete\n");
  std::ofstream{folder / "gpuaas/product.yaml"} << manifest;
  const auto cases = access_cases(folder);
  std::filesystem::remove_all(folder);
  ASSERT_TRUE(cases) << cases.error().detail;
  EXPECT_NE(of_cases(*cases), by_hand());
}

}  // namespace
}  // namespace house
