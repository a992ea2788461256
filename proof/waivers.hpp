// Waivers of a case as a certificate prints them: rules that people signed to have set aside. Whose word is
// whose: that somebody signed, what and until when is theirs, and checked here; that no waiver is left out,
// when each was entered and whether it was taken back, is the word of the key server's ledger.
#pragma once

#include <vector>

#include "base/json.hpp"
#include "proof/bundle.hpp"
#include "quietus/attestation.hpp"
#include "quietus/certificate.hpp"

namespace quietus::proof {

struct OpenedWaiver {
  Attestation said;
  Person signer;
  UnixMs entered;
  std::optional<UnixMs> taken_back;
};

/// What the completion event keeps of one: {"entered","statement"} and, if it was, "taken_back".
struct CitedWaiver {
  Digest statement;
  UnixMs entered;
  std::optional<UnixMs> taken_back;
};
Json cited_json(const std::vector<Waiver>& waivers);
Result<std::vector<CitedWaiver>> cited_waivers_from_json(const Json& json);

Json to_json(const std::vector<Waiver>& waivers);
Result<std::vector<Waiver>> waivers_from_json(const Json& json);

/// Raw signatures, then decoding. `invalid_input` naming what is missing: a rule, a reason, an end.
/// `verification_failed` for another case, another kind, another person than signed, one that comes twice.
Result<std::vector<OpenedWaiver>> open_waivers(const std::vector<Waiver>& waivers, const CaseId& in);

/// The member "waivers" of a certificate, also when there are none: a statement, and each of them in full.
Json waivers_section(const std::vector<OpenedWaiver>& opened, const std::vector<Waiver>& waivers);

/// One line each, as far as a screen holds them; none when there are none.
std::vector<SubjectText> waiver_lines(const std::vector<OpenedWaiver>& opened);

/// Of a certificate in format 1.
SubjectText no_waivers_printed();

}  // namespace quietus::proof
