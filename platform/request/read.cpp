// Reads: from memory on the network thread, or from a snapshot on the pool. Neither waits for the writer, unless the
// route says `audit_read`: then its record is durable before the answer.
#include "platform/request/runs.hpp"

namespace request {

void Runs::read_memory(const AskPtr& ask) {
  auto random = dice(*ask, DiceStep::prepare);
  auto answer =
      ask->route->read(nullptr, ask->granted(), Env{ask->now, random, ask->caller.credential_id}, ask->input.get());
  if (!answer) return refuse(ask, answer.error());
  send_answer(ask, ask->route->options.status, std::move(*answer));
}

void Runs::read(const AskPtr& ask) {
  on_pool(ask, [this, ask] {
    auto random = dice(*ask, DiceStep::prepare);
    const Env env{ask->now, random, ask->caller.credential_id};
    auto answer = store_.read(
        [&](db::Snapshot& snapshot) { return ask->route->read(&snapshot, ask->granted(), env, ask->input.get()); });
    if (!answer) return refuse(ask, answer.error());
    if (ask->route->options.audit_read) return record_read(ask, std::move(*answer));
    send_answer(ask, ask->route->options.status, std::move(*answer));
  });
}

void Runs::record_read(const AskPtr& ask, Answer answer) {
  submit(
      [this, ask](db::Tx& tx) -> base::Result<void> {
        auto random = dice(*ask, DiceStep::commit);
        ports_.recorder.allowed_read(tx, Env{ask->now, random}, ask->granted(), ask->caller, text(ask->target));
        return {};
      },
      [this, ask, answer = std::move(answer)](base::Result<void> done) mutable {
        if (!done) return refuse(ask, done.error());
        send_answer(ask, ask->route->options.status, std::move(answer));
      });
}

}  // namespace request
