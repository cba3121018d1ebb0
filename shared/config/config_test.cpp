#include "shared/config/config.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <fstream>

#include "shared/base/money.hpp"
#include "shared/json/document.hpp"

namespace config {
namespace {

enum class Level { debug, info };
BOOST_DESCRIBE_ENUM(Level, debug, info)

struct Http {
  std::string listen = "127.0.0.1";
  std::uint16_t port = 8080;
  std::optional<std::string> tls_certificate = {};
  static constexpr auto json_defaults = json::all;
};
BOOST_DESCRIBE_STRUCT(Http, (), (listen, port, tls_certificate))

struct Profile {
  std::string name;
  Http server = {};
  Level level = Level::info;
  bool simulated = false;
  std::vector<std::string> replicas = {};
  std::map<std::string, std::string> labels = {};
  std::optional<base::Money> credit = {};
  static constexpr std::array json_defaults{"server", "level", "simulated", "replicas", "labels"};
};
BOOST_DESCRIBE_STRUCT(Profile, (), (name, server, level, simulated, replicas, labels, credit))

template <class T>
std::string refusal(const base::Result<T>& result) {
  return result ? "ok" : result.error().detail;
}

std::string refusal(std::string_view yaml) { return refusal(parse<Profile>(yaml, "p.yaml")); }

class Layers : public ::testing::Test {
 protected:
  Layers() { std::filesystem::create_directories(path_); }
  ~Layers() override { std::filesystem::remove_all(path_); }
  std::filesystem::path file(const std::string& name, std::string_view text) {
    std::ofstream{path_ / name} << text;
    return path_ / name;
  }
  // The refusal without the folder in front of a file.
  std::string refused(const Sources& sources) {
    std::string detail = refusal(load<Profile>(sources));
    if (const auto at = detail.find(path_.string() + "/"); at != std::string::npos)
      detail.erase(at, path_.string().size() + 1);
    return detail;
  }
  const std::filesystem::path path_ =
      std::filesystem::temp_directory_path() / ("config_test-" + std::to_string(::getpid()));
};

TEST(Yaml, BecomesJson) {
  const auto json = [](std::string_view yaml) {
    const auto translated = yaml_to_json(yaml, "f");
    return translated ? translated->json : translated.error().detail;
  };
  EXPECT_EQ(json("a: 1\nb: [x, 'y', \"1\", 1.5, -2, 007, 0x1, 1e3]\n"),
            R"({"a":1,"b":["x","y","1",1.5,-2,"007","0x1",1e3]})");
  EXPECT_EQ(json("a: true\nb: yes\nc: null\nd: ~\ne:\nf: 'true'\n"),
            R"({"a":true,"b":"yes","c":null,"d":null,"e":null,"f":"true"})");
  EXPECT_EQ(json("- a\n-\n  - {b: c}\n"), R"(["a",[{"b":"c"}]])");
  EXPECT_EQ(json("text: |\n  two\n  lines\n"), R"({"text":"two\nlines\n"})");
  EXPECT_EQ(json(""), "{}");
  EXPECT_EQ(json("# nothing\n"), "{}");
}

TEST(Yaml, WhatHasNoPlaceInAFileIsRefusedWithItsLine) {
  EXPECT_EQ(refusal("name: a\nserver:\n  port: 1\nname: b\n"),
            "p.yaml:4: the key `name` is here twice, first at p.yaml:1");
  EXPECT_EQ(refusal("a: &x 1\nb: *x\n"), "p.yaml:2: aliases are not supported: write it out");
  EXPECT_EQ(refusal("name: !!int 1\n"), "p.yaml:1: tags are not supported");
  EXPECT_EQ(refusal("name: a\n[1]: 2\n"), "p.yaml:2: a key is a text");
  EXPECT_EQ(refusal("name: a\n---\nname: b\n"), "p.yaml: more than one document");
  EXPECT_TRUE(refusal("name: [a\n").starts_with("p.yaml:")) << refusal("name: [a\n");
  EXPECT_TRUE(refusal("name: a\n\tport: 1\n").starts_with("p.yaml:"));
  EXPECT_NE(refusal("name: \"\xff\"\n"), "ok");
  EXPECT_NE(refusal(std::string(100'000, '[')), "ok");
  EXPECT_NE(refusal("name: " + std::string(40, '[') + std::string(40, ']')), "ok");
}

TEST(Config, AnErrorNamesFileAndLine) {
  EXPECT_EQ(refusal("name: a\n\nservr:\n  port: 1\n"), "p.yaml:3: unknown key `servr`, did you mean `server`?");
  EXPECT_EQ(refusal("name: a\nserver:\n  listen: x\n  port: 70000\n"),
            "p.yaml:4: server.port: expected an integer from 0 to 65535");
  EXPECT_EQ(refusal("name: a\nreplicas:\n  - x\n  - 1\n"), "p.yaml:4: replicas.1: expected a text");
  EXPECT_EQ(refusal("name: a\nlevel: loud\n"), "p.yaml:2: level: expected one of debug, info");
  EXPECT_EQ(refusal("server: {}\n"), "p.yaml:1: name is required: a text");
  EXPECT_EQ(refusal("- a\n"), "p.yaml:1: expected an object");
  EXPECT_EQ(refusal("name: a\ncredit: {amount: 1.5, currency: EUR}\n"),
            R"(p.yaml:2: credit: expected an amount such as {"amount":"0.064558","currency":"EUR"})");
  const auto error = parse<Profile>("name: a\nserver: {port: x}\n", "p.yaml").error();
  EXPECT_EQ(error.pointer, "/server/port");
  EXPECT_EQ(error.reason, base::invalid);
}

TEST_F(Layers, TheLaterLayerWinsMemberByMember) {
  const auto profile = load<Profile>({
      .files = {file("base.yaml",
                     "name: base\nserver: {listen: 0.0.0.0, port: 1}\nreplicas: [a, b]\nlabels: {x: '1'}\n"),
                file("kind.yaml", "name: kind\nserver:\n  port: 2\nreplicas: [c]\nlabels: {y: '2'}\n")},
      .prefix = "GPUAAS_",
      .environment = {{"GPUAAS_SERVER_PORT", "3"}, {"GPUAAS_SIMULATED", "true"}, {"HOME", "/root"}},
      .flags = {{"server.port", "4"}, {"server.tls_certificate", "12"}, {"level", "debug"}},
  });
  ASSERT_TRUE(profile) << refusal(profile);
  EXPECT_EQ(profile->name, "kind");
  EXPECT_EQ(profile->server.listen, "0.0.0.0");
  EXPECT_EQ(profile->server.port, 4);
  EXPECT_EQ(profile->server.tls_certificate, "12");  // a text is taken as it is
  EXPECT_EQ(profile->level, Level::debug);
  EXPECT_TRUE(profile->simulated);
  EXPECT_EQ(profile->replicas, std::vector<std::string>{"c"});
  EXPECT_EQ(profile->labels, (std::map<std::string, std::string>{{"x", "1"}, {"y", "2"}}));
}

TEST_F(Layers, AKeyWithoutAValueSaysNothing) {
  const auto profile = load<Profile>({.files = {file("a.yaml", "name: a\nserver:\n  port: 1\nlabels:\n"),
                                                file("b.yaml", "server:\n  port:\nname:\n")}});
  ASSERT_TRUE(profile) << refusal(profile);
  EXPECT_EQ(profile->name, "a");
  EXPECT_EQ(profile->server.port, 1);
}

TEST_F(Layers, AnErrorNamesTheLayerThatSaidIt) {
  const auto good = file("a.yaml", "name: a\nserver:\n  port: 1\n");
  EXPECT_EQ(refused({.files = {good, file("b.yaml", "server:\n  prt: 2\n")}}),
            "b.yaml:2: unknown key `prt`, did you mean `port`?");
  EXPECT_EQ(refused({.files = {good}, .prefix = "G_", .environment = {{"G_SERVER_PORT", "x"}}}),
            "environment G_SERVER_PORT: server.port: expected an integer from 0 to 65535");
  EXPECT_EQ(refused({.files = {good}, .prefix = "G_", .environment = {{"G_SERVR_PORT", "1"}}}),
            "environment G_SERVR_PORT: unknown key, did you mean `G_SERVER_PORT`?");
  EXPECT_EQ(refused({.files = {good}, .flags = {{"server.port", "-1"}}}),
            "--server.port: server.port: expected an integer from 0 to 65535");
  EXPECT_EQ(refused({.files = {good}, .flags = {{"servers.port", "1"}}}),
            "--servers.port: unknown key, did you mean `server.port`?");
  EXPECT_EQ(refused({.files = {good}, .flags = {{"replicas", "[a"}}}).substr(0, 12), "--replicas: ");
  EXPECT_EQ(refused({.flags = {{"level", "info"}}}), "name is required: a text");
}

base::Result<Arguments> typed(std::vector<std::string> words) {
  std::vector<char*> each;
  for (std::string& word : words) each.push_back(word.data());
  static constexpr std::string_view own[] = {"--help"};
  return arguments<Profile>(each, own);
}

TEST(Arguments, AreKeysFilesAndTheProgramsOwnWords) {
  const auto said = typed({"--server.port", "1", "--simulated", "--config", "a.yaml", "--help", "--config", "b.yaml"});
  ASSERT_TRUE(said) << said.error().detail;
  EXPECT_EQ(said->flags, (Named{{"server.port", "1"}, {"simulated", "true"}}));
  EXPECT_EQ(said->files, (std::vector<std::filesystem::path>{"a.yaml", "b.yaml"}));
  EXPECT_TRUE(said->has("--help"));
}

TEST(Arguments, OneThatIsNotKnownOrLacksItsValueIsRefusedByName) {
  EXPECT_EQ(refusal(typed({"--server.prt", "1"})), "--server.prt: unknown key, did you mean `--server.port`?");
  EXPECT_EQ(refusal(typed({"name"})), "name: unknown key");
  EXPECT_EQ(refusal(typed({"--server.port"})), "--server.port: expected a value after it");
  EXPECT_EQ(refusal(typed({"--config"})), "--config: expected a value after it");
}

TEST_F(Layers, ListsAndMapsAreReadAsYaml) {
  const auto profile = load<Profile>({.flags = {{"name", "true"},
                                                {"replicas", "[a, b]"},
                                                {"labels", "{x: y}"},
                                                {"credit", "{amount: '1.5', currency: EUR}"}}});
  ASSERT_TRUE(profile) << refusal(profile);
  EXPECT_EQ(profile->name, "true");
  EXPECT_EQ(profile->replicas.size(), 2U);
  EXPECT_EQ(profile->labels.at("x"), "y");
  EXPECT_EQ(profile->credit->micros, 1'500'000);
}

TEST_F(Layers, AFileThatCannotBeReadIsNamed) {
  EXPECT_EQ(refused({.files = {path_ / "absent.yaml"}}), "absent.yaml: No such file or directory");
  EXPECT_EQ(refused({.files = {file("large.yaml", std::string(file_max + 1, '#'))}}),
            "large.yaml: larger than 1048576 bytes");
  EXPECT_NE(refused({.files = {path_}}), "ok");
}

TEST(Config, KeysAreListedWithTheirSchema) {
  const auto all = keys<Profile>();
  ASSERT_EQ(all.size(), 9U);
  EXPECT_EQ(all[2],
            (std::pair<std::string, std::string>{"server.port", R"({"type":"integer","minimum":0,"maximum":65535})"}));
}

}  // namespace
}  // namespace config
