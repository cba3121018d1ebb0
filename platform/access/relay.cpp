#include "platform/access/relay.hpp"

#include "shared/mux/messages.hpp"

namespace entrance {
namespace {

constexpr std::uint16_t normal_closure = 1000;
constexpr std::uint16_t policy_violation = 1008;
constexpr std::uint16_t internal_error = 1011;

}  // namespace

Relay::Relay(std::shared_ptr<mux::Stream> node, Ended ended) : node_(std::move(node)), ended_(std::move(ended)) {}

void Relay::join(const std::shared_ptr<http::ByteStream>& reader) {
  if (!reader) return left("gone");
  cut_by([weak = std::weak_ptr{reader}](std::string_view) {
    if (const auto open = weak.lock()) open->cut();
  });
  reader->on_close([self = shared_from_this()] { self->left("closed"); });
  node_->on_end([reader] { reader->close(); });
  node_->on_reset([reader](const std::string&) { reader->cut(); });
  node_->on_data([node = node_, reader](std::string piece) {
    if (reader->write(std::move(piece))) return;
    reader->cut();
    node->reset("reader too slow");
  });
}

void Relay::join(const std::shared_ptr<http::WebSocket>& reader) {
  const auto self = shared_from_this();
  const std::weak_ptr weak{reader};
  cut_by([weak](std::string_view reason) {
    if (const auto open = weak.lock()) open->close(policy_violation, reason);
  });
  reader->on_message([node = node_, weak](const std::string& message, bool binary) {
    if (node->write(mux::message_text(message, binary))) return;
    if (const auto open = weak.lock()) open->close(internal_error, "the node does not keep up");
  });
  reader->on_close([self](std::uint16_t, const std::string&) { self->left("closed"); });
  node_->on_end([self, reader] {
    self->ended("node");
    reader->close(normal_closure, "ended");
  });
  node_->on_reset([self, reader](const std::string& reason) {
    self->ended("node");
    reader->close(internal_error, reason);
  });
  node_->on_data([node = node_, reader, parser = mux::MessageParser{}](const std::string& bytes) mutable {
    const bool sound = parser.feed(bytes, [&](std::string message, bool binary) {
      if (reader->send(std::move(message), binary)) return;
      reader->close(internal_error, "the reader does not keep up");
      node->reset("reader too slow");
    });
    if (!sound) node->reset("not a frame");
  });
  reader->start();
}

void Relay::cut(std::string_view reason) {
  const bool first = !over_.exchange(true);  // before the reader's end, which is closed here, says so itself
  Close close;
  {
    const std::lock_guard lock{mutex_};
    close = close_;
  }
  if (close) close(reason);  // before the node's stream lets go of it
  node_->reset("cut");
  if (first) ended_("cut");
}

void Relay::cut_by(Close close) {
  const std::lock_guard lock{mutex_};
  close_ = std::move(close);
}

// The reader did.
void Relay::left(std::string_view reason) {
  node_->reset(reason);
  ended("closed");
}

void Relay::ended(std::string_view by) {
  if (!over_.exchange(true)) ended_(by);
}

}  // namespace entrance
