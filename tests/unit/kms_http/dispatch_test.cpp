#include "kms/http/dispatch.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <future>
#include <thread>

#include "base/encoding.hpp"
#include "tests/support/tls_laboratory/tls_laboratory.hpp"
#include "tests/unit/kms_http/memory_store.hpp"

using namespace quietus;
using namespace quietus::http;
using service::Reply;
using service::Request;
using service::Service;

namespace {

std::atomic<int> acts = 0;
Error next_error{};

Result<Reply> act(Service&, const Request& request) {
  Reply reply;
  reply.status = 201;
  reply.json["act"] = ++acts;
  reply.json["body"] = request.body;
  if (request.caller.person) reply.json["person"] = request.caller.person->id.text();
  if (request.caller.host) reply.json["host"] = request.caller.host->text();
  return reply;
}

Result<Reply> slow(Service& service, const Request& request) {
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  return act(service, request);
}

Result<Reply> refuse(Service&, const Request&) {
  ++acts;
  return std::unexpected(next_error);
}

Result<Reply> key_material(Service&, const Request&) {
  Reply reply;
  reply.octets = to_bytes("plaintext data key");
  reply.secret = true;
  return reply;
}

// Gives back what it was given, so that the test sees what arrived.
Result<Reply> echo(Service&, const Request& request) {
  Reply reply;
  reply.json["octets"] = request.octets ? hex(*request.octets) : "none";
  reply.json["associated_data"] = hex(request.associated_data);
  reply.json["body"] = request.body;
  return reply;
}

const std::vector<Route>& table() {
  static const std::vector<Member> note = {{"note", "string", "", false}};
  static const std::vector<Route> rows = {
      {.method = "GET", .pattern = "/live", .use_case = act, .who = Who::nobody},
      {.method = "GET", .pattern = "/people", .use_case = act, .who = Who::person},
      {.method = "GET", .pattern = "/both", .use_case = act, .who = Who::anyone},
      {.method = "GET", .pattern = "/reader", .use_case = act, .who = Who::reader},
      {.method = "GET", .pattern = "/hosts/{host}", .use_case = act, .who = Who::host},
      {.method = "POST", .pattern = "/act", .use_case = act, .body = note, .repeat = Repeat::by_key},
      {.method = "POST", .pattern = "/needed", .use_case = act, .body = {{"note", "string", ""}}},
      {.method = "POST", .pattern = "/slow", .use_case = slow, .body = note, .repeat = Repeat::by_key},
      {.method = "POST", .pattern = "/refuse", .use_case = refuse, .body = note, .repeat = Repeat::by_key},
      {.method = "POST", .pattern = "/key", .use_case = key_material, .body = note, .answer = Answer::octets},
      {.method = "POST",
       .pattern = "/bad-row",
       .use_case = key_material,
       .body = note,
       .repeat = Repeat::by_key},
      {.method = "POST", .pattern = "/octets", .use_case = echo, .takes = Takes::octets, .pace = Pace::data},
      {.method = "POST",
       .pattern = "/either",
       .use_case = echo,
       .takes = Takes::either,
       .body = note,
       .pace = Pace::data},
      {.method = "POST", .pattern = "/freeze", .use_case = act, .body = note, .pace = Pace::restrictive},
  };
  return rows;
}

struct World {
  tests::TlsLaboratory lab;
  Bytes person = lab.person("p1").certificate.der(), other = lab.person("p2").certificate.der(),
        eraser = lab.eraser("h1").certificate.der(), signer = lab.signer("h1").certificate.der();
  tests::MemoryStore store;
  UnixMs now = system_now();
  PaceSettings rate{};
  bool public_ledger = false;
  std::unique_ptr<Dispatch> dispatch = fresh();

  std::unique_ptr<Dispatch> fresh() {
    return std::make_unique<Dispatch>(
        table(), tests::unused_service(), store, rate, [this] { return now; }, public_ledger);
  }
  wire::HttpReply get(const std::string& target, const Bytes& who) {
    return dispatch->handle({"GET", target, {}, {}, who});
  }
  wire::HttpReply post(const std::string& target, const Bytes& who, std::string_view body = "{}",
                       wire::Headers headers = {}, const std::string& type = "application/json") {
    headers.emplace_back("Content-Type", type);
    return dispatch->handle({"POST", target, headers, to_bytes(body), who});
  }
};

std::string text_of(const wire::HttpReply& reply) { return std::string(as_text(reply.body)); }

}  // namespace

