#include "cmd/cli/words/contract.hpp"

#include <gtest/gtest.h>

#include "cmd/cli/words/arguments.hpp"

namespace cli {
namespace {

/// A contract of one operation, which answers an Instance.
json::Document contract(std::string_view path, std::string_view method, std::string_view operation) {
  std::string text = R"({"components":{"schemas":{
    "Instance":{"type":"object","properties":{"id":{"type":"string"},"name":{"type":"string"},"state":{"type":"string"}}},
    "Resize":{"type":"object","properties":{"shape_name":{"type":"string"},"gpus":{"anyOf":[{"type":"integer"},{"type":"null"}]}},
              "required":["shape_name"]},
    "Deep":{"type":"object","properties":{"env":{"type":"object"}}}}},
    "paths":{")";
  text.append(path).append(R"(":{")").append(method).append(R"(":{"operationId":"op","x-kind":"change",
    "parameters":[{"name":"instance","in":"path"},{"name":"Idempotency-Key","in":"header"}],
    "responses":{"200":{"content":{"application/json":{"schema":{"$ref":"#/components/schemas/Instance"}}}}},)");
  text.append(operation).append("}}}}");
  auto parsed = json::Document::parse(text);
  EXPECT_TRUE(parsed.has_value()) << (parsed ? "" : parsed.error().detail);
  return parsed ? *parsed : json::Document{};
}

std::string body(std::string_view schema) {
  return R"("requestBody":{"content":{"application/json":{"schema":{"$ref":"#/components/schemas/)" +
         std::string{schema} + R"("}}}})";
}

TEST(Contract, a_change_that_the_table_lacks_is_a_command) {
  const Derived derived = derive(contract("/v1/instances/{instance}/cancel", "post",
                                          R"("x-permission":"gpuaas.instance.cancel","summary":"Withdraw it")"),
                                 {});
  ASSERT_EQ(derived.commands.size(), 1U);
  const Command& cancel = derived.commands[0];
  EXPECT_EQ(words_of(cancel), "gpuaas instance cancel");
  EXPECT_EQ(cancel.help, "Withdraw it");
  EXPECT_EQ(cancel.example, "gpuaas instance cancel NAME");
  EXPECT_EQ(cancel.method, "POST");
  EXPECT_EQ(cancel.path, "/v1/instances/{instance}/cancel");
  ASSERT_EQ(cancel.params.size(), 1U);
  EXPECT_EQ(cancel.params[0].takes, Takes::instance);
  EXPECT_EQ(cancel.columns.size(), 3U);
}

TEST(Contract, members_of_the_body_are_flags) {
  const Derived derived = derive(contract("/v1/instances/{instance}/resize", "post",
                                          R"("x-permission":"gpuaas.instance.re_size",)" + body("Resize")),
                                 {});
  ASSERT_EQ(derived.commands.size(), 1U);
  const Command& resize = derived.commands[0];
  EXPECT_EQ(resize.example, "gpuaas instance re-size NAME --shape-name SHAPE-NAME");
  ASSERT_EQ(resize.flags.size(), 2U);
  EXPECT_TRUE(resize.flags[0].required);
  EXPECT_EQ(resize.flags[0].member, "shape_name");
  EXPECT_EQ(resize.flags[1].takes, Takes::number);
}

TEST(Contract, what_words_cannot_say_needs_a_line_of_the_table) {
  const auto deep =
      contract("/v1/instances/{instance}/env", "post", R"("x-permission":"gpuaas.instance.env",)" + body("Deep"));
  EXPECT_EQ(derive(deep, {}).needs_a_line, std::vector<std::string>{"op"});
  const std::vector<Command> table{
      {.noun = "instance", .verb = "env", .method = "POST", .path = "/v1/instances/{instance}/env"}};
  EXPECT_TRUE(derive(deep, table).needs_a_line.empty());
}

TEST(Contract, a_line_of_the_table_goes_first_by_route_and_by_words) {
  const auto made = contract("/v1/departments/{department}/projects", "post", R"("x-permission":"iam.project.create")");
  EXPECT_TRUE(derive(made, {{.noun = "project", .verb = "new", .method = "POST", .path = "/v1/{in}/projects"}})
                  .commands.empty());
  const Derived same_words =
      derive(made, {{.noun = "project", .verb = "create", .method = "POST", .path = "/v1/other"}});
  EXPECT_TRUE(same_words.commands.empty());
  EXPECT_EQ(same_words.needs_a_line.size(), 1U);
}

TEST(Contract, what_is_for_anyone_or_for_nodes_is_no_command) {
  EXPECT_TRUE(derive(contract("/v1/x", "post", R"("x-permission":"a.b.c","x-anyone":"why")"), {}).commands.empty());
  EXPECT_TRUE(derive(contract("/v1/x", "post", R"("x-permission":"a.b.c","x-scope":"node")"), {}).commands.empty());
}

// A change without words is one that nobody at a command line can ask for.
TEST(Contract, each_change_of_this_one_is_a_command) { EXPECT_EQ(derived().needs_a_line, std::vector<std::string>{}); }

}  // namespace
}  // namespace cli
