// The ledger decided again: an auditor folds the events with the same code and asks, before each of them,
// whether it was permitted then and whether the same decision gives the same events (I14).
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "governance/command.hpp"
#include "governance/decision.hpp"
#include "governance/pack.hpp"
#include "governance/state.hpp"

namespace quietus::governance {

/// Which pack a command is decided under; nullptr = it is not at hand.
using PackChoice = std::function<const Pack*(const State& state, const Command& command)>;

struct Difference {
  std::uint64_t index = 0;      ///< of the event in the ledger
  std::string type;             ///< "order.proposed" …
  std::string why;              ///< for people
  std::vector<Reason> reasons;  ///< when it would be denied
};

/// What was seen, event by event. `decided`: the command was rebuilt from the event and gave exactly it (and
/// those that follow from it). `asked`: what was shown to kms then (facts, evidence) is not in the ledger, so
/// that only may() could be asked again.
struct Replay {
  std::uint64_t events = 0, decided = 0, asked = 0;
  std::vector<Difference> differences;  ///< the first kMaxDifferences
  std::uint64_t more_differences = 0;
  State state;  ///< after the last event that could be applied
  [[nodiscard]] bool identical() const { return differences.empty(); }
};
inline constexpr std::size_t kMaxDifferences = 1000;

/// Whether the clock was confirmed then is not in the events: it is taken to have been, and what the ledger's
/// time-stamps say about it is checked with the checkpoints. Stops at an event that does not apply:
/// everything after it would be said about another world.
class Replayer {
 public:
  explicit Replayer(PackChoice pack) : pack_(std::move(pack)) {}

  /// Number of the next entry in the ledger, when entries of other cases lie between.
  void at(std::uint64_t index) { replay_.state.events = index; }
  /// In the order of the ledger.
  void add(const Event& event);
  /// Something else about an entry that is not as it should be.
  void differ(const Event& event, std::string why, std::vector<Reason> reasons = {});
  /// After the last one.
  Replay finish();

 private:
  void note(std::string type, std::string why, std::vector<Reason> reasons);
  void expect_follow_up(const Event& event);
  void decide_again(const Event& event, Command command);
  void ask_again(const Event& event);

  PackChoice pack_;
  Replay replay_;
  std::vector<Event> expected_;  ///< follow from the last decision, in order
  bool broken_ = false;
  std::string last_type_;
};

}  // namespace quietus::governance
