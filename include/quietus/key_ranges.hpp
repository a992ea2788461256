// A set of key numbers of one keyring, as people sign it and as the ledger keeps it: "1-3,7,20-31". One set
// has one form, so that a million numbers are as many ranges as they need and two texts never mean the same.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "quietus/bytes.hpp"
#include "quietus/key.hpp"
#include "quietus/result.hpp"

namespace quietus {

/// Key numbers run from 1 to this; a keyring that has given out the last one takes no more keys.
inline constexpr std::uint32_t kMaxKeyNumber = 1U << 20;
/// As many numbers as one act (order, schedule, epoch) may name.
inline constexpr std::uint64_t kMaxKeysAtOnce = 1'000'000;

/// Longest id of a keyring: `<keyring>.<number>` and "keyring.<id>" are ids as well.
inline constexpr std::size_t kMaxKeyringIdBytes = 48;

struct KeyRange {
  std::uint32_t first = 0, last = 0;  ///< both belong to it
  bool operator==(const KeyRange&) const = default;
};

/// Sorted, disjoint, not touching each other; every number is 1..kMaxKeyNumber. Additions and removals of
/// few ranges cost the logarithm of the set (and a move of what lies behind).
class KeyRanges {
 public:
  /// Ranges that a text may have; a set inside the ledger may have more.
  static constexpr std::size_t kMaxTextRanges = 32'768;
  static constexpr std::size_t kMaxTextBytes = kMaxTextRanges * 16;

  KeyRanges() = default;
  /// `range` must lie in 1..kMaxKeyNumber; an empty one (last < first) gives the empty set.
  explicit KeyRanges(KeyRange range);
  /// Any order, each as often as you like. `invalid_input` for 0 or a number beyond kMaxKeyNumber.
  static Result<KeyRanges> of(std::vector<KeyNumber> numbers);
  /// The form that text() gives and no other; "" = none.
  static Result<KeyRanges> parse(std::string_view text);
  [[nodiscard]] std::string text() const;
  /// SHA-256 of text(): what an order, an intent and its evidence cite.
  [[nodiscard]] Digest digest() const;

  [[nodiscard]] bool empty() const { return ranges_.empty(); }
  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] std::span<const KeyRange> ranges() const { return ranges_; }
  [[nodiscard]] std::vector<KeyNumber> numbers() const;  ///< one by one: 4 bytes each
  [[nodiscard]] bool contains(KeyNumber number) const;
  [[nodiscard]] bool contains(const KeyRanges& other) const;
  [[nodiscard]] bool intersects(const KeyRanges& other) const;

  KeyRanges& operator|=(const KeyRanges& other);
  KeyRanges& operator-=(const KeyRanges& other);
  friend KeyRanges operator|(KeyRanges a, const KeyRanges& b) { return a |= b; }
  friend KeyRanges operator-(KeyRanges a, const KeyRanges& b) { return a -= b; }
  friend KeyRanges operator&(const KeyRanges& a, const KeyRanges& b);
  bool operator==(const KeyRanges&) const = default;

 private:
  void add(KeyRange range);
  void remove(KeyRange range);
  void append(KeyRange range);  ///< behind the last one or touching it

  std::vector<KeyRange> ranges_;
  std::uint64_t count_ = 0;
};

/// Text form of a key inside a keyring: `<keyring>.<number>`.
std::string key_text(const KeyringId& keyring, KeyNumber number);
/// Nothing unless `text` is key_text() of some number of that keyring.
std::optional<KeyNumber> key_number_of(const KeyringId& keyring, std::string_view text);

}  // namespace quietus
