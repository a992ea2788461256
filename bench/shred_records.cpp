// Keys of class `record`: a table of a million, from which one, a thousand and a hundred thousand go.
#include <algorithm>
#include <random>

#include "bench/figure.hpp"
#include "bench/groups.hpp"
#include "bench/house.hpp"
#include "bench/interleaved.hpp"
#include "kms/epochs/epoch.hpp"
#include "kms/epochs/receipts.hpp"

namespace quietus::bench {

namespace {

constexpr std::uint32_t kKeys = 1'000'000;
constexpr int kRounds = 5;

struct Destroyed {
  double seconds = 0, processor_seconds = 0;
};

class Million {
 public:
  explicit Million(const Ground& ground)
      : house_(ground, kQuietToken, "records"),
        id_(house_.create_keyring(KeyClass::record)),
        open_(must(house_.service.keyrings.find(id_))) {
    const KeyNumber first = house_.add_keys(id_, kKeys);
    for (std::uint32_t i = 0; i < kKeys; ++i) living_.push_back({first.value + i});
    std::ranges::shuffle(living_, random_);
  }

  /// Seconds until the old root is destroyed; then it is shown, and the receipts are there to be given.
  Destroyed destroy(std::size_t count) {
    epochs::Deletion deletion;
    deletion.numbers.assign(living_.end() - static_cast<std::ptrdiff_t>(count), living_.end());
    living_.resize(living_.size() - count);
    std::ranges::sort(deletion.numbers);
    const auto hold = must(house_.key_room.hold_token(must(epochs::root_key_id(id_))));
    epochs::EpochEngine engine(*house_.hsm, *house_.store, *open_->records, KeyClass::record, house_.clock);
    const epochs::BeforeDestroy nobody_has_a_lease = [](const KeyringId&) { return Status{}; };
    const Permit permit = house_.permit(Verb::destroy, id_.text());
    std::uint64_t to_epoch = 0;
    const double processor = processor_seconds();
    const double took = seconds_of(
        [&] { to_epoch = must(engine.destroy(hold, permit, deletion, nobody_has_a_lease)).next.epoch; });
    const Destroyed destroyed{took, processor_seconds() - processor};
    must(must(engine.prove(hold, house_.prober)).destroyed == count, "not every key is shown gone");
    const auto receipts = must(epochs::load_receipts(*house_.store, id_, to_epoch));
    must(receipts.numbers == deletion.numbers, "the receipts are not those of the deletion");
    const auto used = open_->records->encrypt(house_.permit(Verb::seal, id_.text()), deletion.numbers.front(),
                                              as_bytes("x"), {});
    must(!used && used.error().kind == ErrorKind::not_found, "a destroyed key is still there");
    return destroyed;
  }

  /// Keys a second, each under one use of a permit of the ledger.
  double lookups(double seconds) {
    const governance::ReserveUses use{id_, {}, Verb::seal, 1};
    std::size_t next = 0;
    return rate_of(
        [&] {
          next = (next + 7919) % living_.size();
          must(house_.service.reservations.with(house_.owner, use, [&](const Permit& permit) {
            return open_->records->encrypt(permit, living_[next], as_bytes("16 bytes of text"), {});
          }));
        },
        seconds, 256);
  }

 private:
  House house_;
  const KeyringId id_;
  const std::shared_ptr<service::OpenKeyring> open_;
  std::vector<KeyNumber> living_;
  std::mt19937 random_{20260101};
};

double measure(Million& million, const std::string& name, std::size_t count) {
  std::vector<double> seconds, processor;
  million.destroy(count);
  for (int round = 0; round < kRounds; ++round) {
    const Destroyed destroyed = million.destroy(count);
    seconds.push_back(destroyed.seconds);
    processor.push_back(destroyed.processor_seconds);
  }
  print({name, median(seconds), "s", std::nullopt,
         std::to_string(count) +
             " random keys of a table of a million, from the order to the old root destroyed and the token "
             "synced, "
             "what went written down, receipts retrievable; median of " +
             std::to_string(kRounds) + "; " + digits(median(processor)) + " s of processor time"});
  return median(seconds);
}

}  // namespace

void shred_records(const Ground& ground) {
  Million million(ground);
  std::vector<double> rates, processor;
  million.lookups(0.3);
  for (int round = 0; round < kRounds; ++round) {
    const Turn turn = turn_of([&] { return million.lookups(0.3); });
    rates.push_back(turn.rate);
    processor.push_back(turn.processor_us);
  }
  print({"lookup.record.warm.rate", median(rates), "1/s", std::nullopt,
         "keys looked up by number and used for 16 bytes, spread over a million, one thread, each under one "
         "use of a permit; median "
         "of " +
             std::to_string(kRounds) + "; " + digits(median(processor)) + " us of processor time each"});
  measure(million, "shred.record.1of1e6.s", 1);
  measure(million, "shred.record.1e3of1e6.s", 1'000);
  const double seconds = measure(million, "shred.record.1e5of1e6.s", 100'000);
  print({"shred.record.rate", 1e5 / seconds, "1/s", std::nullopt,
         "keys taken away a second in the figure above; the rest of the time is the same for one key"});
}

}  // namespace quietus::bench
