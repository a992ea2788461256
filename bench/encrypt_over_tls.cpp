// Encryptions over mutual TLS: the edge of kms in this process, its clients in this process too, all on the
// processors that the token's work is done on.
#include <algorithm>
#include <optional>
#include <thread>

#include "bench/bare_token.hpp"
#include "bench/figure.hpp"
#include "bench/groups.hpp"
#include "bench/house.hpp"
#include "bench/interleaved.hpp"
#include "bench/load.hpp"
#include "kms/http/http_edge.hpp"
#include "kms/service/key_operations.hpp"
#include "kms/service/key_refs.hpp"
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

/// The edge, its clients and what they ask.
class Edge {
 public:
  Edge(const Ground& ground, const std::string& name)
      : house_(ground, kQuietToken, name), key_(house_.create_device_key()) {
    http::HttpEdgeSettings settings;
    settings.tls = house_.laboratory.server_tls();
    edge_ = must(http::HttpEdge::start(settings, house_.service, replies_));
    const auto client = house_.laboratory.client(edge_->port(), &house_.owner_identity);
    load.emplace(client, edge_->port(), kConnections);
    single = octets_request("/v1/keys/" + key_ + ":encrypt", plaintext_);
    Bytes items;
    for (int i = 0; i < kItems; ++i) put_item(items, key_, plaintext_);
    batch = octets_request("/v1/keys:encrypt", items);
    handle_ = bare_.find(must(service::key_ref(house_.service, *KeyId::parse(key_))));
  }
  double bare_rate() {
    return rate_of([&] { bare_.encrypt(handle_, plaintext_); }, kTurnSeconds);
  }
  /// What a client was answered opens again.
  void check(BytesView ciphertext) {
    const auto opened = must(service::decrypt_item(house_.service, house_.owner, {key_, {}, ciphertext}));
    must(std::ranges::equal(opened.view(), plaintext_), "an answer does not open");
  }

  std::optional<Load> load;
  Bytes single, batch;

 private:
  House house_;
  const std::string key_;
  tests::MemoryStore replies_;
  std::unique_ptr<http::HttpEdge> edge_;
  BareSession bare_{kQuietToken};
  CK_OBJECT_HANDLE handle_ = 0;
  const Bytes plaintext_ = Bytes(kBytes, 0x5a);
};

}  // namespace

void encrypt_over_tls(const Ground& ground) {
  Edge edge(ground, "tls");
  const Compared one = interleaved(
      kRounds, [&] { return edge.bare_rate(); }, [&] { return edge.load->rate(edge.single, kTurnSeconds); });
  edge.check(edge.load->last_body());
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
  Edge edge(ground, "tls-batch");
  const Compared hundred = interleaved(
      kRounds, [&] { return edge.bare_rate(); },
      [&] { return kItems * edge.load->rate(edge.batch, kTurnSeconds); });
  edge.check(BytesView(edge.load->last_body()).subspan(1 + 4, edge.load->last_body().size() / kItems - 5));
  print({"encrypt.mtls.batch100.ratio", hundred.ratio, "ratio", hundred.baseline,
         digits(hundred.ours) +
             " items/s of 4 KiB, a hundred in a request; otherwise as encrypt.mtls.4k; median of " +
             std::to_string(hundred.rounds) + processor_time(hundred)});
}

}  // namespace quietus::bench