TEST_CASE("octets arrive as they are, with their associated data, where the route takes octets") {
  World world;
  const std::string octets = "application/octet-stream";
  const std::string body("\0\xff{", 3);
  for (const char* target : {"/octets", "/either"}) {
    const auto reply = world.post(target, world.person, body, {{"Associated-Data", "AQID"}}, octets);
    CHECK(reply.status == 200);
    CHECK(text_of(reply) == R"({"associated_data":"010203","body":null,"octets":"00ff7b"})");
    CHECK(world.post(target, world.person, body, {{"Associated-Data", "AQI"}}, octets).status == 400);
    CHECK(world
              .post(target, world.person, body, {{"Associated-Data", "AQID"}, {"Associated-Data", "AQID"}},
                    octets)
              .status == 400);
    CHECK(world.post(target, world.person, body, {{"Associated-Data", base64(Bytes(4097))}}, octets).status ==
          400);
    CHECK(world.post(target, world.person, body, {{"Content-Encoding", "gzip"}}, octets).status == 415);
    CHECK(world.post(target, world.person, "", {}, octets).status == 400);
    CHECK(world.post(target, world.person, body, {}, "text/plain").status == 415);
  }
  CHECK(world.post("/octets", world.person, "{}").status == 415);
  CHECK(text_of(world.post("/either", world.person, R"({"note":"x"})")) ==
        R"({"associated_data":"","body":{"note":"x"},"octets":"none"})");
  CHECK(world.post("/act", world.person, body, {}, octets).status == 415);
}

TEST_CASE("uses of keys have an allowance of their own") {
  World world;
  world.rate = {.control = {.per_second = 0.001, .burst = 1}, .data = {.per_second = 0.001, .burst = 2}};
  world.dispatch = world.fresh();
  const auto use = [&] {
    return world.post("/octets", world.person, "x", {}, "application/octet-stream").status;
  };
  CHECK(use() == 200);
  CHECK(world.post("/act", world.person).status == 201);
  CHECK(world.post("/act", world.person).status == 429);
  CHECK(use() == 200);
  CHECK(use() == 429);
  CHECK(world.post("/freeze", world.person).status == 201);
}

TEST_CASE(
    "what the ledger shows is for known callers, and for strangers where it is public, a few at a time") {
  World world;
  CHECK(world.get("/reader", {}).status == 401);
  CHECK(world.get("/reader", world.person).status == 201);
  CHECK(world.get("/reader", world.eraser).status == 201);
  world.rate.control = {.per_second = 0.001, .burst = 2};
  world.public_ledger = true;
  world.dispatch = world.fresh();
  CHECK(world.get("/both", {}).status == 401);
  CHECK(world.get("/reader", to_bytes("garbage")).status == 401);
  CHECK(world.get("/reader", {}).status == 201);
  CHECK(world.get("/reader", {}).status == 201);
  CHECK(world.get("/reader", {}).status == 429);
  CHECK(world.get("/reader", world.person).status == 201);
}

TEST_CASE("who is asking comes from the certificate and opens what is theirs") {
  World world;
  CHECK(world.get("/live", {}).status == 201);
  CHECK(world.get("/people", {}).status == 401);
  CHECK(world.get("/both", {}).status == 401);
  CHECK(world.get("/hosts/h1", {}).status == 401);
  CHECK_THAT(text_of(world.get("/people", world.person)), Catch::Contains(R"("person":"p1")"));
  CHECK_THAT(text_of(world.get("/both", world.eraser)), Catch::Contains(R"("host":"h1")"));
  CHECK(world.get("/people", world.eraser).status == 403);
  CHECK(world.get("/hosts/h1", world.person).status == 403);
  CHECK(world.get("/hosts/h1", world.eraser).status == 201);
  CHECK(world.get("/hosts/h2", world.eraser).status == 403);
  CHECK(world.get("/both", world.signer).status == 401);
  CHECK(world.get("/both", to_bytes("garbage")).status == 401);
}

