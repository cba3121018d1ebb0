#include "cmd/sim/promises.hpp"

#include "shared/base/check.hpp"
#include "shared/json/document.hpp"
#include "shared/json/json.hpp"

namespace sim {
namespace {

constexpr std::size_t repeated_among = 100;  // the newest deeds

std::string object(std::initializer_list<std::pair<std::string_view, std::string>> members) {
  json::Writer out;
  out.object();
  for (const auto& [name, value] : members) out.member(name, value);
  return out.end().take();
}

// What differs between the answer promised and this one, or nothing.
std::string difference(const Deed& deed, const Answer& now) {
  const Answer& promised = *deed.answer;
  if (now.status != promised.status)
    return "answered " + std::to_string(promised.status) + " first, " + std::to_string(now.status) + " when repeated";
  if (now.body != deed.kept()) return "answered another body when repeated";
  if (!now.replayed) return "done a second time when repeated";
  return {};
}

std::string said(const Sent& sent, const std::string& wrong, const Answer& answer) {
  return sent.method + " " + sent.path + " key " + sent.key + ": " + wrong + "\n  " + answer.body;
}

}  // namespace

std::string Deed::kept() const {
  const auto secret = stands() && !kind->secret.empty() ? json::member_text(answer->body, kind->secret) : std::nullopt;
  if (!secret) return answer->body;
  std::string body = answer->body;
  const std::string shown = "\"" + std::string{kind->secret} + "\":\"";
  const std::size_t at = body.find(shown + *secret);
  CHECK(at != std::string::npos);
  return body.replace(at + shown.size(), secret->size(), "shown_once");
}

void Promises::begin(const Machine& machine) {
  organization_ = machine.bootstrapped().organization.text();
  admin_ = machine.bootstrapped().admin.text();
  parents_.push_back("/v1/organizations/" + organization_);
  has_books_ = machine.has_route("/v1/organizations/{organization}/credits");
}

const std::string& Promises::any(const std::vector<std::string>& list, base::Random& dice) const {
  return list[dice.below(list.size())];
}

// A deed of a kind for which there is something to do it with; nothing otherwise.
std::optional<Deed> Promises::draw(base::Random& dice) {
  const auto kind = dice.below(100);
  const std::string name = "n" + std::to_string(++names_);
  const std::string organization = "/v1/organizations/" + organization_;
  const auto post = [&](const Kind& what, std::string path, std::string body) {
    return Deed{
        .kind = &what, .sent = {.method = "POST", .path = std::move(path), .body = std::move(body)}, .name = name};
  };
  if (kind < 35) return post(kinds::project, any(parents_, dice) + "/projects", object({{"name", name}}));
  if (kind < 42) return post(kinds::department, any(parents_, dice) + "/departments", object({{"name", name}}));
  if (kind < 50) return post(kinds::service_account, organization + "/service-accounts", object({{"name", name}}));
  if (kind < 51)  // few: to hash a password takes a tenth of a second
    return post(kinds::user, organization + "/users", object({{"name", name}, {"mail", name + "@acme.test"}}));
  if (kind < 70 && !projects_.empty() && !people_.empty())
    return post(kinds::binding, any(projects_, dice) + "/bindings",
                object({{"principal", any(people_, dice)}, {"role", dice.below(2) == 0 ? "viewer" : "auditor"}}));
  if (kind < 74 && !bindings_.empty())
    return Deed{.kind = &kinds::binding_end, .sent = {.method = "DELETE", .path = any(bindings_, dice)}};
  if (kind < 86 && !projects_.empty())
    return post(kinds::instance, any(projects_, dice) + "/instances",
                R"({"name":")" + name + R"(","shape":"sim-h100-1","command":["sleep","60"]})");
  if (kind < 89 && !instances_.empty()) {
    const std::string& id = any(instances_, dice);
    return Deed{.kind = &kinds::instance_stop,
                .sent = {.method = "POST", .path = "/v1/instances/" + id + "/stop"},
                .about = id};
  }
  if (has_books_)
    return post(kinds::credit, organization + "/credits",
                object({{"amount", std::to_string(1 + dice.below(1000)) + ".25"}, {"note", name}}));
  return std::nullopt;
}

Asked Promises::ask(Machine& machine, base::Random& dice) {
  const auto send = [&](std::size_t deed, Part part, Sent sent) {
    auto answer = machine.ask(sent);
    return Asked{.deed = deed, .part = part, .sent = std::move(sent), .answer = std::move(answer)};
  };
  const auto how = dice.below(100);
  const std::size_t newest = std::min(deeds_.size(), repeated_among);
  if (newest > 0 && how < 20) {
    const std::size_t index = deeds_.size() - 1 - dice.below(newest);
    const Deed& deed = deeds_[index];
    if (how < 12) return send(index, Part::as_it_is, deed.sent);
    if (how < 16 && deed.answer && !deed.sent.body.empty()) {
      Sent other = deed.sent;
      other.body.insert(0, " ");
      return send(index, Part::other_body, std::move(other));
    }
    if (deed.sent.method == "POST" &&
        deed.about.empty()) {  // the same once more, under a key of its own: mostly a name taken
      Deed twin{.kind = deed.kind, .sent = deed.sent, .name = deed.name};
      twin.sent.key = "again-" + std::to_string(deeds_.size());
      deeds_.push_back(twin);
      return send(deeds_.size() - 1, Part::as_it_is, deeds_.back().sent);
    }
  }
  if (how < 24) {
    Sent bad{.method = "POST", .path = parents_.front() + "/projects", .key = "bad", .body = R"({"name":7})"};
    return send(0, Part::malformed, std::move(bad));
  }
  if (how < 29 && outsider_) {
    ++denials_asked_;
    Sent without{.method = "POST",
                 .path = parents_.front() + "/projects",
                 .key = "mine",
                 .body = R"({"name":"mine"})",
                 .as = outsider_};
    return send(0, Part::without_right, std::move(without));
  }
  auto drawn = draw(dice);
  if (!drawn)
    drawn = Deed{.kind = &kinds::project,
                 .sent = {.method = "POST",
                          .path = parents_.front() + "/projects",
                          .body = object({{"name", "n" + std::to_string(names_)}})},
                 .name = "n" + std::to_string(names_)};
  drawn->sent.key = "deed-" + std::to_string(deeds_.size());
  deeds_.push_back(std::move(*drawn));
  return send(deeds_.size() - 1, Part::as_it_is, deeds_.back().sent);
}

std::string Promises::settle(const Asked& asked, bool down) {
  const Answer& answer = *asked.answer;
  if (answer.status == 0) return said(asked.sent, "never answered", answer);
  if (answer.status == 503) return down ? "" : said(asked.sent, "503, although the disk is well", answer);
  if (answer.status >= 500) return said(asked.sent, "answered " + std::to_string(answer.status), answer);
  const auto refused = [&](std::initializer_list<int> with) {
    for (const int each : with)
      if (answer.status == each) return std::string{};
    return said(asked.sent, "answered " + std::to_string(answer.status), answer);
  };
  if (asked.part == Part::malformed) return refused({400});
  if (asked.part == Part::other_body) return refused({409, 422});
  if (asked.part == Part::without_right) {
    ++denials_answered_;
    return refused({403, 404});
  }
  Deed& deed = deeds_[asked.deed];
  if (deed.answer) {
    const std::string wrong = difference(deed, answer);
    return wrong.empty() ? "" : said(asked.sent, wrong, answer);
  }
  deed.answer = answer;
  ++acknowledged_;
  learn(deed);
  if (deed.stands() && !deed.kind->table.empty() && deed.id.empty())
    return said(asked.sent, "no id in the answer", answer);
  return {};
}

void Promises::learn(Deed& deed) {
  if (!deed.stands()) return;
  if (!deed.kind->table.empty()) deed.id = json::member_text(deed.answer->body, "id").value_or("");
  const std::string& id = deed.id;
  if (deed.kind == &kinds::project) projects_.push_back("/v1/projects/" + id);
  if (deed.kind == &kinds::department && deed.sent.path.starts_with("/v1/organizations/"))
    parents_.push_back("/v1/departments/" + id);  // two levels are enough
  if (deed.kind == &kinds::service_account || deed.kind == &kinds::user) people_.push_back(id);
  if (deed.kind == &kinds::binding) bindings_.push_back(deed.sent.path + "/" + id);
  if (deed.kind == &kinds::instance) instances_.push_back(id);
  if (deed.kind == &kinds::service_account && !outsider_) {
    const auto principal = request::PrincipalId::parse(id);
    const auto home = request::OrganizationId::parse(organization_);
    CHECK(principal.has_value() && home.has_value());
    outsider_ = request::Caller{*principal, *home};
  }
}

}  // namespace sim
