#include <sys/resource.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <future>
#include <thread>

#include "base/mutex.hpp"
#include "tests/unit/wire/raw_socket.hpp"
#include "wire/client.hpp"
#include "wire/server.hpp"

using namespace quietus;
using namespace quietus::wire;
using namespace std::chrono_literals;
using tests::RawSocket;

namespace {

HttpReply say_size(const HttpRequest& request) {
  HttpReply reply;
  reply.content_type = "text/plain";
  reply.body = to_bytes(request.method + ' ' + std::to_string(request.body.size()));
  return reply;
}

std::unique_ptr<HttpServer> serve(const ServerLimits& limits, Handler handler = say_size) {
  ServerSettings settings;
  settings.limits = limits;
  auto server = HttpServer::start(settings, std::move(handler));
  REQUIRE(server);
  return std::move(*server);
}

std::unique_ptr<HttpClient> client_of(const HttpServer& server) {
  ClientSettings settings;
  settings.base_url = "http://127.0.0.1:" + std::to_string(server.port());
  settings.timeout_ms = 5000;
  auto client = HttpClient::create(settings);
  REQUIRE(client);
  return std::move(*client);
}

std::string answer_to(const HttpServer& server, std::string_view request) {
  RawSocket socket(server.port());
  socket.say(request);
  return socket.hear(1500);
}

long peak_kib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

}  // namespace

TEST_CASE("requests on one connection are answered in order, bodies included") {
  const auto server = serve({});
  const auto client = client_of(*server);
  for (int i = 0; i < 20; ++i) {
    const auto response =
        client->send("POST", "/x", "text/plain", Bytes(static_cast<std::size_t>(i * 1000), 7));
    REQUIRE(response);
    CHECK(as_text(response->body) == "POST " + std::to_string(i * 1000));
  }
  CHECK(server->connections() == 1);
}

