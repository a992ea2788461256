// A certificate in the place of another one: a correction, or a withdrawal. Why it was issued is the word of
// two approvers of two departments, each in a signed attestation of kind "certificate_withdrawn", and they
// are inside.
#pragma once

#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "proof/bundle.hpp"
#include "proof/entered_word.hpp"
#include "quietus/attestation.hpp"
#include "quietus/certificate.hpp"

namespace quietus::proof {

inline constexpr std::string_view kWithdrawnKind = "certificate_withdrawn";
/// More of them say nothing more.
inline constexpr std::size_t kMaxReplacingWords = 16;

/// Of an attestation of that kind: its field "outcome", where nothing means withdrawn.
Result<Replacement> outcome_of(const Attestation& said);
/// Two of them are different people of different departments.
bool are_two_departments(const std::vector<Person>& persons);

Json to_json(const Predecessor& predecessor);
Result<Predecessor> predecessor_from_json(const Json& json);

/// Raw signatures, then decoding. `verification_failed` for another case, holding, certificate or outcome,
/// another person than signed, one who speaks twice, or fewer than two departments.
Result<std::vector<OpenedWord>> open_predecessor(const Predecessor& predecessor, const CaseId& in,
                                                 const HoldingId& holding);

/// The member "predecessor": which certificate, what becomes of it, why, and who said so.
Json predecessor_section(const Predecessor& predecessor, const std::vector<OpenedWord>& words);
/// {"en","zh"}: what a withdrawal does not prove.
Json withdrawal_does_not_prove();
/// For a screen.
SubjectText predecessor_line(const Predecessor& predecessor, const std::vector<OpenedWord>& words);

/// The member "detail" is that of issue_detail, as in "certificate.issued".
inline constexpr std::string_view kReplacedEvent = "certificate.replaced";

}  // namespace quietus::proof