TEST_CASE("bodies that are not acceptable never reach the use case") {
  World world;
  const int before = acts;
  const std::string deep = std::string(40, '[') + std::string(40, ']');
  CHECK(world.post("/act", world.person, R"({"note":)" + deep + "}").status == 400);
  CHECK(world.post("/act", world.person, R"({"note":1,"note":2})").status == 400);
  CHECK(world.post("/act", world.person, R"({"note":1.5})").status == 400);
  CHECK(world.post("/act", world.person, R"({"note":1}x)").status == 400);
  CHECK(world.post("/act", world.person, "[]").status == 400);
  CHECK(world.post("/act", world.person, "{}", {}, "text/plain").status == 415);
  CHECK(world.post("/act", world.person, "{}", {}, "application/json; charset=gbk").status == 415);
  CHECK(world.post("/act", world.person, "{}", {{"Content-Type", "application/json"}}).status == 415);
  CHECK(world.post("/act", world.person, "{}", {{"Content-Encoding", "gzip"}}).status == 415);
  CHECK(world.post("/needed", world.person, "").status == 400);
  CHECK(world.dispatch
            ->handle({"GET", "/people", {{"Content-Type", "application/json"}}, to_bytes("{}"), world.person})
            .status == 400);
  CHECK(acts == before);
  CHECK(world.post("/act", world.person, "{}", {}, "Application/JSON; charset=UTF-8").status == 201);
  CHECK(world.post("/act", world.person, "").status == 201);
}

TEST_CASE(
    "each kind of failure has its status and keeps its words; what failed inside keeps them to itself") {
  World world;
  const std::pair<ErrorKind, int> cases[] = {{ErrorKind::invalid_input, 400},
                                             {ErrorKind::unauthenticated, 401},
                                             {ErrorKind::denied, 403},
                                             {ErrorKind::not_found, 404},
                                             {ErrorKind::conflict, 409},
                                             {ErrorKind::corrupt, 422},
                                             {ErrorKind::verification_failed, 422},
                                             {ErrorKind::unavailable, 503},
                                             {ErrorKind::timed_out, 504},
                                             {ErrorKind::exhausted, 507},
                                             {ErrorKind::io, 500},
                                             {ErrorKind::hsm, 500},
                                             {ErrorKind::internal, 500}};
  for (const auto& [kind, status] : cases) {
    next_error = {kind, "the words of it", "the step", 5};
    const auto reply = world.post("/refuse", world.person);
    INFO(text_of(reply));
    CHECK(reply.status == status);
    CHECK(reply.content_type == "application/problem+json");
    const auto document = Json::parse_canonical(text_of(reply));
    REQUIRE(document);
    CHECK(*document->find("type")->string() == "urn:quietus:error:" + std::string(to_string(kind)));
    CHECK(*document->find("status")->integer() == status);
    CHECK(*document->find("request_id")->string() == *wire::find_header(reply.headers, "X-Request-Id"));
    CHECK((text_of(reply).find("the words of it") == std::string::npos) == (status == 500));
    CHECK((wire::find_header(reply.headers, "Retry-After") != nullptr) == (status == 503));
    const auto back = wire::expect_json({reply.status, reply.content_type, reply.body, reply.headers});
    CHECK(back.error().kind == kind);
  }
}

TEST_CASE("a repeated request under one key gets the first answer and acts once") {
  World world;
  const int before = acts;
  const wire::Headers key{{"Idempotency-Key", "k1"}};
  const auto first = world.post("/act", world.person, R"({"note":"a"})", key);
  const auto again = world.post("/act", world.person, R"({"note":"a"})", key);
  CHECK(first.status == 201);
  CHECK(again.status == 201);
  CHECK(first.body == again.body);
  CHECK(acts == before + 1);
  world.dispatch = world.fresh();  // a restart
  CHECK(world.post("/act", world.person, R"({"note":"a"})", key).body == first.body);
  CHECK(acts == before + 1);
}

TEST_CASE("a key stands for one request of one caller") {
  World world;
  const int before = acts;
  const wire::Headers key{{"Idempotency-Key", "k1"}};
  REQUIRE(world.post("/act", world.person, R"({"note":"a"})", key).status == 201);
  CHECK(world.post("/act", world.person, R"({"note":"b"})", key).status == 409);
  CHECK(world.post("/slow", world.person, R"({"note":"a"})", key).status == 409);
  CHECK(acts == before + 1);
  CHECK(world.post("/act", world.other, R"({"note":"a"})", key).status == 201);
  CHECK(acts == before + 2);
  for (const auto& bad : {std::string(), std::string(65, 'a'), std::string("a b"), std::string("\xc3\xa4")}) {
    CHECK(world.post("/act", world.person, "{}", {{"Idempotency-Key", bad}}).status == 400);
  }
}

