#include "shared/http/loop.hpp"

#include <ctime>

#include "shared/base/check.hpp"

namespace http {
namespace {

std::string date_text() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[40];
  return {text, std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts)};
}

}  // namespace

Loop::Loop(std::chrono::milliseconds tick) : period_(tick), work_(io.get_executor()), ticker_(io), date_(date_text()) {}

Loop::~Loop() {
  if (thread_.joinable()) thread_.detach();
}

void Loop::start() {
  tick_later();
  thread_ = std::thread{[self = shared_from_this()] {
    self->thread_id_ = std::this_thread::get_id();
    self->io.run();
    {
      const std::scoped_lock lock{self->mutex_};
      self->stopped_ = true;
    }
    // What was posted between the last look and the refusal above still runs, so that nothing is kept alive by it.
    self->io.restart();
    self->io.poll();
  }};
}

void Loop::tick_later() {
  if (leaving_) return;
  ticker_.expires_after(period_);
  ticker_.async_wait([this](boost::system::error_code ec) {
    if (!ec) tick();
  });
}

void Loop::tick() {
  date_ = date_text();
  const Time now = time_now();
  // A session that ends moves the last one into its place, so the walk goes from the end.
  for (std::size_t i = sessions_.size(); i-- > 0;) {
    if (i >= sessions_.size()) continue;
    const auto session = sessions_[i];
    session->tick(now);
  }
  tick_later();
}

bool Loop::after(std::chrono::milliseconds delay, std::function<void()> task) {
  return run([this, delay, task = std::move(task)]() mutable {
    if (leaving_) return;
    auto timer = std::make_shared<asio::steady_timer>(io, delay);
    timers_.insert(timer);
    timer->async_wait([this, timer, task = std::move(task)](boost::system::error_code ec) {
      timers_.erase(timer);
      if (!ec) task();
    });
  });
}

void Loop::add(std::shared_ptr<Session> session) {
  CHECK(here());
  session->place_ = sessions_.size();
  sessions_.push_back(std::move(session));
}

void Loop::remove(Session& session) {
  CHECK(here());
  const std::size_t place = session.place_;
  if (place >= sessions_.size() || sessions_[place].get() != &session) return;
  const auto kept = std::move(sessions_[place]);
  if (place + 1 != sessions_.size()) {
    sessions_[place] = std::move(sessions_.back());
    sessions_[place]->place_ = place;
  }
  sessions_.pop_back();
  if (stop_when_idle_ && sessions_.empty()) leave();
}

void Loop::drain_sessions() {
  CHECK(here());
  const auto all = sessions_;
  for (const auto& session : all) session->drain();
}

void Loop::leave() {
  leaving_ = true;
  ticker_.cancel();
  work_.reset();
  for (const auto& timer : timers_) timer->cancel();
}

void Loop::stop() {
  run([this] {
    const auto all = sessions_;
    for (const auto& session : all) session->cut();
    leave();
  });
  join();
}

void Loop::stop_when_idle() {
  run([this] {
    stop_when_idle_ = true;
    if (sessions_.empty()) leave();
  });
}

void Loop::join() {
  if (!thread_.joinable()) return;
  if (here())
    thread_.detach();
  else
    thread_.join();
}

}  // namespace http
