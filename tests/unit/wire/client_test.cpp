#include "wire/client.hpp"

#include <arpa/inet.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <thread>

#include "base/file.hpp"
#include "wire/base_url.hpp"
#include "wire/http1.hpp"
#include "wire/server.hpp"

using namespace quietus;
using namespace quietus::wire;
using namespace std::chrono_literals;

namespace {

std::unique_ptr<HttpServer> serve(std::uint16_t port, Handler handler) {
  ServerSettings settings;
  settings.port = port;
  auto server = HttpServer::start(settings, std::move(handler));
  REQUIRE(server);
  return std::move(*server);
}

std::unique_ptr<HttpClient> client_of(std::uint16_t port, int timeout_ms = 3000,
                                      std::size_t max_response = std::size_t{1} << 20) {
  ClientSettings settings;
  settings.base_url = "http://localhost:" + std::to_string(port) + "/api";
  settings.timeout_ms = timeout_ms;
  settings.max_response_bytes = max_response;
  auto client = HttpClient::create(settings);
  REQUIRE(client);
  return std::move(*client);
}

HttpReply ok(const HttpRequest& request) {
  HttpReply reply;
  reply.content_type = "text/plain";
  reply.body = to_bytes(request.target);
  return reply;
}

HttpResponse problem(int status, const std::string& body) {
  return {status, "application/problem+json", to_bytes(body), {}};
}

}  // namespace

TEST_CASE("a kept connection survives a restart of the server, also for POST") {
  auto server = serve(0, ok);
  const auto port = server->port();
  const auto client = client_of(port);
  REQUIRE(client->send("GET", "/1"));
  server.reset();
  server = serve(port, ok);
  REQUIRE(client->send("GET", "/2"));
  server.reset();
  server = serve(port, ok);
  const auto response = client->send("POST", "/3", "text/plain", as_bytes("x"));
  REQUIRE(response);
  CHECK(as_text(response->body) == "/api/3");
}