TEST_CASE("failures are not kept: what was refused may be permitted later") {
  World world;
  const int before = acts;
  next_error = {ErrorKind::denied, "not yet", {}, {}};
  const wire::Headers key{{"Idempotency-Key", "k1"}};
  CHECK(world.post("/refuse", world.person, "{}", key).status == 403);
  CHECK(world.post("/refuse", world.person, "{}", key).status == 403);
  CHECK(acts == before + 2);
  CHECK(world.store.rows().empty());
}

TEST_CASE("while a request runs, its key is taken") {
  World world;
  const int before = acts;
  const wire::Headers key{{"Idempotency-Key", "k1"}};
  auto first =
      std::async(std::launch::async, [&] { return world.post("/slow", world.person, "{}", key).status; });
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  CHECK(world.post("/slow", world.person, "{}", key).status == 409);
  CHECK(first.get() == 201);
  CHECK(acts == before + 1);
}

TEST_CASE("key material is never kept, not even by a wrong row of the table") {
  World world;
  const auto reply = world.post("/key", world.person);
  CHECK(reply.secret);
  CHECK(reply.content_type == "application/octet-stream");
  CHECK(*wire::find_header(reply.headers, "Cache-Control") == "no-store");
  CHECK(world.post("/key", world.person, "{}", {{"Idempotency-Key", "k"}}).status == 400);
  CHECK(world.post("/bad-row", world.person, "{}", {{"Idempotency-Key", "k"}}).status == 200);
  CHECK(world.store.rows().empty());
}

TEST_CASE("records end after a day, and a sweep knows which") {
  World world;
  const int before = acts;
  const wire::Headers key{{"Idempotency-Key", "k1"}};
  REQUIRE(world.post("/act", world.person, "{}", key).status == 201);
  const Bytes record = world.store.rows().begin()->second;
  CHECK_FALSE(record_is_over(record, world.now));
  world.now = world.now + kIdempotencyLifetimeMs + 1;
  CHECK(record_is_over(record, world.now));
  CHECK(record_is_over(to_bytes("garbage"), world.now));
  CHECK(world.post("/act", world.person, "{}", key).status == 201);
  CHECK(acts == before + 2);
}

TEST_CASE("when records cannot be read nothing is done twice: the request fails") {
  World world;
  const int before = acts;
  world.store.broken = true;
  CHECK(world.post("/act", world.person, "{}", {{"Idempotency-Key", "k1"}}).status == 500);
  CHECK(acts == before);
}

TEST_CASE("a client that runs wild is slowed down alone, and can still freeze") {
  World world;
  world.rate.control = {.per_second = 0.001, .burst = 3, .max_principals = 8};
  world.dispatch = world.fresh();
  for (int i = 0; i < 3; ++i) CHECK(world.get("/people", world.person).status == 201);
  const auto slowed = world.get("/people", world.person);
  CHECK(slowed.status == 429);
  CHECK(wire::find_header(slowed.headers, "Retry-After") != nullptr);
  CHECK(world.get("/people", world.other).status == 201);
  CHECK(world.post("/freeze", world.person).status == 201);
  CHECK(world.get("/live", world.person).status == 201);
}

TEST_CASE("buckets fill with time and are bounded in number") {
  auto now = std::chrono::steady_clock::now();
  RateLimit limit({.per_second = 10, .burst = 2, .max_principals = 2}, [&] { return now; });
  CHECK(limit.take("a"));
  CHECK(limit.take("a"));
  CHECK_FALSE(limit.take("a"));
  now += std::chrono::milliseconds(100);
  CHECK(limit.take("a"));
  CHECK_FALSE(limit.take("a"));
  CHECK(limit.take("b"));
  CHECK_FALSE(limit.take("c"));
  now += std::chrono::seconds(1);
  CHECK(limit.take("c"));
}

TEST_CASE("strangers may send little, known callers what the row says") {
  World world;
  CHECK(world.dispatch->max_body({"POST", "/act", {}, {}, {}}) == 4096);
  CHECK(world.dispatch->max_body({"POST", "/act", {}, {}, world.person}) == 65536);
  CHECK(world.dispatch->max_body({"POST", "/nothing", {}, {}, world.person}) == 4096);
  CHECK(world.dispatch->urgent({"POST", "/freeze", {}, {}, world.person}));
  CHECK_FALSE(world.dispatch->urgent({"POST", "/freeze", {}, {}, {}}));
  CHECK_FALSE(world.dispatch->urgent({"POST", "/act", {}, {}, world.person}));
}
