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
  bool operator==(const Keyring&) const = default;

  [[nodiscard]] KeyRanges given_out() const;
  [[nodiscard]] const KeyRanges& in(KeyState state) const;
  /// Not destroyed: what an epoch has to keep or to take away.
  [[nodiscard]] KeyRanges living() const;
  /// Living, and no irreversible act on them has begun.
  [[nodiscard]] KeyRanges untouched() const;
  /// Scheduled and due at `at`, and those whose destruction was begun and not shown.
  [[nodiscard]] KeyRanges due(UnixMs at) const;
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
  void schedule(const KeyRanges& numbers, UnixMs due);
  void unschedule(const KeyRanges& numbers);
  void begin_end(const KeyRanges& numbers);
  void change(const KeyRanges& numbers, KeyChange how);
  void destroyed(const KeyRanges& numbers);
};

}  // namespace quietus::governance
