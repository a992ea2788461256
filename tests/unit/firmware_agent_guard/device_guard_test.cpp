// Real loop devices: every refusal of a block device, as root; elsewhere skipped with the reason.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>

#include "firmware-agent/guard/block_node.hpp"
#include "firmware-agent/guard/guarded_medium.hpp"
#include "firmware-agent/guard/identity.hpp"
#include "tests/support/loop_fixture.hpp"

using namespace quietus;
using namespace quietus::agent;
using test::LoopDevice;
using test::make_image;
using test::run_shell;
using test::TemporaryFolder;

namespace {

Error refusal(const std::string& path) {
  auto medium = GuardedMedium::open(path, {});
  REQUIRE_FALSE(medium);
  return medium.error();
}

bool says(const Error& error, std::string_view words) {
  INFO(error.message);
  CHECK(error.kind == ErrorKind::denied);
  return error.message.find(words) != std::string::npos;
}

/// 40 MiB with an MBR of two primary partitions of 16 MiB each.
Bytes partitioned_disk() {
  constexpr std::uint32_t kSectors = 32768;
  Bytes disk(std::size_t{40} << 20);
  const auto entry = [&](std::size_t at, std::uint32_t start) {
    disk[at + 4] = 0x83;
    for (std::size_t i = 0; i < 4; ++i) {
      disk[at + 8 + i] = static_cast<std::uint8_t>(start >> (8 * i));
      disk[at + 12 + i] = static_cast<std::uint8_t>(kSectors >> (8 * i));
    }
  };
  entry(446, 2048);
  entry(462, 2048 + kSectors);
  disk[510] = 0x55;
  disk[511] = 0xAA;
  return disk;
}

/// A file system on a device, mounted until the end.
struct Mounted {
  Mounted(const std::string& device, const std::string& where) : where_(where) {
    std::filesystem::create_directories(where);
    REQUIRE(run_shell("mkfs.ext4 -q -F " + device + " && mount " + device + " " + where, "/") == 0);
  }
  ~Mounted() { run_shell("umount " + where_, "/"); }
  Mounted(const Mounted&) = delete;
  Mounted& operator=(const Mounted&) = delete;
  std::string where_;
};

}  // namespace

#define NEEDS_LOOPS() \
  if (!test::loops_work(Catch::getResultCapture().getCurrentTestName().c_str())) return

TEST_CASE("a free loop device is opened and identified through its descriptor") {
  NEEDS_LOOPS();
  const TemporaryFolder folder;
  const auto file = make_image(folder, "a.img", 2);
  const LoopDevice loop(file);
  const auto medium = GuardedMedium::open(loop.path(), {}).value();
  const auto& identity = medium->identity();
  struct stat about{};
  REQUIRE(stat(file.c_str(), &about) == 0);
  CHECK(identity.kind == MediumKind::loop_device);
  CHECK(identity.size_bytes == 2 << 20);
  CHECK(identity.backing_inode == about.st_ino);
  CHECK(identity.backing_device == about.st_dev);
  CHECK(identity.backing_path == file);
  CHECK(identity.disk_sequence != 0);
  CHECK(medium->check_unchanged());
  CHECK(medium->settle());
  CHECK(examine(loop.path(), {}).value().identity == identity);
}

TEST_CASE("while a device is held, neither a mount nor a second guard gets it") {
  NEEDS_LOOPS();
  const TemporaryFolder folder;
  const LoopDevice loop(make_image(folder, "a.img", 8));
  REQUIRE(run_shell("mkfs.ext4 -q -F " + loop.path(), "/") == 0);
  const auto medium = GuardedMedium::open(loop.path(), {}).value();
  std::filesystem::create_directories(folder.path() + "/m");
  const int mounted = run_shell("mount " + loop.path() + " " + folder.path() + "/m", "/");
  if (mounted == 0) run_shell("umount " + folder.path() + "/m", "/");
  CHECK(mounted != 0);
  CHECK(says(refusal(loop.path()), "O_EXCL"));
}

