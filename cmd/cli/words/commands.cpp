#include "cmd/cli/words/command.hpp"
#include "cmd/cli/words/contract.hpp"
#include "shared/base/check.hpp"

namespace cli {
namespace {

// clang-format off: a table keeps its columns

const Flag at{"at", "PATH", "at this organization, department or project", Takes::scope, To::path, "at"};
const Flag at_organization{"at", "PATH", "of this organization", Takes::organization, To::path, "organization"};
const Flag in_organization{"in", "PATH", "in this organization", Takes::organization, To::path, "organization"};
const Flag of_resource{"resource", "NAME", "only of this resource", Takes::resource, To::query, "resource"};
const Flag note{"note", "TEXT", "why, for whoever reads it later", Takes::text, To::body, "note"};
const Flag expires{"expires-at", "TIME", "ends by itself then (RFC 3339, UTC)", Takes::text, To::body, "expires_at"};

const Flag limit{"limit", "N", "at most so many (default 1000)"};
const Flag after{"after", "CURSOR", "go on where another list ended"};

const Param instance{"NAME", Takes::instance, To::path, "instance"};
const Param name{"NAME"};

std::vector<Column> scope_columns() { return {{"PATH", "path"}, {"ID", "id"}, {"CREATED (UTC)", "created_at", Form::time}}; }
std::vector<Column> scope_line() { return {{"ID", "id"}, {"PATH", "path"}}; }
std::vector<Column> instance_line() { return {{"ID", "id"}, {"NAME", "name"}, {"STATE", "state"}}; }
std::vector<Column> transfer_columns() { return {
    {"AT (UTC)", "at", Form::time}, {"ID", "id"},           {"DEBIT", "debit"},
    {"CREDIT", "credit"},           {"AMOUNT", "amount", Form::money}, {"KIND", "kind"},
    {"CHARGE", "charge", Form::text, true}, {"RESOURCE", "resource", Form::text, true}, {"NOTE", "note", Form::text, true}}; }
std::vector<Column> binding_columns() { return {
    {"ID", "id"},     {"PRINCIPAL", "principal_name"}, {"ROLE", "role"},
    {"AT", "scope_path"}, {"BY", "created_by_name"},   {"CREATED (UTC)", "created_at", Form::time},
    {"EXPIRES (UTC)", "expires_at", Form::time}, {"NOTE", "note"}, {"PRINCIPAL ID", "principal", Form::text, true}}; }
std::vector<Column> principal_columns() { return {
    {"NAME", "name"}, {"KIND", "kind"}, {"MAIL", "mail"}, {"STATE", "state"}, {"ID", "id"}}; }
std::vector<Column> key_columns() { return {
    {"NAME", "name"}, {"ID", "id"}, {"PRINCIPAL", "principal"},
    {"CREATED (UTC)", "created_at", Form::time}, {"EXPIRES (UTC)", "expires_at", Form::time}}; }
std::vector<Column> record_columns() { return {
    {"INDEX", "index", Form::number}, {"AT (UTC)", "at", Form::time}, {"WHO", "principal_name"},
    {"ACTION", "action"}, {"RESOURCE", "resource"}, {"OUTCOME", "outcome"}, {"AT", "scope_path"},
    {"ID", "id", Form::text, true}, {"BY", "by", Form::text, true}}; }

std::vector<Command> tree() {
  return {
      {.noun = "scope", .verb = "tree", .help = "The tree, as far as you see it", .example = "gpuaas scope tree",
       .method = "GET", .path = "/v1/scopes", .columns = scope_columns(), .id = "path"},
      {.noun = "organization", .verb = "list", .help = "The organizations that you see",
       .example = "gpuaas organization list", .method = "GET", .path = "/v1/scopes", .answer = Answer::list,
       .columns = scope_columns(), .id = "path", .only = "organization"},
      {.noun = "organization", .verb = "create", .help = "Create an organization: a tenant",
       .example = "gpuaas organization create globex --currency EUR", .method = "POST", .path = "/v1/organizations",
       .params = {name}, .flags = {{"currency", "CODE", "of its account, such as EUR", Takes::text, To::body, "currency"}},
       .answer = Answer::line, .columns = scope_line()},
      {.noun = "department", .verb = "list", .help = "The departments that you see", .example = "gpuaas department list",
       .method = "GET", .path = "/v1/scopes", .answer = Answer::list, .columns = scope_columns(), .id = "path",
       .only = "department"},
      {.noun = "department", .verb = "create", .help = "Create a department in an organization or department",
       .example = "gpuaas department create research --in acme", .method = "POST", .path = "/v1/{in}/departments",
       .params = {name}, .flags = {{"in", "PATH", "where it belongs", Takes::parent, To::path, "in", true}},
       .answer = Answer::line, .columns = scope_line()},
      {.noun = "project", .verb = "list", .help = "The projects that you see", .example = "gpuaas project list -o name",
       .method = "GET", .path = "/v1/scopes", .answer = Answer::list, .columns = scope_columns(), .id = "path",
       .when_empty = "gpuaas project create NAME --in PATH", .only = "project"},
      {.noun = "project", .verb = "create", .help = "Create a project: where workloads live",
       .example = "gpuaas project create vision --in acme/research", .method = "POST", .path = "/v1/{in}/projects",
       .params = {name}, .flags = {{"in", "PATH", "where it belongs", Takes::parent, To::path, "in", true}},
       .answer = Answer::line, .columns = scope_line()},
      {.noun = "resource", .verb = "list", .help = "What products made here, removed things too",
       .example = "gpuaas resource list --type gpuaas.instance", .method = "GET",
       .path = "/v1/organizations/{organization}/resources",
       .flags = {at_organization, {"name", "NAME", "only of this name", Takes::text, To::query, "name"},
                 {"type", "TYPE", "only of this type", Takes::text, To::query, "type"}},
       .answer = Answer::list,
       .columns = {{"NAME", "name"}, {"TYPE", "type"}, {"IN", "path"}, {"ID", "id"},
                   {"CREATED (UTC)", "created_at", Form::time}, {"REMOVED (UTC)", "removed_at", Form::time}}},
  };
}

std::vector<Command> work() {
  return {
      {.noun = "instance", .verb = "create", .help = "Launch a workload: the command after --",
       .example = "gpuaas instance create train --project acme/research/vision --shape sim-h100-1 --wait -- nvidia-smi",
       .method = "POST", .path = "/v1/projects/{project}/instances", .params = {name},
       .flags = {{"project", "PATH", "where it belongs (default: GPUAAS_PROJECT)", Takes::project, To::path, "project"},
                 {"shape", "NAME", "what it runs on; see `gpuaas shape list`", Takes::text, To::body, "shape", true},
                 {"env", "NAME=VALUE", "an environment variable; may be repeated"},
                 {"wait", "", "until it runs"}, {"timeout", "SECONDS", "of --wait: then exit 5; it stays (default: 600)"}},
       .columns = instance_line(), .takes_rest = true, .rest_name = "COMMAND…"},
      {.noun = "instance", .verb = "list", .help = "What was launched here",
       .example = "gpuaas instance list --at acme/research --state running", .method = "GET",
       .path = "/v1/{at}/instances",
       .flags = {at, {"state", "STATE", "only in this state", Takes::text, To::query, "state"}},
       .answer = Answer::list,
       .columns = {{"NAME", "name"}, {"STATE", "state"}, {"SHAPE", "shape", Form::marked}, {"GPUS", "gpus", Form::number},
                   {"NODE", "node_name"}, {"AGE", "requested_at", Form::age}, {"PRICE", "price_text"}, {"IN", "path"},
                   {"EXIT", "exit", Form::exit}, {"ID", "id", Form::text, true}, {"BY", "created_by_name", Form::text, true},
                   {"WHY", "state_reason", Form::text, true}},
       .footnote = "* simulated", .when_empty = "gpuaas instance create NAME --shape SHAPE -- COMMAND"},
      {.noun = "instance", .verb = "show", .help = "One instance", .example = "gpuaas instance show train",
       .method = "GET", .path = "/v1/instances/{instance}", .params = {instance}, .answer = Answer::card,
       .columns = {{"name", "name"}, {"id", "id"}, {"in", "path"}, {"state", "state"}, {"why", "state_reason"},
                   {"exit", "exit", Form::exit}, {"shape", "shape", Form::marked}, {"gpus", "gpus", Form::gpus},
                   {"cpu", "cpu_millicores", Form::cores}, {"memory", "memory", Form::bytes},
                   {"command", "command", Form::words}, {"node", "node_name"}, {"price", "price_text"},
                   {"by", "created_by_name"}, {"requested", "requested_at", Form::time},
                   {"placed", "placed_at", Form::time}, {"starting", "starting_at", Form::time},
                   {"running", "running_at", Form::time}, {"ended", "ended_at", Form::time}},
       .footnote = "* simulated"},
      {.noun = "instance", .verb = "stop", .help = "End the workload", .example = "gpuaas instance stop train",
       .method = "POST", .path = "/v1/instances/{instance}/stop", .params = {instance},
       .flags = {{"wait", "", "until it has ended"}}, .columns = instance_line()},
      {.noun = "instance", .verb = "delete", .help = "Take an ended instance off the lists",
       .example = "gpuaas instance stop train --wait && gpuaas instance delete train", .method = "DELETE",
       .path = "/v1/instances/{instance}", .params = {instance}, .columns = instance_line()},
      {.noun = "instance", .verb = "wait", .help = "Wait until it runs or ends; exit 1 if it cannot",
       .example = "gpuaas instance wait train --for ended --timeout 600", .params = {instance},
       .flags = {{"for", "STATE", "running (default) or ended"}, {"timeout", "SECONDS", "then exit 5 (default: none)"}},
       .columns = instance_line()},
      {.noun = "instance", .verb = "exec", .help = "Run a command in it; ends with the command's exit code",
       .example = "gpuaas instance exec train -- printenv CUDA_VISIBLE_DEVICES", .params = {instance},
       .flags = {{"tty", "", "on a terminal of its own"}}, .takes_rest = true, .rest_name = "COMMAND…"},
      {.noun = "instance", .verb = "logs", .help = "What the workload printed",
       .example = "gpuaas instance logs train --follow", .params = {instance},
       .flags = {{"follow", "", "go on until it ends"}, {"offset", "BYTES", "from there (default: the beginning)"}}},
      {.noun = "instance", .verb = "metrics", .help = "CPU, memory and GPU use, now or each second",
       .example = "gpuaas instance metrics train --follow", .params = {instance},
       .flags = {{"follow", "", "go on each second"}}},
      {.noun = "instance", .verb = "top", .help = "CPU, memory and GPU use on one live screen",
       .example = "gpuaas instance top train", .params = {instance}},
      {.noun = "terminal", .verb = "", .help = "A shell in an instance; ~. at a line's beginning leaves",
       .example = "gpuaas terminal train", .params = {instance},
       .flags = {{"own", "", "the terminal of its own command instead"}}},
      {.noun = "shape", .verb = "list", .help = "What can be launched, at what price", .example = "gpuaas shape list",
       .method = "GET", .path = "/v1/shapes", .answer = Answer::list,
       .columns = {{"NAME", "name"}, {"GPUS", "gpus", Form::gpus}, {"CPU", "cpu_millicores", Form::cores},
                   {"MEMORY", "memory", Form::bytes}, {"$/HOUR", "price", Form::hourly}, {"FREE", "free", Form::number},
                   {"SKU", "sku", Form::text, true}},
       .id = "name", .footnote = "* simulated; free counts CPU too"},
      {.noun = "node", .verb = "list", .help = "The machines that joined", .example = "gpuaas node list", .method = "GET",
       .path = "/v1/nodes", .answer = Answer::list,
       .columns = {{"NAME", "name"}, {"STATE", "state"}, {"SINCE (UTC)", "since", Form::time}, {"GPUS", "capacity", Form::gpus},
                   {"CPU", "capacity.cpu_millicores", Form::cores}, {"MEMORY", "capacity.memory", Form::bytes}, {"ID", "id"}},
       .id = "name", .footnote = "* simulated",
       .when_empty = "gpuaas join-token create, then gpuaas-node --join-token-file on the machine"},
  };
}

std::vector<Command> money() {
  return {
      {.noun = "usage", .verb = "list", .help = "Usage events: what was measured",
       .example = "gpuaas usage list --resource train", .method = "GET", .path = "/v1/{at}/usage-events",
       .flags = {at, of_resource}, .answer = Answer::list,
       .columns = {{"START (UTC)", "start", Form::time}, {"END (UTC)", "end", Form::time}, {"METER", "meter", Form::marked},
                   {"QUANTITY", "quantity", Form::number}, {"UNIT", "unit"}, {"RESOURCE", "resource_name"},
                   {"IN", "path_text"}, {"STATE", "state"}, {"ID", "id", Form::text, true}},
       .footnote = "* simulated"},
      {.noun = "charge", .verb = "list", .help = "Charges: usage times price", .example = "gpuaas charge list --at acme/research",
       .method = "GET", .path = "/v1/{at}/charges", .flags = {at, of_resource}, .answer = Answer::list,
       .columns = {{"AT (UTC)", "at", Form::time}, {"METER", "meter", Form::marked}, {"QUANTITY", "quantity", Form::number},
                   {"RATE", "rate", Form::rate}, {"BOOK", "price_book", Form::number}, {"AMOUNT", "amount", Form::money},
                   {"RESOURCE", "resource_name"}, {"IN", "path_text"}, {"STATE", "state"}, {"ID", "id", Form::text, true},
                   {"USAGE EVENT", "usage_event", Form::text, true}},
       .footnote = "* simulated"},
      {.noun = "transfer", .verb = "list", .help = "Where the money went", .example = "gpuaas transfer list --resource train",
       .method = "GET", .path = "/v1/organizations/{organization}/transfers", .flags = {at_organization, of_resource},
       .answer = Answer::list, .columns = transfer_columns()},
      {.noun = "balance", .verb = "show", .help = "An organization's accounts", .example = "gpuaas balance show acme",
       .method = "GET", .path = "/v1/organizations/{organization}/balance",
       .params = {{"ORGANIZATION", Takes::organization, To::path, "organization", true}}, .flags = {at_organization}},
      {.noun = "credit", .verb = "grant", .help = "Give an organization prepaid credit (operators)",
       .example = "gpuaas credit grant acme 100.00 --note \"pilot\"", .method = "POST",
       .path = "/v1/organizations/{organization}/credits",
       .params = {{"ORGANIZATION", Takes::organization, To::path, "organization"}, {"AMOUNT", Takes::text, To::body, "amount"}},
       .flags = {note}, .answer = Answer::line,
       .columns = {{"ID", "id"}, {"DEBIT", "debit"}, {"CREDIT", "credit"}, {"AMOUNT", "amount", Form::money}}},
      {.noun = "ledger", .verb = "trial-balance", .help = "All debits against all credits; exit 1 unless they are equal",
       .example = "gpuaas ledger trial-balance", .method = "GET", .path = "/v1/trial-balance", .answer = Answer::own,
       .columns = {{"balanced", "balanced", Form::yes_no}, {"debits", "debits", Form::money},
                   {"credits", "credits", Form::money}, {"accounts", "accounts", Form::number}}},
      {.noun = "price", .verb = "list", .help = "Prices in force", .example = "gpuaas price list", .method = "GET",
       .path = "/v1/prices", .answer = Answer::list,
       .columns = {{"SKU", "sku", Form::marked}, {"METER", "meter"}, {"UNIT", "unit"}, {"PRICE", "rate", Form::rate},
                   {"BOOK", "price_book", Form::number}, {"FROM (UTC)", "valid_from", Form::time}},
       .id = "sku", .footnote = "* simulated"},
      {.noun = "cost", .verb = "show", .help = "What runs, what it costs an hour, what was charged this month",
       .example = "gpuaas cost show acme/research", .method = "GET", .path = "/v1/{at}/costs",
       .params = {{"PATH", Takes::scope, To::path, "at", true}}, .flags = {at}},
  };
}

std::vector<Command> people() {
  return {
      {.noun = "user", .verb = "create", .help = "Create a user; the password is shown once",
       .example = "gpuaas user create ann --mail ann@acme.test", .method = "POST",
       .path = "/v1/organizations/{organization}/users", .params = {name},
       .flags = {in_organization, {"mail", "ADDRESS", "by which they sign in", Takes::text, To::body, "mail", true}},
       .answer = Answer::line, .columns = {{"ID", "id"}, {"NAME", "name"}, {"MAIL", "mail"}, {"PASSWORD", "password"}}},
      {.noun = "service-account", .verb = "create", .help = "Create a principal for a program",
       .example = "gpuaas service-account create ci --in acme", .method = "POST",
       .path = "/v1/organizations/{organization}/service-accounts", .params = {name}, .flags = {in_organization},
       .answer = Answer::line, .columns = {{"ID", "id"}, {"NAME", "name"}}},
      {.noun = "principal", .verb = "list", .help = "Users, service accounts and nodes of an organization",
       .example = "gpuaas principal list", .method = "GET", .path = "/v1/organizations/{organization}/principals",
       .flags = {at_organization}, .answer = Answer::list, .columns = principal_columns(), .id = "name"},
      {.noun = "principal", .verb = "disable", .help = "End all that a principal may do", .example = "gpuaas principal disable ann",
       .method = "POST", .path = "/v1/principals/{principal}/disable",
       .params = {{"PRINCIPAL", Takes::principal, To::path, "principal"}}, .answer = Answer::line,
       .columns = {{"ID", "id"}, {"NAME", "name"}, {"STATE", "state"}}},
      {.noun = "api-key", .verb = "list", .help = "API keys of an organization", .example = "gpuaas api-key list", .method = "GET",
       .path = "/v1/organizations/{organization}/api-keys", .flags = {at_organization}, .answer = Answer::list,
       .columns = key_columns()},
      {.noun = "api-key", .verb = "create", .help = "Create an API key; the token is shown once",
       .example = "gpuaas api-key create nightly --principal ci", .method = "POST",
       .path = "/v1/organizations/{organization}/api-keys", .params = {name},
       .flags = {in_organization,
                 {"principal", "NAME", "whose it is (default: yours)", Takes::principal, To::body, "principal"}, expires},
       .answer = Answer::line, .columns = {{"ID", "id"}, {"NAME", "name"}, {"TOKEN", "token"}}},
      {.noun = "api-key", .verb = "remove", .help = "End an API key at once", .example = "gpuaas api-key remove nightly",
       .method = "DELETE", .path = "/v1/organizations/{organization}/api-keys/{key}",
       .params = {{"KEY", Takes::api_key, To::path, "key"}}, .flags = {at_organization}, .answer = Answer::line,
       .columns = {{"ID", "id"}, {"NAME", "name"}}},
      {.noun = "role", .verb = "list", .help = "Roles and what they permit", .example = "gpuaas role list -o wide", .method = "GET",
       .path = "/v1/roles", .answer = Answer::list,
       .columns = {{"NAME", "name"}, {"COUNT", "permissions", Form::count}, {"PERMISSIONS", "permissions", Form::words, true}},
       .id = "name"},
      {.noun = "binding", .verb = "list", .help = "Who has which role at a place", .example = "gpuaas binding list --at acme/research",
       .method = "GET", .path = "/v1/{at}/bindings", .flags = {at}, .answer = Answer::list, .columns = binding_columns(),
       .when_empty = "gpuaas binding create PRINCIPAL ROLE --at PATH"},
      {.noun = "binding", .verb = "create", .help = "Give a principal a role at a place",
       .example = "gpuaas binding create ann project-admin --at acme/research --note \"new team\"", .method = "POST",
       .path = "/v1/{at}/bindings",
       .params = {{"PRINCIPAL", Takes::principal, To::body, "principal"}, {"ROLE", Takes::text, To::body, "role"}},
       .flags = {{"at", "PATH", "where it holds, and below", Takes::scope, To::path, "at", true}, note, expires},
       .answer = Answer::line, .columns = {{"ID", "id"}, {"PRINCIPAL", "principal_name"}, {"ROLE", "role"}, {"AT", "scope_path"}}},
      {.noun = "binding", .verb = "remove", .help = "Take it away again", .example = "gpuaas binding remove bnd_01j… --at acme/research",
       .method = "DELETE", .path = "/v1/{at}/bindings/{binding}", .params = {{"BINDING", Takes::text, To::path, "binding"}},
       .flags = {at}, .answer = Answer::line,
       .columns = {{"ID", "id"}, {"PRINCIPAL", "principal_name"}, {"ROLE", "role"}, {"AT", "scope_path"}}},
      {.noun = "access", .verb = "check", .help = "Whether somebody may; exit 4 when not",
       .example = "gpuaas access check ann gpuaas.instance.create acme/research", .method = "POST", .path = "/v1/access-check",
       .params = {{"PRINCIPAL", Takes::text, To::body, "principal"}, {"PERMISSION", Takes::text, To::body, "permission"},
                  {"TARGET", Takes::target, To::body, "target"}}},
      {.noun = "access", .verb = "explain", .help = "Why somebody may or may not", .example = "gpuaas access explain ann gpuaas.instance.create acme",
       .params = {{"PRINCIPAL", Takes::text, To::own, "principal"}, {"PERMISSION", Takes::text, To::own, "permission"},
                  {"TARGET", Takes::text, To::own, "target"}}},
  };
}

std::vector<Command> house() {
  return {
      {.noun = "lineage", .verb = "", .help = "Who allowed it, what it used, what that cost, and the proof",
       .example = "gpuaas lineage train", .params = {{"NAME", Takes::resource, To::path, "resource"}}},
      {.noun = "audit", .verb = "list", .help = "Changes and refusals, newest last",
       .example = "gpuaas audit list --at acme --follow", .method = "GET", .path = "/v1/{at}/audit-records",
       .flags = {at, of_resource, {"action", "PERMISSION", "only of this action", Takes::text, To::query, "action"},
                 {"follow", "", "go on as it happens"}},
       .answer = Answer::list, .columns = record_columns()},
      {.noun = "job", .verb = "list", .help = "The platform's durable tasks (operators)", .example = "gpuaas job list --state parked",
       .method = "GET", .path = "/v1/jobs",
       .flags = {{"state", "STATE", "waiting, leased, done or parked", Takes::text, To::query, "state"}}, .answer = Answer::list,
       .columns = {{"ID", "id"}, {"NAME", "name"}, {"RESOURCE", "resource"}, {"STATE", "state"},
                   {"ATTEMPTS", "attempts", Form::number}, {"NEXT (UTC)", "next_at", Form::time}, {"ERROR", "error"}}},
      {.noun = "join-token", .verb = "create", .help = "A token with which one machine may join; shown once",
       .example = "gpuaas join-token create --note \"rack 7\"", .method = "POST", .path = "/v1/join-tokens", .flags = {note},
       .answer = Answer::line, .columns = {{"TOKEN", "token"}, {"EXPIRES", "expires_at", Form::time}}, .id = "token"},
      {.noun = "login", .verb = "", .help = "Sign in; keeps an API key in ~/.config/gpuaas/credentials",
       .example = "gpuaas login --url http://127.0.0.1:7070 --mail ann@acme.test",
       .flags = {{"mail", "ADDRESS", "else it is asked"}, {"password-stdin", "", "the first line of stdin is the password"}}},
      {.noun = "logout", .verb = "", .help = "End the API key that login keeps, and forget it", .example = "gpuaas logout"},
      {.noun = "explain", .verb = "", .help = "Why somebody may or may not", .example = "gpuaas explain ann gpuaas.instance.create acme",
       .params = {{"PRINCIPAL", Takes::text, To::own, "principal"}, {"PERMISSION", Takes::text, To::own, "permission"},
                  {"TARGET", Takes::text, To::own, "target"}}},
      {.noun = "version", .verb = "", .help = "Of this program", .example = "gpuaas version"},
  };
}

// clang-format on

}  // namespace

namespace {

std::vector<Command> table() {
  std::vector<Command> joined;
  for (auto& part : {tree(), work(), money(), people(), house()}) joined.insert(joined.end(), part.begin(), part.end());
  for (Command& each : joined)
    if (each.answer == Answer::list) each.flags.insert(each.flags.end(), {limit, after});
  return joined;
}

}  // namespace

const Derived& derived() {
  static const Derived all = [] {
    const auto contract = json::Document::parse(contract_text());
    CHECK(contract.has_value());  // it was built in, and a test reads it
    return derive(*contract, table());
  }();
  return all;
}

const std::vector<Command>& commands() {
  static const std::vector<Command> all = [] {
    std::vector<Command> joined = table();
    joined.insert(joined.end(), derived().commands.begin(), derived().commands.end());
    return joined;
  }();
  return all;
}

const std::vector<Flag>& common_flags() {
  static const std::vector<Flag> all{
      {"output", "FORMAT", "-o: table, wide, json (the API's body), yaml or name"},
      {"url", "URL", "the server (default: GPUAAS_URL, else who login asked)"},
      {"token-file", "FILE", "the API key (default: GPUAAS_TOKEN, else login's)"},
      {"ca-file", "FILE", "certificates to trust (default: the system's)"},
      {"help", "", "-h: this"},
  };
  return all;
}

const std::vector<Topic>& topics() {
  static const std::vector<Topic> all = [] {
    std::vector<Topic> topics{
        {"Run", {"instance", "terminal", "shape", "node"}},
        {"Prove", {"lineage", "audit", "access", "explain"}},
        {"Pay", {"usage", "charge", "transfer", "balance", "credit", "ledger", "price", "cost"}},
        {"Order", {"scope", "organization", "department", "project", "resource"}},
        {"Permit", {"user", "service-account", "principal", "api-key", "role", "binding"}},
        {"Operate", {"job", "join-token", "login", "logout", "version"}},
    };
    Topic more{"More", {}};  // nouns that only the contract has
    for (const Command& each : derived().commands) {
      const auto has = [&](const Topic& topic) { return std::ranges::count(topic.nouns, each.noun) > 0; };
      if (!has(more) && std::ranges::none_of(topics, has)) more.nouns.push_back(each.noun);
    }
    if (!more.nouns.empty()) topics.push_back(std::move(more));
    return topics;
  }();
  return all;
}

}  // namespace cli
