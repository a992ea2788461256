#include "kms/timestamp/client.hpp"

#include <catch2/catch.hpp>

#include "tests/support/signing_world.hpp"
#include "wire/server.hpp"

using namespace quietus;
using namespace quietus::timestamp;

namespace {

// An authority on a port of this machine; `twist` may spoil its answers.
struct Authority {
  test::SigningWorld world = test::SigningWorld::make();
  std::function<void(wire::HttpReply&)> twist;
  std::unique_ptr<wire::HttpServer> server;

  Authority() {
    wire::ServerSettings settings;
    settings.limits.workers = 1;
    auto started = wire::HttpServer::start(settings, [this](const wire::HttpRequest& request) {
      wire::HttpReply reply;
      if (request.method != "POST" || request.target != "/tsa") {
        reply.status = 404;
        return reply;
      }
      auto answer = world.time_stamps.answer(request.body);
      reply.content_type = "application/timestamp-reply";
      if (answer) reply.body = std::move(*answer);
      if (twist) twist(reply);
      return reply;
    });
    REQUIRE(started);
    server = std::move(*started);
  }
  [[nodiscard]] std::unique_ptr<TimeStampClient> client(const std::string& path = "/tsa") const {
    auto made = TimeStampClient::create(
        {.url = "http://127.0.0.1:" + std::to_string(server->port()) + path, .trust = world.stamp_trust()});
    REQUIRE(made);
    return std::move(*made);
  }
};

}  // namespace

TEST_CASE("a stamp is verified before it is given out") {
  Authority authority;
  const auto stamp = authority.client()->stamp_with_time(as_bytes("data"));
  REQUIRE(stamp);
  CHECK(stamp->time == test::kNow + 60'000);
  CHECK(proof::verify_time_stamp(stamp->response, as_bytes("data"), std::nullopt,
                                 authority.world.stamp_trust()));
  CHECK_FALSE(proof::verify_time_stamp(stamp->response, as_bytes("Data"), std::nullopt,
                                       authority.world.stamp_trust()));
}

TEST_CASE("an answer that was altered, or is for an earlier question, is refused") {
  Authority authority;
  const auto client = authority.client();
  authority.twist = [](wire::HttpReply& reply) { reply.body[reply.body.size() - 5] ^= 1; };
  CHECK_FALSE(client->stamp(as_bytes("data")));
  authority.twist = nullptr;
  const auto earlier = client->stamp(as_bytes("data"));
  REQUIRE(earlier);
  authority.twist = [&](wire::HttpReply& reply) { reply.body = *earlier; };
  const auto replayed = client->stamp(as_bytes("data"));
  REQUIRE_FALSE(replayed);
  CHECK(replayed.error().kind == ErrorKind::verification_failed);
}

TEST_CASE("an authority of another root is not believed") {
  Authority authority, stranger;
  auto client =
      TimeStampClient::create({.url = "http://127.0.0.1:" + std::to_string(authority.server->port()) + "/tsa",
                               .trust = stranger.world.stamp_trust()});
  REQUIRE(client);
  CHECK((*client)->stamp(as_bytes("data")).error().kind == ErrorKind::verification_failed);
}

TEST_CASE("an authority that is away, or answers something else, is unavailable and comes back by itself") {
  Authority authority;
  CHECK(authority.client("/other")->stamp(as_bytes("data")).error().kind == ErrorKind::unavailable);
  const auto client = authority.client();
  authority.twist = [](wire::HttpReply& reply) { reply.status = 503; };
  CHECK(client->stamp(as_bytes("data")).error().kind == ErrorKind::unavailable);
  authority.twist = [](wire::HttpReply& reply) { reply.content_type = "text/html"; };
  CHECK(client->stamp(as_bytes("data")).error().kind == ErrorKind::unavailable);
  authority.twist = nullptr;
  CHECK(client->stamp(as_bytes("data")));
}

TEST_CASE("an answer larger than any stamp is refused") {
  Authority authority;
  authority.twist = [](wire::HttpReply& reply) { reply.body.resize(proof::kMaxTimeStampBytes + 1); };
  CHECK(authority.client()->stamp(as_bytes("data")).error().kind == ErrorKind::exhausted);
}
