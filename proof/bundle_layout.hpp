// Names of the files of a bundle.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "proof/bundle.hpp"

namespace quietus::proof {

namespace trust_file {
inline constexpr std::string_view root = "trust/root.pem", service_ca = "trust/service-ca.pem",
                                  people_ca = "trust/people-ca.pem", tsa_ca = "trust/tsa-ca.pem",
                                  tsa = "trust/tsa.pem", certificate_signer = "trust/certificate-signer.pem",
                                  checkpoint_signer = "trust/checkpoint-signer.pem",
                                  mandate_signer = "trust/mandate-signer.pem", host = "trust/host.pem",
                                  tsa_root = "trust/tsa-root.pem", service_crl = "trust/service-crl.pem",
                                  witness_keys = "trust/witness-keys.txt";
}  // namespace trust_file

inline constexpr std::array<std::string_view, 15> kRequiredFiles{"VERIFY.txt",
                                                                 "certificate.json",
                                                                 "certificate.leaf.json",
                                                                 "certificate.p7s",
                                                                 "certificate.tlog-proof",
                                                                 "completion.leaf.json",
                                                                 "completion.tlog-proof",
                                                                 trust_file::root,
                                                                 trust_file::service_ca,
                                                                 trust_file::people_ca,
                                                                 trust_file::tsa_ca,
                                                                 trust_file::tsa,
                                                                 trust_file::certificate_signer,
                                                                 trust_file::checkpoint_signer,
                                                                 trust_file::mandate_signer};
inline constexpr std::array<std::string_view, 5> kOptionalFiles{"certificate.tsr", trust_file::host,
                                                                trust_file::tsa_root, trust_file::service_crl,
                                                                trust_file::witness_keys};

/// "schedule-1", "schedule-2" …: entries that a certificate without approvals rests on, each with its proof.
std::string schedule_file(std::size_t number);

Status check_file_set(const BundleFiles& files);

/// Everything under trust/, each file in its one form, and what need not be there.
Result<TrustFiles> read_trust(const BundleFiles& files);
/// A certificate under trust/, in the one PEM form that we write: a changed comment or line break is a
/// change. `invalid_input` when the file is missing.
Result<X509Certificate> trusted(const BundleFiles& files, std::string_view name);

}  // namespace quietus::proof
