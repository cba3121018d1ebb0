// gpuaas-shim FOLDER: stays with one workload; see products/gpuaas/node/shim. Descriptor 3, where it is open, is the
// packet socket of whoever started it.
#include <fcntl.h>
#include <stdio.h>

#include "products/gpuaas/node/shim/shim.hpp"

int main(int argc, char** argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: gpuaas-shim FOLDER   (started by gpuaas-node; see products/gpuaas/node/shim/README.md)\n");
    return 2;
  }
  constexpr int first_watcher = 3;
  const bool watched = fcntl(first_watcher, F_SETFD, FD_CLOEXEC) == 0;
  const base::WallClock clock;
  return shim::run(argv[1], watched ? first_watcher : -1, clock);
}
