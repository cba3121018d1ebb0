#include "cmd/cli/words/progress.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdlib>

#include "cmd/cli/words/table.hpp"

namespace cli {
namespace {

struct Step {
  std::string_view word, member;
};
constexpr std::array<Step, 4> steps{
    {{"requested", "requested_at"}, {"placed", "placed_at"}, {"starting", "starting_at"}, {"running", "running_at"}}};

std::string percent(const json::Document& value) {
  return fmt::format("{:.0f} %", std::strtod(value.as_text().c_str(), nullptr));
}

}  // namespace

std::vector<std::string> progress_steps(const json::Document& instance) {
  std::vector<std::string> out;
  const auto from = base::instant_from_text(instance["requested_at"].as_text());
  if (!from) return out;
  const auto add = [&](std::string_view word, const json::Document& at) {
    if (const auto when = base::instant_from_text(at.as_text()); when)
      out.push_back(printable(word) + " " + seconds_text(*when - *from));
  };
  for (const Step& step : steps) {
    std::string word{step.word};
    if (step.word == "placed" && !instance["node_name"].as_text().empty())
      word += " " + instance["node_name"].as_text();
    add(word, instance[step.member]);
  }
  const std::string& state = instance["state"].as_text();
  if (has_ended(instance)) {
    const std::string exit = exit_text(instance["exit"]);
    std::string word = state;
    if (state != "stopped" && !exit.empty()) word += " (" + exit + ")";
    add(word, instance["ended_at"]);
  }
  if (waits_for_room(instance)) out.push_back("waits for room");
  return out;
}

std::string progress_price(const json::Document& instance) {
  std::string out;
  if (const auto& price = instance["price_text"].as_text(); !price.empty()) out = "up to " + printable(price);
  if (const auto& hold = instance["hold"]; !hold.is_null()) out += ", hold " + printable(money_text(hold));
  return out;
}

bool waits_for_room(const json::Document& instance) {
  return instance["state"].as_text() == "requested" && instance["state_reason"].as_text() == "no_capacity";
}

std::string room_text(const json::Document& instance, const json::Document& shapes) {
  std::string fits;
  for (const json::Document& shape : shapes["items"].items())
    if (shape["free"].as_int() > 0)
      fits += (fits.empty() ? "" : ", ") + shape["name"].as_text() + " (" + shape["free"].as_text() + " free)";
  return printable(instance["name"].as_text() + " waits for room (no_capacity): nothing can hold " +
                   instance["shape"].as_text() + " now; " +
                   (fits.empty() ? "no other shape would fit either" : "what would fit: " + fits));
}

Failure not_yet(const json::Document& instance, std::chrono::seconds waited) {
  const std::string& name = instance["name"].as_text();
  const std::string& reason = instance["state_reason"].as_text();
  return {.exit = Exit::unavailable,
          .what = name + " is " + instance["state"].as_text() + (reason.empty() ? "" : " (" + reason + ")") +
                  " after " + std::to_string(waited.count()) + " s; it stays",
          .next = "Look with `gpuaas instance show " + name + "`; give it up with `gpuaas instance stop " + name +
                  " --wait && gpuaas instance delete " + name + "`."};
}

bool has_ended(const json::Document& instance) {
  const std::string& state = instance["state"].as_text();
  return state == "stopped" || state == "exited" || state == "failed";
}

std::optional<Failure> end_failure(const json::Document& instance) {
  const std::string& state = instance["state"].as_text();
  const std::string exit = exit_text(instance["exit"]);
  if (state != "failed" && (state != "exited" || exit == "0")) return std::nullopt;
  const std::string& name = instance["name"].as_text();
  std::string why = exit.empty() ? instance["state_reason"].as_text() : exit;
  if (state == "exited" && !instance["exit"]["code"].is_null()) why = "exit code " + exit;
  return Failure{.exit = Exit::failed,
                 .what = name + " " + state + (why.empty() ? "" : ": " + why),
                 .next = "See `gpuaas instance logs " + name + "`."};
}

int exit_code(const json::Document& exit) {
  constexpr int not_found = 127, not_started = 126, by_signal = 128;
  if (!exit["code"].is_null()) return static_cast<int>(exit["code"].as_int());
  if (!exit["signal"].is_null()) return by_signal + static_cast<int>(exit["signal"].as_int());
  return exit["failure"].as_text() == "command_not_found" ? not_found : not_started;
}

std::string metrics_text(const json::Document& sample) {
  std::string out = "cpu " + percent(sample["cpu_percent"]) + "  memory " + bytes_text(sample["memory"].as_int());
  if (const auto limit = sample["memory_limit"].as_int(); limit > 0) out += " of " + bytes_text(limit);
  for (const json::Document& gpu : sample["gpus"].items()) {
    out += "  gpu " + gpu["index"].as_text() + " " + percent(gpu["utilisation"]) + " " +
           bytes_text(gpu["memory_used"].as_int());
    if (gpu["simulated"].as_bool()) out += " *";
  }
  return out;
}

}  // namespace cli
