#include <catch2/catch.hpp>
#include <chrono>
#include <thread>

#include "base/encoding.hpp"
#include "tests/support/tls_laboratory/tls_laboratory.hpp"
#include "wire/client.hpp"
#include "wire/server.hpp"

using namespace quietus;
using namespace quietus::wire;
using tests::TlsLaboratory;

namespace {

HttpReply echo(const HttpRequest& request) {
  HttpReply reply;
  reply.content_type = "application/json";
  Json answer;
  answer["method"] = request.method;
  answer["target"] = request.target;
  answer["body"] = std::string(as_text(request.body));
  answer["certificate"] = hex(sha256(request.peer_certificate));
  answer["anonymous"] = request.peer_certificate.empty();
  reply.body = to_bytes(answer.write());
  return reply;
}

std::unique_ptr<HttpServer> serve(const TlsLaboratory& lab, Handler handler = echo) {
  ServerSettings settings;
  settings.tls = lab.server_tls();
  auto server = HttpServer::start(settings, std::move(handler));
  REQUIRE(server);
  return std::move(*server);
}

Result<Json> get(const ClientSettings& settings, const std::string& target = "/x") {
  auto client = HttpClient::create(settings);
  REQUIRE(client);
  auto response = (*client)->send("GET", target);
  if (!response) return std::unexpected(response.error());
  return expect_json(*response);
}

}  // namespace

TEST_CASE("a person and an eraser are let in, and the handler sees their very certificates") {
  TlsLaboratory lab;
  const auto server = serve(lab);
  for (const auto& who : {lab.person("p1"), lab.eraser("h1")}) {
    const auto answer = get(lab.client(server->port(), &who), "/v1/x?y=1");
    REQUIRE(answer);
    CHECK(*answer->find("target")->string() == "/v1/x?y=1");
    CHECK(*answer->find("certificate")->string() == hex(who.certificate.fingerprint()));
  }
}

TEST_CASE("without a certificate the handshake holds and the handler is told that nobody is there") {
  TlsLaboratory lab;
  const auto server = serve(lab);
  const auto answer = get(lab.client(server->port()));
  REQUIRE(answer);
  CHECK(*answer->find("anonymous")->boolean());
}

TEST_CASE("a certificate of another root is refused, and the client is told so") {
  TlsLaboratory lab, stranger;
  const auto server = serve(lab);
  const auto who = stranger.person("p1");
  const auto answer = get(lab.client(server->port(), &who));
  REQUIRE_FALSE(answer);
  CHECK(answer.error().kind == ErrorKind::unauthenticated);
  CHECK_FALSE(answer.error().next_step.empty());
}

TEST_CASE("an expired certificate is refused") {
  TlsLaboratory lab;
  const auto server = serve(lab);
  const auto now = system_now();
  const auto who = lab.person_valid("p1", {now + -86'400'000, now + -3'600'000});
  const auto answer = get(lab.client(server->port(), &who));
  REQUIRE_FALSE(answer);
  CHECK(answer.error().kind == ErrorKind::unauthenticated);
  CHECK_THAT(answer.error().message, Catch::Contains("expired"));
}

TEST_CASE("a certificate from the root itself, without an intermediate, is refused") {
  TlsLaboratory lab;
  const auto server = serve(lab);
  const auto who = lab.issued_by_root("h1");
  const auto answer = get(lab.client(server->port(), &who));
  REQUIRE_FALSE(answer);
  CHECK(answer.error().kind == ErrorKind::unauthenticated);
}

TEST_CASE("also without revocation lists only leaf, given intermediate, root is a chain") {
  TlsLaboratory lab;
  ServerSettings settings;
  settings.tls = lab.server_tls();
  settings.tls->crl_files.clear();
  auto server = HttpServer::start(settings, echo);
  REQUIRE(server);
  const auto person = lab.person("p1");
  CHECK(get(lab.client((*server)->port(), &person)));
  for (const auto& who : {lab.issued_by_root("h1"), lab.of_another_people_ca("p1")}) {
    const auto answer = get(lab.client((*server)->port(), &who));
    REQUIRE_FALSE(answer);
    CHECK(answer.error().kind == ErrorKind::unauthenticated);
  }
}