TEST_CASE("pipelined requests are each answered") {
  const auto server = serve({});
  const auto heard = answer_to(*server,
                               "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
                               "GET /b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  CHECK_THAT(heard, Catch::Contains("POST 3"));
  CHECK_THAT(heard, Catch::Contains("GET 0"));
}

TEST_CASE("a chunked body is taken, and its bound holds") {
  ServerLimits limits;
  limits.max_body_bytes = 10;
  const auto server = serve(limits);
  const std::string head =
      "POST /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n";
  CHECK_THAT(answer_to(*server, head + "3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n"), Catch::Contains("POST 7"));
  CHECK_THAT(answer_to(*server, head + "6\r\nabcdef\r\n6\r\nabcdef\r\n0\r\n\r\n"), Catch::Contains(" 413 "));
  CHECK_THAT(answer_to(*server, head + "ffffffffff\r\nabcdef"), Catch::Contains(" 413 "));
}

TEST_CASE("what two readers could understand differently is refused") {
  const auto server = serve({});
  const std::string post = "POST /a HTTP/1.1\r\nHost: x\r\n";
  for (const std::string& request :
       {post + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        post + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", post + "Content-Length: -1\r\n\r\n",
        post + "Content-Length: 3 3\r\n\r\nabc", post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        post + "Transfer-Encoding: identity\r\n\r\n", post + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        std::string("GET /a HTTP/1.1\r\n\r\n"), std::string("GET /a HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
        std::string("GET  /a HTTP/1.1\r\nHost: a\r\n\r\n"), std::string("GET /a HTTP/2.0\r\nHost: a\r\n\r\n"),
        std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 15),
        std::string("hello\r\n\r\n")}) {
    INFO(request);
    const auto heard = answer_to(*server, request);
    CHECK(heard.starts_with("HTTP/1.1 400 "));
    CHECK_THAT(heard, Catch::Contains("Connection: close"));
  }
}

TEST_CASE("a header beyond the limit is answered 431") {
  const auto server = serve({});
  const auto heard =
      answer_to(*server, "GET /a HTTP/1.1\r\nHost: x\r\nA: " + std::string(20'000, 'a') + "\r\n\r\n");
  CHECK(heard.starts_with("HTTP/1.1 431 "));
  CHECK(answer_to(*server, "GET /" + std::string(20'000, 'a')).starts_with("HTTP/1.1 431 "));
}

TEST_CASE("a body of a gigabyte is refused at its announcement, without being read or kept") {
  const auto server = serve({});
  const long before = peak_kib();
  RawSocket socket(server->port());
  REQUIRE(socket.say("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1073741824\r\n\r\n"));
  const std::string block(1 << 20, 'x');
  std::size_t sent = 0;
  while (sent < 1024 && socket.say(block)) ++sent;
  CHECK(sent < 64);
  CHECK(socket.hear().starts_with("HTTP/1.1 413 "));
  CHECK(peak_kib() - before < 16 * 1024);
}

TEST_CASE("the client hears the 413 even while it is still sending") {
  const auto server = serve({});
  const auto client = client_of(*server);
  const auto response = client->send("POST", "/x", "text/plain", Bytes(std::size_t{8} << 20, 7));
  REQUIRE(response);
  CHECK(response->status == 413);
  CHECK(client->send("GET", "/x"));
}

TEST_CASE("a route may allow a larger body than the rest") {
  ServerSettings settings;
  settings.limits.max_body_bytes = 10;
  settings.max_body = [](const HttpRequest& head) {
    return head.target == "/large" ? std::size_t{4} << 20 : 10;
  };
  auto server = HttpServer::start(settings, say_size);
  REQUIRE(server);
  const auto client = client_of(**server);
  const Bytes body(std::size_t{3} << 20, 1);
  CHECK(client->send("POST", "/large", "text/plain", body)->status == 200);
  CHECK(client->send("POST", "/small", "text/plain", body)->status == 413);
}

TEST_CASE("a client that trickles its header or its body is cut off at the deadline, not at the last byte") {
  ServerLimits limits;
  limits.header_ms = 300;
  limits.body_ms = 300;
  const auto server = serve(limits);
  for (const std::string_view start :
       {"GET /a HTTP/1.1\r\nX: ", "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n"}) {
    RawSocket socket(server->port());
    const auto begun = std::chrono::steady_clock::now();
    REQUIRE(socket.say(start));
    while (socket.say("a") && std::chrono::steady_clock::now() - begun < 5s)
      std::this_thread::sleep_for(20ms);
    const auto lasted = std::chrono::steady_clock::now() - begun;
    CHECK(lasted > 250ms);
    CHECK(lasted < 2s);
  }
}

TEST_CASE("a second request on a connection has no longer for its header than the first") {
  ServerLimits limits;
  limits.header_ms = 300;
  const auto server = serve(limits);
  RawSocket socket(server->port());
  REQUIRE(socket.say("GET /a HTTP/1.1\r\nHost: x\r\n\r\n"));
  CHECK_THAT(socket.hear(100), Catch::Contains(" 200 "));
  std::this_thread::sleep_for(500ms);  // idle is allowed for longer
  REQUIRE(socket.say("GET /b HTTP/1.1\r\nX: "));
  const auto begun = std::chrono::steady_clock::now();
  while (socket.say("a") && std::chrono::steady_clock::now() - begun < 5s) std::this_thread::sleep_for(20ms);
  const auto lasted = std::chrono::steady_clock::now() - begun;
  CHECK(lasted > 250ms);
  CHECK(lasted < 2s);
}

TEST_CASE("a connection on which nothing is asked is closed") {
  ServerLimits limits;
  limits.header_ms = 200;
  const auto server = serve(limits);
  RawSocket socket(server->port());
  CHECK(socket.hear(3000).empty());
  CHECK(socket.closed());
}

TEST_CASE("connections are bounded, and room comes back") {
  ServerLimits limits;
  limits.max_connections = 256;
  limits.header_ms = 6000;
  const auto server = serve(limits);
  std::vector<std::unique_ptr<RawSocket>> held;
  for (int i = 0; i < 300; ++i) held.push_back(std::make_unique<RawSocket>(server->port()));
  std::this_thread::sleep_for(500ms);
  CHECK(server->connections() == 256);
  int refused = 0;
  for (auto& socket : held) {
    socket->hear(0);
    refused += socket->closed() ? 1 : 0;
  }
  CHECK(refused == 44);
  held.clear();
  for (int i = 0; i < 100 && server->connections() > 0; ++i) std::this_thread::sleep_for(50ms);
  CHECK(server->connections() == 0);
  CHECK(client_of(*server)->send("GET", "/x"));
}

TEST_CASE("a full queue answers 503 with Retry-After, and urgent requests still get in and go first") {
  std::promise<void> gate;
  const auto opened = gate.get_future().share();
  Mutex mutex;
  std::vector<std::string> order;
  ServerSettings settings;
  settings.limits.workers = 1;
  settings.limits.queue_depth = 2;
  settings.limits.urgent_depth = 1;
  settings.urgent = [](const HttpRequest& head) { return head.target == "/freeze"; };
  auto server = HttpServer::start(settings, [&](const HttpRequest& request) {
    if (request.target == "/block") opened.wait();
    const MutexLock lock(mutex);
    order.push_back(request.target);
    return say_size(request);
  });
  REQUIRE(server);
  std::vector<std::future<int>> answers;
  for (const char* target : {"/block", "/a", "/b", "/full", "/freeze", "/freeze"}) {
    answers.push_back(std::async(std::launch::async, [client = client_of(**server), target] {
      const auto response = client->send("GET", target);
      return response ? response->status : 0;
    }));
    std::this_thread::sleep_for(100ms);
  }
  CHECK(answers[3].get() == 503);
  CHECK(answers[5].get() == 503);
  const auto refused = client_of(**server)->send("GET", "/full");
  REQUIRE(refused);
  CHECK(*find_header(refused->headers, "retry-after") == "1");
  gate.set_value();
  for (const std::size_t i : {0U, 1U, 2U, 4U}) CHECK(answers[i].get() == 200);
  CHECK(order == std::vector<std::string>{"/block", "/freeze", "/a", "/b"});
}

TEST_CASE("stopping lets a running request finish and closes idle connections") {
  std::atomic<bool> running = false;
  auto server = serve({}, [&](const HttpRequest& request) {
    running = true;
    std::this_thread::sleep_for(300ms);
    return say_size(request);
  });
  RawSocket idle(server->port());
  const auto client = client_of(*server);
  auto answer = std::async(std::launch::async, [&] { return client->send("GET", "/x"); });
  while (!running) std::this_thread::sleep_for(5ms);
  const auto begun = std::chrono::steady_clock::now();
  server->stop();
  CHECK(std::chrono::steady_clock::now() - begun < 2s);
  const auto response = answer.get();
  REQUIRE(response);
  CHECK(response->status == 200);
  CHECK(idle.hear(500).empty());
  CHECK(idle.closed());
}

TEST_CASE("a handler that throws is a 500, and the server goes on") {
  const auto server = serve({}, [](const HttpRequest& request) -> HttpReply {
    if (request.target == "/bad") throw std::runtime_error("secret detail");
    return say_size(request);
  });
  const auto client = client_of(*server);
  const auto response = client->send("GET", "/bad");
  REQUIRE(response);
  CHECK(response->status == 500);
  CHECK_THAT(std::string(as_text(response->body)), !Catch::Contains("secret"));
  CHECK(client->send("GET", "/good")->status == 200);
}
