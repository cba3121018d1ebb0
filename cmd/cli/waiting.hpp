// Waiting for an instance: by its own events, so that nobody polls; only near the end of the time that was given is it
// looked at by the clock, because a silent stream would not notice.
#pragma once

#include <chrono>
#include <functional>
#include <optional>

#include "cmd/cli/session.hpp"

namespace cli {

/// The line on stderr that grows as things happen. Where stderr is no terminal it is silent, but says once why it
/// waits.
class Progress final {
 public:
  Progress(Session&, bool wanted);
  bool shown() const { return shown_; }
  void show(const json::Document& instance);
  /// Ends the line, with the price where the wait came to what was waited for.
  void end(const Outcome<json::Document>&);

 private:
  void break_line();
  void explain(const json::Document& instance);

  Session& session_;
  const bool wanted_, shown_;
  bool explained_ = false, open_ = false;  // the line: something stands on it
  std::vector<std::string> said_;
};

/// The instance, once `until` holds of it; the progress is ended. Failures: `not_yet` after `timeout`, if there is one;
/// those of the server.
Outcome<json::Document> wait_for(Session&, const std::string& id, Progress&,
                                 const std::function<bool(const json::Document&)>& until,
                                 std::optional<std::chrono::seconds> timeout);

}  // namespace cli
