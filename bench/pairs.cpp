// Keys made and destroyed beyond any backup, next to a key server that many know.
#include <cstdio>
#include <cstdlib>

#include "bench/figure.hpp"
#include "bench/groups.hpp"
#include "bench/house.hpp"
#include "bench/interleaved.hpp"
#include "kms/epochs/epoch.hpp"

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
      : house_(ground, kQuietToken, "pairs"),
        id_(house_.create_keyring(KeyClass::record)),
        open_(must(house_.service.keyrings.find(id_))) {
    house_.add_keys(id_, kTogether);  // somebody who stays
  }
  [[nodiscard]] Hsm& hsm() { return *house_.hsm; }

  double pairs_per_second(std::uint32_t count) {
    const double took = seconds_of([&] {
      const KeyNumber first = house_.add_keys(id_, count);
      epochs::Deletion deletion;
      for (std::uint32_t i = 0; i < count; ++i) deletion.numbers.push_back({first.value + i});
      const auto hold = must(house_.key_room.hold_token(must(epochs::root_key_id(id_))));
      epochs::EpochEngine engine(*house_.hsm, *house_.store, open_->domain(), KeyClass::record, house_.clock);
      const epochs::BeforeDestroy nobody_has_a_lease = [](const KeyringId&) { return Status{}; };
      must(engine.destroy(hold, house_.permit(Verb::destroy, id_.text()), deletion, nobody_has_a_lease));
      must(must(engine.prove(hold, house_.prober)).destroyed == count, "not every key is shown gone");
    });
    return count / took;
  }

 private:
  House house_;
  const KeyringId id_;
  const std::shared_ptr<service::OpenKeyring> open_;
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
             " pairs/s: 1,000 record keys made by one call (entered in the ledger) and taken away by one "
             "epoch, durably, "
             "the old root shown gone by a fresh process (what was backed up before opens with nothing that "
             "is left); "
             "baseline: pairs/s of PyKMIP's server over mutual TLS, one connection, one key at a time, whose "
             "database "
             "files keep what is deleted; ours is in the process, without TLS; median of " +
             std::to_string(together.rounds)});
  std::vector<double> single;
  for (int round = 0; round < kRounds; ++round) single.push_back(device_pairs_per_second(table.hsm()));
  print({"pairs.create_destroy.device.rate", median(single), "1/s", together.baseline,
         "device keys one at a time: a token object made and synced, destroyed and synced, looked for in a "
         "fresh "
         "session; baseline as above; median of " +
             std::to_string(kRounds)});
}

}  // namespace quietus::bench
