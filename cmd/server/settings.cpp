#include "cmd/server/settings.hpp"

#include <array>

namespace server {
namespace {

using base::Error;
using base::Result;

constexpr std::array<std::string_view, 4> verbs{"--reset-admin", "--print-contract", "--print-access-cases", "--help"};

Result<Verb> verb_of(const config::Arguments& said) {
  if (said.has("--help")) return Verb::help;
  if (said.words.size() > 1) return Error{settings_refused, *said.words.begin() + ": goes with no other such flag"};
  if (said.has("--reset-admin")) return Verb::reset_admin;
  if (said.has("--print-contract")) return Verb::print_contract;
  if (said.has("--print-access-cases")) return Verb::print_access_cases;
  return Verb::serve;
}

Result<void> check(Verb verb, const Settings& settings) {
  if (verb != Verb::serve && verb != Verb::reset_admin) return {};
  if (settings.data.empty()) return Error{settings_refused, "data is required: a directory, such as --data data"};
  if (settings.cert.empty() != settings.key.empty())
    return Error{settings_refused, "cert and key are given together, or neither"};
  return {};
}

}  // namespace

constexpr std::string_view usage =
    "gpuaas-server --data DIR [--port N] [--address A] [--database URL] [--console DIR] [--products DIR] "
    "[--bootstrap]\n"
    "              [--cert FILE --key FILE] [--advertise URL] [--config FILE]\n"
    "gpuaas-server --reset-admin --data DIR [--database URL]\n"
    "gpuaas-server --print-contract | --print-access-cases [--products DIR]\n\n"
    "Each setting may also stand in a file (port: 7070) or in a variable (GPUAAS_SERVER_PORT=7070); a flag wins over "
    "a\n"
    "variable, a variable over a file.\n\n"
    "Example: gpuaas-server --data data --port 7070 --console web/dist --bootstrap\n";

Result<Told> told(std::span<char* const> arguments, const config::Named& environment) {
  const auto said = config::arguments<Settings>(arguments, verbs);
  if (!said) return Error{settings_refused, said.error().detail};
  const auto verb = verb_of(*said);
  if (!verb) return verb.error();
  if (*verb == Verb::help) return Told{.verb = Verb::help, .settings = {}};
  auto settings = config::load<Settings>(
      {.files = said->files, .prefix = "GPUAAS_SERVER_", .environment = environment, .flags = said->flags});
  if (!settings) return Error{settings_refused, settings.error().detail};
  if (auto fits = check(*verb, *settings); !fits) return fits.error();
  return Told{.verb = *verb, .settings = std::move(*settings)};
}

}  // namespace server
