#include <gtest/gtest.h>

#include <sstream>
#include <thread>

#include "shared/json/document.hpp"
#include "shared/telemetry/log.hpp"
#include "shared/telemetry/metrics.hpp"
#include "shared/telemetry/secret.hpp"

namespace telemetry {
namespace {

template <class T>
concept Printable = requires(std::ostream& out, const T& value) { out << value; };
template <class T>
concept Comparable = requires(const T& value) { value == value; };

using Password = Secret<std::string>;
static_assert(!Printable<Password> && Printable<std::string>);
static_assert(!Comparable<Password>);
static_assert(!std::convertible_to<Password, std::string> && !std::convertible_to<std::string, Password>);
static_assert(!std::constructible_from<Value, Password>);

struct SignIn {
  Password password;
};
BOOST_DESCRIBE_STRUCT(SignIn, (), (password))

TEST(Secret, IsDecodedAndMovedWithoutACopyLeftBehind) {
  auto sign_in = json::decode<SignIn>(R"({"password":"long enough to be on the heap, in any library"})");
  ASSERT_TRUE(sign_in);
  const Password moved = std::move(sign_in->password);
  EXPECT_EQ(moved.reveal(), "long enough to be on the heap, in any library");
  EXPECT_EQ(sign_in->password.reveal(), "");
}

TEST(SecretDeathTest, EncodingOneIsABug) { EXPECT_DEATH(json::encode(SignIn{}), "does not hold"); }

TEST(Secret, IsWipedWhenItEnds) {
  alignas(Secret<std::array<char, 32>>) std::array<char, sizeof(Secret<std::array<char, 32>>)> memory{};
  std::array<char, 32> key{};
  key.fill('k');
  auto* const secret = new (memory.data()) Secret<std::array<char, 32>>{key};
  EXPECT_EQ(memory[7], 'k');
  secret->~Secret();
  EXPECT_EQ(std::string(memory.data(), memory.size()), std::string(memory.size(), '\0'));
}

TEST(Log, ALineIsOneObjectThatNobodyCanForge) {
  const Captured captured;
  info("signed in", {{"name", "a\"\n{\"level\":\"error\"}"}, {"attempt", 2}, {"ok", true}, {"took_s", 0.25}});
  ASSERT_EQ(captured.lines().size(), 1U);
  const std::string line = captured.lines()[0];
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  const auto document = json::Document::parse(line);
  ASSERT_TRUE(document) << line;
  EXPECT_EQ((*document)["level"].as_text(), "info");
  EXPECT_EQ((*document)["event"].as_text(), "signed in");
  EXPECT_EQ((*document)["name"].as_text(), "a\"\n{\"level\":\"error\"}");
  EXPECT_EQ((*document)["attempt"].as_int(), 2);
  EXPECT_EQ((*document)["took_s"].as_text(), "0.25");
  EXPECT_TRUE((*document)["ok"].as_bool());
  EXPECT_EQ(document->keys().front(), "at");
}

TEST(Log, WhatIsBelowTheLevelIsDropped) {
  const Captured captured;
  debug("quiet");
  set_level(Level::warning);
  info("quiet too");
  warning("heard");
  set_level(Level::info);
  EXPECT_EQ(captured.lines().size(), 1U);
}

TEST(Log, ThreadsDoNotMixTheirLines) {
  const Captured captured;
  std::vector<std::jthread> threads;
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([t] {
      for (int i = 0; i < 100; ++i) info("turn", {{"thread", t}, {"i", i}});
    });
  threads.clear();
  EXPECT_EQ(captured.lines().size(), 800U);
  for (const std::string& line : captured.lines()) EXPECT_TRUE(json::Document::parse(line)) << line;
}

TEST(Metrics, AreWrittenAsPrometheusReadsThem) {
  Registry registry;
  registry.counter("requests_total", "Requests.", {{"route", "a\"b\\\n"}, {"code", "200"}}).add(3);
  registry.counter("requests_total", "Requests.", {{"code", "500"}, {"route", "x"}}).add();
  registry.gauge("links", "Open links.").set(2.5);
  registry.gauge_from("threads", "Threads.", [] { return 7.0; });
  const double bounds[] = {0.1, 1};
  Histogram& took = registry.histogram("took_seconds", "How long.", {}, bounds);
  for (const double value : {0.05, 0.1, 0.5, 4.0}) took.observe(value);
  EXPECT_EQ(registry.text(),
            "# HELP links Open links.\n# TYPE links gauge\nlinks 2.5\n"
            "# HELP requests_total Requests.\n# TYPE requests_total counter\n"
            "requests_total{code=\"200\",route=\"a\\\"b\\\\\\n\"} 3\n"
            "requests_total{code=\"500\",route=\"x\"} 1\n"
            "# HELP threads Threads.\n# TYPE threads gauge\nthreads 7\n"
            "# HELP took_seconds How long.\n# TYPE took_seconds histogram\n"
            "took_seconds_bucket{le=\"0.1\"} 2\ntook_seconds_bucket{le=\"1\"} 3\ntook_seconds_bucket{le=\"+Inf\"} 4\n"
            "took_seconds_sum 4.65\ntook_seconds_count 4\n");
}

TEST(Metrics, OneNameAndLabelsAreOneSeries) {
  Registry registry;
  Counter& counter = registry.counter("a_total", "A.", {{"x", "1"}});
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i) registry.counter("a_total", "A.", {{"x", "1"}}).add();
    });
  threads.clear();
  EXPECT_EQ(counter.value(), 4000U);
}

TEST(Metrics, AClientsWordsCannotFillTheMemory) {
  Registry registry;
  for (std::size_t i = 0; i < series_max + 50; ++i)
    registry.counter("a_total", "A.", {{"word", std::to_string(i)}}).add();
  EXPECT_EQ(registry.counter("a_total", "A.", {{"word", "other"}}).value(), 50U);
  EXPECT_EQ(registry.counter("a_total", "A.", {{"word", "7"}}).value(), 1U);
}

TEST(MetricsDeathTest, OneNameHasOneKind) {
  Registry registry;
  registry.counter("a_total", "A.");
  EXPECT_DEATH(registry.gauge("a_total", "A."), "does not hold");
  EXPECT_DEATH(registry.gauge("a-b", "A."), "does not hold");
}

}  // namespace
}  // namespace telemetry
