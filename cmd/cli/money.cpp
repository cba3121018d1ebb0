// Balances, the trial balance and costs: sums with their parts below.
#include "cmd/cli/perform.hpp"
#include "cmd/cli/words/table.hpp"

namespace cli {
namespace {

bool is_plain(const Context& context) { return context.output == "table" || context.output == "wide"; }

Outcome<std::string> ask_body(Context& context) {
  auto ask = make_ask(context);
  if (!ask) return std::unexpected(ask.error());
  auto answer = context.session.call(*ask);
  if (!answer) return std::unexpected(answer.error());
  return std::move(answer->body);
}

/// The body, and its text for people by `text`.
Ending show(Context& context, std::string (*text)(const json::Document&, base::Instant),
            int (*code)(const json::Document&)) {
  auto body = ask_body(context);
  if (!body) return std::unexpected(body.error());
  const auto parsed = json::Document::parse(*body);
  if (!parsed) return std::unexpected(Failure{.what = "the answer is no JSON: " + parsed.error().detail});
  auto printed =
      is_plain(context) ? print(text(*parsed, context.clock.now())) : print_one(context, *body, Answer::line);
  if (!printed) return std::unexpected(printed.error());
  return code(*parsed);
}

int always_done(const json::Document&) { return 0; }
int done_if_balanced(const json::Document& trial) {
  return static_cast<int>(trial["balanced"].as_bool() ? Exit::done : Exit::failed);
}

std::string balance_text(const json::Document& balance, base::Instant now) {
  static const std::vector<Column> columns{{"ACCOUNT", "name"},
                                           {"DEBITS", "debits", Form::money},
                                           {"CREDITS", "credits", Form::money},
                                           {"BALANCE", "balance", Form::money}};
  std::string out = "prepaid credit left  " + printable(money_text(balance["prepaid"])) + "\n";
  if (balance["accounts"].size() > 0) out += "\n" + table(balance["accounts"].items(), columns, false, "", now);
  return out;
}

std::string trial_text(const json::Document& trial, base::Instant) {
  std::string out = trial["balanced"].as_bool() ? "balanced: " : "NOT balanced: ";
  const auto& currencies = trial["currencies"];
  if (currencies.size() == 0)
    out += "debits " + money_text(trial["debits"]) + ", credits " + money_text(trial["credits"]) + ", ";
  for (const json::Document& each : currencies.items())
    out += "debits " + money_text(each["debits"]) + ", credits " + money_text(each["credits"]) + ", ";
  return printable(out + trial["accounts"].as_text() + " accounts") + "\n";
}

std::string cost_text(const json::Document& cost, base::Instant now) {
  static const std::vector<Column> by_project{
      {"PROJECT", "path"}, {"CHARGED", "amount", Form::money}, {"PER HOUR", "burn", Form::money}};
  static const std::vector<Column> by_day{{"DAY", "day"}, {"CHARGED", "amount", Form::money}};
  std::string out = "running now   " + cost["running"].as_text() + "\n";
  out += "per hour      " + money_text(cost["burn"]) + "\n";
  out += "this month    " + money_text(cost["charged"]) + "\n";
  if (cost["by_project"].size() > 0) out += "\n" + table(cost["by_project"].items(), by_project, false, "", now);
  if (cost["by_day"].size() > 0) out += "\n" + table(cost["by_day"].items(), by_day, false, "", now);
  return out;
}

}  // namespace

Ending balance_show(Context& context) { return show(context, balance_text, always_done); }
Ending trial_balance(Context& context) { return show(context, trial_text, done_if_balanced); }
Ending cost_show(Context& context) { return show(context, cost_text, always_done); }

}  // namespace cli
