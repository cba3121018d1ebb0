// Machine: one computer of the simulation: a disk that loses what was not synced, a clock that is moved by hand, and
// the house that runs on them between two power cuts. It steps the house: nothing runs that it did not ask for.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cmd/house/house.hpp"
#include "shared/db/lossy_vfs.hpp"

namespace sim {

struct Answer {
  int status = 0;  // 0: none came
  std::string body = {};
  bool replayed = false;
};
using Answered = std::shared_ptr<Answer>;

/// One request, and who sends it: the admin by their key, or a principal without rights.
struct Sent {
  std::string method;
  std::string path;
  std::string key = {};  // Idempotency-Key
  std::string body = {};
  std::optional<request::Caller> as = {};
};

/// What one shared commit came to.
struct Step {
  int together = 0;             // works in it; 0: nothing waited
  std::int64_t bytes_lost = 0;  // by a power cut in it
};

class Machine {
 public:
  Machine(std::uint64_t seed, std::string synchronous);

  /// The first time it bootstraps. Errors: what the house says; the disk may be down again.
  base::Result<void> open();
  /// What waits is answered, and nothing of the house remains. The disk keeps what it has.
  void close();

  db::LossyDisk& disk() { return disk_; }
  db::Store& store() { return house_->store(); }
  const iam::house::Bootstrapped& bootstrapped() const { return *bootstrapped_; }
  bool has_route(std::string_view path) const;

  Answered ask(const Sent&);
  /// One shared commit of what waits.
  Step step();
  /// Asks and waits.
  Answer answer(const Sent&);

  /// One pass of each job; their commits are their own.
  void run_jobs();

  base::Instant now() const { return clock_.now(); }
  std::int64_t requests() const { return requests_; }

 private:
  class Hand final : public base::Clock {
   public:
    base::Instant now() const override { return base::from_micros(now_us_); }
    void move(std::chrono::microseconds by) { now_us_ += by.count(); }

   private:
    std::atomic<std::int64_t> now_us_{1'804'000'000'000'000};  // some day in 2027
  };

  const base::Random::Key dice_;
  const std::string synchronous_;
  db::LossyDisk disk_{"sim"};
  Hand clock_;
  std::int64_t requests_ = 0;
  std::unique_ptr<house::House> house_;
  std::optional<iam::house::Bootstrapped> bootstrapped_;
};

}  // namespace sim
