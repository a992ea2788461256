#include "base/framing.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <cstring>
#include <thread>

#include "tests/unit/base/child_process.hpp"

using namespace quietus;

namespace {

struct Pair {
  Fd a, b;
  Pair() {
    int ends[2] = {-1, -1};
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
    a = Fd(ends[0]);
    b = Fd(ends[1]);
  }
};

Frame a_frame() { return {7, {to_bytes("one"), {}, to_bytes("three")}}; }

std::size_t open_descriptors() {
  std::size_t count = 0;
  for (int fd = 0; fd < 256; ++fd) count += ::fcntl(fd, F_GETFD) >= 0 ? 1 : 0;
  return count;
}

/// Raw bytes with raw descriptors, as a peer that keeps no rules would send them.
void send_raw(int socket, BytesView bytes, const std::vector<int>& descriptors) {
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int) * 16)] = {};
  iovec part{const_cast<std::uint8_t*>(bytes.data()), bytes.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (!descriptors.empty()) {
    message.msg_control = control;
    message.msg_controllen = CMSG_SPACE(sizeof(int) * descriptors.size());
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int) * descriptors.size());
    std::memcpy(CMSG_DATA(header), descriptors.data(), sizeof(int) * descriptors.size());
  }
  REQUIRE(::sendmsg(socket, &message, MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size()));
}

const Bytes kEmptyFrame{0, 0, 0, 1, 7};

}  // namespace

TEST_CASE("a frame is decoded to what was encoded") {
  const Bytes bytes = encode_frame(a_frame());
  CHECK(bytes == Bytes{7, 0, 0, 0, 3, 'o', 'n', 'e', 0, 0, 0, 0, 0, 0, 0, 5, 't', 'h', 'r', 'e', 'e'});
  const Frame frame = decode_frame(bytes).value();
  CHECK(frame.type == 7);
  CHECK(frame.fields == a_frame().fields);
  CHECK(decode_frame(Bytes{0}).value().fields.empty());
}

TEST_CASE("a frame that is cut anywhere is another frame or none") {
  const Bytes bytes = encode_frame(a_frame());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    CAPTURE(size);
    const auto frame = decode_frame(BytesView(bytes).first(size));
    const bool at_a_boundary = size == 1 || size == 8 || size == 12;
    CHECK(frame.has_value() == at_a_boundary);
    if (frame) CHECK(encode_frame(*frame).size() == size);
  }
}

TEST_CASE("lengths and counts beyond the bounds are refused") {
  CHECK_FALSE(decode_frame(Bytes{1, 0xff, 0xff, 0xff, 0xff}).has_value());
  CHECK_FALSE(decode_frame(Bytes{1, 0, 0, 0, 1}).has_value());
  CHECK(decode_frame(encode_frame({1, std::vector<Bytes>(64)})).has_value());
  CHECK(decode_frame(encode_frame({1, std::vector<Bytes>(65)})).error().kind == ErrorKind::exhausted);
  CHECK(decode_frame(Bytes(kMaxFrameBytes + 1)).error().kind == ErrorKind::exhausted);
}

TEST_CASE("frames cross a socket in order, the largest too") {
  const Pair pair;
  const Frame largest{9, {Bytes(kMaxFrameBytes - 5, 0xab)}};
  std::jthread sender([&] {
    static_cast<void>(send_frame(pair.a.get(), a_frame()));
    static_cast<void>(send_frame(pair.a.get(), largest));
  });
  CHECK(receive_frame(pair.b.get()).value().fields == a_frame().fields);
  const Frame received = receive_frame(pair.b.get()).value();
  CHECK(received.type == 9);
  CHECK(received.fields == largest.fields);
}

TEST_CASE("a frame beyond the bounds is not sent") {
  const Pair pair;
  CHECK(send_frame(pair.a.get(), {1, {Bytes(kMaxFrameBytes)}}).error().kind == ErrorKind::exhausted);
  CHECK(send_frame(pair.a.get(), {1, std::vector<Bytes>(65)}).error().kind == ErrorKind::exhausted);
  CHECK(receive_frame(pair.b.get(), nullptr, 20).error().kind == ErrorKind::timed_out);
}

TEST_CASE("a descriptor arrives with its frame and no other") {
  const Pair pair;
  int ends[2] = {-1, -1};
  REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
  const Fd read_end(ends[0]);
  Fd write_end(ends[1]);
  REQUIRE(send_frame(pair.a.get(), a_frame()).has_value());
  REQUIRE(send_frame(pair.a.get(), a_frame(), write_end.get()).has_value());
  write_end.reset();
  std::optional<Fd> passed;
  REQUIRE(receive_frame(pair.b.get(), &passed).has_value());
  CHECK_FALSE(passed.has_value());
  REQUIRE(receive_frame(pair.b.get(), &passed).has_value());
  REQUIRE(passed.has_value());
  CHECK((::fcntl(passed->get(), F_GETFD) & FD_CLOEXEC) != 0);
  REQUIRE(::write(passed->get(), "x", 1) == 1);
  char byte = 0;
  CHECK(::read(read_end.get(), &byte, 1) == 1);
  CHECK(byte == 'x');
}