TEST_CASE("a POST whose connection is lost on the way is not sent twice, a GET is") {
  const Fd listener(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* plain = reinterpret_cast<sockaddr*>(&address);
  REQUIRE(bind(listener.get(), plain, size) == 0);
  REQUIRE(listen(listener.get(), 4) == 0);
  REQUIRE(getsockname(listener.get(), plain, &size) == 0);
  std::atomic<int> seen = 0;
  // Answers the first request of each connection, and closes at the second without a word.
  std::thread server([&] {
    std::array<char, 4096> buffer{};
    for (int connection = 0; connection < 3; ++connection) {
      const Fd peer(accept(listener.get(), nullptr, nullptr));
      recv(peer.get(), buffer.data(), buffer.size(), 0);
      ++seen;
      constexpr std::string_view answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
      send(peer.get(), answer.data(), answer.size(), MSG_NOSIGNAL);
      if (recv(peer.get(), buffer.data(), buffer.size(), 0) > 0) ++seen;
    }
  });
  auto client_closes = client_of(ntohs(address.sin_port));
  auto* client = client_closes.get();
  REQUIRE(client->send("GET", "/1"));
  const auto post = client->send("POST", "/2", "text/plain", as_bytes("x"));
  REQUIRE_FALSE(post);
  CHECK(post.error().kind == ErrorKind::unavailable);
  CHECK(seen == 2);
  CHECK(client->send("GET", "/3"));  // a new connection
  CHECK(client->send("GET", "/4"));  // lost, and repeated on another one
  CHECK(seen == 5);
  client_closes.reset();
  server.join();
}

TEST_CASE("a server that is not there is unavailable, one that does not answer is timed out") {
  CHECK(client_of(1)->send("GET", "/").error().kind == ErrorKind::unavailable);
  const auto server = serve(0, [](const HttpRequest& request) {
    std::this_thread::sleep_for(600ms);
    return ok(request);
  });
  const auto begun = std::chrono::steady_clock::now();
  const auto response = client_of(server->port(), 200)->send("GET", "/");
  REQUIRE_FALSE(response);
  CHECK(response.error().kind == ErrorKind::timed_out);
  CHECK(std::chrono::steady_clock::now() - begun < 500ms);
}

TEST_CASE("an answer beyond the bound is refused") {
  const auto server = serve(0, [](const HttpRequest&) {
    HttpReply reply;
    reply.content_type = "text/plain";
    reply.body = Bytes(100'000, 'x');
    return reply;
  });
  const auto response = client_of(server->port(), 3000, 50'000)->send("GET", "/");
  REQUIRE_FALSE(response);
  CHECK(response.error().kind == ErrorKind::exhausted);
}

TEST_CASE("a target or header that would smuggle a line is refused before anything is sent") {
  const auto client = client_of(1);
  for (const char* target : {"x", "/a b", "/a\r\nX: y", "/\xc3\xa4", ""}) {
    CHECK(client->send("GET", target).error().kind == ErrorKind::invalid_input);
  }
  CHECK(client->send("GET", "/", {}, {}, {{"A", "b\r\nC: d"}}).error().kind == ErrorKind::invalid_input);
  CHECK(client->send("GET", "/", {}, {}, {{"A b", "c"}}).error().kind == ErrorKind::invalid_input);
}

TEST_CASE("a problem document becomes the server's own error") {
  const auto error =
      expect_json(problem(403, R"({"type":"urn:quietus:error:denied","title":"Denied","status":403,
      "detail":"the holding is frozen","next_step":"thaw it first","request_id":"r1"})"))
          .error();
  CHECK(error.kind == ErrorKind::denied);
  CHECK(error.message == "the holding is frozen");
  CHECK(error.next_step == "thaw it first");
  CHECK(expect_json(problem(422, R"({"type":"urn:quietus:error:corrupt","detail":"x"})")).error().kind ==
        ErrorKind::corrupt);
  CHECK(expect_json(problem(503, "garbage")).error().kind == ErrorKind::unavailable);
  CHECK(expect_json(problem(404, R"({"type":"about:blank"})")).error().kind == ErrorKind::not_found);
}

TEST_CASE("success that is not JSON is not taken for JSON") {
  CHECK(expect_json({200, "application/json; charset=utf-8", to_bytes(R"({"a":1})"), {}}));
  CHECK(expect_json({200, "text/html", to_bytes("{}"), {}}).error().kind == ErrorKind::corrupt);
  CHECK(expect_json({200, "application/json", to_bytes("{\"a\":1,\"a\":2}"), {}}).error().kind ==
        ErrorKind::corrupt);
  CHECK(expect_json({302, "application/json", to_bytes("{}"), {}}).error().kind == ErrorKind::internal);
}

TEST_CASE("base URLs are read strictly") {
  const auto url = parse_base_url("https://[::1]:8443/kms/");
  REQUIRE(url);
  CHECK(url->host == "::1");
  CHECK(url->port == "8443");
  CHECK(url->prefix == "/kms");
  CHECK(parse_base_url("http://tsa.example")->port == "80");
  for (const char* bad : {"", "ftp://x", "https://", "https://a:b", "https://a:0", "https://a:65536",
                          "https://u@h", "https://a?b", "https://a/b c", "https://[::1", "https://a:"}) {
    INFO(bad);
    CHECK_FALSE(parse_base_url(bad));
  }
}

TEST_CASE("a response is read however it is cut, and informational ones are passed over") {
  const std::string text =
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nContent-Type: a/b\r\nTransfer-Encoding: "
      "chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
  for (std::size_t step = 1; step <= text.size(); ++step) {
    ResponseReader reader(4096, 4096, false);
    for (std::size_t at = 0; at < text.size(); at += step)
      REQUIRE(reader.feed(as_bytes(text.substr(at, step))));
    REQUIRE(reader.done());
    CHECK(reader.keep_alive());
    const auto response = reader.take();
    CHECK(response.status == 201);
    CHECK(as_text(response.body) == "abcde");
  }
}

TEST_CASE("a response cut short is never taken for whole") {
  const std::string text = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde";
  for (std::size_t size = 0; size < text.size(); ++size) {
    ResponseReader reader(4096, 4096, false);
    REQUIRE(reader.feed(as_bytes(text.substr(0, size))));
    CHECK_FALSE(reader.done());
    CHECK_FALSE(reader.end());
  }
}
