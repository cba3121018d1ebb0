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

/// Becomes readable each time the terminal changes its size. Made before any thread is.
class Resizes final {
 public:
  Resizes();
  ~Resizes();
  Resizes(const Resizes&) = delete;
  Resizes& operator=(const Resizes&) = delete;
  int descriptor() const { return descriptor_; }
  void take() const;

 private:
  int descriptor_ = -1;
};

}  // namespace cli
