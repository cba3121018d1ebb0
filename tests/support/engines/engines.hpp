// Engines: every test that meets SQL runs on SQLite and on PostgreSQL, each test on a database of its own.
//
//   class Badges : public test::OnEveryEngine {};
//   INSTANTIATE_TEST_SUITE_P(On, Badges, test::engines(), test::engine_name);
//
// PostgreSQL is a real one: the cluster that HOUSE_TEST_POSTGRES names (a URL, shared by all test programs), else one
// that the program starts from Debian's binaries in a temporary directory when a test first asks, and stops at its end.
#pragma once

#include <gtest/gtest.h>

#include <string>

namespace test {

enum class Engine { sqlite, postgres };

inline auto engines() { return ::testing::Values(Engine::sqlite, Engine::postgres); }
inline std::string engine_name(const ::testing::TestParamInfo<Engine>& info) {
  return info.param == Engine::sqlite ? "sqlite" : "postgres";
}

/// A URL for db::open: nothing is in it, and it is removed when its test (OnEveryEngine) or the program ends.
std::string fresh_database(Engine);

/// A directory that is removed as `fresh_database` says.
std::string fresh_directory();

/// Removes what was made so far; whoever uses it has closed it.
void remove_databases();

class OnEveryEngine : public ::testing::TestWithParam<Engine> {
 protected:
  void TearDown() override { remove_databases(); }
};

}  // namespace test
