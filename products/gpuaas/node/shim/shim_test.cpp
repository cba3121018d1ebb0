// The shim's parts that need no sandbox: scrollback, characters, log files, packets and the folder.
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <filesystem>

#include "products/gpuaas/node/shim/folder.hpp"
#include "products/gpuaas/node/shim/log_files.hpp"
#include "products/gpuaas/node/shim/packets.hpp"
#include "products/gpuaas/node/shim/scrollback.hpp"

namespace shim {
namespace {

namespace fs = std::filesystem;

TEST(Scrollback, KeepsTheLastBytesAtTheirOffsets) {
  Scrollback all{10};
  all.append("abc");
  EXPECT_EQ(all.begin(), 0);
  EXPECT_EQ(all.from(1, 9), "bc");
  all.append("\ndefghijklmnop");
  EXPECT_EQ(all.end(), 17);
  EXPECT_EQ(all.begin(), 7);
  EXPECT_EQ(all.from(all.begin(), 99), "ghijklmnop");
  for (int i = 0; i < 100; ++i) all.append("0123456789");
  EXPECT_EQ(all.end(), 1017);
  EXPECT_FALSE(all.kept(900));
  EXPECT_EQ(all.from(all.end(), 9), "");
}

TEST(Scrollback, WhoComesLateBeginsAtALineOrAtLeastACharacter) {
  Scrollback lines{12};
  lines.append("first line\nsecond\nthird\n");
  EXPECT_EQ(lines.from(lines.begin(), 99), "third\n");
  Scrollback one_line{4};
  one_line.append("żżżżżż");  // two bytes each; the last four are two of them
  one_line.append("z");
  EXPECT_EQ(one_line.from(one_line.begin(), 99), "żz");
}

TEST(Characters, UnfinishedOneAtTheEndIsHeldBack) {
  const std::string smile = "🙂";  // four bytes
  for (std::size_t cut = 1; cut < 4; ++cut) EXPECT_EQ(whole_characters("a" + smile.substr(0, cut)), "a");
  EXPECT_EQ(whole_characters("a" + smile), "a" + smile);
  EXPECT_EQ(whole_characters(smile.substr(0, 2)), smile.substr(0, 2));  // nothing else: given as it is
  EXPECT_EQ(whole_characters("\x80\x80\x80\x80\x80"), "\x80\x80\x80\x80\x80");
  EXPECT_EQ(whole_characters(""), "");
}

class InAFolder : public ::testing::Test {
 protected:
  void SetUp() override {
    char place[] = "/tmp/gpuaas-shim-XXXXXX";
    folder_ = ::mkdtemp(place);
  }
  void TearDown() override { fs::remove_all(folder_); }
  std::string folder_;
};
using Log = InAFolder;
using Folder = InAFolder;

TEST_F(Log, OffsetsStayThroughRotationAndTwoFilesAreKept) {
  LogFiles log{folder_, 10};
  for (int i = 0; i < 10; ++i) log.append("12345");
  EXPECT_EQ(log.end(), 50);
  const auto last = read_log(folder_, 40, 100);
  EXPECT_EQ(last.offset, 40);
  EXPECT_EQ(last.bytes, "1234512345");
  EXPECT_EQ(last.end, 50);
  const auto gone = read_log(folder_, 3, 7);
  EXPECT_EQ(gone.offset, 30);
  EXPECT_EQ(gone.bytes, "1234512");
  const auto across = read_log(folder_, 38, 4);
  EXPECT_EQ(across.bytes, "4512");
  EXPECT_EQ(read_log(folder_, -3, 99).bytes, "345");
  EXPECT_EQ(read_log(folder_, 99, 10).offset, 50);
  EXPECT_EQ(read_log(folder_, 50, 10).bytes, "");
}

TEST_F(Log, BytesThatTheDiskRefusedAreAGapAndTheNextStandAtTheirOwnOffset) {
  if (::geteuid() != 0) GTEST_SKIP() << "as root only: the test makes a full file system";
  const std::string full = folder_ + "/full";
  fs::create_directory(full);
  ASSERT_EQ(std::system(("mount -t tmpfs -o size=64k none " + full).c_str()), 0);
  {
    LogFiles log{full, 1 << 20};
    log.append("begin");
    FILE* filler = ::fopen((full + "/filler").c_str(), "w");
    const std::string much(1 << 20, 'x');
    ::setvbuf(filler, nullptr, _IONBF, 0);
    ::fwrite(much.data(), 1, much.size(), filler);
    ::fclose(filler);
    log.append(std::string(8192, 'l'));  // no room for the end of it
    fs::remove(full + "/filler");
    log.append("after");
    EXPECT_EQ(log.end(), 5 + 8192 + 5);
    const auto after = read_log(full, 5 + 8192, 99);
    EXPECT_EQ(after.offset, 5 + 8192);
    EXPECT_EQ(after.bytes, "after");
    EXPECT_EQ(read_log(full, 0, 5).bytes, "begin");
  }
  ASSERT_EQ(std::system(("umount " + full).c_str()), 0);
}

TEST_F(Folder, StatusComesBackAsItWas) {
  EXPECT_FALSE(read_status(folder_));
  const runtime::Status status{.state = runtime::State::exited,
                               .pid = 12,
                               .end = runtime::End::start_failure,
                               .failure = "command_not_found",
                               .detail = "łódź: \"no\"\n"};
  ASSERT_TRUE(write_status(folder_, status));
  EXPECT_EQ(read_status(folder_), status);
  EXPECT_FALSE(fs::exists(folder_ + "/status.json.new"));
}

TEST_F(Folder, LockHasOneHolderAndGoesWithIt) {
  const std::string path = folder_ + "/lock";
  {
    const Descriptor held = try_lock(path);
    EXPECT_TRUE(held);
    EXPECT_TRUE(is_locked(path));
    EXPECT_FALSE(try_lock(path));
  }
  EXPECT_FALSE(is_locked(path));
  EXPECT_TRUE(try_lock(path));
}

TEST(Packets, KeepTheirBoundsAndTellFullAndGone) {
  int ends[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
  Packet packet;
  EXPECT_EQ(receive_packet(ends[1], packet), Got::nothing);
  EXPECT_EQ(send_packet(ends[0], Kind::output, "a"), Sent::sent);
  EXPECT_EQ(send_packet(ends[0], Kind::skipped, 123456789012), Sent::sent);
  EXPECT_EQ(send_packet(ends[0], Kind::output, std::string(packet_max, 'x')), Sent::sent);
  int more = 0;
  while (send_packet(ends[0], Kind::output, "more") == Sent::sent && more < 10'000) ++more;
  EXPECT_EQ(send_packet(ends[0], Kind::output, "more"), Sent::full);
  ASSERT_EQ(receive_packet(ends[1], packet), Got::packet);
  EXPECT_EQ(packet.kind, Kind::output);
  EXPECT_EQ(packet.body, "a");
  ASSERT_EQ(receive_packet(ends[1], packet), Got::packet);
  EXPECT_EQ(packet.number(), 123456789012);
  ASSERT_EQ(receive_packet(ends[1], packet), Got::packet);
  EXPECT_EQ(packet.body.size(), packet_max);
  for (int i = 0; i < more; ++i) EXPECT_EQ(receive_packet(ends[1], packet), Got::packet);
  EXPECT_EQ(receive_packet(ends[1], packet), Got::nothing);
  ::close(ends[0]);
  EXPECT_EQ(receive_packet(ends[1], packet), Got::gone);
  EXPECT_EQ(send_packet(ends[1], Kind::output, "a"), Sent::gone);
  ::close(ends[1]);
}

}  // namespace
}  // namespace shim
