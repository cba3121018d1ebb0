#include "products/gpuaas/node/shim/tty.hpp"

#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>

#include <algorithm>

namespace shim {
namespace {

using namespace std::chrono_literals;

// Some 32 MiB/s.
constexpr auto tick = 10ms;
constexpr std::size_t tick_bytes_max = 320 << 10;
constexpr int closing_rounds_max = 64;  // more than the kernel holds: who still writes then is not waited for

}  // namespace

void Tty::open(Descriptor master) {
  master_ = std::move(master);
  ::fcntl(master_.get(), F_SETFL, O_RDWR | O_NONBLOCK);
}

void Tty::add_to(Poll& poll) {
  if (!master_) return;
  if (poll.now() - tick_ >= tick) {
    tick_ = poll.now();
    tick_bytes_ = 0;
  }
  if (tick_bytes_ < tick_bytes_max)
    poll.on(master_.get(), POLLIN, [this](short) { read(); });
  else
    poll.wake_at(tick_ + tick);
}

bool Tty::read() {
  char piece[16384];
  for (int reads = 0; master_ && reads < 16; ++reads) {
    const ssize_t got = ::read(master_.get(), piece, sizeof piece);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EAGAIN) return false;
    if (got <= 0) {  // EIO: nobody holds the other end, but it may be opened again: looked at again next tick
      tick_bytes_ = tick_bytes_max;
      return false;
    }
    const std::string_view bytes{piece, static_cast<std::size_t>(got)};
    scrollback_.append(bytes);
    if (shown_) shown_(bytes);
    tick_bytes_ += bytes.size();
  }
  return static_cast<bool>(master_);
}

void Tty::close() {
  for (int rounds = 0; rounds < closing_rounds_max && read(); ++rounds) {
  }
  master_.reset();
}

void Tty::resize(const runtime::TerminalSize& size) {
  winsize window{};
  window.ws_row = static_cast<unsigned short>(std::clamp(size.rows, 1, 1000));
  window.ws_col = static_cast<unsigned short>(std::clamp(size.cols, 1, 1000));
  if (master_) ::ioctl(master_.get(), TIOCSWINSZ, &window);
}

std::size_t Tty::type(std::string_view bytes) {
  if (!master_) return bytes.size();
  const ssize_t put = ::write(master_.get(), bytes.data(), bytes.size());
  if (put >= 0) return static_cast<std::size_t>(put);
  return errno == EAGAIN || errno == EINTR ? 0 : bytes.size();
}

}  // namespace shim
