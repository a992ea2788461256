// Encryptions over mutual TLS: the edge of kms in this process, its clients in this process too, all on the
// processors that the token's work is done on.
#include <thread>

#include "base/crypto.hpp"
#include "base/encoding.hpp"
#include "bench/bare_token.hpp"
#include "bench/figure.hpp"
#include "bench/groups.hpp"
#include "bench/interleaved.hpp"
#include "bench/load.hpp"
#include "bench/permits.hpp"
#include "kms/http/http_edge.hpp"
#include "kms/keys/device_cipher.hpp"
#include "kms/service/items.hpp"
#include "tests/support/tls_laboratory/tls_laboratory.hpp"
#include "tests/unit/kms_http/memory_store.hpp"

namespace quietus::bench {

namespace {

constexpr int kConnections = 8, kRounds = 11, kItems = 100;
constexpr double kTurnSeconds = 0.3;
constexpr std::size_t kBytes = 4096;

/// An item of a batch, as kms/service/items.hpp has it.
void put_length(Bytes& out, std::size_t bytes, int width) {
  for (int shift = 8 * (width - 1); shift >= 0; shift -= 8)
    out.push_back(static_cast<std::uint8_t>(bytes >> shift));
}
void put_item(Bytes& out, std::string_view key, BytesView data) {
  put_length(out, key.size(), 2);
  out.insert(out.end(), key.begin(), key.end());
  put_length(out, 0, 2);
  put_length(out, data.size(), 4);
  out.insert(out.end(), data.begin(), data.end());
}

struct Uses {
  Hsm* hsm = nullptr;
  keys::KeyRef key;
  std::optional<Permit> many;
};
Uses& uses() {
  static Uses instance;
  return instance;
}

Result<Bytes> encrypt_one(BytesView data) {
  return keys::encrypt(*uses().hsm, *uses().many, system_now(), uses().key, data, {});
}

Result<service::Reply> encrypt(service::Service&, const service::Request& request) {
  service::Reply reply;
  QUIETUS_TRY(ciphertext, encrypt_one(*request.octets));
  reply.secret = true;
  reply.octets = std::move(ciphertext);
  return reply;
}

Result<service::Reply> encrypt_items(service::Service&, const service::Request& request) {
  QUIETUS_TRY(items, service::read_items(*request.octets));
  std::size_t expected = 0;
  for (const auto& item : items) expected += item.data.size() + 256;
  service::ItemAnswers answers(expected);
  for (const auto& item : items) answers.add(encrypt_one(item.data));
  service::Reply reply;
  reply.secret = true;
  reply.octets = answers.take();
  return reply;
}

const std::vector<http::Route>& table() {
  static const std::vector<http::Route> rows = {
      {.method = "POST",
       .pattern = "/v1/keys/{key}:encrypt",
       .use_case = encrypt,
       .takes = http::Takes::octets,
       .answer = http::Answer::octets,
       .pace = http::Pace::data,
       .max_body_bytes = std::size_t{128} << 10},
      {.method = "POST",
       .pattern = "/v1/keys:encrypt",
       .use_case = encrypt_items,
       .takes = http::Takes::octets,
       .answer = http::Answer::octets,
       .pace = http::Pace::data,
       .max_body_bytes = std::size_t{8} << 20},
  };
  return rows;
}

/// The edge, its clients and what they ask.
class Edge {
 public:
  explicit Edge(const Ground& ground) : hsm_(ground.attach(kQuietToken)) {
    uses().hsm = hsm_.get();
    const std::string id = random_id("bench");
    uses().key = {*KeyId::parse(id), must(hsm_->generate_device_key(id))};
    uses().many.emplace(permit(Verb::seal, id, UINT32_MAX));
    http::HttpEdgeSettings settings;
    settings.tls = laboratory_.server_tls();
    edge_ = must(http::HttpEdge::start(settings, tests::unused_service(), store_, table()));
    const auto person = laboratory_.person("p1");
    load.emplace(laboratory_.client(edge_->port(), &person), edge_->port(), kConnections);
    single = octets_request("/v1/keys/" + id + ":encrypt", plaintext_);
    Bytes items;
    for (int i = 0; i < kItems; ++i) put_item(items, id, plaintext_);
    batch = octets_request("/v1/keys:encrypt", items);
    handle_ = bare_.find(uses().key.ref);
  }
  double bare_rate() {
    return rate_of([&] { bare_.encrypt(handle_, plaintext_); }, kTurnSeconds);
  }

  std::optional<Load> load;
  Bytes single, batch;

 private:
  std::unique_ptr<Hsm> hsm_;
  tests::TlsLaboratory laboratory_;
  tests::MemoryStore store_;
  std::unique_ptr<http::HttpEdge> edge_;
  BareSession bare_{kQuietToken};
  CK_OBJECT_HANDLE handle_ = 0;
  const Bytes plaintext_ = Bytes(kBytes, 0x5a);
};

}  // namespace

void encrypt_over_tls(const Ground& ground) {
  Edge edge(ground);
  const Compared one = interleaved(
      kRounds, [&] { return edge.bare_rate(); }, [&] { return edge.load->rate(edge.single, kTurnSeconds); });
  print({"encrypt.mtls.4k.ratio", one.ratio, "ratio", one.baseline,
         digits(one.ours) + " requests/s over " + std::to_string(kConnections) +
             " connections kept alive, clients and server in this process on " +
             std::to_string(std::thread::hardware_concurrency()) +
             " processors, against bare C_EncryptInit and C_Encrypt a second on one; median of " +
             std::to_string(one.rounds) + " pairs of turns of 300 ms" + processor_time(one)});
  std::vector<double> p99;
  for (int round = 0; round < 5; ++round)
    p99.push_back(percentile(edge.load->latencies_ms(edge.single, one.ours / 2, 1), 99));
  print({"encrypt.mtls.4k.p99_at_half_load.ms", median(p99), "ms", std::nullopt,
         "requests begun at half of the rate above, from the moment each was due to the last byte of its "
         "answer; "
         "median of 5 runs of a second"});
}

void encrypt_batches_over_tls(const Ground& ground) {
  Edge edge(ground);
  const Compared hundred = interleaved(
      kRounds, [&] { return edge.bare_rate(); },
      [&] { return kItems * edge.load->rate(edge.batch, kTurnSeconds); });
  print({"encrypt.mtls.batch100.ratio", hundred.ratio, "ratio", hundred.baseline,
         digits(hundred.ours) +
             " items/s of 4 KiB, a hundred in a request; otherwise as encrypt.mtls.4k; median of " +
             std::to_string(hundred.rounds) + processor_time(hundred)});
}

}  // namespace quietus::bench
