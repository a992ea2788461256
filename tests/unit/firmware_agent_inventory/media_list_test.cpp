#include "firmware-agent/inventory/media_list.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/support/loop_fixture.hpp"

using namespace quietus;
using namespace quietus::agent;
using test::TemporaryFolder;

namespace {

std::vector<std::string> paths(const std::vector<ListedMedium>& media) {
  std::vector<std::string> out;
  for (const auto& medium : media) out.push_back(medium.path);
  return out;
}

}  // namespace

TEST_CASE("devices with a size are listed by name, empty ones are not, and a bang is a slash") {
  const TemporaryFolder sysfs;
  sysfs.file("sdb/size", as_bytes("2048\n"));
  sysfs.file("sdb/queue/rotational", as_bytes("1\n"));
  sysfs.file("sdb/removable", as_bytes("1\n"));
  sysfs.file("sdb/sdb1/partition", as_bytes("1\n"));
  sysfs.file("sdb/sdb2/partition", as_bytes("2\n"));
  sysfs.file("loop3/size", as_bytes("0\n"));
  sysfs.file("cciss!c0d0/size", as_bytes("8\n"));
  const auto media = list_media({}, sysfs.path()).value();
  CHECK(paths(media) == std::vector<std::string>{"/dev/cciss/c0d0", "/dev/sdb"});
  CHECK(media[1].rotational);
  CHECK(media[1].removable);
  CHECK(media[1].partitions == 2);
  CHECK_FALSE(media[0].rotational);
}

TEST_CASE("a hidden path to an NVMe namespace is not a medium of its own") {
  const TemporaryFolder sysfs;
  sysfs.file("nvme0n1/size", as_bytes("2048\n"));
  sysfs.file("nvme0n1/hidden", as_bytes("0\n"));
  sysfs.file("nvme0c0n1/size", as_bytes("2048\n"));
  sysfs.file("nvme0c0n1/hidden", as_bytes("1\n"));
  CHECK(paths(list_media({}, sysfs.path()).value()) == std::vector<std::string>{"/dev/nvme0n1"});
}

TEST_CASE("images are regular files named .img, not links, not folders, not deeper down") {
  const TemporaryFolder sysfs, images;
  images.file("b.img", as_bytes("x"));
  images.file("a.img", as_bytes("x"));
  images.file("notes.txt", as_bytes("x"));
  images.file("deeper/c.img", as_bytes("x"));
  std::filesystem::create_directory(images.path() + "/d.img");
  std::filesystem::create_symlink(images.path() + "/a.img", images.path() + "/e.img");
  const auto media = list_media({images.path(), "/no/such/folder"}, sysfs.path()).value();
  CHECK(paths(media) == std::vector<std::string>{images.path() + "/a.img", images.path() + "/b.img"});
}

TEST_CASE("an image whose name is not UTF-8 is left out: it could not be named in an order") {
  const TemporaryFolder sysfs, images;
  images.file("bad\xff.img", as_bytes("x"));
  CHECK(list_media({images.path()}, sysfs.path()).value().empty());
}

TEST_CASE("a machine that does not show its devices is an error, not an empty machine") {
  CHECK_FALSE(list_media({}, "/no/such/folder"));
}

TEST_CASE("a loop device of this machine is listed while it has a file behind it") {
  if (!test::loops_work("a loop device is listed")) return;
  const TemporaryFolder folder;
  const test::LoopDevice loop(test::make_image(folder, "a.img", 2));
  const auto listed = paths(list_media({}).value());
  CHECK(std::ranges::count(listed, loop.path()) == 1);
}
