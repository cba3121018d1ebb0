#include "cmd/cli/words/table.hpp"

#include <gtest/gtest.h>

#include "cmd/cli/words/lineage.hpp"
#include "cmd/cli/words/progress.hpp"

namespace cli {
namespace {

using json::Document;

Document doc(std::string_view text) {
  auto parsed = Document::parse(text);
  EXPECT_TRUE(parsed.has_value()) << text;
  return parsed ? *parsed : Document{};
}

const Command& command(std::string_view noun, std::string_view verb) {
  for (const Command& each : commands())
    if (each.noun == noun && each.verb == verb) return each;
  ADD_FAILURE() << noun << verb;
  return commands().front();
}

base::Instant at(std::string_view text) { return *base::instant_from_text(text); }

const base::Instant now = at("2026-11-24T18:00:00Z");

TEST(Table, shapes_are_shown_with_units_and_say_what_is_simulated) {
  const Document rows =
      doc(R"([{"name":"sim-h100-1","gpus":1,"gpu_model":"H100","gpu_memory":80000000000,"cpu_millicores":1000,
    "memory":4294967296,"price":{"amount":"2.499","currency":"EUR"},"sku":"gpu-h100-sim","free":2,"simulated":true},
    {"name":"cpu-small","gpus":0,"gpu_model":"","gpu_memory":0,"cpu_millicores":500,"memory":536870912,
    "price":{"amount":"0.04","currency":"EUR"},"sku":"cpu","free":12,"simulated":false}])");
  const Command& list = command("shape", "list");
  EXPECT_EQ(table(rows.items(), list.columns, false, list.footnote, now),
            "NAME        GPUS              CPU   MEMORY  EUR/HOUR  FREE\n"
            "sim-h100-1  1 x H100 80 GB *    1    4 GiB     2.499     2\n"
            "cpu-small   none              0.5  512 MiB      0.04    12\n"
            "* simulated; free counts CPU too\n");
}

TEST(Table, a_member_that_is_not_there_is_a_dash_and_a_wide_column_waits_to_be_asked_for) {
  const std::vector<Column> columns{{"A", "a"}, {"B", "b.c", Form::number}, {"ID", "id", Form::text, true}};
  const Document rows = doc(R"([{"a":"x","b":{"c":7},"id":"i"},{"a":null}])");
  EXPECT_EQ(table(rows.items(), columns, false, "", now), "A  B\nx  7\n-  -\n");
  EXPECT_EQ(table(rows.items(), columns, true, "", now), "A  B  ID\nx  7  i\n-  -  -\n");
}

TEST(Table, other_peoples_words_move_no_cursor_and_break_no_line) {
  const Document rows = doc(R"([{"name":"a\u001b[2Jb\nc\u009bd"}])");
  const std::vector<Column> columns{{"NAME", "name"}};
  EXPECT_EQ(table(rows.items(), columns, false, "", now), "NAME\na?[2Jb c?d\n");
}

TEST(Table, columns_are_aligned_by_letters_not_bytes) {
  const Document rows = doc(R"([{"a":"Zoë","b":"x"},{"a":"Bob!","b":"y"}])");
  const std::vector<Column> columns{{"A", "a"}, {"B", "b"}};
  EXPECT_EQ(table(rows.items(), columns, false, "", now), "A     B\nZoë   x\nBob!  y\n");
}

TEST(Table, money_keeps_every_digit) {
  EXPECT_EQ(money_text(doc(R"({"amount":"123456789012.064558","currency":"EUR"})")), "123456789012.064558 EUR");
  EXPECT_EQ(money_text(doc(R"({"amount":"2.499000","currency":"EUR"})")), "2.499 EUR");
  EXPECT_EQ(money_text(doc(R"({"amount":"100.000000","currency":"EUR"})")), "100.00 EUR");
}

TEST(Table, a_column_of_money_is_read_by_its_points) {
  const Document rows =
      doc(R"([{"a":{"amount":"0.064558","currency":"EUR"}},{"a":{"amount":"100.000000","currency":"EUR"}}])");
  const std::vector<Column> columns{{"AMOUNT", "a", Form::money}};
  EXPECT_EQ(table(rows.items(), columns, false, "", now), "        AMOUNT\n  0.064558 EUR\n100.000000 EUR\n");
}

TEST(Table, an_object_in_a_row_leaves_out_what_is_not_there) {
  EXPECT_EQ(line(doc(R"({"id":"prj_1","path":"acme/research/vision"})"), command("project", "create").columns, now),
            "prj_1  acme/research/vision\n");
  EXPECT_EQ(
      line(doc(R"({"id":"prn_1","name":"ann","mail":"a@b","password":null})"), command("user", "create").columns, now),
      "prn_1  ann  a@b\n");
}

TEST(Table, a_card_has_a_line_for_each_thing_that_is_there) {
  const Document instance =
      doc(R"({"name":"train","state":"exited","exit":{"code":3,"signal":null,"oom":false,"failure":null},
    "gpus":2,"gpu_model":"H100","gpu_memory":80000000000,"simulated":true,"command":["sh","-c","echo hi"],
    "requested_at":"2026-11-24T17:00:00.000000Z"})");
  EXPECT_EQ(card(instance, command("instance", "show").columns, "* simulated", now),
            "name       train\n"
            "state      exited\n"
            "exit       3\n"
            "gpus       2 x H100 80 GB *\n"
            "command    sh -c 'echo hi'\n"
            "requested  2026-11-24 17:00:00\n"
            "* simulated\n");
}

