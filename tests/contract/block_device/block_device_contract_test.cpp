// One suite for every BlockDevice: the fake, a file and a real loop device must be indistinguishable to the
// eraser.
#include <fcntl.h>

#include <catch2/catch.hpp>
#include <functional>

#include "eraser/verify/fd_block_device.hpp"
#include "tests/support/fault_block_device.hpp"
#include "tests/support/loop_fixture.hpp"

using namespace quietus;

namespace {

constexpr std::uint64_t kSize = 4 << 20;

Bytes pattern(std::size_t size, std::uint8_t from) {
  Bytes bytes(size);
  for (auto& byte : bytes) byte = from++;
  return bytes;
}

void keeps_the_contract(BlockDevice& device) {
  REQUIRE(device.size_bytes() == kSize);
  REQUIRE(kSize % device.block_bytes() == 0);
  const std::size_t block = device.block_bytes();

  SECTION("what was written is read back, next to it nothing changes") {
    Bytes before(block), after(block);
    REQUIRE(device.read(0, before));
    REQUIRE(device.read(3 * block, after));
    REQUIRE(device.write(block, pattern(2 * block, 3)));
    REQUIRE(device.flush());
    Bytes back(2 * block), again(block);
    REQUIRE(device.read(block, back));
    CHECK(back == pattern(2 * block, 3));
    REQUIRE(device.read(0, again));
    CHECK(again == before);
    REQUIRE(device.read(3 * block, again));
    CHECK(again == after);
  }
  SECTION("a transfer larger than any buffer arrives whole") {
    const auto large = pattern((2 << 20) + block, 9);
    REQUIRE(device.write(block, large));
    Bytes back(large.size());
    REQUIRE(device.read(block, back));
    CHECK(back == large);
  }
  SECTION("the last block can be written, the one after it not") {
    CHECK(device.write(kSize - block, pattern(block, 1)));
    CHECK_FALSE(device.write(kSize, pattern(block, 1)));
    CHECK_FALSE(device.write(kSize - block, pattern(2 * block, 1)));
    Bytes two(2 * block);
    const auto beyond = device.read(kSize - block, two);
    REQUIRE_FALSE(beyond);
    CHECK(beyond.error().kind == ErrorKind::io);
  }
  SECTION("offsets that would wrap around are refused") {
    CHECK_FALSE(device.write(~std::uint64_t{0} - block + 1, pattern(2 * block, 1)));
  }
  SECTION("what is not aligned is refused and changes nothing") {
    Bytes before(block), again(block);
    REQUIRE(device.read(0, before));
    CHECK_FALSE(device.write(1, pattern(block, 1)));
    CHECK_FALSE(device.write(0, pattern(block - 1, 1)));
    REQUIRE(device.read(0, again));
    CHECK(again == before);
  }
}

}  // namespace

TEST_CASE("the fake keeps the contract of a block device") {
  test::FakeBlockDevice fake(kSize);
  keeps_the_contract(fake);
}

TEST_CASE("the fault wrapper without a fault keeps the contract of a block device") {
  test::FakeBlockDevice fake(kSize);
  test::FaultBlockDevice fault(fake);
  keeps_the_contract(fault);
}

TEST_CASE("a file keeps the contract of a block device, direct and buffered") {
  const test::TemporaryFolder folder;
  const int flags = GENERATE(O_RDWR, O_RDWR | O_DIRECT);
  Fd fd(open(test::make_image(folder, "contract.img", 4).c_str(), flags | O_CLOEXEC));
  if (!fd) return;  // a file system without O_DIRECT; the buffered case has run
  auto device = eraser::FdBlockDevice::adopt(std::move(fd)).value();
  keeps_the_contract(*device);
}

TEST_CASE("a loop device keeps the contract of a block device") {
  if (!test::loops_work("a loop device keeps the contract")) return;
  const test::TemporaryFolder folder;
  const test::LoopDevice loop(test::make_image(folder, "contract.img", 4));
  auto device =
      eraser::FdBlockDevice::adopt(Fd(open(loop.path().c_str(), O_RDWR | O_DIRECT | O_CLOEXEC))).value();
  CHECK(device->io_mode() == "psync O_DIRECT");
  keeps_the_contract(*device);
}
