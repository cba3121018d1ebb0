// The person's own terminal: raw while a remote one is shown in it, and as it was before, whatever happens.
#pragma once

#include <termios.h>

#include <optional>

namespace cli {

struct Size {
  int rows = 24, cols = 80;
};
/// Of stdin's or stdout's terminal; 24 by 80 where there is none.
Size terminal_size();

/// Stdin raw while it lives (termios(3), cfmakeraw). Nothing where stdin is no terminal.
class Raw final {
 public:
  Raw();
  ~Raw();
  Raw(const Raw&) = delete;
  Raw& operator=(const Raw&) = delete;
  bool active() const { return before_.has_value(); }

 private:
  std::optional<termios> before_;
};

/// What the person's terminal, or whoever ends us, has to say; made before any thread is.
class Signals final {
 public:
  Signals();
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;
  int descriptor() const { return descriptor_; }  // readable when there is something to take
  struct Taken {
    bool resized = false;
    bool leave = false;  // SIGTERM, SIGHUP: the terminal is given back first
  };
  Taken take() const;

 private:
  int descriptor_ = -1;
};

}  // namespace cli
