// What people have attested about somebody or something, looked up. Pure.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "governance/state.hpp"

namespace quietus::governance {

Subject about(const CaseId& id);
Subject about(const PartyId& id);
Subject about(const PersonId& id);
Subject about(const HoldingId& id);
Subject about(const OrderId& id);
Subject about(const FindingId& id);
Subject about(const AttestationId& id);

/// All of that kind about the subject that are valid at `at`, in the order in which they came.
std::vector<const AttestationRecord*> attestations(const State& state, const CaseId& in,
                                                   std::string_view kind, const Subject& subject, UnixMs at);

/// Every waiver ever entered in the case, whether it stands or not, in the order in which they came.
std::vector<const AttestationRecord*> waivers(const State& state, const CaseId& in);

/// The confidentiality agreement in force at an instant: the version that took effect last.
struct Agreement {
  const AttestationRecord* version = nullptr;  ///< nullptr = none was ever published
  std::optional<UnixMs> lapses;                ///< when the next version takes effect, or this one ends
};
Agreement agreement(const State& state, const CaseId& in, UnixMs at);
/// The person's signature under the version in force, or nullptr. `now`: agreement() at the same instant.
const AttestationRecord* signed_agreement(const State& state, const CaseId& in, const Agreement& now,
                                          const PersonId& person, UnixMs at);
inline const AttestationRecord* signed_agreement(const State& state, const CaseId& in, const PersonId& person,
                                                 UnixMs at) {
  return signed_agreement(state, in, agreement(state, in, at), person, at);
}

/// Whether a course was passed under the rules that bind the case now: whoever learned others has to learn
/// these.
bool teaches(const Case& in, const AttestationRecord& course);

/// Whether the subject is the case or something of it.
bool exists_in(const State& state, const Case& in, const Subject& subject);
/// A person's word for an act that is no order: opening, handing over, thawing a holding. Its field "act" is
/// the gate that the act passes.
inline constexpr std::string_view kAuthorization = "authorization";
/// Kinds that forbid or demand something while they stand: taking one back loosens.
bool restricts(std::string_view kind);

}  // namespace quietus::governance
