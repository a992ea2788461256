#include "base/file.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <fstream>

#include "tests/unit/base/child_process.hpp"
#include "tests/unit/base/temporary_folder.hpp"

using namespace quietus;

namespace {

unsigned mode_of(const std::string& path) {
  struct stat info{};
  return ::stat(path.c_str(), &info) == 0 ? info.st_mode & 07777U : 0;
}
bool is_open(int fd) { return ::fcntl(fd, F_GETFD) >= 0; }

}  // namespace

TEST_CASE("a descriptor has one owner and is closed once") {
  Fd first(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  const int number = first.get();
  Fd second = std::move(first);
  CHECK_FALSE(static_cast<bool>(first));
  CHECK(second.get() == number);
  Fd third(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  const int other = third.get();
  third = std::move(second);
  CHECK_FALSE(is_open(other));
  CHECK(is_open(number));
  Fd& itself = third;
  third = std::move(itself);
  CHECK(third.get() == number);
  const int released = third.release();
  third.reset();
  CHECK(is_open(released));
  ::close(released);
}

TEST_CASE("a file is read whole, within its bound") {
  const TemporaryFolder folder;
  const std::string text(200'000, 'x');
  std::ofstream(folder.file("a")) << text;
  CHECK(read_text(folder.file("a")).value() == text);
  CHECK(read_file(folder.file("a"), 200'000).value() == to_bytes(text));
  CHECK(read_file(folder.file("a"), 199'999).error().kind == ErrorKind::exhausted);
  CHECK(read_file(folder.file("a"), 200'001).value().size() == 200'000);
  CHECK(read_text("/proc/self/status").value().starts_with("Name:"));  // says that it has no bytes
  std::ofstream(folder.file("empty")) << "";
  CHECK(read_text(folder.file("empty"), 0).value().empty());
}

TEST_CASE("only regular files are read") {
  const TemporaryFolder folder;
  REQUIRE(::mkfifo(folder.file("pipe").c_str(), 0600) == 0);
  CHECK(read_file(folder.file("pipe")).error().kind == ErrorKind::invalid_input);
  CHECK(read_file(folder.path()).error().kind == ErrorKind::invalid_input);
  CHECK(read_file("/dev/zero").error().kind == ErrorKind::invalid_input);
  const auto absent = read_file(folder.file("absent"));
  CHECK(absent.error().kind == ErrorKind::not_found);
  CHECK(absent.error().message == "cannot open " + folder.file("absent") + ": No such file or directory");
}

TEST_CASE("a file is replaced as a whole, with the mode that was asked for") {
  const TemporaryFolder folder;
  const std::string path = folder.file("a");
  REQUIRE(write_file_atomically(path, as_bytes("old")).has_value());
  CHECK(read_text(path).value() == "old");
  CHECK(mode_of(path) == 0644);
  const Fd before(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  REQUIRE(write_file_atomically(path, as_bytes("new"), 0600).has_value());
  CHECK(read_text(path).value() == "new");
  CHECK(mode_of(path) == 0600);
  char old[3];
  CHECK(::read(before.get(), old, 3) == 3);  // a reader of the old file keeps the old file
  CHECK(std::string(old, 3) == "old");
  CHECK(folder.entries() == 1);
}

TEST_CASE("a file that cannot be replaced stays, and nothing is left beside it") {
  const TemporaryFolder folder;
  CHECK(write_file_atomically(folder.file("absent/a"), as_bytes("x")).error().kind == ErrorKind::not_found);
  std::filesystem::create_directory(folder.file("taken"));
  const Status taken = write_file_atomically(folder.file("taken"), as_bytes("x"));
  REQUIRE_FALSE(taken.has_value());
  CHECK(taken.error().kind == ErrorKind::io);
  CHECK(folder.entries() == 1);
}

TEST_CASE("a write that fails half way leaves the old file and no new one") {
  const TemporaryFolder folder;
  const std::string path = folder.file("a");
  REQUIRE(write_file_atomically(path, as_bytes("old")).has_value());
  const Ending ending = in_child([&] {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit small{1000, 1000};
    ::setrlimit(RLIMIT_FSIZE, &small);
    const Status status = write_file_atomically(path, Bytes(5000, 'x'));
    return !status && status.error().kind == ErrorKind::io ? 7 : 1;
  });
  CHECK(ending.code == 7);
  CHECK(read_text(path).value() == "old");
  CHECK(folder.entries() == 1);
}

TEST_CASE("a folder and the level below are synced, and an absent one is an error") {
  const TemporaryFolder folder;
  std::filesystem::create_directories(folder.file("token/deeper"));
  std::ofstream(folder.file("token/object")) << "x";
  REQUIRE(::mkfifo(folder.file("token/pipe").c_str(), 0600) == 0);  // opening it would wait for a writer
  std::filesystem::create_symlink("/absent", folder.file("dangling"));
  CHECK(sync_folder(folder.path()).has_value());
  CHECK(sync_folder(folder.file("absent")).error().kind == ErrorKind::not_found);
  CHECK_FALSE(sync_folder(folder.file("token/object")).has_value());
}

TEST_CASE("an errno becomes a kind of error that callers can act on") {
  const auto kind_for = [](int number) {
    errno = number;
    return io_error("do", "/x").error();
  };
  CHECK(kind_for(ENOENT).kind == ErrorKind::not_found);
  CHECK(kind_for(ENOSPC).kind == ErrorKind::exhausted);
  CHECK(kind_for(EMFILE).kind == ErrorKind::exhausted);
  CHECK(kind_for(EIO).kind == ErrorKind::io);
  CHECK(kind_for(EACCES).message == "cannot do /x: Permission denied");
}
