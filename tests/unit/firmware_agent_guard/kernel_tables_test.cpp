#include "firmware-agent/guard/kernel_tables.hpp"

#include <sys/sysmacros.h>

#include <catch2/catch.hpp>

using namespace quietus::agent;

TEST_CASE("mountinfo is read with its optional fields and octal escapes") {
  const auto mounts = parse_mountinfo(
      "36 35 98:0 /mnt1 /mnt/two\\040words rw,noatime master:1 shared:2 - ext3 /dev/root\\011x rw\n"
      "37 35 0:21 / /proc rw - proc proc rw\n");
  REQUIRE(mounts);
  REQUIRE(mounts->size() == 2);
  CHECK((*mounts)[0].device == makedev(98, 0));
  CHECK((*mounts)[0].mount_point == "/mnt/two words");
  CHECK((*mounts)[0].source == "/dev/root\tx");
  CHECK((*mounts)[1].mount_point == "/proc");
}

TEST_CASE("a mountinfo that cannot be read is an error, not an empty list") {
  CHECK_FALSE(parse_mountinfo("36 35 98:0 /mnt1 /mnt rw\n"));
  CHECK_FALSE(parse_mountinfo("36 35 98 / /mnt rw - ext4 /dev/sda rw\n"));
  CHECK_FALSE(parse_mountinfo("36 35 a:b / /mnt rw - ext4 /dev/sda rw\n"));
  CHECK_FALSE(parse_mountinfo("garbage\n"));
}

TEST_CASE("swaps are read below their heading") {
  const auto swaps = parse_swaps(
      "Filename\t\tType\tSize\tUsed\tPriority\n/dev/sda2 partition 1 0 -2\n/a\\040b file 1 0 -3\n");
  REQUIRE(swaps);
  CHECK(*swaps == std::vector<std::string>{"/dev/sda2", "/a b"});
  CHECK_FALSE(parse_swaps("nonsense"));
  CHECK_FALSE(parse_swaps("Filename\n/dev/sda2\n"));
}

TEST_CASE("the tables of this machine can be read") {
  CHECK(mounts_now().value().size() > 0);
  CHECK(swaps_now());
}
