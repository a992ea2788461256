// Keys of class `record`: a table of a million, from which one, a thousand and a hundred thousand go.
#include <algorithm>
#include <random>

#include "base/encoding.hpp"
#include "bench/figure.hpp"
#include "bench/groups.hpp"
#include "bench/interleaved.hpp"
#include "bench/permits.hpp"
#include "kms/epochs/epoch.hpp"
#include "kms/epochs/receipts.hpp"
#include "kms/records/record_table.hpp"

namespace quietus::bench {

namespace {

constexpr std::uint32_t kKeys = 1'000'000;
constexpr int kRounds = 5;

class Million {
 public:
  explicit Million(const Ground& ground)
      : hsm_(ground.attach(kQuietToken)),
        store_(ground.open_store("records")),
        prober_(ground.prober(kQuietToken)) {
    const auto root = must(hsm_->generate_device_key(epochs::root_label(id_, 1)));
    table_ = must(records::RecordTable::establish(permit(Verb::seal, id_.text()), *store_, *hsm_, clock_, id_,
                                                  {root, 1, clock_()}));
    const auto first = must(table_->create(permit(Verb::seal, id_.text()), kKeys));
    for (std::uint32_t i = 0; i < kKeys; ++i) living_.push_back({first.value + i});
    std::ranges::shuffle(living_, random_);
  }

  /// Seconds until the old root is destroyed; then it is shown, and the receipts are there to be given.
  double destroy(std::size_t count) {
    epochs::Deletion deletion;
    deletion.numbers.assign(living_.end() - static_cast<std::ptrdiff_t>(count), living_.end());
    living_.resize(living_.size() - count);
    std::ranges::sort(deletion.numbers);
    const auto hold = must(room_.hold_token(must(epochs::root_key_id(id_))));
    epochs::EpochEngine engine(*hsm_, *store_, *table_, KeyClass::record, clock_);
    const epochs::BeforeDestroy nobody_has_a_lease = [](const KeyringId&) { return Status{}; };
    std::uint64_t to_epoch = 0;
    const double took = seconds_of([&] {
      to_epoch = must(engine.destroy(hold, permit(Verb::destroy, id_.text()), deletion, nobody_has_a_lease))
                     .next.epoch;
    });
    must(must(engine.prove(hold, prober_)).destroyed == count, "not every key is shown gone");
    const auto receipts = must(epochs::load_receipts(*store_, id_, to_epoch));
    must(receipts.numbers == deletion.numbers, "the receipts are not those of the deletion");
    const auto state = must(table_->state(permit(Verb::read, id_.text()), deletion.numbers.front()));
    must(state == records::RecordState::destroyed, "a destroyed key is not told to be destroyed");
    return took;
  }

  double lookups(double seconds) {
    const Permit many = permit(Verb::release_data_key, id_.text(), UINT32_MAX);
    std::size_t next = 0;
    return rate_of(
        [&] {
          must(table_->release(many, living_[next % living_.size()]));
          next += 7919;
        },
        seconds, 256);
  }

 private:
  const WallClock clock_ = system_now;
  const KeyringId id_ = *KeyringId::parse("records");
  std::unique_ptr<Hsm> hsm_;
  std::unique_ptr<store::SqliteStore> store_;
  keys::Prober prober_;
  keys::KeyRoom room_{*hsm_, clock_};
  std::unique_ptr<records::RecordTable> table_;
  std::vector<KeyNumber> living_;
  std::mt19937 random_{20260101};
};

double measure(Million& million, const std::string& name, std::size_t count) {
  std::vector<double> seconds;
  million.destroy(count);
  for (int round = 0; round < kRounds; ++round) seconds.push_back(million.destroy(count));
  print({name, median(seconds), "s", std::nullopt,
         std::to_string(count) +
             " random keys of a table of a million, from the order to the old root destroyed and the token "
             "synced, "
             "what went written down, receipts retrievable; median of " +
             std::to_string(kRounds)});
  return median(seconds);
}

}  // namespace

void shred_records(const Ground& ground) {
  Million million(ground);
  std::vector<double> rates;
  million.lookups(0.3);
  for (int round = 0; round < kRounds; ++round) rates.push_back(million.lookups(0.3));
  print({"lookup.record.warm.rate", median(rates), "1/s", std::nullopt,
         "keys released by number, spread over a million, one thread; median of " + std::to_string(kRounds)});
  measure(million, "shred.record.1of1e6.s", 1);
  measure(million, "shred.record.1e3of1e6.s", 1'000);
  const double seconds = measure(million, "shred.record.1e5of1e6.s", 100'000);
  print({"shred.record.rate", 1e5 / seconds, "1/s", std::nullopt,
         "keys taken away a second in the figure above; the rest of the time is the same for one key"});
}

}  // namespace quietus::bench