TEST_CASE("a mounted device is refused and the reason names the mount point") {
  NEEDS_LOOPS();
  const TemporaryFolder folder;
  const LoopDevice loop(make_image(folder, "a.img", 8));
  const Mounted mounted(loop.path(), folder.path() + "/m");
  const auto error = refusal(loop.path());
  CHECK(says(error, "mounted on " + folder.path() + "/m"));
  CHECK(says(error, "O_EXCL"));
}

TEST_CASE("a second loop device over the file of a mounted one is refused") {
  NEEDS_LOOPS();
  const TemporaryFolder folder;
  const auto file = make_image(folder, "a.img", 8);
  const LoopDevice first(file);
  const Mounted mounted(first.path(), folder.path() + "/m");
  const LoopDevice second(file);
  REQUIRE(second.path() != first.path());
  const auto error = refusal(second.path());
  CHECK(says(error, first.path() + " stands on the same file"));
  CHECK(says(error, "mounted on " + folder.path() + "/m"));
}

TEST_CASE("a second loop device over the same file is refused even when nothing is mounted") {
  NEEDS_LOOPS();
  const TemporaryFolder folder;
  const auto file = make_image(folder, "a.img", 2);
  const LoopDevice first(file), second(file);
  CHECK(says(refusal(first.path()), second.path() + " stands on the same file"));
}

TEST_CASE("a second loop device that appears while the first is held is noticed") {
  NEEDS_LOOPS();
  const TemporaryFolder folder;
  const auto file = make_image(folder, "a.img", 2);
  const LoopDevice first(file);
  const auto medium = GuardedMedium::open(first.path(), {}).value();
  const LoopDevice second(file);
  CHECK(medium->check_unchanged().error().kind == ErrorKind::denied);
}

TEST_CASE("an image that is behind a loop device is refused") {
  NEEDS_LOOPS();
  const TemporaryFolder folder;
  const auto file = make_image(folder, "a.img", 2);
  const LoopDevice loop(file);
  CHECK_FALSE(GuardedMedium::open(file, {{folder.path()}}));
  const auto seen = examine(file, {{folder.path()}}).value();
  REQUIRE(seen.reasons.size() == 1);
  CHECK(seen.reasons[0].find(loop.path() + " stands on the same file") != std::string::npos);
}

TEST_CASE("a device that carries swap is refused") {
  NEEDS_LOOPS();
  const TemporaryFolder folder;
  const LoopDevice loop(make_image(folder, "a.img", 8));
  if (run_shell("mkswap " + loop.path() + " && swapon " + loop.path(), "/") != 0) {
    WARN("skipped: swapon does not work here");
    return;
  }
  const auto error = GuardedMedium::open(loop.path(), {}).error();
  run_shell("swapoff " + loop.path(), "/");
  CHECK(says(error, "carries the swap " + loop.path()));
}

TEST_CASE("a read-only device is refused") {
  NEEDS_LOOPS();
  const TemporaryFolder folder;
  const LoopDevice loop(make_image(folder, "a.img", 2), "-r");
  CHECK(says(refusal(loop.path()), "read-only"));
}

TEST_CASE("a loop device with nothing behind it is refused") {
  NEEDS_LOOPS();
  const TemporaryFolder folder;
  LoopDevice loop(make_image(folder, "a.img", 2));
  const auto path = loop.path();
  loop.detach();
  CHECK_FALSE(GuardedMedium::open(path, {}));
}

TEST_CASE("a loop device over a part of a file, or over a device, is refused") {
  NEEDS_LOOPS();
  const TemporaryFolder folder;
  const auto file = make_image(folder, "a.img", 4);
  {
    const LoopDevice part(file, "-o 1048576");
    CHECK(says(refusal(part.path()), "only a part"));
  }
  const LoopDevice below(file);
  const LoopDevice above(below.path());
  CHECK(says(refusal(above.path()), "another block device"));
  CHECK(says(refusal(below.path()), above.path() + " stands on it"));
}

