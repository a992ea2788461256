// A ledger of ten million entries: leaves, bodies and tiles in the database, as the ledger writes them,
// without deciding anything; and proofs out of it.
#include <unistd.h>

#include <fstream>
#include <random>

#include "base/crypto.hpp"
#include "bench/groups.hpp"
#include "bench/interleaved.hpp"
#include "proof/leaf.hpp"
#include "proof/tiles.hpp"

namespace quietus::bench {
namespace {

constexpr std::uint64_t kMillion = 1'000'000, kBatch = 1000;

double resident_mib() {
  std::ifstream file("/proc/self/statm");
  double pages = 0, resident = 0;
  file >> pages >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE)) / (1 << 20);
}

class Growing {
 public:
  explicit Growing(store::SqliteStore& store) : store_(store) {}

  void grow_by(std::uint64_t count) {
    for (const std::uint64_t end = edge_.size() + count; edge_.size() < end;)
      append(std::min(kBatch, end - edge_.size()));
  }
  /// A proof of some entry, checked; ms.
  double proof_ms() {
    const std::uint64_t index = random_() % edge_.size();
    std::vector<Digest> path;
    const double took = seconds_of(
        [&] { path = must(proof::inclusion_proof(index, edge_.size(), proof::hashes_of(edge_, get_))); });
    const auto entry = must(store_.entry(index));
    must(entry.has_value(), "an entry is missing");
    must(proof::verify_inclusion(proof::leaf_hash(entry->leaf), index, edge_.size(), path, edge_.root()));
    return 1000 * took;
  }

 private:
  void append(std::uint64_t count) {
    Batch batch;
    const proof::PutTile put = [&](const proof::TileName& name, BytesView bytes) -> Status {
      batch.rows.push_back({"tiles", to_string(name), Bytes(bytes.begin(), bytes.end())});
      return {};
    };
    for (std::uint64_t i = 0; i < count; ++i) {
      LedgerEntry entry;
      entry.index = edge_.size();
      entry.salt = random_bytes(proof::kSaltBytes);
      entry.body = body_;
      entry.leaf = proof::encode(proof::LedgerLeaf{.body = proof::salted_body_digest(entry.salt, entry.body),
                                                   .index = entry.index,
                                                   .time = UnixMs{},
                                                   .type = "keys.used.reserved"});
      must(edge_.append(proof::leaf_hash(entry.leaf), put));
      batch.entries.push_back(std::move(entry));
    }
    must(store_.append(batch));
  }

  store::SqliteStore& store_;
  proof::TreeEdge edge_;
  const proof::GetTile get_ = [this](const proof::TileName& name) -> Result<Bytes> {
    QUIETUS_TRY(bytes, store_.row("tiles", to_string(name)));
    if (!bytes) return fail(ErrorKind::not_found, "a tile is missing");
    return std::move(*bytes);
  };
  const Bytes body_ = Bytes(200, 'x');
  std::mt19937_64 random_{1};
};

void growth(const Ground& ground, std::uint64_t millions, const std::string& name) {
  const auto store = ground.open_store("ledger-" + name);
  Growing growing(*store);
  std::vector<double> rates;
  double first_mib = 0;
  for (std::uint64_t i = 0; i < millions; ++i) {
    rates.push_back(static_cast<double>(kMillion) / seconds_of([&] { growing.grow_by(kMillion); }));
    if (i == 0) first_mib = resident_mib();
  }
  print({name + ".rate", rates.back(), "1/s", rates.front(),
         "entries a second of the last million, a thousand a transaction; baseline: the first million"});
  print({name + ".ratio", rates.back() / rates.front(), "ratio", std::nullopt, "last to first million"});
  print({name + ".rss", resident_mib(), "MiB", first_mib, "baseline: after the first million"});
  std::vector<double> ms;
  for (int i = 0; i < 200; ++i) ms.push_back(growing.proof_ms());
  print({name + ".proof.p50", median(ms), "ms", std::nullopt,
         "an inclusion proof of any entry, out of tiles; each was checked; p99 " +
             digits(percentile(ms, 99)) + " ms"});
}

}  // namespace

void ledger_growth(const Ground& ground) { growth(ground, 10, "grow.1e7"); }
void ledger_growth_small(const Ground& ground) { growth(ground, 2, "grow.2e6"); }

}  // namespace quietus::bench