TEST_CASE("a certificate for signing evidence does not open a TLS connection") {
  TlsLaboratory lab;
  const auto server = serve(lab);
  const auto who = lab.signer("h1");
  const auto answer = get(lab.client(server->port(), &who));
  REQUIRE_FALSE(answer);
  CHECK(answer.error().kind == ErrorKind::unauthenticated);
}

TEST_CASE("a revoked certificate is refused, also on a connection that was open before") {
  TlsLaboratory lab;
  const auto server = serve(lab);
  const auto who = lab.person("p1");
  const auto other = lab.person("p2");
  auto client = HttpClient::create(lab.client(server->port(), &who));
  REQUIRE(client);
  REQUIRE((*client)->send("GET", "/x"));
  lab.revoke({who.certificate});
  std::this_thread::sleep_for(std::chrono::milliseconds(700));
  const auto on_old_connection = (*client)->send("GET", "/x");
  REQUIRE_FALSE(on_old_connection);
  CHECK(on_old_connection.error().kind == ErrorKind::unauthenticated);
  const auto anew = get(lab.client(server->port(), &who));
  REQUIRE_FALSE(anew);
  CHECK_THAT(anew.error().message, Catch::Contains("revoked"));
  CHECK(get(lab.client(server->port(), &other)));
}

TEST_CASE("while a revocation list cannot be read nobody gets in, and it heals by itself") {
  TlsLaboratory lab;
  const auto server = serve(lab);
  const auto who = lab.person("p1");
  REQUIRE(get(lab.client(server->port(), &who)));
  std::filesystem::rename(lab.path("people.crl"), lab.path("away.crl"));
  std::this_thread::sleep_for(std::chrono::milliseconds(700));
  CHECK_FALSE(get(lab.client(server->port(), &who)));
  std::filesystem::rename(lab.path("away.crl"), lab.path("people.crl"));
  std::this_thread::sleep_for(std::chrono::milliseconds(700));
  CHECK(get(lab.client(server->port(), &who)));
}

TEST_CASE("the client believes no server of another root and no person posing as a server") {
  TlsLaboratory lab, stranger;
  const auto server = serve(lab);
  auto wrong_root = lab.client(server->port());
  wrong_root.ca_file = stranger.root_file();
  const auto refused = get(wrong_root);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::unauthenticated);

  const auto person = lab.person("p1");
  ServerSettings settings;
  settings.tls = lab.server_tls();
  settings.tls->certificate_file = person.certificate_file;
  settings.tls->key_file = person.key_file;
  auto impostor = HttpServer::start(settings, echo);
  REQUIRE(impostor);
  const auto answer = get(lab.client((*impostor)->port()));
  REQUIRE_FALSE(answer);
  CHECK(answer.error().kind == ErrorKind::unauthenticated);
}

TEST_CASE("a certificate with the right address that was not issued for a server is not believed") {
  TlsLaboratory lab;
  const auto plain = lab.server_without_usage();
  ServerSettings settings;
  settings.tls = lab.server_tls();
  settings.tls->certificate_file = plain.certificate_file;
  settings.tls->key_file = plain.key_file;
  auto server = HttpServer::start(settings, echo);
  REQUIRE(server);
  const auto answer = get(lab.client((*server)->port()));
  REQUIRE_FALSE(answer);
  CHECK(answer.error().kind == ErrorKind::unauthenticated);
}

TEST_CASE("the client checks the name that it was told to reach") {
  TlsLaboratory lab;
  ServerSettings settings;
  settings.listen_address = "127.0.0.2";
  settings.tls = lab.server_tls();
  auto server = HttpServer::start(settings, echo);
  REQUIRE(server);
  auto client = lab.client((*server)->port());
  client.base_url = "https://127.0.0.2:" + std::to_string((*server)->port());
  const auto answer = get(client);
  REQUIRE_FALSE(answer);
  CHECK(answer.error().kind == ErrorKind::unauthenticated);
}

TEST_CASE("a private key that others can read is not used") {
  TlsLaboratory lab;
  const auto who = lab.person("p1");
  std::filesystem::permissions(who.key_file, std::filesystem::perms::group_read,
                               std::filesystem::perm_options::add);
  const auto client = HttpClient::create(lab.client(1, &who));
  REQUIRE_FALSE(client);
  CHECK(client.error().next_step.starts_with("chmod"));
}
