// Disk images: everything here works without root.
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>

#include "eraser/verify/fd_block_device.hpp"
#include "firmware-agent/guard/guarded_medium.hpp"
#include "tests/support/loop_fixture.hpp"

using namespace quietus;
using namespace quietus::agent;
using test::make_image;
using test::TemporaryFolder;

namespace {

namespace fs = std::filesystem;

/// The error of an open that must be refused.
Error refusal(const std::string& path, const GuardSettings& settings) {
  auto medium = GuardedMedium::open(path, settings);
  REQUIRE_FALSE(medium);
  return medium.error();
}

bool says(const Error& error, std::string_view words) {
  return error.message.find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("a free image is opened, identified by device and inode, and lent for writing only") {
  const TemporaryFolder folder;
  const auto path = make_image(folder, "a.img", 1);
  auto medium = GuardedMedium::open(path, {{folder.path()}}).value();
  const auto& identity = medium->identity();
  CHECK(identity.kind == MediumKind::disk_image);
  CHECK(identity.size_bytes == 1 << 20);
  CHECK(identity.backing_inode != 0);
  CHECK(identity.path == path);
  REQUIRE(medium->check_unchanged());
  const auto writer = medium->lend_writer().value();
  CHECK((fcntl(writer.get(), F_GETFL) & O_ACCMODE) == O_WRONLY);
  const auto reader = medium->reopen_for_reading().value();
  CHECK((fcntl(reader.get(), F_GETFL) & O_ACCMODE) == O_RDONLY);
  CHECK(medium->settle());
  CHECK_FALSE(medium->commands().empty());
}

TEST_CASE("an image outside the configured folders is refused, also by way of ..") {
  const TemporaryFolder folder, other;
  const auto path = make_image(other, "a.img", 1);
  CHECK(refusal(path, {{folder.path()}}).kind == ErrorKind::denied);
  CHECK(refusal(path, {}).kind == ErrorKind::denied);
  const auto detour = folder.path() + "/../" + fs::path(other.path()).filename().string() + "/a.img";
  CHECK(refusal(detour, {{folder.path()}}).kind == ErrorKind::invalid_input);
  CHECK(refusal("a.img", {{folder.path()}}).kind == ErrorKind::invalid_input);
}

TEST_CASE("a symbolic link is refused") {
  const TemporaryFolder folder;
  fs::create_symlink(make_image(folder, "a.img", 1), folder.path() + "/b.img");
  CHECK(says(refusal(folder.path() + "/b.img", {{folder.path()}}), "symbolic link"));
}

TEST_CASE("a file with two names is refused") {
  const TemporaryFolder folder;
  const auto path = make_image(folder, "a.img", 1);
  fs::create_hard_link(path, folder.path() + "/b.img");
  CHECK(says(refusal(path, {{folder.path()}}), "2 names"));
}

TEST_CASE("an image that another process has locked or open is refused") {
  const TemporaryFolder folder;
  const auto path = make_image(folder, "a.img", 1);
  {
    const Fd other(open(path.c_str(), O_RDONLY | O_CLOEXEC));
    CHECK(says(refusal(path, {{folder.path()}}), "has it open"));
    REQUIRE(flock(other.get(), LOCK_EX) == 0);
    CHECK(says(refusal(path, {{folder.path()}}), "locked"));
  }
  CHECK(GuardedMedium::open(path, {{folder.path()}}));
}

TEST_CASE("while one guard holds an image a second one is refused") {
  const TemporaryFolder folder;
  const auto path = make_image(folder, "a.img", 1);
  const auto first = GuardedMedium::open(path, {{folder.path()}}).value();
  CHECK(says(refusal(path, {{folder.path()}}), "locked"));
}

TEST_CASE("what is not a plain file of whole sectors is refused") {
  const TemporaryFolder folder;
  const GuardSettings settings{{folder.path()}};
  folder.file("empty.img", {});
  CHECK(says(refusal(folder.path() + "/empty.img", settings), "size is 0"));
  folder.file("odd.img", Bytes(1000));
  CHECK(says(refusal(folder.path() + "/odd.img", settings), "whole number"));
  fs::create_directory(folder.path() + "/d.img");
  CHECK_FALSE(GuardedMedium::open(folder.path() + "/d.img", settings));
  REQUIRE(mkfifo((folder.path() + "/f.img").c_str(), 0600) == 0);
  CHECK_FALSE(GuardedMedium::open(folder.path() + "/f.img", settings));
  CHECK(refusal(folder.path() + "/none.img", settings).kind == ErrorKind::not_found);
}

TEST_CASE("a character device is never opened as a medium") {
  CHECK(refusal("/dev/null", {{"/dev"}}).kind == ErrorKind::invalid_input);
  CHECK(refusal("/dev/none-such", {}).kind == ErrorKind::not_found);
}

TEST_CASE("an image that changes its size while it is held is noticed") {
  const TemporaryFolder folder;
  const auto path = make_image(folder, "a.img", 1);
  const auto medium = GuardedMedium::open(path, {{folder.path()}}).value();
  fs::resize_file(path, 4096);
  const auto status = medium->check_unchanged();
  REQUIRE_FALSE(status);
  CHECK(status.error().kind == ErrorKind::conflict);
}

TEST_CASE("an image that gets a second name while it is held is noticed") {
  const TemporaryFolder folder;
  const auto path = make_image(folder, "a.img", 1);
  const auto medium = GuardedMedium::open(path, {{folder.path()}}).value();
  fs::create_hard_link(path, folder.path() + "/b.img");
  CHECK(medium->check_unchanged().error().kind == ErrorKind::denied);
}

TEST_CASE("a file that takes the image's name is not what was opened") {
  const TemporaryFolder folder;
  const auto path = make_image(folder, "a.img", 1);
  const auto medium = GuardedMedium::open(path, {{folder.path()}}).value();
  fs::rename(path, folder.path() + "/moved.img");
  make_image(folder, "a.img", 1);
  auto writer = eraser::FdBlockDevice::adopt(medium->lend_writer().value()).value();
  REQUIRE(writer->write(0, Bytes(4096, 0)));
  REQUIRE(writer->flush());
  CHECK(read_file(path).value()[0] == 0xA5);  // the newcomer is untouched
  CHECK(read_file(folder.path() + "/moved.img").value()[0] == 0);
}

TEST_CASE("looking at an image claims nothing and gives the same identity as opening it") {
  const TemporaryFolder folder;
  const auto path = make_image(folder, "a.img", 1);
  const auto seen = examine(path, {{folder.path()}}).value();
  CHECK(seen.reasons.empty());
  CHECK(seen.identity == GuardedMedium::open(path, {{folder.path()}}).value()->identity());
}
