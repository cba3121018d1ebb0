// gpuaas-server: one replica of the platform. Flags and the ready line are in doc/notes/running.md.
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <iostream>
#include <thread>

#include "cmd/house/house.hpp"
#include "cmd/server/edge.hpp"
#include "cmd/server/settings.hpp"
#include "shared/db/open.hpp"
#include "shared/http/server.hpp"
#include "shared/json/document.hpp"
#include "shared/telemetry/log.hpp"

namespace {

using server::Settings;

constexpr std::chrono::seconds drain_time{5};
constexpr std::string_view admin_mail = "admin@acme.test";

int refuse(std::string_view reason, std::string_view detail, std::string_view next) {
  json::Writer out;
  out.object().member("ready", false).member("reason", reason).member("detail", detail).member("next", next).end();
  std::cerr << out.take() << std::endl;
  return 1;
}

int refuse(const base::Error& why) { return refuse(why.reason.word, why.detail, why.reason.next); }

int refuse_data(std::string_view detail) {
  return refuse("data_unusable", detail, "Name a --data directory that this process may write in.");
}

// The reasons that `./dev` knows, read off what the database said.
int refuse_database(const base::Error& why, const Settings& settings) {
  if (why.reason == db::in_use)
    return refuse(why.reason.word, why.detail, "Stop the server that holds it (./dev down), or choose another --data.");
  if (why.reason != base::unavailable) return refuse(why);
  if (!settings.embedded())
    return refuse("database_unreachable", why.detail, "Start PostgreSQL, or correct --database.");
  return refuse_data(why.detail);
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

/// False: it could not be written, and nothing is left of it.
bool write_secret(const std::filesystem::path& path, std::string_view text) {
  const std::filesystem::path beside = path.string() + ".new";
  const ::mode_t before = ::umask(0077);
  std::ofstream out{beside};
  out << text << "\n";
  out.close();
  ::umask(before);
  std::error_code failed;
  if (out) std::filesystem::rename(beside, path, failed);
  const bool written = out && !failed;
  if (!written) std::filesystem::remove(beside, failed);
  return written;
}

void print_ready(const std::string& url, const Settings& settings, const house::House& house, std::int64_t start_ms) {
  json::Writer out;
  out.object().member("ready", true).member("url", url).member("database", shown(settings.database_url()));
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

int reset_admin(const Settings& settings) {
  if (settings.embedded() && !std::filesystem::exists(settings.database_file()))
    return refuse("data_missing", "there is no platform in " + settings.data + ": no " + settings.database_file(),
                  "Name the --data directory of the server whose admin it is.");
  const auto password = house::reset_password(settings.database_url(), admin_mail);
  if (!password) return refuse_database(password.error(), settings);
  json::Writer out;
  std::cout << out.object().member("mail", admin_mail).member("password", *password).end().take() << std::endl;
  return 0;
}

// Until the first signal; a second one ends the process at once.
void wait_for_end(const sigset_t& signals) {
  int got = 0;
  ::sigwait(&signals, &got);
  std::thread{[signals] {
    int again = 0;
    ::sigwait(&signals, &again);
    ::_exit(1);
  }}.detach();
}

int serve(const Settings& settings, const sigset_t& signals) {
  const base::WallClock clock;
  const base::Instant began = clock.now();
  const std::filesystem::path data = settings.data;
  const std::filesystem::path token = data / "admin.token";
  std::error_code failed;
  std::filesystem::create_directories(data, failed);
  if (failed) return refuse_data("cannot make " + data.string() + ": " + failed.message());
  auto house = house::open({.database = settings.database_url(),
                            .products = settings.products,
                            .clock = &clock,
                            .secure_cookies = !settings.cert.empty(),
                            .bootstrap = settings.bootstrap,
                            .admin_key = settings.bootstrap && !std::filesystem::exists(token)});
  if (!house) return refuse_database(house.error(), settings);
  if (const auto& made = (*house)->bootstrapped(); made && !made->admin_key.empty())
    if (!write_secret(token, made->admin_key)) return refuse_data("cannot write " + token.string());

  const server::Edge edge{**house, settings.console};
  auto listening = http::serve(
      {.address = settings.address, .port = settings.port, .cert_file = settings.cert, .key_file = settings.key},
      [&](http::Request request, std::shared_ptr<http::Responder> responder) {
        edge.handle(std::move(request), std::move(responder));
      });
  if (!listening) return refuse(listening.error());
  const std::string url = (*listening)->url();
  (*house)->advertise(settings.advertise.empty() ? url : settings.advertise);
  print_ready(url, settings, **house,
              std::chrono::duration_cast<std::chrono::milliseconds>(clock.now() - began).count());
  wait_for_end(signals);
  (*listening)->drain(drain_time);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const auto told = server::told({argv + 1, static_cast<std::size_t>(argc - 1)}, config::process_environment());
  if (!told) {
    refuse(told.error());
    return 2;
  }
  const Settings& settings = told->settings;
  if (told->verb == server::Verb::help) return print(std::string{server::usage});
  if (told->verb == server::Verb::print_contract) return print(house::contract(settings.products));
  if (told->verb == server::Verb::print_access_cases) return print(house::access_cases(settings.products));
  sigset_t signals;  // taken by one thread that waits for them; every other thread inherits the block
  ::sigemptyset(&signals);
  ::sigaddset(&signals, SIGTERM);
  ::sigaddset(&signals, SIGINT);
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
  return told->verb == server::Verb::reset_admin ? reset_admin(settings) : serve(settings, signals);
}
