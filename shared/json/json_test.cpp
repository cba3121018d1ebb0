#include "shared/json/json.hpp"

#include <gtest/gtest.h>

#include "shared/base/random.hpp"
#include "shared/json/document.hpp"

namespace json {
namespace {

using ProjectId = base::Id<"prj">;
using PersonId = base::Id<"per">;

enum class Verdict { approve, refuse, default_ };
BOOST_DESCRIBE_ENUM(Verdict, approve, refuse, default_)

struct Label {
  std::string key;
  std::optional<std::string> value = {};
  bool operator==(const Label&) const = default;
};
BOOST_DESCRIBE_STRUCT(Label, (), (key, value))

struct Tree {
  std::string name;
  std::vector<Tree> below = {};
  static constexpr std::array json_defaults{"below"};
  bool operator==(const Tree&) const = default;
};
BOOST_DESCRIBE_STRUCT(Tree, (), (name, below))

struct Everything {
  bool flag = false;
  std::int8_t small = 0;
  std::int64_t large = 0;
  std::uint64_t larger = 0;
  std::string text;
  ProjectId project;
  std::variant<ProjectId, PersonId> who;
  base::Day day;
  base::Instant at;
  base::Money money;
  base::Rate rate;
  base::Currency currency;
  Verdict verdict = Verdict::approve;
  Label label;
  std::optional<int> count = {};
  std::vector<Label> labels = {};
  std::map<std::string, int> sizes = {};
  Json any;
  std::string default_;
  bool operator==(const Everything&) const = default;
};
BOOST_DESCRIBE_STRUCT(Everything, (),
                      (flag, small, large, larger, text, project, who, day, at, money, rate, currency, verdict, label,
                       count, labels, sizes, any, default_))

struct Launch {
  ProjectId project;
  std::string name;
  int gpus = 1;
  std::optional<base::Day> until = {};
  static constexpr std::array json_defaults{"gpus"};
  static constexpr std::array json_ranges{Range{"gpus", 1, 8}, Range{"name", 1, 5}};
};
BOOST_DESCRIBE_STRUCT(Launch, (), (project, name, gpus, until))

const ProjectId some_project{base::Uuid{1, 2, 3}};

Everything everything() {
  Everything value;
  value.flag = true;
  value.small = -128;
  value.large = INT64_MIN;
  value.larger = UINT64_MAX;
  value.text = "a \"quote\", a \\, a line\n, a bell \a, é, 𝄞";
  value.project = some_project;
  value.who = PersonId{base::Uuid{9}};
  value.day = base::day_from_text("2027-03-02").value();
  value.at = base::instant_from_text("2027-03-02T14:31:07.000123Z").value();
  value.money = {.micros = -64'558, .currency = {"EUR"}};
  value.rate = {.picos = 2'499'000'000'000, .per = 3600, .currency = {"EUR"}};
  value.currency = {"USD"};
  value.verdict = Verdict::default_;
  value.label = {.key = "k"};
  value.count = 3;
  value.labels = {{.key = "x", .value = "y"}, {.key = "z"}};
  value.sizes = {{"a/b", 1}, {"", 2}};
  value.any = {R"({"a":[1,2.5,null]})"};
  value.default_ = "d";
  return value;
}

// The detail and pointer of the failure, as "/pointer: detail"; "ok" if there is none.
template <class T>
std::string outcome(const base::Result<T>& result) {
  return result ? "ok" : result.error().pointer + ": " + result.error().detail;
}

template <class T>
std::string refusal(std::string_view text) {
  return outcome(decode<T>(text));
}

TEST(Json, WhatWasEncodedDecodesToTheSameValue) {
  const std::string text = encode(everything());
  const auto back = decode<Everything>(text);
  ASSERT_TRUE(back) << outcome(back) << text;
  EXPECT_EQ(*back, everything());
  EXPECT_EQ(encode(*back), text);
}

TEST(Json, MembersStandInTheOrderOfTheStructAndAbsenceIsNull) {
  EXPECT_EQ(encode(Label{.key = "k"}), R"({"key":"k","value":null})");
  EXPECT_EQ(encode(base::Money{.micros = 64'558, .currency = {"EUR"}}), R"({"amount":"0.064558","currency":"EUR"})");
  EXPECT_EQ(encode(base::Rate{.picos = 2'499'000'000'000, .per = 3600, .currency = {"EUR"}}),
            R"({"amount":"2.499","currency":"EUR","per":3600})");
  EXPECT_EQ(encode(base::Page<Label>{.items = {{.key = "k"}}, .next = "n"}),
            R"({"items":[{"key":"k","value":null}],"next":"n"})");
  EXPECT_EQ(encode(std::monostate{}), "{}");
  EXPECT_EQ(encode(Verdict::default_), R"("default")");
}

TEST(Json, TextThatIsNotUtf8IsEncodedWithReplacements) {
  EXPECT_EQ(quoted("a\xff"
                   "b\xc0\xaf\xed\xa0\x80\xf5"),
            "\"a\xEF\xBF\xBD"
            "b\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
  EXPECT_TRUE(Document::parse(quoted("\xf0\x9f\x98 \x01\x1f\x7f")));
}

TEST(Json, AMemberIsRequiredUnlessItIsOptionalOrHasADefault) {
  EXPECT_EQ(refusal<Launch>(R"({"name":"a"})"), "/project: is required: an id that begins with prj and an underscore");
  const auto launch = decode<Launch>(R"({"name":"a","project":")" + some_project.text() + R"(","until":null})");
  ASSERT_TRUE(launch);
  EXPECT_EQ(launch->gpus, 1);
  EXPECT_EQ(decode<base::Cursor>("{}")->limit, base::page_size_default);
}

struct Options {
  int threads = 2;
  std::string level = "info";
  static constexpr auto json_defaults = all;
};
BOOST_DESCRIBE_STRUCT(Options, (), (threads, level))

TEST(Json, AStructMayHaveDefaultsForAll) {
  const auto options = decode<Options>(R"({"level":"debug"})");
  ASSERT_TRUE(options);
  EXPECT_EQ(options->threads, 2);
  EXPECT_EQ(options->level, "debug");
}

TEST(Json, UnknownMembersAreRefusedWithTheNearestName) {
  EXPECT_EQ(refusal<Label>(R"({"key":"k","valeu":"v"})"), "/valeu: unknown member `valeu`, did you mean `value`?");
  EXPECT_EQ(refusal<Label>(R"({"key":"k","other":1})"), "/other: unknown member `other`");
  EXPECT_EQ(refusal<std::monostate>(R"({"a":1})"), "/a: unknown member `a`");
}

TEST(Json, DuplicateKeysAreRefusedAtEveryLevel) {
  EXPECT_EQ(refusal<Label>(R"({"key":"k","key":"k"})"), "/key: the same member twice");
  EXPECT_EQ(refusal<Json>(R"([1,{"a":{"b":1,"c":2,"b":1}}])"), "/1/a/b: the same member twice");
  EXPECT_EQ(refusal<Json>(R"({"a":1,"\u0061":1})"), "/a: the same member twice");
}

TEST(Json, AnotherTypeIsRefusedWithItsPlace) {
  EXPECT_EQ(refusal<Label>(R"({"key":1})"), "/key: expected a text");
  EXPECT_EQ(refusal<Label>("[]"), ": expected an object");
  EXPECT_EQ(refusal<std::vector<int>>("[1,true]"), "/1: expected an integer from -2147483648 to 2147483647");
  EXPECT_EQ(refusal<std::vector<int>>(R"(["1"])"), "/0: expected an integer from -2147483648 to 2147483647");
  EXPECT_EQ(refusal<bool>("1"), ": expected true or false");
  EXPECT_EQ(refusal<Verdict>(R"("maybe")"), ": expected one of approve, refuse, default");
  EXPECT_EQ(refusal<base::Day>(R"("2027-02-30")"), ": expected a day such as 2027-03-02");
  EXPECT_EQ(refusal<base::Instant>(R"("2027-02-03")"), ": expected a time in UTC such as 2027-03-02T14:31:07Z");
  EXPECT_EQ(refusal<std::optional<Verdict>>("3"), ": expected one of approve, refuse, default");
  EXPECT_EQ(refusal<ProjectId>(encode(PersonId{})), ": expected an id that begins with prj and an underscore");
  EXPECT_EQ(refusal<base::Currency>(R"("eur")"), ": expected a currency such as EUR");
  EXPECT_EQ(refusal<Tree>(R"({"name":"a","below":[{"name":"b"},{"name":0}]})"), "/below/1/name: expected a text");
  EXPECT_EQ((refusal<std::map<std::string, int>>(R"({"a/b~":""})")),
            "/a~1b~0: expected an integer from -2147483648 to 2147483647");
}

TEST(Json, IntegersAreExactAndInRange) {
  EXPECT_EQ(decode<std::int64_t>("9007199254740993").value(), 9007199254740993);
  EXPECT_EQ(decode<std::int64_t>("-9223372036854775808").value(), INT64_MIN);
  EXPECT_EQ(decode<std::uint64_t>("18446744073709551615").value(), UINT64_MAX);
  EXPECT_EQ(decode<int>("-0").value(), 0);
  EXPECT_NE(refusal<std::int64_t>("9223372036854775808"), "ok");
  EXPECT_NE(refusal<std::uint64_t>("18446744073709551616"), "ok");
  EXPECT_EQ(refusal<std::uint8_t>("-1"), ": expected an integer from 0 to 255");
  EXPECT_EQ(refusal<std::int8_t>("128"), ": expected an integer from -128 to 127");
  for (const char* text : {"1.0", "1e2", "0.5", "99999999999999999999999999999999999999"})
    EXPECT_NE(refusal<std::int64_t>(text), "ok") << text;
}

TEST(Json, NumbersOutOfRangeAreRefused) {
  EXPECT_EQ(refusal<Json>(R"({"a":1e999})"), "/a: a number out of range");
  EXPECT_EQ(refusal<Json>(R"([-1e999])"), "/0: a number out of range");
  EXPECT_EQ(refusal<Json>("1e-999"), "ok");
  EXPECT_EQ(refusal<Json>("1" + std::string(400, '0')), ": a number out of range");
}

TEST(Json, AmountsAreDecimalText) {
  EXPECT_EQ(refusal<base::Money>(R"({"amount":1.5,"currency":"EUR"})"),
            R"(: expected an amount such as {"amount":"0.064558","currency":"EUR"})");
  EXPECT_EQ(refusal<base::Money>(R"({"amount":"1.0000001","currency":"EUR"})"),
            "/amount: expected decimal text such as 0.064558");
  EXPECT_EQ(refusal<base::Money>(R"({"amount":"99999999999999","currency":"EUR"})"),
            "/amount: an amount larger than the books can hold");
  EXPECT_EQ(refusal<base::Money>(R"({"amount":"1","currency":"EURO"})"), "/currency: expected a currency such as EUR");
  EXPECT_EQ(refusal<base::Rate>(R"({"amount":"1","currency":"EUR","per":0})"), "/per: expected an integer above 0");
  EXPECT_EQ(decode<base::Money>(R"({"currency":"EUR","amount":"-1.5"})")->micros, -1'500'000);
}

TEST(Json, RangesOfAStructHold) {
  const auto launch = [](std::string_view members) {
    return refusal<Launch>(R"({"project":")" + some_project.text() + "\"," + std::string{members} + "}");
  };
  EXPECT_EQ(launch(R"("name":"five5","gpus":8)"), "ok");
  EXPECT_EQ(launch(R"("name":"a","gpus":9)"), "/gpus: expected an integer from 1 to 8");
  EXPECT_EQ(launch(R"("name":"")"), "/name: expected a text of 1 to 5 bytes");
  EXPECT_EQ(launch(R"("name":"sixsix")"), "/name: expected a text of 1 to 5 bytes");
}

TEST(Json, LimitsAreErrorsNotCrashes) {
  const auto nested = [](std::size_t levels) { return std::string(levels, '[') + std::string(levels, ']'); };
  EXPECT_EQ(refusal<Json>(nested(depth_max)), "ok");
  EXPECT_TRUE(refusal<Json>(nested(depth_max + 1)).ends_with(": more than 32 levels"));
  EXPECT_NE(refusal<Json>(std::string(1'000'000, '[')), "ok");

  const auto list = [](std::size_t items) {
    std::string text = "[0";
    for (std::size_t i = 1; i < items; ++i) text += ",0";
    return text + "]";
  };
  EXPECT_EQ(refusal<Json>(list(members_max - 1)), "ok");  // the list itself is one
  EXPECT_TRUE(refusal<Json>(list(members_max)).ends_with(": more than 10000 members"));
  EXPECT_NE(refusal<Json>("\"" + std::string(string_max + 1, 'a') + "\""), "ok");
  EXPECT_EQ(refusal<Json>("\"" + std::string(string_max, 'a') + "\""), "ok");
}

TEST(Json, BrokenTextIsRefused) {
  for (const std::string_view text : {"",
                                      " ",
                                      "{",
                                      "[1,]",
                                      "{\"a\":1,}",
                                      "nul",
                                      "01",
                                      "+1",
                                      "1.",
                                      ".5",
                                      "'a'",
                                      "{a:1}",
                                      "[1] 2",
                                      "// c\n1",
                                      "NaN",
                                      "Infinity",
                                      "-",
                                      "\"\\x\"",
                                      "\"a\nb\"",
                                      "\xEF\xBB\xBF{}",
                                      "\"\xff\"",
                                      "\"\xc0\xaf\"",
                                      "\"\xed\xa0\x80\"",
                                      R"("\ud800")",
                                      R"("\udc00x")",
                                      R"("\u0000")",
                                      R"({"\u0000":1})",
                                      "{\"\xff\":1}",
                                      "\"a"})
    EXPECT_NE(refusal<Json>(text), "ok") << text;
  EXPECT_EQ(refusal<Json>(" [1] "), "ok");
  EXPECT_EQ(decode<std::string>(R"("\ud834\udd1e")").value(), "𝄞");
}

TEST(Json, PartsComeFromPathQueryAndBody) {
  const Params path{{"project", some_project.text()}, {"department", "dep_x"}};
  const auto launch = decode_parts<Launch>(path, {{"gpus", "2"}}, R"({"name":"a"})");
  ASSERT_TRUE(launch) << outcome(launch);
  EXPECT_EQ(launch->project, some_project);
  EXPECT_EQ(launch->gpus, 2);
  EXPECT_EQ(outcome(decode_parts<Launch>(path, {{"gpu", "2"}}, R"({"name":"a"})")),
            "/gpu: unknown parameter `gpu`, did you mean `gpus`?");
  EXPECT_EQ(outcome(decode_parts<Launch>(path, {{"gpus", "2"}, {"gpus", "2"}}, R"({"name":"a"})")),
            "/gpus: given twice");
  EXPECT_EQ(outcome(decode_parts<Launch>(path, {}, R"({"name":"a","project":"x"})")),
            "/project: given twice: as a parameter and in the body");
  EXPECT_EQ(outcome(decode_parts<Launch>(path, {}, "")), "/name: is required: a text");
  EXPECT_EQ(outcome(decode_parts<Launch>(path, {}, "[]")), ": expected an object");
  EXPECT_EQ(outcome(decode_parts<Launch>({{"project", "prj_1"}}, {}, "")),
            "/project: expected an id that begins with prj and an underscore");
}

TEST(Json, ParametersAreReadByTheMembersType) {
  EXPECT_EQ(decode_with<base::Cursor>("", {{"limit", "5"}, {"after", "x"}})->limit, 5);
  EXPECT_EQ(outcome(decode_with<base::Cursor>("", {{"limit", "501"}})), "/limit: expected an integer from 1 to 500");
  EXPECT_EQ(outcome(decode_with<base::Cursor>("", {{"limit", "5x"}})),
            "/limit: expected an integer from -2147483648 to 2147483647");
  EXPECT_EQ(outcome(decode_with<base::Cursor>("", {{"limits", "5"}})),
            "/limits: unknown parameter `limits`, did you mean `limit`?");
  EXPECT_EQ(outcome(decode_with<std::monostate>("", {})), "ok");
  EXPECT_EQ(outcome(decode_with<std::monostate>("{}", {})), "ok");
  EXPECT_EQ(outcome(decode_with<std::monostate>("", {{"a", "1"}})), "/a: unknown parameter `a`");
  EXPECT_EQ(outcome(decode_with<Tree>("", {{"name", "n"}, {"below", "[]"}})),
            "/below: cannot be given as a parameter: send it in the body");
  const auto parts =
      decode_parts<Launch>({{"project", some_project.text()}}, {{"until", "2027-03-02"}, {"name", "n"}}, "");
  ASSERT_TRUE(parts) << outcome(parts);
  EXPECT_EQ(base::to_text(*parts->until), "2027-03-02");
}

TEST(Json, SchemaDescribesWhatIsDecoded) {
  std::map<std::string, std::string> components;
  EXPECT_EQ(schema<Launch>(components), R"({"$ref":"#/components/schemas/Launch"})");
  EXPECT_EQ(
      components["Launch"],
      R"({"type":"object","properties":{"project":{"type":"string","pattern":"^(prj)_[0-9a-hjkmnp-tv-z]{26}$"},)"
      R"("name":{"type":"string","minLength":1,"maxLength":5},"gpus":{"type":"integer","format":"int32","minimum":1,"maximum":8},)"
      R"("until":{"anyOf":[{"type":"string","format":"date"},{"type":"null"}]}},)"
      R"("required":["project","name"],"additionalProperties":false})");
  EXPECT_EQ(schema<Tree>(components), R"({"$ref":"#/components/schemas/Tree"})");
  EXPECT_EQ(components["Tree"], R"({"type":"object","properties":{"name":{"type":"string"},)"
                                R"("below":{"type":"array","items":{"$ref":"#/components/schemas/Tree"}}},)"
                                R"("required":["name"],"additionalProperties":false})");
  schema<Everything>(components);
  EXPECT_EQ(components.size(), 6U);  // Everything, Label, Launch, Money, Rate, Tree
  for (const auto& [name, text] : components) EXPECT_TRUE(Document::parse(text)) << name;
  EXPECT_EQ(schema<std::monostate>(components), R"({"type":"object","properties":{},"additionalProperties":false})");
  EXPECT_EQ(
      schema<base::Page<Tree>>(components),
      R"({"type":"object","properties":{"items":{"type":"array","items":{"$ref":"#/components/schemas/Tree"}},)"
      R"("next":{"anyOf":[{"type":"string"},{"type":"null"}]}},"required":["items"],"additionalProperties":false})");
}

TEST(Json, SchemaOfABodyLeavesOutThePathsMembers) {
  std::map<std::string, std::string> components;
  const std::vector<std::string> path{"project"};
  const auto body = body_schema<Launch>(path, components);
  ASSERT_TRUE(body);
  EXPECT_FALSE(Document::parse(*body).value()["properties"].has("project"));
  EXPECT_EQ(Document::parse(*body).value()["required"].dump(), R"(["name"])");
  EXPECT_FALSE(body_schema<std::monostate>(path, components));
  const auto known = members<Launch>(components);
  ASSERT_EQ(known.size(), 4U);
  EXPECT_EQ(known[2].name, "gpus");
  EXPECT_FALSE(known[2].required);
  EXPECT_TRUE(has_member<Launch>("until"));
  EXPECT_FALSE(has_member<Launch>("untill"));
}

namespace other {
struct Label {
  int key = 0;
};
BOOST_DESCRIBE_STRUCT(Label, (), (key))
}  // namespace other

TEST(JsonDeathTest, TwoStructsOfOneNameAreABug) {
  std::map<std::string, std::string> components;
  schema<Label>(components);
  schema<Label>(components);
  EXPECT_DEATH(schema<other::Label>(components), "does not hold");
}

struct Password {
  using secret_of = std::string;
  std::string hidden = {};
};
struct SignIn {
  std::string mail;
  Password password;
};
BOOST_DESCRIBE_STRUCT(SignIn, (), (mail, password))

TEST(JsonDeathTest, ASecretIsDecodedAndNeverEncoded) {
  const auto sign_in = decode<SignIn>(R"({"mail":"a@b","password":"p"})");
  ASSERT_TRUE(sign_in);
  EXPECT_EQ(sign_in->password.hidden, "p");
  EXPECT_DEATH(encode(*sign_in), "does not hold");
}

TEST(Json, CanonicalTextIsTheSameForEqualValues) {
  EXPECT_EQ(canonical(R"( { "b" : [ 1 , 2.50, 1e2 ], "a" : "\u00e9" } )")->text, R"({"a":"é","b":[1,2.5,100]})");
  EXPECT_EQ(canonical(R"({"z":{},"y":[],"é":null,"Z":-0})")->text, R"({"Z":0,"y":[],"z":{},"é":null})");
  EXPECT_EQ(canonical("-0.0")->text, "0");
  EXPECT_EQ(canonical("123456789012345678901234567890")->text, "123456789012345678901234567890");
  EXPECT_EQ(decode<Json>(R"({"b":1,"a":2})")->text, R"({"a":2,"b":1})");
  EXPECT_FALSE(canonical("{"));
}

TEST(Json, ATopLevelTextIsFoundInAnEncodedObject) {
  const std::string text = encode(everything());
  EXPECT_EQ(member_text(text, "project"), some_project.text());
  EXPECT_EQ(member_text(text, "text"), everything().text);
  EXPECT_EQ(member_text(text, "default"), "d");
  EXPECT_EQ(member_text(text, "key"), std::nullopt);    // of a deeper level
  EXPECT_EQ(member_text(text, "small"), std::nullopt);  // no text
  EXPECT_EQ(member_text(text, "nobody"), std::nullopt);
  EXPECT_EQ(member_text(R"({"a":"id","b":["id"],"id" : "x"})", "id"), "x");
  for (std::size_t cut = 0; cut < text.size(); ++cut) (void)member_text(std::string_view{text}.substr(0, cut), "zzz");
}

TEST(Document, IsReadForgivingly) {
  const auto document = Document::parse(R"({"items":[{"id":"x","n":-7}],"ok":true})");
  ASSERT_TRUE(document);
  EXPECT_EQ((*document)["items"][0]["id"].as_text(), "x");
  EXPECT_EQ((*document)["items"][0]["n"].as_int(), -7);
  EXPECT_TRUE((*document)["ok"].as_bool());
  EXPECT_TRUE((*document)["items"][1]["id"].is_null());
  EXPECT_EQ((*document)["nobody"].as_text(), "");
  EXPECT_EQ(document->dump(), R"({"items":[{"id":"x","n":-7}],"ok":true})");
}

TEST(Writer, WritesInTheOrderOfTheCalls) {
  Writer writer;
  writer.object().member("b", 1).member("a", "x\"y").key("list").list().value(true).null().object().end().end();
  writer.member("money", base::Money{.micros = 1, .currency = {"EUR"}}).key("raw").raw("[1]").end();
  EXPECT_EQ(writer.take(),
            R"({"b":1,"a":"x\"y","list":[true,null,{}],"money":{"amount":"0.000001","currency":"EUR"},"raw":[1]})");
}

// Damaged texts and plain dice: never a crash, and what is accepted is stable.
TEST(Json, RandomBytesAreRefusedOrReadTheSameTwice) {
  base::Random random{base::Random::Key{7}, 1, 1};
  const std::string good = encode(everything());
  for (int round = 0; round < 3000; ++round) {
    std::string text = good;
    for (std::uint64_t n = 1 + random.below(4); n > 0; --n) {
      const std::size_t at = random.below(text.size());
      switch (random.below(3)) {
        case 0:
          text[at] = static_cast<char>(random.below(256));
          break;
        case 1:
          text.erase(at, 1 + random.below(8));
          break;
        default:
          text.insert(at, text.substr(random.below(text.size()), random.below(12)));
      }
    }
    const auto any = canonical(text);
    if (any) EXPECT_EQ(canonical(any->text)->text, any->text);
    const auto value = decode<Everything>(text);
    if (value) EXPECT_EQ(*decode<Everything>(encode(*value)), *value);
  }
}

}  // namespace
}  // namespace json
