// Promises: what was asked of the house, and what it answered: the memory of all its clients together. An answer other
// than 503 is a promise; a request that got none may stand or not, and its repetition tells which.
//
// Always true: once a deed has its answer, each repetition must give the same, as a replay.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cmd/sim/machine.hpp"

namespace sim {

/// What a deed does, by the permission that its record names.
struct Kind {
  std::string_view action;
  std::string_view table;        // where what it creates stands; empty: it creates nothing
  std::string_view secret = {};  // the member of its answer that a replay does not show
};

struct Deed {
  const Kind* kind = nullptr;
  Sent sent;
  std::string name = {};              // of what it creates
  std::string about = {};             // the resource that it is about, where it creates none
  std::optional<Answer> answer = {};  // the promise
  std::string id = {};                // of what it created

  bool stands() const { return answer && answer->status < 400; }
  /// The body as the house keeps it: a secret is shown once.
  std::string kept() const;
};

/// How a request plays a deed.
enum class Part { as_it_is, other_body, malformed, without_right };

struct Asked {
  std::size_t deed;  // of `malformed` and `without_right`: none
  Part part;
  Sent sent;
  Answered answer;
};

class Promises {
 public:
  /// After the first start: what the house made itself is known, and the routes that there are.
  void begin(const Machine&);

  /// The next request, sent to the machine.
  Asked ask(Machine&, base::Random&);
  /// Takes the answer; says what is wrong with it, or nothing. While the disk is down 503 is right.
  std::string settle(const Asked&, bool down);

  std::vector<Deed>& deeds() { return deeds_; }
  const std::vector<Deed>& deeds() const { return deeds_; }
  const std::optional<request::Caller>& outsider() const { return outsider_; }
  std::int64_t denials_answered() const { return denials_answered_; }
  std::int64_t denials_asked() const { return denials_asked_; }
  std::int64_t acknowledged() const { return acknowledged_; }
  const std::string& organization() const { return organization_; }
  const std::string& admin() const { return admin_; }
  bool has_books() const { return has_books_; }

 private:
  std::optional<Deed> draw(base::Random&);
  void learn(Deed&);
  const std::string& any(const std::vector<std::string>&, base::Random&) const;

  std::vector<Deed> deeds_;
  std::string organization_, admin_;
  bool has_books_ = false;
  std::optional<request::Caller> outsider_;
  std::int64_t denials_answered_ = 0, denials_asked_ = 0, acknowledged_ = 0;
  std::size_t names_ = 0;
  // What stands, by kind: paths below which something can be created.
  std::vector<std::string> parents_, projects_, people_, instances_, bindings_;
};

namespace kinds {
inline constexpr Kind department{"iam.department.create", "scopes"};
inline constexpr Kind project{"iam.project.create", "scopes"};
inline constexpr Kind service_account{"iam.service_account.create", "principals"};
inline constexpr Kind user{"iam.user.create", "principals", "password"};
inline constexpr Kind binding{"iam.binding.create", "bindings"};
inline constexpr Kind binding_end{"iam.binding.remove", ""};
inline constexpr Kind instance{"gpuaas.instance.create", "gpuaas_instances"};
inline constexpr Kind instance_stop{"gpuaas.instance.stop", ""};
inline constexpr Kind credit{"billing.credit.grant", "transfers"};
inline constexpr const Kind* all[] = {&department,  &project,  &service_account, &user,  &binding,
                                      &binding_end, &instance, &instance_stop,   &credit};
}  // namespace kinds

}  // namespace sim
