// What a certificate rests on, decoded after its raw signatures were checked, and the question whether it all
// belongs together. Used by certificate.cpp and the bundle's check.
#pragma once

#include <optional>
#include <vector>

#include "proof/documents.hpp"
#include "proof/predecessor.hpp"
#include "proof/quorum.hpp"
#include "proof/schedule_basis.hpp"
#include "proof/statement.hpp"
#include "proof/waivers.hpp"
#include "proof/x509.hpp"
#include "quietus/certificate.hpp"

namespace quietus::proof {

struct CertificateSources {
  struct Medium {
    Facts facts;
    Mandate mandate;
    Sample sample;
    Evidence evidence;
    EraserReport report;
  };
  Bytes order;  ///< canonical
  Digest order_digest;
  std::vector<PersonsWord> words;  ///< in the order of CertificateInput::approvals
  std::optional<Medium> medium;
  std::vector<OpenedCause> causes;    ///< of a schedule; then order and words are empty
  std::vector<OpenedWaiver> waivers;  ///< in the order of CertificateInput::waivers
  std::vector<OpenedWord> replacing;  ///< in the order of CertificateInput::predecessor's words
};

/// Raw signatures first, then decoding. Chains are not looked at.
Result<CertificateSources> open_sources(const CertificateInput& input);

/// `verification_failed` naming the first thing that does not belong: documents that cite others, a device
/// that changed, a verdict that is not `verified`, a claim below what the order asks for, an act outside its
/// window, a missing quorum, a key that was not shown to be gone, other keys than were ordered.
Status check_sources(const CertificateInput& input, const CertificateSources& sources);

const CaseId& case_of(const CertificateInput& input);

/// What the technique and the medium or module allow to claim (NIST SP 800-88r2 §3.1, §3.2).
SanitizationMethod derived_claim(const CertificateInput& input, const CertificateSources& sources);

}  // namespace quietus::proof
