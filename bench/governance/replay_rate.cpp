// A ledger of a million entries, folded and decided again.
#include <algorithm>

#include "bench/figure.hpp"
#include "bench/governance/figures.hpp"
#include "governance/apply.hpp"
#include "governance/attested.hpp"
#include "governance/replay_extract.hpp"

namespace quietus::bench {

using namespace governance;

namespace {

constexpr int kRounds = 5;

/// About a thousand entries, fourteen of them signed.
void turn(LargeCase& large, std::size_t number) {
  for (std::size_t i = 0; i < 10; ++i)
    large.attest((number + i) % kPeople, "notice22", about(large.holding(number * 10 + i)),
                 {{"covered", "100"}, {"total", "100"}});
  std::vector<HoldingId> frozen;
  for (std::size_t i = 0; i < 50; ++i) {
    frozen.push_back(large.holding(number * 50 + i));
    large.act(large.person(64 + i), FreezeHolding{frozen.back(), "looked into"});
  }
  large.order_to_thaw(frozen);
  for (std::size_t i = 0; i < 50; ++i)
    large.act(large.person(128 + i % 24), ThawHolding{frozen[i], "nothing was found"});
  for (std::size_t i = 0; i < 890; ++i) {
    const std::size_t who = (number + i) % kOperators;
    // Fifteen holdings a person: more than twenty a day would be opening in bulk, which only an order
    // permits.
    const KeyId key = large.key(who * 15 + (number + i) % 15);
    if (i % 3 == 0) {
      large.act(large.person(who), ReleaseDataKeys{key, "open", 1});
    } else {
      large.act(large.person(who), ReserveUses{key, std::nullopt, Verb::open, 100});
    }
  }
}

bool is_signed(const Event& event) {
  return std::holds_alternative<AttestationEntered>(event.body) ||
         std::holds_alternative<OrderSigned>(event.body);
}

std::string share_signed(const std::vector<Event>& events) {
  const auto count = static_cast<double>(std::ranges::count_if(events, is_signed));
  return digits(100 * count / static_cast<double>(events.size())) + " % of them signed";
}

double decided_again(const LargeCase& large) {
  return processor_seconds_of([&] {
    Replayer replayer(large.packs);
    for (const auto& event : large.events) replayer.add(event);
    const Replay replay = replayer.finish();
    must(replay.identical() && replay.events == large.events.size(), "the ledger is not decided alike");
    must(replay.state == large.state, "the fold ends in another state");
  });
}

double folded(const LargeCase& large) {
  return processor_seconds_of([&] {
    State state;
    for (const auto& event : large.events) must(apply(state, event));
    must(state == large.state, "the fold ends in another state");
  });
}

/// As `quietus replay` has it after the tree was checked.
proof::VerifiedExtract extract(const LargeCase& large, std::size_t count) {
  proof::VerifiedExtract made{.checkpoint = {},
                              .root = large.world().root.certificate(),
                              .people_ca = large.world().people.certificate(),
                              .anchored = true,
                              .ledger = {},
                              .packs = {}};
  for (std::size_t i = 0; i < count; ++i)
    made.ledger.opened.push_back(
        {i, large.events[i].at, {{}, {}, to_bytes(event_to_json(large.events[i]).write())}});
  return made;
}

double read_and_decided(const LargeCase& large, const proof::VerifiedExtract& extract) {
  return processor_seconds_of([&] {
    const Replay replay = must(replay_extract(extract, large.packs));
    must(replay.identical() && replay.events == extract.ledger.opened.size(),
         "the extract is not decided alike");
  });
}

}  // namespace

void replay_rate(LargeCase& large, bool million) {
  const std::size_t count = million ? 1'000'000 : 100'000, shown = count / 10;
  for (std::size_t number = 0; large.events.size() < count; ++number) turn(large, number);
  std::vector<double> again, alone, whole;
  for (int round = 0; round < kRounds; ++round) {
    again.push_back(decided_again(large));
    alone.push_back(folded(large));
  }
  const std::string rounds = "; median of " + std::to_string(kRounds);
  print({million ? "replay.1e6.s" : "replay.1e5.s", median(again), "s", median(alone),
         std::to_string(large.events.size()) + " entries of one case, " + share_signed(large.events) +
             ", in memory, each rebuilt as a command, decided and applied, in processor time of one thread: "
             "89 % "
             "uses reserved or data keys released, 10 % freezes and thaws by order, the rest "
             "attestations and signatures under orders; signatures themselves are not checked here; "
             "baseline: apply() alone" +
             rounds});
  const proof::VerifiedExtract some = extract(large, shown);
  for (int round = 0; round < kRounds; ++round) whole.push_back(read_and_decided(large, some));
  const auto end = large.events.begin() + static_cast<std::ptrdiff_t>(shown);
  print(
      {million ? "replay.extract.1e5.s" : "replay.extract.1e4.s", median(whole), "s", std::nullopt,
       "the first " + std::to_string(shown) + " of them and no more, " +
           share_signed({large.events.begin(), end}) +
           ", as quietus replay does it once the tree is checked: JSON read, P-256 signatures of people and "
           "their chains checked, decided, applied; processor time" +
           rounds});
}

}  // namespace quietus::bench
