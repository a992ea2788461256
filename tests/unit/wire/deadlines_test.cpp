#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <thread>

#include "base/file.hpp"
#include "wire/deadlines.hpp"

using namespace quietus;
using namespace quietus::wire;
using namespace std::chrono_literals;

namespace {

struct Pair {
  Pair() {
    std::array<int, 2> ends{};
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0);
    ours = Fd(ends[0]);
    theirs = Fd(ends[1]);
  }
  /// The other end meets the end of the stream.
  [[nodiscard]] bool shut() const {
    char byte = 0;
    return ::recv(theirs.get(), &byte, 1, MSG_DONTWAIT) == 0;
  }
  Fd ours, theirs;
};

}  // namespace

TEST_CASE("a socket is shut at the first look after its deadline, and not before") {
  Deadlines deadlines;
  const Pair pair;
  WatchedSocket socket(deadlines, pair.ours.get());
  socket.set_deadline(50);
  deadlines.look();
  CHECK(!socket.over());
  CHECK(!pair.shut());
  std::this_thread::sleep_for(60ms);
  CHECK(!pair.shut());
  deadlines.look();
  CHECK(socket.over());
  CHECK(pair.shut());
}

TEST_CASE("a deadline that was cleared or moved does not count any more") {
  Deadlines deadlines;
  const Pair cleared, moved;
  WatchedSocket one(deadlines, cleared.ours.get()), other(deadlines, moved.ours.get());
  one.set_deadline(1);
  one.clear_deadline();
  other.set_deadline(1);
  other.set_deadline(60'000);
  std::this_thread::sleep_for(20ms);
  deadlines.look();
  CHECK(!one.over());
  CHECK(!cleared.shut());
  CHECK(!other.over());
  CHECK(!moved.shut());
}

TEST_CASE("a socket that was forgotten is not touched: its number may be another's by now") {
  Deadlines deadlines;
  const Pair late, told;
  WatchedSocket one(deadlines, late.ours.get()), other(deadlines, told.ours.get());
  one.set_deadline(1);
  one.forget();
  other.forget();
  std::this_thread::sleep_for(20ms);
  deadlines.look();
  other.shut();
  CHECK(!one.over());
  CHECK(!late.shut());
  CHECK(!told.shut());
}

TEST_CASE("a socket is shut at once for whoever asks") {
  Deadlines deadlines;
  const Pair pair;
  WatchedSocket socket(deadlines, pair.ours.get());
  socket.shut();
  CHECK(pair.shut());
  CHECK(!socket.over());  // nobody was too slow
}
