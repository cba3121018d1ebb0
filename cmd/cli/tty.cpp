#include "cmd/cli/tty.hpp"

#include <signal.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace cli {

Size terminal_size() {
  winsize size{};
  for (const int each : {STDIN_FILENO, STDOUT_FILENO})
    if (::ioctl(each, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0) return {size.ws_row, size.ws_col};
  return {};
}

Raw::Raw() {
  termios now{};
  if (::isatty(STDIN_FILENO) == 0 || ::tcgetattr(STDIN_FILENO, &now) != 0) return;
  before_ = now;
  ::cfmakeraw(&now);
  ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &now);
}

Raw::~Raw() {
  if (before_) ::tcsetattr(STDIN_FILENO, TCSADRAIN, &*before_);
}

Signals::Signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int each : {SIGWINCH, SIGTERM, SIGHUP}) sigaddset(&set, each);
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  descriptor_ = ::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

Signals::~Signals() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Signals::Taken Signals::take() const {
  Taken taken;
  signalfd_siginfo each;
  while (::read(descriptor_, &each, sizeof each) == sizeof each) {
    if (each.ssi_signo == SIGWINCH)
      taken.resized = true;
    else
      taken.leave = true;
  }
  return taken;
}

}  // namespace cli