TEST_CASE("descriptors that nobody asked for are closed and their frame refused") {
  const Pair pair;
  const std::size_t before = open_descriptors();
  std::optional<Fd> passed;
  send_raw(pair.a.get(), kEmptyFrame, {0, 0});
  CHECK(receive_frame(pair.b.get(), &passed).error().kind == ErrorKind::invalid_input);
  CHECK_FALSE(passed.has_value());
  send_raw(pair.a.get(), kEmptyFrame, std::vector<int>(12, 0));  // more than the receiver has room for
  CHECK(receive_frame(pair.b.get(), &passed).error().kind == ErrorKind::invalid_input);
  send_raw(pair.a.get(), kEmptyFrame, {0});
  CHECK(receive_frame(pair.b.get()).error().kind == ErrorKind::invalid_input);
  send_raw(pair.a.get(), BytesView(kEmptyFrame).first(4), {0});  // one with the length, one with the body
  send_raw(pair.a.get(), BytesView(kEmptyFrame).subspan(4), {0});
  CHECK(receive_frame(pair.b.get(), &passed).error().kind == ErrorKind::invalid_input);
  CHECK(open_descriptors() == before);
  send_raw(pair.a.get(), kEmptyFrame, {0});
  CHECK(receive_frame(pair.b.get(), &passed).has_value());
  CHECK(open_descriptors() == before + 1);
}

TEST_CASE("a descriptor that finds no room is not taken for none") {
  const Pair pair;
  REQUIRE(send_frame(pair.a.get(), a_frame(), pair.a.get()).has_value());
  const Ending ending = in_child([&] {
    const Fd lowest_free(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    const auto in_use = static_cast<rlim_t>(lowest_free.get()) + 1;
    const rlimit full{in_use, in_use};
    ::setrlimit(RLIMIT_NOFILE, &full);
    std::optional<Fd> passed;
    const auto frame = receive_frame(pair.b.get(), &passed);
    return !frame && frame.error().kind == ErrorKind::exhausted && !passed ? 7 : 1;
  });
  CHECK(ending.code == 7);
}

TEST_CASE("a peer that is silent or stops half way does not hold us past the deadline") {
  const Pair pair;
  const auto started = std::chrono::steady_clock::now();
  CHECK(receive_frame(pair.b.get(), nullptr, 50).error().kind == ErrorKind::timed_out);
  send_raw(pair.a.get(), Bytes{0, 0, 0, 9, 1}, {});
  CHECK(receive_frame(pair.b.get(), nullptr, 50).error().kind == ErrorKind::timed_out);
  const Frame large{1, {Bytes(1'000'000)}};
  CHECK(send_frame(pair.a.get(), large, -1, 50).error().kind == ErrorKind::timed_out);  // nobody reads
  const auto took = std::chrono::steady_clock::now() - started;
  CHECK(took >= std::chrono::milliseconds(150));
  CHECK(took < std::chrono::seconds(5));
}

TEST_CASE("a peer that drips bytes gets one deadline for the whole message") {
  const Pair pair;
  std::jthread dripper([&](const std::stop_token& stop) {
    // Catch2 counts assertions without a lock: none in this thread.
    const std::uint8_t length[] = {0, 0, 0, 200};
    static_cast<void>(::send(pair.a.get(), length, sizeof(length), MSG_NOSIGNAL));
    for (int i = 0; i < 190 && !stop.stop_requested(); ++i) {
      static_cast<void>(::send(pair.a.get(), "x", 1, MSG_NOSIGNAL));
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  });
  CHECK(receive_frame(pair.b.get(), nullptr, 100).error().kind == ErrorKind::timed_out);
}

TEST_CASE("a peer that has gone is told from one that is late") {
  Pair pair;
  pair.a.reset();
  CHECK(receive_frame(pair.b.get()).error().kind == ErrorKind::unavailable);
  CHECK(send_frame(pair.b.get(), a_frame()).error().kind == ErrorKind::unavailable);  // and no SIGPIPE
  Pair half;
  send_raw(half.a.get(), Bytes{0, 0, 0, 9, 1}, {});
  half.a.reset();
  CHECK(receive_frame(half.b.get()).error().kind == ErrorKind::unavailable);
}

TEST_CASE("a length beyond the bound is refused before anything is allocated") {
  const Pair pair;
  send_raw(pair.a.get(), Bytes{0xff, 0xff, 0xff, 0xff}, {});
  CHECK(receive_frame(pair.b.get()).error().kind == ErrorKind::exhausted);
  send_raw(pair.a.get(), Bytes{0, 0, 0, 0}, {});
  CHECK(receive_frame(pair.b.get()).error().kind == ErrorKind::invalid_input);
}
