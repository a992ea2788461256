#include "kms/http/http_edge.hpp"

#include <openssl/ssl.h>

#include <catch2/catch.hpp>

#include "tests/support/tls_laboratory/tls_laboratory.hpp"
#include "tests/unit/kms_http/memory_store.hpp"

using namespace quietus;
using namespace quietus::http;

namespace {

Result<service::Reply> echo(service::Service&, const service::Request& request) {
  service::Reply reply;
  reply.json["body"] = request.body;
  return reply;
}

const std::vector<Route>& table() {
  static const std::vector<Route> rows = {
      {.method = "GET", .pattern = "/v1/health/live", .use_case = echo, .who = Who::nobody},
      {.method = "POST", .pattern = "/v1/echo", .use_case = echo, .body = {{"a", "string", "", false}}},
  };
  return rows;
}

struct Edge {
  tests::TlsLaboratory lab;
  tests::MemoryStore store;
  std::unique_ptr<HttpEdge> edge;
  Edge() {
    HttpEdgeSettings settings;
    settings.tls = lab.server_tls();
    auto started = HttpEdge::start(settings, tests::unused_service(), store, table());
    REQUIRE(started);
    edge = std::move(*started);
  }
  std::unique_ptr<wire::HttpClient> client(const tests::Identity* who) const {
    auto made = wire::HttpClient::create(lab.client(edge->port(), who));
    REQUIRE(made);
    return std::move(*made);
  }
};

// Whether a handshake of at most this version succeeds.
bool shakes_hands(const Edge& edge, int version) {
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_client_method()),
                                                                  SSL_CTX_free);
  SSL_CTX_set_max_proto_version(context.get(), version);
  const std::unique_ptr<BIO, decltype(&BIO_free_all)> connection(BIO_new_ssl_connect(context.get()),
                                                                 BIO_free_all);
  BIO_set_conn_hostname(connection.get(), ("127.0.0.1:" + std::to_string(edge.edge->port())).c_str());
  return BIO_do_handshake(connection.get()) == 1;
}

}  // namespace

TEST_CASE("without a certificate there is liveness and nothing else") {
  Edge edge;
  const auto stranger = edge.client(nullptr);
  CHECK(stranger->send("GET", "/v1/health/live")->status == 200);
  const auto refused = stranger->send("POST", "/v1/echo", "application/json", as_bytes("{}"));
  REQUIRE(refused);
  CHECK(refused->status == 401);
  CHECK(wire::expect_json(*refused).error().kind == ErrorKind::unauthenticated);
  const auto person = edge.lab.person("p1");
  CHECK(edge.client(&person)->send("POST", "/v1/echo", "application/json", as_bytes("{}"))->status == 200);
}

TEST_CASE("TLS 1.2 is refused, TLS 1.3 is not") {
  Edge edge;
  CHECK_FALSE(shakes_hands(edge, TLS1_2_VERSION));
  CHECK(shakes_hands(edge, TLS1_3_VERSION));
}

TEST_CASE("a body beyond the row's bound is refused with a problem document, over TLS") {
  Edge edge;
  const auto person = edge.lab.person("p1");
  const auto client = edge.client(&person);
  const auto refused = client->send("POST", "/v1/echo", "application/json", Bytes(std::size_t{8} << 20, ' '));
  REQUIRE(refused);
  CHECK(refused->status == 413);
  CHECK(wire::expect_json(*refused).error().kind == ErrorKind::exhausted);
  CHECK(client->send("POST", "/v1/echo", "application/json", as_bytes("{}"))->status == 200);
}

TEST_CASE("an edge that is not open yet is alive, and unavailable for everything else") {
  tests::TlsLaboratory lab;
  tests::MemoryStore store;
  HttpEdgeSettings settings;
  settings.tls = lab.server_tls();
  const auto edge = HttpEdge::start_waiting(settings);
  REQUIRE(edge);
  (*edge)->set_retry_after(7);
  const auto person = lab.person("p1");
  const auto client = wire::HttpClient::create(lab.client((*edge)->port(), &person));
  REQUIRE(client);
  CHECK((*client)->send("GET", "/v1/health/live")->status == 200);

  const auto away = (*client)->send("POST", "/v1/echo", "application/json", as_bytes("{}"));
  REQUIRE(away);
  CHECK(away->status == 503);
  CHECK(away->content_type == "application/problem+json");
  const auto* retry_after = wire::find_header(away->headers, "Retry-After");
  REQUIRE(retry_after != nullptr);
  CHECK(*retry_after == "7");
  CHECK(wire::expect_json(*away).error().kind == ErrorKind::unavailable);

  (*edge)->open(tests::unused_service(), store, table());
  CHECK((*client)->send("POST", "/v1/echo", "application/json", as_bytes("{}"))->status == 200);
}
