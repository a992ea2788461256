// The companies and authorities of a case.
#pragma once

#include <cstdint>
#include <string>

#include "quietus/ids.hpp"

namespace quietus::governance {

inline constexpr std::int32_t kMaxZoneMinutes = 14 * 60;  ///< east or west of Greenwich

/// Text form = enumerator name.
enum class PartyRole { transferor, transferee, processor, intermediary, witness_body, regulator };
std::string_view to_string(PartyRole role);
Result<PartyRole> party_role_from(std::string_view text);

/// `admitted` and `contracted` are attestations about it, not members.
struct Party {
  PartyId id;
  PartyRole role = PartyRole::transferor;
  std::string name;
  std::string licence;     ///< "lending", … as the rule pack names it; empty = none known
  bool aml = false;        ///< has duties against money laundering
  bool cii = false;        ///< operates critical information infrastructure
  bool foreign = false;    ///< outside the jurisdiction
  bool agency = false;     ///< a credit-reporting agency
  bool pboc = false;       ///< business in the central bank's domain
  std::uint32_t mlps = 0;  ///< level of multi-level protection, 0 = not graded
  bool operator==(const Party&) const = default;
};

/// Facts of the case that rules ask for. Unknown until somebody describes it.
struct CaseFacts {
  std::string jurisdiction;  ///< "SH", … as the rule pack names it
  std::int32_t zone_offset_minutes =
      480;                     ///< of the calendar that terms are counted in; within kMaxZoneMinutes
  std::uint64_t subjects = 0;  ///< people whose data are concerned
  bool important = false;      ///< holds data of an official catalogue of important data
  bool litigation = false;
  bool operator==(const CaseFacts&) const = default;
};

}  // namespace quietus::governance
