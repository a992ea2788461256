// A keyring as the ledger knows it: which numbers were given out and where each key stands. Sets of ranges,
// not a row per key, so that a million records stay small; the same for class `wrapped` and class `record`.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "quietus/clock.hpp"
#include "quietus/ids.hpp"
#include "quietus/key_ranges.hpp"

namespace quietus::governance {

/// Living keys under one root of class `wrapped`.
inline constexpr std::uint64_t kMaxWrappedKeys = 1024;

/// What a person can change about a key, apart from its destruction. Text form = enumerator name.
enum class KeyChange { activate, deactivate, suspend, resume, compromise };
std::string_view to_string(KeyChange change);
std::optional<KeyChange> key_change_from(std::string_view text);

/// One epoch that is under way: from the intent on, its keys are `destroying`.
struct Shredding {
  std::optional<OrderId> order;  ///< absent: because their schedule was due
  bool whole = false;            ///< of an order about the whole keyring: no root is left afterwards
  KeyRanges numbers;
  UnixMs begun;
  std::uint32_t attempts = 0;
  std::uint64_t acted_index = 0;  ///< of the event after which there is no way back; 0 = not yet
  bool operator==(const Shredding&) const = default;
};

/// What the end of some keys rests on when no order is under way for them: an entry of the ledger.
struct EndCause {
  KeyRanges numbers;        ///< those that it still is about
  std::uint64_t named = 0;  ///< in so many ranges it named them all: what it costs a certificate to cite it
  bool operator==(const EndCause&) const = default;
};
using EndCauses = std::map<std::uint64_t, EndCause>;  ///< by ledger index
/// As much as one certificate cites.
inline constexpr std::size_t kMaxCausesAtOnce = 256;
inline constexpr std::uint64_t kMaxNamedRangesAtOnce = 65'536;

/// Keys that went without an order, until their certificate is issued and after.
struct EndedKeys {
  EndCauses causes;
  std::uint64_t completion_index = 0;  ///< ledger index of keys.destroyed; 0 = not yet
  UnixMs completed;
  std::string pack_name;  ///< the rule pack of the case when it was completed: the one it cites
  Digest pack;
  std::string certificate_id;  ///< empty until issued
  bool operator==(const EndedKeys&) const = default;
};

struct Keyring {
  KeyringId id;
  HoldingId holding;
  KeyClass key_class = KeyClass::wrapped;
  UnixMs created;
  std::uint64_t epoch = 1;               ///< 0 = the whole keyring is destroyed
  std::uint32_t next_number = 1;         ///< a number is given once and never again
  std::map<KeyState, KeyRanges> states;  ///< every number given out is in exactly one
  std::map<KeyPurpose, KeyRanges> purposes;
  std::map<KeyNumber, std::uint32_t> versions;  ///< class `wrapped`: of those that are beyond 1
  /// Numbers that wait for their destruction: when it is due and where a cancelled one goes back to.
  std::map<std::pair<UnixMs, KeyState>, KeyRanges> scheduled;
  KeyRanges compromised;  ///< ever; a destroyed one ends `destroyed_compromised`
  KeyRanges used_late;    ///< used while scheduled: somebody may still need them
  std::optional<Shredding> shredding;
  /// Of what is scheduled, and of what is destroyed or due again without an order:
  /// "keys.destruction_scheduled", or "holding.failed" of the order whose epoch was not shown.
  EndCauses causes;
  std::map<std::uint64_t, EndedKeys> ended;  ///< by the epoch that went with them
  bool operator==(const Keyring&) const = default;

  [[nodiscard]] KeyRanges given_out() const;
  [[nodiscard]] const KeyRanges& in(KeyState state) const;
  /// Not destroyed: what an epoch has to keep or to take away.
  [[nodiscard]] KeyRanges living() const;
  /// Living, and no irreversible act on them has begun.
  [[nodiscard]] KeyRanges untouched() const;
  /// Those whose destruction was begun and not shown: no other epoch begins before that one is. Otherwise
  /// those that are scheduled and due at `at`.
  [[nodiscard]] KeyRanges due(UnixMs at) const;
  /// As many of `numbers` as one epoch without an order takes: whole causes, the oldest first.
  [[nodiscard]] KeyRanges at_once(const KeyRanges& numbers) const;
  /// The part of `causes` that is about `numbers`.
  [[nodiscard]] EndCauses causes_of(const KeyRanges& numbers) const;
  /// The keys that went without an order and the number with them; nullptr when it did not go so.
  [[nodiscard]] const EndedKeys* ended_with(KeyNumber number) const;
  /// Nothing if the number was never given out.
  [[nodiscard]] std::optional<KeyState> state_of(KeyNumber number) const;
  [[nodiscard]] std::optional<KeyPurpose> purpose_of(KeyNumber number) const;
  [[nodiscard]] std::uint32_t version_of(KeyNumber number) const;
  /// When its destruction is due, and the state it had before.
  [[nodiscard]] std::optional<std::pair<UnixMs, KeyState>> schedule_of(KeyNumber number) const;
  /// May it take part in `change` from where it stands?
  [[nodiscard]] KeyRanges changeable(KeyChange change) const;

  // For apply: the caller has checked that the numbers are where the change expects them.
  void move(const KeyRanges& numbers, KeyState to);
  void schedule(const KeyRanges& numbers, UnixMs due, std::uint64_t cause);
  void unschedule(const KeyRanges& numbers);
  void begin_end(const KeyRanges& numbers);
  void change(const KeyRanges& numbers, KeyChange how);
  void destroyed(const KeyRanges& numbers);
  void forget_causes(const KeyRanges& numbers);
};

}  // namespace quietus::governance
