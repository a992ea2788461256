// One key of 1,024 is taken away from its keyring: everybody else moves under a new root on the token.
#include <functional>

#include "bench/bare_token.hpp"
#include "bench/figure.hpp"
#include "bench/groups.hpp"
#include "bench/house.hpp"
#include "bench/interleaved.hpp"
#include "kms/epochs/epoch.hpp"

namespace quietus::bench {

namespace {

constexpr std::uint32_t kKeys = 1024;
constexpr int kRounds = 5;
constexpr std::size_t kBusyObjects = 1000;

/// Medians over the rounds, and what was the same in all of them.
struct Shredding {
  double destroyed_ms = 0, in_token_ms = 0, overhead = 0, shown_ms = 0, processor_ms = 0;
  std::string calls_of_one;  ///< of the last round: where its time in the token went
  std::uint64_t calls = 0;
  std::size_t objects = 0;  ///< on the token, before
};

class FullKeyring {
 public:
  FullKeyring(const Ground& ground, const std::string& token)
      : house_(ground, token, "keyring-" + token),
        id_(house_.create_keyring(KeyClass::wrapped)),
        open_(must(house_.service.keyrings.find(id_))) {
    add(kKeys - 1);
  }

  /// Past the ledger, which does not know of the destructions here and would find the keyring full.
  void add(std::uint32_t count = 1) {
    const Permit permit = house_.permit(keyrings::verbs::create, id_.text());
    newest_ = must(open_->wrapped->create_keys(permit, count, KeyPurpose::encrypt_decrypt)).back();
  }
  [[nodiscard]] std::size_t objects() const { return must(house_.hsm->census()).size(); }

  /// The newest key goes, the 1,023 others stay. `shown` comes after, in a fresh process.
  void destroy_one(double& destroyed_s, double& shown_s, const std::function<void()>& after_destroy) {
    const auto hold = must(house_.key_room.hold_token(must(epochs::root_key_id(id_))));
    epochs::EpochEngine engine(*house_.hsm, *house_.store, open_->domain(), KeyClass::wrapped, house_.clock);
    const epochs::BeforeDestroy nobody_has_a_lease = [](const KeyringId&) { return Status{}; };
    const Permit permit = house_.permit(Verb::destroy, id_.text());
    destroyed_s = seconds_of([&] {
      const auto state = must(engine.destroy(hold, permit, {{newest_}}, nobody_has_a_lease));
      must(state.survivors == kKeys - 1, "not every other key survived");
    });
    after_destroy();
    shown_s = seconds_of(
        [&] { must(must(engine.prove(hold, house_.prober)).destroyed == 1, "the key is not shown gone"); });
  }

 private:
  House house_;
  const KeyringId id_;
  const std::shared_ptr<service::OpenKeyring> open_;
  KeyNumber newest_;
};

Shredding measure(FullKeyring& keyring) {
  std::vector<double> destroyed, in_token, overhead, shown, processor;
  Shredding result;
  result.objects = keyring.objects();
  for (int round = 0; round <= kRounds; ++round) {  // the first one warms up
    keyring.add();
    CallMeter meter;
    double destroyed_s = 0, shown_s = 0, in_token_s = 0, processor_s = -processor_seconds();
    keyring.destroy_one(destroyed_s, shown_s, [&] {
      processor_s += processor_seconds();
      in_token_s = meter.seconds();
      result.calls = meter.calls();
      result.calls_of_one = meter.largest(4);
    });
    if (round == 0) continue;
    destroyed.push_back(destroyed_s * 1e3);
    shown.push_back(shown_s * 1e3);
    in_token.push_back(in_token_s * 1e3);
    overhead.push_back(destroyed_s / in_token_s);
    processor.push_back(processor_s * 1e3);
  }
  result.processor_ms = median(processor);
  result.destroyed_ms = median(destroyed);
  result.in_token_ms = median(in_token);
  result.overhead = median(overhead);
  result.shown_ms = median(shown);
  return result;
}

void print_destroyed(const std::string& name, const Shredding& shredding) {
  print({name, shredding.destroyed_ms, "ms", shredding.in_token_ms,
         "1 of 1,024 wrapped keys, from the order to the old root destroyed and the token synced, " +
             std::to_string(shredding.objects) + " private objects on the token before; median of " +
             std::to_string(kRounds) + "; baseline: ms of it inside " + std::to_string(shredding.calls) +
             " PKCS#11 calls (" + shredding.calls_of_one + "); " + digits(shredding.processor_ms) +
             " ms of processor time"});
}

void print_shown(const std::string& name, const Shredding& shredding) {
  print({name, shredding.shown_ms, "ms", std::nullopt,
         "what comes after: a fresh process logs in and looks, census, canary removed, receipts concluded; "
         "median "
         "of " +
             std::to_string(kRounds)});
}

}  // namespace

void shred_wrapped(const Ground& ground) {
  FullKeyring quiet(ground, kQuietToken);
  const Shredding first = measure(quiet);
  must(first.objects <= 64, "the quiet token is not quiet");
  print_destroyed("shred.wrapped.1024.ms", first);
  print({"shred.wrapped.overhead.ratio", first.overhead, "ratio", 1,
         "all of it to the time inside its own PKCS#11 calls, same run; the rest is SQLite with full sync, "
         "fsync of "
         "the token's files, checks; median of " +
             std::to_string(kRounds)});
  print_shown("shred.wrapped.1024.proof.ms", first);

  FullKeyring busy(ground, kBusyToken);
  BareSession(kBusyToken).fill(kBusyObjects);
  const Shredding second = measure(busy);
  must(second.objects > kBusyObjects, "the busy token is not busy");
  print_destroyed("shred.wrapped.1024.busy.ms", second);
  print_shown("shred.wrapped.1024.busy.proof.ms", second);
}

}  // namespace quietus::bench
