// gpuaas-server: one replica of the platform. Flags and the ready line are in doc/notes/running.md.
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <iostream>
#include <map>
#include <thread>

#include "cmd/house/house.hpp"
#include "cmd/server/edge.hpp"
#include "shared/http/server.hpp"
#include "shared/json/document.hpp"
#include "shared/telemetry/log.hpp"

namespace {

constexpr std::chrono::seconds drain_time{5};
constexpr std::string_view admin_mail = "admin@acme.test";

constexpr std::string_view usage =
    "gpuaas-server --data DIR [--port N] [--address A] [--database URL] [--console DIR] [--products DIR] "
    "[--bootstrap]\n"
    "              [--cert FILE --key FILE] [--advertise URL]\n"
    "gpuaas-server --reset-admin --data DIR [--database URL]\n"
    "gpuaas-server --print-contract | --print-access-cases [--products DIR]\n\n"
    "Example: gpuaas-server --data data --port 7070 --console web/dist --bootstrap\n";

struct Flags {
  std::map<std::string, std::string> values{{"--port", "7070"}, {"--address", "127.0.0.1"}, {"--products", "products"}};
  std::map<std::string, bool> switches;

  const std::string& operator[](const std::string& name) { return values[name]; }
  std::string database() {
    return values["--database"].empty() ? "sqlite:" + values["--data"] + "/platform.db" : values["--database"];
  }
};

std::optional<Flags> parse(int argc, char** argv) {
  static const std::map<std::string, bool> known{{"--data", true},
                                                 {"--port", true},
                                                 {"--address", true},
                                                 {"--database", true},
                                                 {"--console", true},
                                                 {"--advertise", true},
                                                 {"--products", true},
                                                 {"--cert", true},
                                                 {"--key", true},
                                                 {"--bootstrap", false},
                                                 {"--reset-admin", false},
                                                 {"--print-contract", false},
                                                 {"--print-access-cases", false}};
  Flags flags;
  for (int i = 1; i < argc; ++i) {
    const auto flag = known.find(argv[i]);
    if (flag == known.end() || (flag->second && i + 1 == argc)) return std::nullopt;
    if (flag->second)
      flags.values[flag->first] = argv[++i];
    else
      flags.switches[flag->first] = true;
  }
  const bool prints = flags.switches["--print-contract"] || flags.switches["--print-access-cases"];
  if (!prints && flags["--data"].empty()) return std::nullopt;
  return flags;
}

int refuse(std::string_view reason, std::string_view detail, std::string_view next) {
  json::Writer out;
  out.object().member("ready", false).member("reason", reason).member("detail", detail).member("next", next).end();
  std::cerr << out.take() << std::endl;
  return 1;
}

int refuse(const base::Error& why) { return refuse(why.reason.word, why.detail, why.reason.next); }

// The reasons that `./dev` knows, read off what the database said.
int refuse_database(const base::Error& why, bool postgres) {
  if (why.reason.word != base::unavailable.word) return refuse(why);
  if (postgres) return refuse("database_unreachable", why.detail, "Start PostgreSQL, or correct --database.");
  return refuse("data_in_use", why.detail, "Stop the server that holds it (./dev down), or choose another --data.");
}

// A URL as people may see it.
std::string shown(const std::string& url) {
  if (url.starts_with("sqlite:")) return url.substr(7);
  const std::size_t at = url.find('@');
  const std::size_t user = url.find("://");
  if (at == std::string::npos || user == std::string::npos) return url;
  const std::size_t colon = url.find(':', user + 3);
  return colon < at ? url.substr(0, colon) + url.substr(at) : url;
}

void write_secret(const std::filesystem::path& path, std::string_view text) {
  const std::filesystem::path beside = path.string() + ".new";
  const ::mode_t before = ::umask(0077);
  std::ofstream{beside} << text << "\n";
  ::umask(before);
  std::filesystem::rename(beside, path);
}

void print_ready(const std::string& url, Flags& flags, const house::House& house, std::int64_t start_ms) {
  json::Writer out;
  out.object().member("ready", true).member("url", url).member("database", shown(flags.database()));
  out.member("migrations", static_cast<std::int64_t>(house.migrations())).member("start_ms", start_ms);
  const auto& made = house.bootstrapped();
  if (made && !made->password.empty())
    out.key("admin").object().member("mail", made->mail).member("password", made->password).end();
  else
    out.key("admin").null();
  if (made)
    out.member("join_token", made->join_token);
  else
    out.key("join_token").null();
  std::cout << out.end().take() << std::endl;
}

int print(const base::Result<std::string>& text) {
  if (!text) return refuse(text.error());
  std::cout << *text;
  return 0;
}

int reset_admin(Flags& flags) {
  const auto password = house::reset_password(flags.database(), admin_mail);
  if (!password) return refuse_database(password.error(), !flags["--database"].empty());
  json::Writer out;
  std::cout << out.object().member("mail", admin_mail).member("password", *password).end().take() << std::endl;
  return 0;
}

int serve(Flags& flags, const sigset_t& signals) {
  const base::WallClock clock;
  const base::Instant began = clock.now();
  const std::filesystem::path data = flags["--data"];
  std::error_code failed;
  std::filesystem::create_directories(data, failed);
  if (failed)
    return refuse("data_in_use", "cannot make " + data.string() + ": " + failed.message(), "Choose another --data.");
  const bool tls = !flags["--cert"].empty();
  auto house =
      house::open({.database = flags.database(),
                   .products = flags["--products"],
                   .clock = &clock,
                   .secure_cookies = tls,
                   .bootstrap = flags.switches["--bootstrap"],
                   .admin_key = flags.switches["--bootstrap"] && !std::filesystem::exists(data / "admin.token")});
  if (!house) return refuse_database(house.error(), !flags["--database"].empty());
  if (const auto& made = (*house)->bootstrapped(); made && !made->admin_key.empty())
    write_secret(data / "admin.token", made->admin_key);

  const server::Edge edge{**house, flags["--console"]};
  auto listening = http::serve({.address = flags["--address"],
                                .port = static_cast<std::uint16_t>(std::atoi(flags["--port"].c_str())),
                                .cert_file = flags["--cert"],
                                .key_file = flags["--key"]},
                               [&](http::Request request, std::shared_ptr<http::Responder> responder) {
                                 edge.handle(std::move(request), std::move(responder));
                               });
  if (!listening) {
    const base::Error& why = listening.error();
    const bool port = why.reason.word == base::unavailable.word;
    return refuse(port ? "port_in_use" : why.reason.word, why.detail,
                  port ? "Choose another --port." : why.reason.next);
  }
  const std::string url =
      (tls ? "https://" : "http://") + flags["--address"] + ":" + std::to_string((*listening)->port());
  (*house)->advertise(flags["--advertise"].empty() ? url : flags["--advertise"]);
  print_ready(url, flags, **house, std::chrono::duration_cast<std::chrono::milliseconds>(clock.now() - began).count());
  int got = 0;
  ::sigwait(&signals, &got);
  std::thread{[signals] {  // a second signal ends it at once
    int again = 0;
    ::sigwait(&signals, &again);
    ::_exit(1);
  }}
      .detach();
  (*listening)->drain(drain_time);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  auto flags = parse(argc, argv);
  if (!flags) {
    std::cerr << usage;
    return 2;
  }
  if (flags->switches["--print-contract"]) return print(house::contract((*flags)["--products"]));
  if (flags->switches["--print-access-cases"]) return print(house::access_cases((*flags)["--products"]));
  sigset_t signals;  // taken by one thread that waits for them; every other thread inherits the block
  ::sigemptyset(&signals);
  ::sigaddset(&signals, SIGTERM);
  ::sigaddset(&signals, SIGINT);
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
  if (flags->switches["--reset-admin"]) return reset_admin(*flags);
  return serve(*flags, signals);
}