TEST(Table, the_tree_indents_children_below_their_parent) {
  const Document scopes = doc(R"([{"id":"org_1","kind":"organization","name":"acme","path":"acme","parent":null},
    {"id":"dep_1","kind":"department","name":"research","path":"acme/research","parent":"org_1"},
    {"id":"prj_1","kind":"project","name":"vision","path":"acme/research/vision","parent":"dep_1"}])");
  EXPECT_EQ(tree(scopes.items()),
            "acme        organization  org_1\n"
            "  research  department    dep_1\n"
            "    vision  project       prj_1\n");
}

TEST(Table, of_a_tree_seen_in_part_the_highest_seen_are_roots) {
  const Document scopes =
      doc(R"([{"id":"prj_1","kind":"project","name":"vision","path":"acme/research/vision","parent":"dep_1"}])");
  EXPECT_EQ(tree(scopes.items()), "acme/research/vision  project  prj_1\n");
}

TEST(Table, names_are_what_other_commands_take) {
  const Document rows = doc(R"([{"id":"prj_1","path":"acme/vision"},{"id":"prj_2"}])");
  EXPECT_EQ(names(rows.items(), "path"), "acme/vision\nprj_2\n");
}

TEST(Yaml, nests_by_indentation_and_keeps_scalars_as_json_has_them) {
  EXPECT_EQ(yaml(doc(R"({"a":1,"b":{"c":"x: y","d":[]},"e":[{"f":true,"g":null},"h",[1]],"no":"n"})")),
            "a: 1\nb:\n  c: \"x: y\"\n  d: []\ne:\n- f: true\n  g: null\n- \"h\"\n- - 1\n\"no\": \"n\"\n");
}

