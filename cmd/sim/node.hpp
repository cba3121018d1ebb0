// Node: a machine of the simulation that sells its GPUs: it is told what to run, says that it runs, and reports what
// was used from a journal that it keeps until each event was acknowledged: the money path's beginning.
//
// Always true: an event that was acknowledged is in the books of usage once, and is charged once.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "cmd/sim/machine.hpp"

namespace sim {

class Node {
 public:
  /// Says what is wrong, or nothing.
  std::string join(Machine&);

  /// Learns what it shall run.
  std::string look(Machine&);
  /// One request of the node's own: that something runs, or what it used.
  void ask(Machine&, base::Random&);
  /// Takes all answers that came; says what is wrong with one, or nothing. While the disk is down 503 is right.
  std::string settle(bool down);
  /// What was not acknowledged is reported again, and some of what was.
  void report_again(Machine&);

  const std::set<std::string>& acknowledged() const { return acknowledged_; }
  const std::set<std::string>& reported() const { return reported_; }

 private:
  struct Event {
    std::string id;
    std::string text;  // as it is reported, word for word each time
  };
  struct Pending {
    std::vector<std::string> events;  // none: an observation
    Answered answer;
  };

  void report(Machine&, const std::vector<Event>&);

  std::optional<request::Caller> self_;
  std::vector<std::string> runs_;                   // instances
  std::map<std::string, std::int64_t> used_until_;  // in the clock's microseconds, by instance
  std::map<std::string, Event> journal_;            // not acknowledged, by id
  std::vector<Event> sent_;                         // all there were
  std::set<std::string> acknowledged_, reported_;
  std::vector<Pending> pending_;
};

}  // namespace sim
