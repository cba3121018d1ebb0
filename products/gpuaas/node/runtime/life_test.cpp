// How workloads start and end, and that what is told of it is true.
#include "products/gpuaas/node/runtime/fixture.hpp"

namespace runtime {
namespace {

using namespace std::chrono_literals;
using Life = test::RuntimeTest;

TEST_F(Life, ExitCodeIsTheCommandsOwn) {
  const Status status = run(shell("a", "echo hello; exit 7"));
  EXPECT_EQ(status.end, End::exit) << status.failure << " " << status.detail;
  EXPECT_EQ(status.exit_code, 7);
  EXPECT_EQ(whole_log("a"), "hello\r\n");
  EXPECT_GT(status.started_at_us, 0);
  EXPECT_GE(status.exited_at_us, status.started_at_us);
}

}  // namespace
}  // namespace runtime
