#include "eraser/verify/fd_block_device.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "base/crypto.hpp"

using namespace quietus;
using namespace quietus::eraser;

namespace {

/// A file of its own in the temporary directory.
struct File {
  explicit File(std::uint64_t size)
      : path(std::filesystem::temp_directory_path() / random_id("quietus-media")) {
    std::ofstream{path};
    std::filesystem::resize_file(path, size);
  }
  ~File() { std::filesystem::remove(path); }
  [[nodiscard]] Fd open(int flags) const { return Fd(::open(path.c_str(), flags | O_CLOEXEC)); }
  std::filesystem::path path;
};

}  // namespace

TEST_CASE(
    "a tail smaller than the direct alignment is written and read, and O_DIRECT is on again afterwards") {
  const File file(8192 + 512);
  auto fd = file.open(O_RDWR | O_DIRECT);
  if (!fd) fd = file.open(O_RDWR);
  auto device = FdBlockDevice::adopt(std::move(fd)).value();
  const int flags = fcntl(device->descriptor(), F_GETFL);
  const Bytes tail(512, 0x5A);
  REQUIRE(device->write(8192, tail));
  Bytes back(512);
  REQUIRE(device->read(8192, back));
  CHECK(back == tail);
  CHECK(fcntl(device->descriptor(), F_GETFL) == flags);
}

TEST_CASE("unaligned memory is written through the bounce buffer") {
  const File file(1 << 20);
  auto fd = file.open(O_RDWR | O_DIRECT);
  if (!fd) fd = file.open(O_RDWR);
  auto device = FdBlockDevice::adopt(std::move(fd)).value();
  Bytes memory((64 << 10) + 1);
  for (std::size_t i = 0; i < memory.size(); ++i) memory[i] = static_cast<std::uint8_t>(i * 7);
  const auto odd = std::span(memory).subspan(1);
  REQUIRE(device->write(4096, odd));
  Bytes back(64 << 10);
  REQUIRE(device->read(4096, back));
  CHECK(std::ranges::equal(back, odd));
}

TEST_CASE("a file that shrinks is seen at once") {
  const File file(1 << 20);
  auto device = FdBlockDevice::adopt(file.open(O_RDWR)).value();
  CHECK(device->size_bytes() == 1 << 20);
  std::filesystem::resize_file(file.path, 4096);
  CHECK(device->size_bytes() == 4096);
  const Bytes block(4096);
  CHECK_FALSE(device->write(4096, block));
}

TEST_CASE("a descriptor opened for writing only cannot read") {
  const File file(1 << 20);
  auto device = FdBlockDevice::adopt(file.open(O_WRONLY)).value();
  Bytes block(4096);
  CHECK(device->write(0, block));
  CHECK_FALSE(device->read(0, block));
}

TEST_CASE("what is neither a block device nor a regular file is no medium") {
  CHECK_FALSE(FdBlockDevice::adopt(Fd(::open("/dev/null", O_RDWR | O_CLOEXEC))));
  CHECK_FALSE(FdBlockDevice::adopt(Fd{}));
}
