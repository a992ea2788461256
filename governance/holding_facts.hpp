// What a holding is made of and where it stands in the tree of copies.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "quietus/clock.hpp"
#include "quietus/ids.hpp"

namespace quietus::governance {

/// Ordered by strictness; `unset` has no key in a case with statutes (I1). Text form = enumerator name.
enum class HoldingClass { unset, C1, C2, C3, important };
std::string_view to_string(HoldingClass holding_class);
Result<HoldingClass> holding_class_from(std::string_view text);

/// Text form = enumerator name.
enum class CopyKind { original, backup, extract, staging, transferee_copy, key_backup };
std::string_view to_string(CopyKind kind);
Result<CopyKind> copy_kind_from(std::string_view text);

struct Placement {
  CopyKind copy = CopyKind::original;
  HoldingId parent;   ///< empty for an original, and for nothing else
  PartyId custodian;  ///< who has it; empty = the transferor
  bool operator==(const Placement&) const = default;
};

struct Classification {
  HoldingClass holding_class = HoldingClass::unset;
  std::uint32_t level = 0;     ///< 1..5, risk; drives who must sign
  std::set<std::string> tags;  ///< "kyc", "txn", "accounting" …: as the rule pack names them, [a-z0-9_]
  bool credentials = false;    ///< passwords, biometrics, card verification data
  bool sensitive = false;      ///< sensitive personal information
  bool minors = false;         ///< people under 14
  bool leaves = false;         ///< the medium leaves custody
  std::string medium;          ///< "phone", "laptop" …; empty = not said
  std::optional<bool> always_encrypted;  ///< on this medium; absent = unknown
  std::uint64_t subjects = 0;
  std::optional<UnixMs> ended;  ///< when the relationship or transaction ended
  std::optional<UnixMs> due;    ///< when the retention period is over
  bool operator==(const Classification&) const = default;
};

/// How a holding ended otherwise than by destruction. Text form = enumerator name.
enum class HoldingEnd { transferred, retained, surrendered, returned };
std::string_view to_string(HoldingEnd end);
Result<HoldingEnd> holding_end_from(std::string_view text);

}  // namespace quietus::governance
