// gpuaas: the platform from the command line. See doc/design/experience.md and the README beside.
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include <fstream>

#include "cmd/cli/credentials.hpp"
#include "cmd/cli/perform.hpp"

namespace {

using cli::Outcome;

constexpr std::string_view url_default = "http://127.0.0.1:7070";

std::string environment(const char* name) {
  const char* value = ::getenv(name);
  return value == nullptr ? "" : value;
}

std::string credentials_file() {
  std::string folder = environment("XDG_CONFIG_HOME");
  if (folder.empty()) folder = environment("HOME") + "/.config";
  return folder + "/gpuaas/credentials";
}

Outcome<std::string> read_token(const std::string& file) {
  std::ifstream from{file};
  std::string token;
  if (!std::getline(from, token) || token.empty())
    return cli::wrong_usage("--token-file " + file + " cannot be read, or is empty");
  while (token.ends_with('\r') || token.ends_with(' ')) token.pop_back();
  return token;
}

// What is said goes before the environment, and that before what login kept. A kept key goes to no other server.
Outcome<cli::Server> server_of(const cli::Parsed& parsed) {
  const auto kept = cli::read_credentials(credentials_file());
  cli::Server server{.url = parsed.flag("url").value_or(environment("GPUAAS_URL")),
                     .token = environment("GPUAAS_TOKEN"),
                     .ca_file = parsed.flag("ca-file").value_or("")};
  if (server.url.empty()) server.url = kept && !kept->url.empty() ? kept->url : std::string{url_default};
  while (server.url.ends_with('/')) server.url.pop_back();
  if (const auto file = parsed.flag("token-file")) {
    auto token = read_token(*file);
    if (!token) return std::unexpected(token.error());
    server.token = *token;
  }
  if (server.token.empty() && kept && kept->url == server.url) server.token = kept->token;
  return server;
}

int end_with(const cli::Failure& failure) {
  fputs(cli::text(failure).c_str(), stderr);
  return static_cast<int>(failure.exit);
}

int run(const std::vector<std::string>& arguments) {
  auto reading = cli::read_arguments(arguments);
  if (!reading) return end_with(reading.error());
  if (const auto& help = reading->help) {
    auto printed = cli::print(help->text);
    return printed ? 0 : end_with(printed.error());
  }
  const cli::Parsed& parsed = reading->parsed;
  auto server = server_of(parsed);
  if (!server) return end_with(server.error());
  cli::Session session{*server};
  cli::Places places{session, environment("GPUAAS_PROJECT")};
  const base::WallClock clock;
  cli::Context context{.parsed = parsed,
                       .session = session,
                       .places = places,
                       .clock = clock,
                       .credentials_file = credentials_file(),
                       .output = parsed.flag("output").value_or("table")};
  const auto ended = cli::perform(context);
  return ended ? *ended : end_with(ended.error());
}

}  // namespace

int main(int argc, char** argv) {
  ::signal(SIGPIPE, SIG_IGN);  // a reader that went away is an error of write, with a line of its own
  return run({argv + 1, argv + argc});
}
