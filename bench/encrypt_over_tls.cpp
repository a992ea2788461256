// Encryptions over mutual TLS: the edge of kms in this process, its clients in this process too, all on the
// processors that the token's work is done on.
#include <thread>

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

}  // namespace

void encrypt_over_tls(const Ground& ground) {
  const auto hsm = ground.attach(kQuietToken);
  uses().hsm = hsm.get();
  uses().key = {*KeyId::parse("bench-tls"), must(hsm->generate_device_key("bench-tls"))};
  uses().many.emplace(permit(Verb::seal, "bench-tls", UINT32_MAX));
  tests::TlsLaboratory laboratory;
  tests::MemoryStore store;
  http::HttpEdgeSettings settings;
  settings.tls = laboratory.server_tls();
  settings.rate.data = {1e9, 1e9};
  const auto edge = must(http::HttpEdge::start(settings, tests::unused_service(), store, table()));
  const auto person = laboratory.person("p1");
  Load load(laboratory.client(edge->port(), &person), edge->port(), kConnections);

  BareSession bare(kQuietToken);
  const CK_OBJECT_HANDLE handle = bare.find(uses().key.ref);
  const Bytes plaintext(kBytes, 0x5a);
  const Bytes single = octets_request("/v1/keys/bench-tls:encrypt", plaintext);
  Bytes items;
  for (int i = 0; i < kItems; ++i) put_item(items, "bench-tls", plaintext);
  const Bytes batch = octets_request("/v1/keys:encrypt", items);
  const auto baseline = [&] { return rate_of([&] { bare.encrypt(handle, plaintext); }, kTurnSeconds); };

  const Compared one = interleaved(kRounds, baseline, [&] { return load.rate(single, kTurnSeconds); });
  print({"encrypt.mtls.4k.ratio", one.ratio, "ratio", one.baseline,
         digits(one.ours) + " requests/s over " + std::to_string(kConnections) +
             " connections kept alive, clients and server in this process on " +
             std::to_string(std::thread::hardware_concurrency()) +
             " processors, against bare C_EncryptInit and C_Encrypt a second on one; median of " +
             std::to_string(one.rounds) + " pairs of turns of 300 ms" + processor_time(one)});
  const Compared hundred =
      interleaved(kRounds, baseline, [&] { return kItems * load.rate(batch, kTurnSeconds); });
  print({"encrypt.mtls.batch100.ratio", hundred.ratio, "ratio", hundred.baseline,
         digits(hundred.ours) + " items/s of 4 KiB, a hundred in a request; otherwise as above; median of " +
             std::to_string(hundred.rounds) + processor_time(hundred)});
  std::vector<double> p99;
  for (int round = 0; round < 5; ++round)
    p99.push_back(percentile(load.latencies_ms(single, one.ours / 2, 1), 99));
  print({"encrypt.mtls.4k.p99_at_half_load.ms", median(p99), "ms", std::nullopt,
         "requests begun at half of the rate above, from the moment each was due to the last byte of its "
         "answer; "
         "median of 5 runs of a second"});
}

}  // namespace quietus::bench
