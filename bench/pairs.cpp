// Keys made and destroyed beyond any backup, next to a key server that many know.
#include <cstdio>
#include <cstdlib>

#include "base/encoding.hpp"
#include "bench/figure.hpp"
#include "bench/groups.hpp"
#include "bench/interleaved.hpp"
#include "bench/permits.hpp"
#include "kms/epochs/epoch.hpp"
#include "kms/records/record_table.hpp"

namespace quietus::bench {

namespace {

constexpr int kRounds = 5;
constexpr std::uint32_t kTogether = 1000;

double pykmip() {
  FILE* pipe = ::popen(QUIETUS_SOURCE_DIR "/bench/pykmip/pairs.sh 2", "r");
  must(pipe != nullptr, "pairs.sh does not start");
  double rate = 0;
  const int read = std::fscanf(pipe, "%lf", &rate);
  must(::pclose(pipe) == 0 && read == 1, "pairs.sh failed; is python3-pykmip there?");
  return rate;
}

/// Record keys of one table: made by one request, destroyed by one order.
class Table {
 public:
  explicit Table(const Ground& ground)
      : hsm_(ground.attach(kQuietToken)),
        store_(ground.open_store("pairs")),
        prober_(ground.prober(kQuietToken)) {
    const auto root = must(hsm_->generate_device_key(epochs::root_label(id_, 1)));
    table_ = must(records::RecordTable::establish(permit(Verb::seal, id_.text()), *store_, *hsm_, clock_, id_,
                                                  {root, 1, clock_()}));
    must(table_->create(permit(Verb::seal, id_.text()), kTogether));  // somebody who stays
  }

  double pairs_per_second(std::uint32_t count) {
    const double took = seconds_of([&] {
      const auto first = must(table_->create(permit(Verb::seal, id_.text()), count));
      epochs::Deletion deletion;
      for (std::uint32_t i = 0; i < count; ++i) deletion.numbers.push_back({first.value + i});
      const auto hold = must(room_.hold_token(must(epochs::root_key_id(id_))));
      epochs::EpochEngine engine(*hsm_, *store_, *table_, KeyClass::record, clock_);
      const epochs::BeforeDestroy nobody_has_a_lease = [](const KeyringId&) { return Status{}; };
      must(engine.destroy(hold, permit(Verb::destroy, id_.text()), deletion, nobody_has_a_lease));
      must(must(engine.prove(hold, prober_)).destroyed == count, "not every key is shown gone");
    });
    return count / took;
  }

 private:
  const WallClock clock_ = system_now;
  const KeyringId id_ = *KeyringId::parse("pairs");
  std::unique_ptr<Hsm> hsm_;
  std::unique_ptr<store::SqliteStore> store_;
  keys::Prober prober_;
  keys::KeyRoom room_{*hsm_, clock_};
  std::unique_ptr<records::RecordTable> table_;
};

double device_pairs_per_second(Hsm& hsm) {
  return rate_of([&] { must(hsm.destroy(must(hsm.generate_device_key("pair")))); }, 1.0, 1);
}

}  // namespace

void pairs(const Ground& ground) {
  Table table(ground);
  const Compared together = interleaved(kRounds, pykmip, [&] { return table.pairs_per_second(kTogether); });
  print({"pairs.create_destroy.vs_pykmip.ratio", together.ratio, "ratio", together.baseline,
         digits(together.ours) +
             " pairs/s: 1,000 record keys made by one call and taken away by one epoch, durably, "
             "the old root shown gone by a fresh process (what was backed up before opens with nothing that "
             "is left); "
             "baseline: pairs/s of PyKMIP's server over mutual TLS, one connection, one key at a time, whose "
             "database "
             "files keep what is deleted; ours is in the process, without TLS; median of " +
             std::to_string(together.rounds)});
  const auto hsm = ground.attach(kQuietToken);
  std::vector<double> single;
  for (int round = 0; round < kRounds; ++round) single.push_back(device_pairs_per_second(*hsm));
  print({"pairs.create_destroy.device.rate", median(single), "1/s", together.baseline,
         "device keys one at a time: a token object made and synced, destroyed and synced, looked for in a "
         "fresh "
         "session; baseline as above; median of " +
             std::to_string(kRounds)});
}

}  // namespace quietus::bench
