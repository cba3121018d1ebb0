// Streams: what is open, why it may be, and how it is cut. Each open stream keeps its caller and target; whenever an
// epoch grows, or on the edge's beat, every one of them is decided again, and anything but a yes cuts it.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>

#include "platform/request/ask.hpp"
#include "platform/request/pool.hpp"

namespace request {

class Streams final {
 public:
  Streams(const db::Store& store, const base::Clock& clock, Ports& ports, Pool& pool)
      : store_(store), clock_(clock), ports_(ports), pool_(pool) {}

  using Cut = std::function<void(std::string_view reason)>;
  /// Returns its number, for `closed`.
  std::uint64_t opened(const Ask&, Cut);
  void closed(std::uint64_t number);
  void decide_again();
  void cut_all(std::string_view reason);
  std::size_t size() const;

 private:
  struct Open {
    Caller caller;
    std::string credential;
    Target target;
    const Permission* permission;
    bool anyone;
    bool once;  // came by a ticket or a node's link: what asked for the ticket is the caller's credential_id
    Cut cut;
  };
  /// True: still allowed. Nothing: the tables must tell.
  std::optional<bool> by_memory(const Open&, base::Instant now) const;
  bool by_tables(const Open&, base::Instant now) const;

  const db::Store& store_;
  const base::Clock& clock_;
  Ports& ports_;
  Pool& pool_;
  mutable std::mutex mutex_;
  std::uint64_t next_ = 1;
  std::map<std::uint64_t, std::shared_ptr<Open>> open_;
};

}  // namespace request
