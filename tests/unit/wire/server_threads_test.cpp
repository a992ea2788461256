// Handlers run on the threads that read and write: what must go on while they take their time.
#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <future>
#include <thread>

#include "tests/unit/wire/raw_socket.hpp"
#include "wire/client.hpp"
#include "wire/server.hpp"

using namespace quietus;
using namespace quietus::wire;
using namespace std::chrono_literals;
using tests::RawSocket;

namespace {

constexpr std::string_view kGet = "GET /x HTTP/1.1\r\nHost: x\r\n\r\n";

HttpReply say_target(const HttpRequest& request) {
  HttpReply reply;
  reply.content_type = "text/plain";
  reply.body = to_bytes(request.target);
  return reply;
}

std::unique_ptr<HttpServer> serve(const ServerLimits& limits, Handler handler) {
  ServerSettings settings;
  settings.limits = limits;
  auto server = HttpServer::start(settings, std::move(handler));
  REQUIRE(server);
  return std::move(*server);
}

std::unique_ptr<HttpClient> client_of(std::uint16_t port) {
  ClientSettings settings;
  settings.base_url = "http://127.0.0.1:" + std::to_string(port);
  settings.timeout_ms = 10'000;
  auto client = HttpClient::create(settings);
  REQUIRE(client);
  return std::move(*client);
}

}  // namespace

TEST_CASE("while every handler hangs, connections are taken, deadlines kept and the queue answered for") {
  std::promise<void> release;
  const auto released = release.get_future().share();
  std::atomic<std::size_t> inside = 0, most = 0;
  ServerLimits limits;
  limits.workers = 3;
  limits.queue_depth = 2;
  limits.header_ms = 300;
  const auto server = serve(limits, [&](const HttpRequest& request) {
    const std::size_t now = ++inside;
    if (now > most) most = now;
    released.wait();
    --inside;
    return say_target(request);
  });
  std::vector<std::unique_ptr<RawSocket>> hanging;
  for (int i = 0; i < 5; ++i) {  // three in handlers, two that wait
    hanging.push_back(std::make_unique<RawSocket>(server->port()));
    REQUIRE(hanging.back()->say(kGet));
  }
  for (int i = 0; i < 200 && inside < 3; ++i) std::this_thread::sleep_for(10ms);
  CHECK(inside == 3);
  std::this_thread::sleep_for(100ms);
  for (int i = 0; i < 10; ++i) {
    RawSocket refused(server->port());
    REQUIRE(refused.say(kGet));
    CHECK_THAT(refused.hear(500), Catch::Contains(" 503 "));
  }
  RawSocket slow(server->port());
  REQUIRE(slow.say("GET /x HTTP/1.1\r\nX: "));
  CHECK(slow.hear(3000).empty());
  CHECK(slow.closed());
  release.set_value();
  for (const auto& socket : hanging) CHECK_THAT(socket->hear(1000), Catch::Contains(" 200 "));
  CHECK(most == 3);
}

TEST_CASE("a client that does not read its answer is cut off at the deadline") {
  ServerLimits limits;
  limits.write_ms = 300;
  const auto server = serve(limits, [](const HttpRequest&) {
    HttpReply reply;
    reply.content_type = "application/octet-stream";
    reply.body.resize(std::size_t{64} << 20);
    return reply;
  });
  RawSocket deaf(server->port());
  REQUIRE(deaf.say(kGet));
  const auto begun = std::chrono::steady_clock::now();
  while (server->connections() == 0 && std::chrono::steady_clock::now() - begun < 5s)
    std::this_thread::sleep_for(1ms);
  while (server->connections() > 0 && std::chrono::steady_clock::now() - begun < 5s)
    std::this_thread::sleep_for(10ms);
  const auto lasted = std::chrono::steady_clock::now() - begun;
  CHECK(lasted > 250ms);
  CHECK(lasted < 3s);
}

TEST_CASE("a handler may take longer than any deadline of the connection") {
  ServerLimits limits;
  limits.header_ms = limits.body_ms = limits.idle_ms = limits.write_ms = 150;
  const auto server = serve(limits, [](const HttpRequest& request) {
    std::this_thread::sleep_for(600ms);
    return say_target(request);
  });
  const auto response = client_of(server->port())->send("GET", "/late");
  REQUIRE(response);
  CHECK(response->status == 200);
}

TEST_CASE("many connections at once are each answered with what they asked for") {
  ServerLimits limits;
  limits.workers = 3;
  const auto server = serve(limits, say_target);
  std::atomic<int> right = 0;
  std::vector<std::thread> people;
  for (int person = 0; person < 8; ++person) {
    people.emplace_back([&, person, client = client_of(server->port())] {
      for (int i = 0; i < 100; ++i) {
        const std::string target = "/" + std::to_string(person) + "/" + std::to_string(i);
        const auto response = client->send("GET", target);
        if (response && as_text(response->body) == target) ++right;
      }
    });
  }
  for (auto& person : people) person.join();
  CHECK(right == 800);
}

TEST_CASE("stopping in the middle of many requests answers each one that had begun, or closes") {
  for (int round = 0; round < 5; ++round) {
    ServerLimits limits;
    limits.workers = 2;
    std::atomic<int> handled = 0;
    auto server = serve(limits, [&](const HttpRequest& request) {
      ++handled;
      return say_target(request);
    });
    std::atomic<bool> stopped = false;
    std::atomic<int> answered = 0, torn = 0;
    std::vector<std::thread> people;
    for (int person = 0; person < 6; ++person) {
      people.emplace_back([&, port = server->port()] {
        while (!stopped) {
          try {
            RawSocket socket(port);
            while (!stopped && socket.say(kGet)) {
              const std::string answer = socket.hear(20);
              if (answer.empty()) break;
              ++(answer.ends_with("/x") ? answered : torn);
            }
          } catch (const std::exception&) {
            return;  // nobody listens any more
          }
        }
      });
    }
    std::this_thread::sleep_for(100ms);
    const auto begun = std::chrono::steady_clock::now();
    server->stop();
    CHECK(std::chrono::steady_clock::now() - begun < 5s);
    stopped = true;
    for (auto& person : people) person.join();
    CHECK(answered > 0);
    CHECK(torn == 0);
  }
}