TEST(Units, bytes_are_shown_in_the_unit_that_reads_best) {
  EXPECT_EQ(bytes_text(0), "0 B");
  EXPECT_EQ(bytes_text(1536), "1.5 KiB");
  EXPECT_EQ(bytes_text(4LL << 30), "4 GiB");
  EXPECT_EQ(bytes_text(23622320128), "22 GiB");
  EXPECT_EQ(bytes_text(80'000'000'000), "80 GB");
}

TEST(Units, durations_have_two_parts_at_most) {
  using namespace std::chrono_literals;
  EXPECT_EQ(duration_text(-1s), "0 s");
  EXPECT_EQ(duration_text(59s), "59 s");
  EXPECT_EQ(duration_text(192s), "3 m 12 s");
  EXPECT_EQ(duration_text(3h + 5min), "3 h 5 m");
  EXPECT_EQ(duration_text(50h), "2 d 2 h");
  EXPECT_EQ(seconds_text(0us), "0.00 s");
  EXPECT_EQ(seconds_text(314'999us), "0.31 s");
  EXPECT_EQ(seconds_text(12'345'678us), "12.35 s");
}

TEST(Exits, are_named_as_people_know_them) {
  EXPECT_EQ(exit_text(doc("null")), "");
  EXPECT_EQ(exit_text(doc(R"({"failure":"env_invalid","detail":"it is too long"})")), "env_invalid: it is too long");
  EXPECT_EQ(exit_text(doc(R"({"code":0})")), "0");
  EXPECT_EQ(exit_text(doc(R"({"code":null,"signal":9,"oom":false})")), "SIGKILL");
  EXPECT_EQ(exit_text(doc(R"({"code":null,"signal":9,"oom":true})")), "out of memory");
  EXPECT_EQ(exit_text(doc(R"({"code":null,"failure":"command_not_found"})")), "command_not_found");
}

TEST(Exits, become_the_code_that_a_shell_would_give) {
  EXPECT_EQ(exit_code(doc(R"({"code":7,"signal":null})")), 7);
  EXPECT_EQ(exit_code(doc(R"({"code":null,"signal":15})")), 143);
  EXPECT_EQ(exit_code(doc(R"({"code":null,"signal":null,"failure":"command_not_found"})")), 127);
  EXPECT_EQ(exit_code(doc(R"({"code":null,"signal":null,"failure":"cgroup_missing"})")), 126);
}

TEST(Progress, says_what_happened_by_the_servers_own_clock) {
  EXPECT_EQ(
      progress_steps(doc(R"({"state":"running","node_name":"local-1","requested_at":"2026-11-24T18:00:00.000000Z",
    "placed_at":"2026-11-24T18:00:00.021000Z","starting_at":"2026-11-24T18:00:00.040000Z","running_at":"2026-11-24T18:00:00.312000Z"})")),
      (std::vector<std::string>{"requested 0.00 s", "placed local-1 0.02 s", "starting 0.04 s", "running 0.31 s"}));
}

TEST(Progress, says_when_it_waits_for_room_and_how_it_ended) {
  EXPECT_EQ(progress_steps(
                doc(R"({"state":"requested","state_reason":"no_capacity","requested_at":"2026-11-24T18:00:00Z"})")),
            (std::vector<std::string>{"requested 0.00 s", "waits for room"}));
  EXPECT_EQ(progress_steps(
                doc(R"({"state":"failed","exit":{"failure":"command_not_found"},"requested_at":"2026-11-24T18:00:00Z",
    "ended_at":"2026-11-24T18:00:01Z"})")),
            (std::vector<std::string>{"requested 0.00 s", "failed (command_not_found) 1.00 s"}));
}

TEST(Progress, waiting_for_room_says_why_and_what_would_fit) {
  const auto instance = doc(R"({"name":"train","shape":"h100-8","state":"requested","state_reason":"no_capacity"})");
  EXPECT_EQ(room_text(instance, doc(R"({"items":[{"name":"h100-8","free":0},{"name":"sim-h100-1","free":2}]})")),
            "train waits for room (no_capacity): nothing can hold h100-8 now; what would fit: sim-h100-1 (2 free)");
  EXPECT_EQ(room_text(instance, doc(R"({"items":[{"name":"h100-8","free":0}]})")),
            "train waits for room (no_capacity): nothing can hold h100-8 now; no other shape would fit either");
}

TEST(Progress, a_wait_that_came_to_its_end_is_to_be_tried_again_and_leaves_the_instance) {
  const auto failure =
      not_yet(doc(R"({"name":"train","state":"requested","state_reason":"no_capacity"})"), std::chrono::seconds{600});
  EXPECT_EQ(failure.exit, Exit::unavailable);
  EXPECT_EQ(failure.what, "train is requested (no_capacity) after 600 s; it stays");
  EXPECT_EQ(
      failure.next,
      "Look with `gpuaas instance show train`; give it up with `gpuaas instance stop train --wait && gpuaas instance "
      "delete train`.");
}

TEST(Progress, the_price_stands_with_its_hold_where_there_is_one) {
  EXPECT_EQ(progress_price(doc(R"({"price_text":"2.499 EUR/hour"})")), "up to 2.499 EUR/hour");
  EXPECT_EQ(progress_price(doc(R"({"price_text":"2.499 EUR/hour","hold":{"amount":"0.42","currency":"EUR"}})")),
            "up to 2.499 EUR/hour, hold 0.42 EUR");
  EXPECT_EQ(progress_price(doc("{}")), "");
}

TEST(Progress, an_end_is_a_failure_unless_it_was_wanted_or_went_well) {
  EXPECT_FALSE(end_failure(doc(R"({"name":"t","state":"stopped","exit":{"signal":15}})")));
  EXPECT_FALSE(end_failure(doc(R"({"name":"t","state":"exited","exit":{"code":0}})")));
  EXPECT_EQ(end_failure(doc(R"({"name":"t","state":"exited","exit":{"code":3}})"))->what, "t exited: exit code 3");
  EXPECT_EQ(end_failure(doc(R"({"name":"t","state":"failed","exit":{"failure":"command_not_found"}})"))->what,
            "t failed: command_not_found");
  EXPECT_EQ(end_failure(doc(R"({"name":"t","state":"failed","state_reason":"node_lost"})"))->what,
            "t failed: node_lost");
}

TEST(Metrics, a_sample_is_one_line_with_its_units) {
  EXPECT_EQ(metrics_text(doc(R"({"cpu_percent":12.4,"memory":1048576,"memory_limit":4294967296,
    "gpus":[{"index":3,"utilisation":87,"memory_used":2147483648,"simulated":true}],"simulated":true})")),
            "cpu 12 %  memory 1 MiB of 4 GiB  gpu 3 87 % 2 GiB *");
}

Document lineage_answer() {
  return doc(
      R"j({"resource":{"id":"ins_1","type":"gpuaas.instance","name":"train","path":"acme/research/vision","state":"stopped"},
    "simulated":true,"settled":true,"lines":[
    {"step":"authority","text":"ann (user) --role project-admin--> acme/research  binding bnd_1 by bob, 2026-11-02 \"new team\"","state":"proved","simulated":false,"items":[]},
    {"step":"decision","text":"allow gpuaas.instance.create at acme/research/vision, leaf 1042","state":"proved","simulated":false,"items":[]},
    {"step":"quota","text":"not enforced","state":"planned","simulated":false,"items":[]},
    {"step":"usage","text":"gpu-seconds 93 (3 events)","state":"posted","simulated":true,"items":[{"id":"use_1","text":"gpu-seconds 31"}]},
    {"step":"charges","text":"93 s x 2.499 EUR/hour (price book 4)","amount":{"amount":"0.064558","currency":"EUR"},"state":"posted","simulated":true,"items":[]},
    {"step":"ledger","text":"ledger: 3 transfers  prepaid/acme -> revenue/gpuaas/acme","amount":{"amount":"0.064558","currency":"EUR"},"state":"posted","simulated":false,"items":[]},
    {"step":"audit","text":"7 records, leaves 1041..1066","state":"proved","simulated":false,"items":[]},
    {"step":"audit","text":"gpuaas.instance.stop by ann, leaf 1066","state":"proved","simulated":false,"items":[]},
    {"step":"proof","text":"no checkpoint yet","state":"planned","simulated":false,"items":[]}]})j");
}

TEST(Lineage, is_the_platform_in_one_screen) {
  EXPECT_EQ(
      lineage_text(lineage_answer(), false),
      "authority   ann (user) --role project-admin--> acme/research  binding bnd_1 by bob, 2026-11-02 \"new team\"\n"
      "decision    allow gpuaas.instance.create at acme/research/vision, leaf 1042\n"
      "quota       not enforced\n"
      "usage       gpu-seconds 93 (3 events) *\n"
      "charges     93 s x 2.499 EUR/hour (price book 4) *            0.064558 EUR\n"
      "ledger      3 transfers  prepaid/acme -> revenue/gpuaas/acme  0.064558 EUR\n"
      "settled     yes: nothing above is pending\n"
      "audit       7 records, leaves 1041..1066\n"
      "            gpuaas.instance.stop by ann, leaf 1066\n"
      "proof       no checkpoint yet\n"
      "* simulated: no real GPU stands behind this\n");
}

TEST(Lineage, wide_shows_what_each_line_is_made_of) {
  EXPECT_NE(lineage_text(lineage_answer(), true).find("gpu-seconds 93 (3 events) *\n              gpu-seconds 31\n"),
            std::string::npos);
}

TEST(Lineage, says_what_is_pending_and_what_is_hidden_from_whom) {
  const std::string text = lineage_text(doc(R"({"settled":false,"simulated":false,"lines":[
    {"step":"authority","text":"","hidden":"iam.binding.list at acme","state":"hidden"},
    {"step":"charges","text":"4 s not rated yet","state":"pending"},
    {"step":"ledger","text":"1 charge pending","state":"pending"}]})"),
                                        false);
  EXPECT_EQ(text,
            "authority   hidden: needs iam.binding.list at acme\n"
            "charges     4 s not rated yet  (pending)\n"
            "ledger      1 charge pending\n"
            "settled     no: pending in charges, ledger\n");
}

}  // namespace
}  // namespace cli
