// Something wrong or risky: who has to settle it by when, and what waits for it.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "quietus/attestation.hpp"
#include "quietus/clock.hpp"
#include "quietus/ids.hpp"
#include "quietus/permit.hpp"

namespace quietus::governance {

/// Text form = enumerator name.
enum class FindingKind {
  risk,
  incident,
  breach,
  rule_failure,
  complaint,
  anomaly,
  improvement,
  break_glass,
  overdue,
  major_risk
};
std::string_view to_string(FindingKind kind);
Result<FindingKind> finding_kind_from(std::string_view text);

/// GB/Z-style words for incidents; for everything else a plain scale. Ordered.
enum class FindingLevel { low, medium, high, larger, major, extreme };
std::string_view to_string(FindingLevel level);
Result<FindingLevel> finding_level_from(std::string_view text);

/// open -> fixed (by its owner) -> closed (by another person); or accepted until a date (by another person),
/// after which it is open again.
enum class FindingState { open, accepted, fixed, closed };
std::string_view to_string(FindingState state);

struct Finding {
  FindingId id;
  CaseId case_id;
  FindingKind kind = FindingKind::risk;
  FindingLevel level = FindingLevel::medium;
  Subject subject;
  std::string text;
  PersonId opened_by;  ///< empty = the house
  PersonId owner;
  UnixMs opened, due;
  std::set<Verb> blocks;  ///< what is denied while it stands
  FindingState state = FindingState::open;
  std::optional<UnixMs> accepted_until;
  PersonId settled_by;
  UnixMs settled;
  bool operator==(const Finding&) const = default;

  /// Not closed, and not accepted for a time that still runs.
  [[nodiscard]] bool stands(UnixMs at) const {
    return state == FindingState::open || state == FindingState::fixed ||
           (state == FindingState::accepted && (!accepted_until || at >= *accepted_until));
  }
};

}  // namespace quietus::governance
