#include "cmd/sim/node.hpp"

#include "shared/json/document.hpp"
#include "shared/json/json.hpp"

namespace sim {
namespace {

constexpr std::string_view meter = "gpuaas.gpu-seconds";
constexpr std::string_view shape = "sim-h100-1";
constexpr std::size_t again_most = 64;

std::string key_text() {  // some Ed25519 public key: nobody signs with it here
  return "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
}

std::string said(std::string_view what, const Answer& answer) {
  return "the node " + std::string{what} + ": " + std::to_string(answer.status) + " " + answer.body;
}

}  // namespace

std::string Node::join(Machine& machine) {
  json::Writer out;
  out.object()
      .member("token", machine.bootstrapped().join_token)
      .member("name", "node-1")
      .member("public_key", key_text());
  const Answer joined =
      machine.answer({.method = "POST", .path = "/v1/node-joins", .body = out.key("capacity").raw("{}").end().take()});
  const auto id = request::PrincipalId::parse(json::member_text(joined.body, "id").value_or(""));
  if (joined.status != 201 || !id) return said("joins", joined);
  self_ = request::Caller{*id, {}};
  const Answer told = machine.answer(
      {.method = "POST",
       .path = "/v1/nodes/" + id->text() + "/reports",
       .body =
           R"({"name":"node-1","instances":[],"capacity":{"cpu_millicores":1000000,"memory":9000000000000,"gpus":24,)"
           R"("gpu_model":"H100","gpu_memory":85899345920,"simulated":true}})",
       .as = self_});
  return told.status == 200 ? "" : said("says what it has", told);
}

std::string Node::look(Machine& machine) {
  runs_.clear();
  std::string after;
  do {
    const Answer answer = machine.answer({.method = "GET",
                                          .path = "/v1/nodes/" + self_->principal.text() + "/desired?limit=200" +
                                                  (after.empty() ? "" : "&after=" + after),
                                          .as = self_});
    const auto page = json::Document::parse(answer.body);
    if (answer.status != 200 || !page) return said("asks what to run", answer);
    for (const auto& each : (*page)["items"].items())
      if (each["wanted"].as_text() == "running") runs_.push_back(each["instance"].as_text());
    after = (*page)["next"].as_text();
  } while (!after.empty());
  return {};
}

void Node::ask(Machine& machine, base::Random& dice) {
  if (runs_.empty()) return;
  const std::string& instance = runs_[dice.below(runs_.size())];
  const base::Instant now = machine.now();
  auto& until = used_until_[instance];
  if (until == 0) {  // it begins
    until = base::micros(now);
    const std::string at = base::to_text(now);
    pending_.push_back(
        {.events = {},
         .answer = machine.ask({.method = "POST",
                                .path = "/v1/nodes/" + self_->principal.text() + "/reports",
                                .body = R"({"name":"node-1","instances":[{"instance":")" + instance +
                                        R"(","state":"running","at":")" + at + R"(","started_at":")" + at + R"("}]})",
                                .as = self_})});
    return;
  }
  const auto count = 1 + dice.below(3);
  std::vector<Event> events;
  for (std::uint64_t i = 0; i < count && until < base::micros(now); ++i) {
    const std::int64_t left = base::micros(now) - until;
    const std::int64_t end = until + 1 + static_cast<std::int64_t>(dice.below(static_cast<std::uint64_t>(left)));
    const std::string id = base::id_text("use", base::uuid7(now, dice));
    json::Writer out;
    out.object().member("id", id).member("resource", instance).member("meter", meter).member("sku", shape);
    out.member("start", base::to_text(base::from_micros(until))).member("end", base::to_text(base::from_micros(end)));
    out.member("quantity", static_cast<std::int64_t>(dice.below(5000))).member("simulated", true);
    events.push_back({.id = id, .text = out.end().take()});
    until = end;
  }
  for (const Event& each : events) {
    journal_.emplace(each.id, each);
    sent_.push_back(each);
    reported_.insert(each.id);
  }
  report(machine, events);
}

void Node::report(Machine& machine, const std::vector<Event>& events) {
  if (events.empty()) return;
  Pending pending;
  std::string list;
  for (const Event& each : events) {
    list += (list.empty() ? "" : ",") + each.text;
    pending.events.push_back(each.id);
  }
  pending.answer = machine.ask({.method = "POST",
                                .path = "/v1/nodes/" + self_->principal.text() + "/usage-events",
                                .body = R"({"events":[)" + list + "]}",
                                .as = self_});
  pending_.push_back(std::move(pending));
}

std::string Node::settle(bool down) {
  std::string wrong;
  for (const Pending& each : pending_) {
    const Answer& answer = *each.answer;
    if (answer.status == 503 && down) continue;
    if (answer.status != 200) {
      wrong = said("reports", answer);
      continue;
    }
    if (each.events.empty()) continue;
    const auto body = json::Document::parse(answer.body);
    const std::int64_t taken = (*body)["accepted"].as_int() + (*body)["known"].as_int();
    if (taken != static_cast<std::int64_t>(each.events.size()))
      wrong = said("reports usage, and some is refused", answer);
    for (const std::string& id : each.events) {
      const bool before = !acknowledged_.insert(id).second;
      if (before && each.events.size() == static_cast<std::size_t>((*body)["accepted"].as_int()))
        wrong = said("reports usage again, and it is filed again", answer);
      journal_.erase(id);
    }
  }
  pending_.clear();
  return wrong;
}

void Node::report_again(Machine& machine) {
  std::vector<Event> lost;
  for (const auto& [id, event] : journal_) lost.push_back(event);
  report(machine, lost);
  const std::size_t from = sent_.size() > again_most ? sent_.size() - again_most : 0;
  for (std::size_t i = from; i < sent_.size(); ++i)
    if (acknowledged_.contains(sent_[i].id)) report(machine, {sent_[i]});
}

}  // namespace sim
