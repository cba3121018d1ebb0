#include "platform/request/streams.hpp"

#include "shared/db/trouble.hpp"

namespace request {

std::uint64_t Streams::opened(const Ask& ask, Cut cut) {
  auto open =
      std::make_shared<Open>(Open{.caller = ask.caller,
                                  .credential = ask.credential,
                                  .target = ask.target,
                                  .permission = ask.route->permission,
                                  .anyone = ask.route->anyone() || (ask.route->options.bulk && ask.one_use == nullptr),
                                  .once = ask.one_use != nullptr || ask.by_link,
                                  .cut = std::move(cut)});
  const std::lock_guard lock{mutex_};
  open_.emplace(next_, std::move(open));
  return next_++;
}

void Streams::closed(std::uint64_t number) {
  std::shared_ptr<Open> gone;  // ends outside the lock
  const std::lock_guard lock{mutex_};
  if (const auto found = open_.find(number); found != open_.end()) {
    gone = std::move(found->second);
    open_.erase(found);
  }
}

std::size_t Streams::size() const {
  const std::lock_guard lock{mutex_};
  return open_.size();
}

std::optional<bool> Streams::by_memory(const Open& open, base::Instant now) const {
  if (open.once && !open.caller.credential_id.empty())
    return std::nullopt;  // of what asked for a ticket only the id is known
  if (!open.once && !open.anyone && !ports_.authenticator.known(open.credential, now)) return std::nullopt;
  if (open.anyone) return true;
  if (!ports_.authorizer.from_index(open.caller.principal, *open.permission, open.target, now)) return std::nullopt;
  return true;
}

bool Streams::by_tables(const Open& open, base::Instant now) const {
  try {
    return store_.read([&](db::Snapshot& snapshot) {
      const std::string& asked_with = open.caller.credential_id;
      if (open.once && !asked_with.empty() && !ports_.authenticator.holds(snapshot, asked_with, now)) return false;
      if (!open.once && !open.anyone && !ports_.authenticator.who(snapshot, open.credential, now)) return false;
      return open.anyone ||
             ports_.authorizer.from_tables(snapshot, open.caller.principal, *open.permission, open.target, now)
                 .has_value();
    });
  } catch (const db::Unavailable&) {
    return false;  // nobody can say yes: what is open without a yes is cut
  }
}

void Streams::decide_again() {
  std::vector<std::shared_ptr<Open>> all;
  {
    const std::lock_guard lock{mutex_};
    all.reserve(open_.size());
    for (const auto& [number, open] : open_) all.push_back(open);
  }
  const base::Instant now = clock_.now();
  for (auto& open : all) {
    if (by_memory(*open, now)) continue;
    pool_.post_due([this, open, now] {
      if (!by_tables(*open, now)) open->cut("access ended");
    });
  }
}

void Streams::cut_all(std::string_view reason) {
  std::map<std::uint64_t, std::shared_ptr<Open>> all;
  {
    const std::lock_guard lock{mutex_};
    all.swap(open_);
  }
  for (const auto& [number, open] : all) open->cut(reason);
}

}  // namespace request
