// What reaches the disk: fsync() of this executable is our own, which notes whom it was called for and can
// fail.
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <fstream>
#include <set>
#include <thread>

#include "base/file.hpp"
#include "base/private_file.hpp"
#include "tests/unit/base/temporary_folder.hpp"

namespace {

std::set<ino_t> synced;
bool fsync_fails = false;

}  // namespace

extern "C" int fsync(int fd) {
  struct stat info{};
  if (::fstat(fd, &info) == 0) synced.insert(info.st_ino);
  if (fsync_fails) {
    errno = EIO;
    return -1;
  }
  return static_cast<int>(::syscall(SYS_fsync, fd));
}

using namespace quietus;

namespace {

bool was_synced(const std::string& path) {
  struct stat info{};
  return ::lstat(path.c_str(), &info) == 0 && synced.contains(info.st_ino);
}

/// A disk that fails every sync, for as long as it lives.
struct FailingDisk {
  FailingDisk() { fsync_fails = true; }
  ~FailingDisk() { fsync_fails = false; }
};

}  // namespace

TEST_CASE("an atomic write syncs the file and its folder") {
  const TemporaryFolder folder;
  synced.clear();
  REQUIRE(write_file_atomically(folder.file("a"), as_bytes("x")).has_value());
  CHECK(was_synced(folder.file("a")));
  CHECK(was_synced(folder.path()));
}

TEST_CASE("a new private file is synced with its folder") {
  const TemporaryFolder folder;
  synced.clear();
  REQUIRE(create_private_file(folder.file("a"), as_bytes("x")).has_value());
  CHECK(was_synced(folder.file("a")));
  CHECK(was_synced(folder.path()));
}

TEST_CASE("syncing a folder reaches its files, its folders and their files, and itself") {
  const TemporaryFolder folder;
  std::filesystem::create_directories(folder.file("token"));
  for (const char* name : {"top", "token/object", "token/.hidden"}) std::ofstream(folder.file(name)) << "x";
  synced.clear();
  REQUIRE(sync_folder(folder.path()).has_value());
  for (const char* name : {"top", "token", "token/object", "token/.hidden"}) {
    CAPTURE(name);
    CHECK(was_synced(folder.file(name)));
  }
  CHECK(was_synced(folder.path()));
}

TEST_CASE(
    "a file that has not changed since it was synced is left out, a changed one and every folder are not") {
  const TemporaryFolder folder;
  std::filesystem::create_directories(folder.file("token"));
  for (const char* name : {"token/stays", "token/changes"}) std::ofstream(folder.file(name)) << "x";
  SyncedFiles known;
  REQUIRE(sync_folder(folder.path(), known).has_value());
  synced.clear();
  REQUIRE(sync_folder(folder.path(), known).has_value());
  CHECK(was_synced(folder.file("token/stays")));  // too young: another change could carry the same time
  std::this_thread::sleep_for(std::chrono::seconds(SyncedFiles::kSettledAfterS + 1));
  REQUIRE(sync_folder(folder.path(), known).has_value());
  synced.clear();
  std::ofstream(folder.file("token/changes")) << "y";
  std::ofstream(folder.file("token/new")) << "x";
  REQUIRE(sync_folder(folder.path(), known).has_value());
  CHECK_FALSE(was_synced(folder.file("token/stays")));
  for (const char* name : {"token/changes", "token/new", "token"}) {
    CAPTURE(name);
    CHECK(was_synced(folder.file(name)));
  }
  CHECK(was_synced(folder.path()));
}

TEST_CASE("a file whose sync failed is synced again, changed or not") {
  const TemporaryFolder folder;
  std::ofstream(folder.file("a")) << "x";
  std::this_thread::sleep_for(std::chrono::seconds(SyncedFiles::kSettledAfterS + 1));
  SyncedFiles known;
  {
    const FailingDisk disk;
    CHECK(sync_folder(folder.path(), known).error().kind == ErrorKind::io);
  }
  synced.clear();
  REQUIRE(sync_folder(folder.path(), known).has_value());
  CHECK(was_synced(folder.file("a")));
}

TEST_CASE("a sync that fails is a failure, and the old file stays") {
  const TemporaryFolder folder;
  REQUIRE(write_file_atomically(folder.file("a"), as_bytes("old")).has_value());
  {
    const FailingDisk disk;
    CHECK(write_file_atomically(folder.file("a"), as_bytes("new")).error().kind == ErrorKind::io);
    CHECK(create_private_file(folder.file("b"), as_bytes("x")).error().kind == ErrorKind::io);
    CHECK(sync_folder(folder.path()).error().kind == ErrorKind::io);
  }
  CHECK(read_text(folder.file("a")).value() == "old");
  CHECK(folder.entries() == 1);
}
