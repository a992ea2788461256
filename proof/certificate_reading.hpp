// A certificate read for the check of its bundle: each signature in it is verified once. Not for other rooms.
#pragma once

#include "proof/bundle.hpp"
#include "proof/certificate.hpp"
#include "proof/certificate_sources.hpp"

namespace quietus::proof {

struct CertificateRead {
  CertificateInput input;
  CertificateSources sources;
  Json completion_detail;
};

/// As read_certificate.
Result<CertificateRead> read_with_sources(BytesView canonical);
/// What it is about; `canonical` are its bytes.
BundleSubject subject_of(const CertificateRead& read, BytesView canonical);
/// A certificate of destruction whose format number is higher than those that are known.
bool is_of_a_newer_format(BytesView canonical);
/// As check_completion, with the detail already made.
Status check_completion(const CertificateInput& input, const Json& expected, const OpenedLeaf& entry);

}  // namespace quietus::proof
