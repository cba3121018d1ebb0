#include <gtest/gtest.h>

#include <set>

#include "cmd/cli/words/arguments.hpp"

namespace cli {
namespace {

Outcome<Reading> read(std::string_view line) {
  std::vector<std::string> words;
  std::size_t start = 0;
  while (start < line.size()) {
    const auto end = std::min(line.find(' ', start), line.size());
    if (end > start) words.emplace_back(line.substr(start, end - start));
    start = end + 1;
  }
  return read_arguments(words);
}

Parsed parsed(std::string_view line) {
  auto reading = read(line);
  EXPECT_TRUE(reading.has_value()) << line << ": " << (reading ? "" : reading.error().what);
  return reading ? reading->parsed : Parsed{};
}

Failure refused(std::string_view line) {
  auto reading = read(line);
  EXPECT_FALSE(reading.has_value()) << line;
  return reading ? Failure{} : reading.error();
}

TEST(Commands, each_has_its_own_words_an_example_that_reads_and_a_help) {
  std::set<std::string> seen;
  for (const Command& each : commands()) {
    EXPECT_TRUE(seen.insert(words_of(each)).second) << words_of(each);
    EXPECT_FALSE(each.help.empty()) << words_of(each);
    EXPECT_TRUE(each.example.starts_with(words_of(each)) ||
                each.example.find("&& " + words_of(each)) != each.example.npos)
        << each.example;
    const auto line = each.example.substr(each.example.starts_with(words_of(each)) ? 0 : each.example.find("&& ") + 3);
    std::string bare;  // quoted words are one word
    bool quoted = false;
    for (const char c : line) {
      if (c == '"') quoted = !quoted;
      bare += quoted && c == ' ' ? '_' : c;
    }
    EXPECT_TRUE(read(bare.substr(7)).has_value()) << each.example << ": " << read(bare.substr(7)).error().what;
  }
}

TEST(Commands, each_place_of_a_route_is_named_by_a_word_or_has_a_default) {
  const std::set<std::string_view> defaults{"at", "organization", "project"};
  for (const Command& each : commands()) {
    std::string_view path = each.path;
    for (auto open = path.find('{'); open != path.npos; open = path.find('{')) {
      const auto member = path.substr(open + 1, path.find('}') - open - 1);
      bool named = defaults.contains(member);
      for (const Param& param : each.params) named = named || (param.to == To::path && param.member == member);
      for (const Flag& flag : each.flags) named = named || (flag.to == To::path && flag.member == member);
      EXPECT_TRUE(named) << words_of(each) << ": {" << member << "}";
      path.remove_prefix(path.find('}') + 1);
    }
  }
}

TEST(Commands, what_is_done_by_the_table_says_its_route_and_columns) {
  for (const Command& each : commands()) {
    if (each.answer == Answer::own) continue;
    EXPECT_FALSE(each.method.empty() || each.path.empty() || each.columns.empty()) << words_of(each);
  }
}

TEST(Commands, each_stands_under_a_topic_of_the_help) {
  std::set<std::string_view> shown;
  for (const Topic& topic : topics()) shown.insert(topic.nouns.begin(), topic.nouns.end());
  for (const Command& each : commands()) EXPECT_TRUE(shown.contains(each.noun)) << each.noun;
}

TEST(Help, of_everything_fits_a_screen) {
  const std::string help = help_of_all();
  EXPECT_LE(std::count(help.begin(), help.end(), '\n'), 40);
  std::size_t start = 0;
  while (start < help.size()) {
    const auto end = help.find('\n', start);
    const std::string line = help.substr(start, end - start);
    const auto columns =
        std::count_if(line.begin(), line.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; });
    EXPECT_LE(columns, 80) << line;
    start = end + 1;
  }
}

TEST(Help, always_ends_with_an_example) {
  const auto last_line = [](std::string text) {
    text.pop_back();
    return text.substr(text.rfind('\n') + 1);
  };
  EXPECT_TRUE(last_line(help_of_all()).starts_with("example: gpuaas "));
  for (const Command& each : commands()) {
    EXPECT_EQ(last_line(help_of(each)), "example: " + std::string{each.example});
    if (!each.verb.empty()) EXPECT_TRUE(last_line(help_of_noun(each.noun)).starts_with("example: gpuaas "));
  }
}

TEST(Help, is_shown_for_all_a_noun_and_a_verb) {
  EXPECT_EQ(read("--help")->help->text, help_of_all());
  EXPECT_EQ(read("instance --help")->help->text, help_of_noun("instance"));
  EXPECT_EQ(read("instance list -h")->help->text.substr(0, 20), "gpuaas instance list");
  EXPECT_EQ(read("terminal --help")->help->text.substr(0, 20), "gpuaas terminal NAME");
}

TEST(Arguments, flags_stand_anywhere_and_in_either_form) {
  for (const char* line :
       {"instance list --at acme -o json", "instance list -o=json --at=acme", "instance list -ojson --at acme"}) {
    const Parsed read = parsed(line);
    EXPECT_EQ(read.flag("at"), "acme") << line;
    EXPECT_EQ(read.flag("output"), "json") << line;
  }
}

TEST(Arguments, what_follows_two_dashes_is_the_workloads) {
  const Parsed read = parsed("instance create train --shape s --wait -- sh -c --help -- x");
  EXPECT_EQ(read.words.at("name"), "train");
  EXPECT_TRUE(read.has("wait"));
  EXPECT_EQ(read.rest, (std::vector<std::string>{"sh", "-c", "--help", "--", "x"}));
}

TEST(Arguments, a_flag_given_again_is_kept_for_those_that_repeat_and_else_the_last_counts) {
  const Parsed read = parsed("instance create train --env A=1 --env B=2 --shape s --shape t -- true");
  EXPECT_EQ(read.flags.at("env"), (std::vector<std::string>{"A=1", "B=2"}));
  EXPECT_EQ(read.flag("shape"), "t");
}

TEST(Arguments, a_number_is_digits_and_nothing_else) {
  EXPECT_EQ(whole_number("0"), 0);
  EXPECT_EQ(whole_number("-7"), -7);
  for (const char* wrong : {"", "-", "+1", " 1", "1 ", "1s", "0x1", "1.5", "99999999999999999999"})
    EXPECT_EQ(whole_number(wrong), std::nullopt) << wrong;
}

TEST(Arguments, wrong_usage_is_named_with_the_next_step) {
  struct Wrong {
    const char* line;
    const char* what;
  };
  for (const Wrong& each : std::vector<Wrong>{
           {"", "say what to do"},
           {"frobnicate", "there is no command `frobnicate`"},
           {"instance", "`gpuaas instance` needs a verb"},
           {"instance frob", "there is no command `instance frob`"},
           {"instance show", "NAME is missing"},
           {"instance show a b", "`gpuaas instance show` does not take `b`"},
           {"instance show a -- b", "nothing comes after --"},
           {"instance show a --shape b", "`gpuaas instance show` has no flag --shape"},
           {"instance create a -- true", "--shape is missing"},
           {"instance create a --shape s", "the command is missing"},
           {"instance create a --shape", "--shape needs a value: NAME"},
           {"instance logs a --follow=yes", "--follow takes no value"},
           {"shape list -o xml", "there is no output format `xml`"},
           {"shape list --limit 0", "--limit is a number above zero"},
           {"shape list --limit ten", "--limit is a number above zero"},
       }) {
    const Failure failure = refused(each.line);
    EXPECT_EQ(failure.what, each.what);
    EXPECT_EQ(failure.exit, Exit::usage);
    EXPECT_FALSE(failure.next.empty()) << each.line;
  }
}

TEST(Arguments, a_slip_of_the_hand_is_answered_with_what_was_meant) {
  EXPECT_EQ(refused("instanc list").next, "Did you mean `instance`? See `gpuaas --help`.");
  EXPECT_EQ(refused("instance lst").next, "Did you mean `list`? See `gpuaas instance --help`.");
  EXPECT_EQ(refused("instance logs a --folow").next, "Did you mean `follow`? See `gpuaas instance logs --help`.");
}

}  // namespace
}  // namespace cli
