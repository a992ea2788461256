// The ledger decided again: an auditor folds the events with the same code and asks, before each of them,
// whether it was permitted then and whether the same decision gives the same events (I14).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "governance/command.hpp"
#include "governance/decision.hpp"
#include "governance/packs.hpp"
#include "governance/state.hpp"

namespace quietus::governance {

struct Difference {
  std::uint64_t index = 0;      ///< of the event in the ledger
  std::string type;             ///< "order.proposed" …
  std::string why;              ///< for people
  std::vector<Reason> reasons;  ///< when it would be denied
};

/// What was seen, event by event. Each is put together again as a command, decided under the pack and the
/// state of its time, and has to come out the same. `decided`: the command is in the event, or the event
/// follows from the one before it. `asked`: what was shown to kms then is not in the ledger
/// (replay_command.hpp) and was taken to have been good.
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
  /// The packs that the cases were ever pinned to, or asked for.
  explicit Replayer(Packs packs) : packs_(std::move(packs)) {}

  /// Number of the next entry in the ledger, when entries of other cases lie between.
  void at(std::uint64_t index);
  /// In the order of the ledger.
  void add(const Event& event);
  /// Something else about an entry that is not as it should be.
  void differ(const Event& event, std::string why, std::vector<Reason> reasons = {});
  /// After the last one.
  Replay finish();

 private:
  void note(std::string type, std::string why, std::vector<Reason> reasons);
  bool follows(const Event& event);
  void decide_again(const Event& event);
  [[nodiscard]] bool shows_its_pack(const Event& event);

  Packs packs_;
  Replay replay_;
  std::vector<Event> expected_;  ///< follow from the last decision, in order
  bool broken_ = false;
  std::string last_type_;
};

}  // namespace quietus::governance
