#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <fstream>

#include "base/framing.hpp"
#include "tests/unit/base/temporary_folder.hpp"

using namespace quietus;

TEST_CASE("a listener is found by its path, with the mode that was asked for") {
  const TemporaryFolder folder;
  const std::string path = folder.file("agent.sock");
  const Fd listener = listen_unix(path, 0660).value();
  struct stat info{};
  REQUIRE(::stat(path.c_str(), &info) == 0);
  CHECK((info.st_mode & 07777U) == 0660);
  CHECK_FALSE(accept_unix(listener.get(), 10).value().has_value());
  const Fd client = connect_unix(path).value();
  const std::optional<Fd> server = accept_unix(listener.get(), 1000).value();
  REQUIRE(server.has_value());
  REQUIRE(send_frame(client.get(), {3, {to_bytes("hello")}}).has_value());
  CHECK(receive_frame(server->get()).value().fields.at(0) == to_bytes("hello"));
  const PeerCredentials peer = peer_credentials(server->get()).value();
  CHECK(peer.uid == ::geteuid());
  CHECK(peer.gid == ::getegid());
  CHECK(peer.pid == ::getpid());
}

TEST_CASE("nobody at the path is unavailable") {
  const TemporaryFolder folder;
  CHECK(connect_unix(folder.file("absent")).error().kind == ErrorKind::unavailable);
  {
    const Fd gone = listen_unix(folder.file("gone")).value();
  }
  CHECK(connect_unix(folder.file("gone")).error().kind == ErrorKind::unavailable);
}

TEST_CASE("a stale socket is replaced and a living one is not") {
  const TemporaryFolder folder;
  const std::string path = folder.file("agent.sock");
  {
    const Fd crashed = listen_unix(path).value();
  }
  REQUIRE(std::filesystem::exists(path));
  const Fd living = listen_unix(path).value();
  CHECK(listen_unix(path).error().kind == ErrorKind::conflict);
  CHECK(connect_unix(path).has_value());
}

TEST_CASE("a living listener whose backlog is full is not taken for a stale one") {
  const TemporaryFolder folder;
  const std::string path = folder.file("agent.sock");
  const Fd busy = listen_unix(path).value();
  std::vector<Fd> waiting;
  while (waiting.size() < 1000) {
    auto next = connect_unix(path);
    if (!next) break;
    waiting.push_back(std::move(*next));
  }
  REQUIRE(waiting.size() < 1000);
  CHECK(listen_unix(path).error().kind == ErrorKind::conflict);
}

TEST_CASE("what is in the way and is no socket of ours stays") {
  const TemporaryFolder folder;
  std::ofstream(folder.file("precious")) << "data";
  CHECK(listen_unix(folder.file("precious")).error().kind == ErrorKind::conflict);
  CHECK(std::filesystem::file_size(folder.file("precious")) == 4);
  {
    const Fd target = listen_unix(folder.file("target")).value();
  }
  std::filesystem::create_symlink(folder.file("target"), folder.file("link"));
  CHECK(listen_unix(folder.file("link")).error().kind == ErrorKind::conflict);
}

TEST_CASE("a path that does not fit is refused, not cut") {
  const TemporaryFolder folder;
  CHECK(listen_unix(folder.file(std::string(120, 'x'))).error().kind == ErrorKind::invalid_input);
  CHECK(connect_unix("").error().kind == ErrorKind::invalid_input);
  CHECK(connect_unix(std::string("/tmp/a\0b", 8)).error().kind == ErrorKind::invalid_input);
}