TEST_CASE("a loop device over a file of blocks shared with another file is refused, where that can be made") {
  NEEDS_LOOPS();
  const TemporaryFolder folder;
  const auto disk = make_image(folder, "xfs.img", 320);
  const LoopDevice loop(disk);
  const std::string where = folder.path() + "/m";
  std::filesystem::create_directories(where);
  if (run_shell("mkfs.xfs -q -f " + loop.path() + " && mount " + loop.path() + " " + where, "/") != 0) {
    WARN("skipped: no xfs here");
    return;
  }
  REQUIRE(run_shell("head -c 1048576 /dev/urandom > a.img && cp --reflink=always a.img b.img && sync",
                    where) == 0);
  const auto error = GuardedMedium::open(where + "/a.img", {{where}}).error();
  run_shell("umount " + where, "/");
  CHECK(says(error, "reflink"));
}

TEST_CASE("the disk of the root file system is refused") {
  struct stat root{};
  REQUIRE(stat("/", &root) == 0);
  const auto node = BlockNode::of(root.st_dev);
  if (!node) {
    WARN("skipped: / is not on a block device here");
    return;
  }
  // Surveyed by its number: a sandbox may not let anybody open it.
  DeviceIdentity identity;
  identity.device_number = node->disk().value().device_number();
  identity.size_bytes = 1;
  const auto found = survey(-1, identity);
  REQUIRE_FALSE(found.mounts.empty());
  CHECK(found.mounts[0].find("mounted on /") != std::string::npos);
}

TEST_CASE("partitions: the whole disk is refused while one is mounted, and two of one size are two media") {
  NEEDS_LOOPS();
  const TemporaryFolder folder;
  const auto file = folder.file("a.img", partitioned_disk());
  const LoopDevice loop(file, "-P");
  const std::string first = loop.path() + "p1", second = loop.path() + "p2";
  if (!std::filesystem::exists(first)) {
    WARN("skipped: no partitions on loop devices here");
    return;
  }
  const auto a = examine(first, {}).value().identity, b = examine(second, {}).value().identity;
  CHECK(a.size_bytes == b.size_bytes);
  CHECK_FALSE(same_medium(a, b));
  const Mounted mounted(first, folder.path() + "/m");
  CHECK(says(refusal(loop.path()), "mounted on " + folder.path() + "/m"));
  CHECK(says(refusal(first), "mounted on " + folder.path() + "/m"));
}

TEST_CASE("another file put behind the same loop device is another medium") {
  NEEDS_LOOPS();
  const TemporaryFolder folder;
  const auto file = make_image(folder, "a.img", 2), other = make_image(folder, "b.img", 2);
  LoopDevice loop(file);
  const auto path = loop.path();
  const auto before = GuardedMedium::open(path, {}).value()->identity();
  loop.detach();
  REQUIRE(run_shell("losetup " + path + " '" + other + "'", "/") == 0);
  const auto after = GuardedMedium::open(path, {}).value()->identity();
  run_shell("losetup -d " + path, "/");
  CHECK(after.disk_sequence != before.disk_sequence);
  CHECK(after.backing_inode != before.backing_inode);
  CHECK_FALSE(same_medium(before, after));
}

TEST_CASE("the same file put behind the loop device again has another disk sequence") {
  NEEDS_LOOPS();
  const TemporaryFolder folder;
  const auto file = make_image(folder, "a.img", 2);
  LoopDevice loop(file);
  const auto path = loop.path();
  const auto before = GuardedMedium::open(path, {}).value()->identity();
  loop.detach();
  REQUIRE(run_shell("losetup " + path + " '" + file + "'", "/") == 0);
  const auto after = GuardedMedium::open(path, {}).value()->identity();
  run_shell("losetup -d " + path, "/");
  CHECK(after != before);
  CHECK(same_medium(before, after));
}

TEST_CASE("a loop device cannot be taken away while it is held, and one that shrinks is noticed") {
  NEEDS_LOOPS();
  const TemporaryFolder folder;
  const auto file = make_image(folder, "a.img", 2);
  const LoopDevice loop(file);
  const auto medium = GuardedMedium::open(loop.path(), {}).value();
  std::filesystem::resize_file(file, 1 << 20);
  REQUIRE(run_shell("losetup -c " + loop.path(), "/") == 0);
  CHECK(medium->check_unchanged().error().kind == ErrorKind::conflict);
}
