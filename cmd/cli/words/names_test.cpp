#include "cmd/cli/words/names.hpp"

#include <gtest/gtest.h>

#include "cmd/cli/words/terminal.hpp"

namespace cli {
namespace {

constexpr std::string_view project[] = {"project"};
constexpr std::string_view parents[] = {"organization", "department"};

const std::string vision_id = "prj_01j00000000000000000000001";

Tree example() {
  return Tree{{{"org_1", "organization", "acme", "acme", "plt_1"},
               {"org_2", "organization", "globex", "globex", "plt_1"},
               {"dep_1", "department", "research", "acme/research", "org_1"},
               {"dep_2", "department", "research", "globex/research", "org_2"},
               {vision_id, "project", "vision", "acme/research/vision", "dep_1"},
               {"prj_2", "project", "sound", "acme/research/sound", "dep_1"},
               {"prj_3", "project", "sound", "globex/research/sound", "dep_2"}}};
}

std::string found(std::string_view text, std::span<const std::string_view> kinds = {}) {
  auto scope = example().find(text, kinds);
  return scope ? scope->path : std::to_string(static_cast<int>(scope.error().exit)) + " " + scope.error().what;
}

TEST(Scopes, an_id_a_path_or_a_name_that_only_one_has_works) {
  EXPECT_EQ(found(vision_id), "acme/research/vision");
  EXPECT_EQ(found("acme/research/vision"), "acme/research/vision");
  EXPECT_EQ(found("vision"), "acme/research/vision");
  EXPECT_EQ(found("research/vision"), "acme/research/vision");
  EXPECT_EQ(found("acme/"), "acme");
}

TEST(Scopes, a_name_of_several_is_refused_with_the_list) {
  EXPECT_EQ(found("sound", project), "2 `sound` may be acme/research/sound, globex/research/sound");
  EXPECT_EQ(found("acme/research/sound", project), "acme/research/sound");
}

TEST(Scopes, what_is_not_there_and_what_is_of_another_kind_are_told_apart) {
  EXPECT_EQ(found("mars"), "3 there is no `mars` that you may see");
  EXPECT_EQ(found("acme/research", project), "2 `acme/research` is a department; a project is needed here");
  EXPECT_EQ(found("acme/research/vision", parents),
            "2 `acme/research/vision` is a project; an organization or a department is needed here");
  EXPECT_EQ(found("acme/mars/vision"), "3 there is no `acme/mars/vision` that you may see");
}

TEST(Scopes, half_a_name_is_no_tail_of_a_path) { EXPECT_EQ(found("ision"), "3 there is no `ision` that you may see"); }

TEST(Scopes, an_organization_is_found_from_below) {
  const Tree tree = example();
  EXPECT_EQ(tree.organization_of(*tree.find("vision", {}))->path, "acme");
  EXPECT_EQ(tree.organization_of(*tree.find("acme", {}))->path, "acme");
  EXPECT_FALSE(tree.organization_of({"prj_9", "project", "x", "hidden/x", "dep_9"}));
}

TEST(Scopes, stand_in_routes_by_kind_and_id) {
  EXPECT_EQ(in_route(*example().find("acme/research", {})), "departments/dep_1");
}

TEST(Ids, are_known_by_their_form) {
  EXPECT_TRUE(is_id(vision_id));
  EXPECT_TRUE(is_id(vision_id, "prj"));
  EXPECT_FALSE(is_id(vision_id, "org"));
  EXPECT_FALSE(is_id("vision"));
  EXPECT_FALSE(is_id("prj_01J00000000000000000000001"));
}

std::string picked(std::string_view text, std::string_view home = "") {
  const std::vector<ResourceRow> all{{"ins_1", "gpuaas.instance", "train", "acme/research/vision", "prj_1", true},
                                     {"ins_2", "gpuaas.instance", "train", "acme/research/vision", "prj_1", false},
                                     {"ins_3", "gpuaas.instance", "train", "acme/research/sound", "prj_2", false},
                                     {"ins_4", "gpuaas.instance", "old", "acme/research/sound", "prj_2", true},
                                     {"ins_5", "gpuaas.instance", "twice", "acme/research/sound", "prj_2", true},
                                     {"ins_6", "gpuaas.instance", "twice", "acme/research/sound", "prj_2", true}};
  auto resource = pick(all, text, home);
  return resource ? resource->id
                  : std::to_string(static_cast<int>(resource.error().exit)) + " " + resource.error().what;
}

TEST(Resources, what_lives_goes_before_what_was_removed) {
  EXPECT_EQ(picked("acme/research/vision/train"), "ins_2");
  EXPECT_EQ(picked("vision/train"), "ins_2");
}

TEST(Resources, the_own_project_goes_before_the_rest) {
  EXPECT_EQ(picked("train", "acme/research/sound"), "ins_3");
  EXPECT_EQ(picked("old", "acme/research/vision"), "ins_4");
}

TEST(Resources, of_several_none_is_guessed) {
  EXPECT_EQ(picked("train"), "2 `train` may be acme/research/vision/train (ins_2), acme/research/sound/train (ins_3)");
  EXPECT_EQ(picked("twice"),
            "2 `twice` may be acme/research/sound/twice (removed, ins_5), acme/research/sound/twice (removed, ins_6)");
}

TEST(Resources, one_that_was_removed_is_still_found_where_it_is_the_only_one) { EXPECT_EQ(picked("old"), "ins_4"); }

TEST(Resources, what_is_not_there_says_so) { EXPECT_EQ(picked("nothing"), "3 there is no `nothing` that you may see"); }

TEST(Principals, are_found_by_id_name_or_mail_address) {
  const std::vector<Named> all{{"prn_1", "ann", "ann@acme.test"}, {"prn_2", "ci", ""}, {"prn_3", "ci", ""}};
  EXPECT_EQ(*pick_named(all, "ann", "principal"), "prn_1");
  EXPECT_EQ(*pick_named(all, "ann@acme.test", "principal"), "prn_1");
  EXPECT_EQ(pick_named(all, "ci", "principal").error().exit, Exit::usage);
  EXPECT_EQ(pick_named(all, "", "principal").error().exit, Exit::absent);
}

TEST(Exit, codes_are_those_that_scripts_know) {
  struct Known {
    int status;
    const char* reason;
    Exit exit;
  };
  for (const Known& each : std::vector<Known>{{200, "", Exit::done},
                                              {201, "", Exit::done},
                                              {400, "invalid", Exit::usage},
                                              {401, "unauthenticated", Exit::refused},
                                              {403, "forbidden", Exit::refused},
                                              {404, "not_found", Exit::absent},
                                              {409, "instance_active", Exit::failed},
                                              {409, "quota_exceeded", Exit::refused},
                                              {422, "budget_exceeded", Exit::refused},
                                              {422, "key_reused", Exit::failed},
                                              {429, "rate_limited", Exit::unavailable},
                                              {500, "internal", Exit::failed},
                                              {502, "", Exit::unavailable},
                                              {503, "unavailable", Exit::unavailable}})
    EXPECT_EQ(exit_of(each.status, each.reason), each.exit) << each.status << " " << each.reason;
}

TEST(Failures, are_one_line_of_what_one_of_what_next_and_the_request) {
  const Failure failure = failure_of(
      403,
      R"({"title":"Not permitted","reason":"forbidden","detail":"needs x.y.z","next":"Ask an owner.","request_id":"req_1"})",
      "");
  EXPECT_EQ(text(failure), "gpuaas: Not permitted: needs x.y.z (forbidden)\nnext: Ask an owner.\nrequest: req_1\n");
}

TEST(Failures, of_a_proxy_that_knows_no_problems_still_read_well) {
  EXPECT_EQ(text(failure_of(503, "<html>", "req_2")),
            "gpuaas: The server answered 503\nnext: Try again in a moment.\nrequest: req_2\n");
}

TEST(Failures, carry_no_escapes_to_the_terminal) {
  EXPECT_EQ(text(failure_of(400, R"({"title":"a\u001b]0;x\u0007b\r\nc"})", "")), "gpuaas: a?]0;x?b? c\n");
}

std::string typed(std::initializer_list<std::string_view> pieces) {
  Escape escape;
  std::string out;
  for (const std::string_view piece : pieces) {
    auto taken = escape.feed(piece);
    out += taken.bytes;
    if (taken.leave) return out + "|left";
  }
  return out;
}

TEST(Escape, tilde_dot_at_the_beginning_of_a_line_leaves) {
  EXPECT_EQ(typed({"~."}), "|left");
  EXPECT_EQ(typed({"ls\r~."}), "ls\r|left");
  EXPECT_EQ(typed({"ls\r", "~", "."}), "ls\r|left");
}

TEST(Escape, a_tilde_elsewhere_is_a_tilde) {
  EXPECT_EQ(typed({"a~."}), "a~.");
  EXPECT_EQ(typed({"\r~~."}), "\r~.");
  EXPECT_EQ(typed({"\r~/bin\r"}), "\r~/bin\r");
  EXPECT_EQ(typed({"~\r~."}), "~\r|left");
}

TEST(Backoff, waits_twice_as_long_each_time_and_ten_seconds_in_all) {
  Backoff backoff;
  std::int64_t waited = 0;
  std::vector<std::int64_t> first;
  while (const auto wait = backoff.next(Trouble::lost)) {
    waited += wait->count();
    if (first.size() < 5) first.push_back(wait->count());
  }
  EXPECT_EQ(first, (std::vector<std::int64_t>{100, 200, 400, 800, 1000}));
  EXPECT_GT(waited, 9'000);
  EXPECT_LE(waited, 10'000);
}

TEST(Backoff, where_nobody_listens_it_gives_up_soon) {
  Backoff backoff;
  std::int64_t waited = 0;
  while (const auto wait = backoff.next(Trouble::refused)) waited += wait->count();
  EXPECT_LE(waited, 2'000);
}

TEST(Backoff, a_busy_server_is_asked_again_when_it_says) {
  Backoff backoff;
  EXPECT_EQ(backoff.next(Trouble::busy, std::chrono::seconds{3}), std::chrono::milliseconds{3'000});
  EXPECT_FALSE(backoff.next(Trouble::busy, std::chrono::seconds{60}));
}

TEST(Backoff, an_answer_is_trouble_only_if_asking_again_may_help) {
  EXPECT_EQ(trouble_of(503, "unavailable"), Trouble::busy);
  EXPECT_EQ(trouble_of(429, "rate_limited"), Trouble::busy);
  EXPECT_EQ(trouble_of(409, "in_flight"), Trouble::in_flight);
  EXPECT_FALSE(trouble_of(409, "name_taken"));
  EXPECT_FALSE(trouble_of(500, "internal"));
}

}  // namespace
}  // namespace cli
