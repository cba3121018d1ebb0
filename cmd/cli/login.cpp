// Signing in: mail address and password once, then an API key of one's own in a file that only its owner reads.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <filesystem>

#include "cmd/cli/credentials.hpp"
#include "cmd/cli/perform.hpp"

namespace cli {
namespace {

Outcome<std::string> read_line(int from) {
  std::string out;
  char c = 0;
  while (true) {
    const ssize_t got = ::read(from, &c, 1);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0 && out.empty()) return wrong_usage("nothing was typed");
    if (got <= 0 || c == '\n') return out;
    if (out.size() > 4096) return wrong_usage("the line is too long");
    out += c;
  }
}

/// Asks on the terminal itself, whatever stdin and stdout are.
Outcome<std::string> ask_person(const char* question, bool secret) {
  const int tty = ::open("/dev/tty", O_RDWR | O_CLOEXEC);
  if (tty < 0) return wrong_usage("there is no terminal to ask on", "Give --mail and --password-stdin.");
  (void)!::write(tty, question, strlen(question));
  termios before{};
  const bool quiet = secret && ::tcgetattr(tty, &before) == 0;
  if (quiet) {
    termios silent = before;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(tty, TCSAFLUSH, &silent);
  }
  auto line = read_line(tty);
  if (quiet) {
    ::tcsetattr(tty, TCSAFLUSH, &before);
    (void)!::write(tty, "\n", 1);
  }
  ::close(tty);
  return line;
}

std::string host_name() {
  char name[256] = {};
  ::gethostname(name, sizeof name - 1);
  return name;
}

/// "gpuaas_session=…", of the answer's Set-Cookie.
std::string cookie_of(const http::Response& answer) {
  const auto set = http::find(answer.headers, "Set-Cookie");
  return set ? std::string{set->substr(0, set->find(';'))} : std::string{};
}

std::string key_name(const base::Clock& clock) {
  std::string name = "cli-" + host_name() + "-";
  for (const char c : base::to_text(clock.now()).substr(0, 19)) name += c >= '0' && c <= '9' ? c : '-';
  for (char& c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9')) c = '-';
  }
  return name.size() > 60 ? "cli-" + name.substr(name.size() - 19) : name;
}

std::string sign_in_body(const std::string& mail, const std::string& password) {
  json::Writer body;
  return body.object().member("mail", mail).member("password", password).end().take();
}

}  // namespace

std::optional<Credentials> read_credentials(const std::string& file) {
  std::unique_ptr<FILE, int (*)(FILE*)> open{::fopen(file.c_str(), "re"), ::fclose};
  if (!open) return std::nullopt;
  std::string text(16 << 10, '\0');
  text.resize(::fread(text.data(), 1, text.size(), open.get()));
  const auto parsed = json::Document::parse(text);
  if (!parsed) return std::nullopt;
  return Credentials{.url = (*parsed)["url"].as_text(),
                     .token = (*parsed)["token"].as_text(),
                     .organization = (*parsed)["organization"].as_text(),
                     .key = (*parsed)["key"].as_text(),
                     .mail = (*parsed)["mail"].as_text()};
}

Outcome<void> write_credentials(const std::string& file, const Credentials& kept) {
  const auto failed = [&](const char* what) {
    return std::unexpected(
        Failure{.what = file + ": " + what + ": " + strerror(errno), .next = "Set GPUAAS_TOKEN instead."});
  };
  std::error_code error;
  std::filesystem::create_directories(std::filesystem::path{file}.parent_path(), error);
  json::Writer out;
  out.object().member("url", kept.url).member("token", kept.token).member("organization", kept.organization);
  const std::string text = out.member("key", kept.key).member("mail", kept.mail).end().take() + "\n";
  // Written beside and moved over: never half a file, never one that others may read.
  const std::string beside = file + ".new";
  ::unlink(beside.c_str());
  const int to = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (to < 0) return failed("cannot be written");
  const bool whole = ::write(to, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(to) == 0;
  ::close(to);
  if (!whole || ::rename(beside.c_str(), file.c_str()) != 0) return failed("cannot be written");
  return {};
}

Ending login(Context& context) {
  const auto given = context.parsed.flag("mail");
  auto mail = given ? Outcome<std::string>{*given} : ask_person("Mail address: ", false);
  if (!mail) return std::unexpected(mail.error());
  auto password = context.parsed.has("password-stdin") ? read_line(STDIN_FILENO) : ask_person("Password: ", true);
  if (!password) return std::unexpected(password.error());

  Session session{{.url = context.session.server().url, .token = {}, .ca_file = context.session.server().ca_file}};
  auto answer = session.call({.method = "POST", .path = "/v1/sign-in", .body = sign_in_body(*mail, *password)});
  if (!answer) return std::unexpected(answer.error());
  const auto who = json::Document::parse(answer->body);
  if (!who) return std::unexpected(Failure{.what = "the answer is no JSON: " + who.error().detail});
  const http::Headers signed_in{{"Cookie", cookie_of(*answer)}, {"X-CSRF-Token", (*who)["csrf"].as_text()}};
  const auto leave = [&] {
    return session.call({.method = "DELETE", .path = "/v1/sign-in", .headers = signed_in}).has_value();
  };

  const std::string organization = (*who)["organization"].as_text();
  if (organization.empty()) {
    leave();
    return std::unexpected(Failure{.exit = Exit::refused,
                                   .what = *mail + " belongs to no organization, where a key could be kept",
                                   .next = "Set GPUAAS_TOKEN to an API key."});
  }
  json::Writer body;
  body.object().member("name", key_name(context.clock)).end();
  auto key = session.read({.method = "POST",
                           .path = "/v1/organizations/" + organization + "/api-keys",
                           .body = body.take(),
                           .headers = signed_in});
  // Whose role makes no keys keeps the sign-in itself, for as long as that lasts.
  const bool no_key = !key && key.error().exit == Exit::refused;
  if (!no_key) leave();
  if (!key && !no_key) return std::unexpected(key.error());
  const std::string cookie = cookie_of(*answer);
  const Credentials kept{.url = session.server().url,
                         .token = no_key ? cookie.substr(cookie.find('=') + 1) : (*key)["token"].as_text(),
                         .organization = organization,
                         .key = no_key ? "" : (*key)["id"].as_text(),
                         .mail = *mail};
  if (auto written = write_credentials(context.credentials_file, kept); !written) {
    if (no_key) leave();
    return std::unexpected(written.error());
  }
  const std::string until = no_key ? ", until " + printable((*who)["expires_at"].as_text()) : "";
  auto printed = print("signed in as " + printable(*mail) + " at " + kept.url + until + "\n");
  if (!printed) return std::unexpected(printed.error());
  return 0;
}

Ending logout(Context& context) {
  const auto kept = read_credentials(context.credentials_file);
  if (!kept || kept->token.empty())
    return std::unexpected(
        Failure{.exit = Exit::absent, .what = "nobody is signed in here", .next = "Run `gpuaas login`."});
  Session session{{.url = kept->url, .token = kept->token, .ca_file = context.session.server().ca_file}};
  const std::string what =
      kept->key.empty() ? "/v1/sign-in" : "/v1/organizations/" + kept->organization + "/api-keys/" + kept->key;
  auto ended = session.call({.method = "DELETE", .path = what});
  if (!ended && ended.error().exit == Exit::unavailable) return std::unexpected(ended.error());
  ::unlink(context.credentials_file.c_str());
  if (!ended && ended.error().exit == Exit::failed) return std::unexpected(ended.error());
  return 0;
}

}  // namespace cli
