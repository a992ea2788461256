// What the person is handed whose record was under a destroyed key: the key's receipt, what the certificate
// says about it in a line of its own, where the certificate is found, and, if wanted, the certificate's whole
// bundle. It names one record; what a bundle carries besides is the certificate's own business.
#pragma once

#include <optional>

#include "proof/bundle.hpp"
#include "proof/key_receipt.hpp"

namespace quietus::proof {

inline constexpr std::string_view kSubjectReceiptType = "quietus.subject-receipt/1";
/// How the leaf of a record is made and joined: SHA-256 commitments (base/key_commitment.hpp) as leaves of an
/// RFC 6962 tree, sorted by value.
inline constexpr std::string_view kReceiptScheme = "rfc6962-sha256-salted/1";
inline constexpr std::size_t kMaxSubjectReceiptBytes = 24 << 20;

struct SubjectReceipt {
  KeyReceipt record;
  /// Everything the certificate says about the record; derived, so that a verifier makes it again.
  Json statement;
  std::optional<BundleFiles> bundle;  ///< of the certificate
  bool operator==(const SubjectReceipt&) const = default;
};

/// {"case","certificate","certificate_sha256","destroyed","entry","from_epoch","holding","issued","issuer",
/// "key","keys","ledger","to_epoch"}. `verification_failed` unless the report's bundle is about keys of a
/// keyring and its proofs hold.
Result<Json> record_statement(const VerifyReport& report, const KeyReceipt& record);

/// `verification_failed` unless every check of the report holds and the record is one of its certificate.
Result<SubjectReceipt> make_subject_receipt(const VerifyReport& report, KeyReceipt record,
                                            std::optional<BundleFiles> bundle);

Json to_json(const SubjectReceipt& receipt);
Bytes encode(const SubjectReceipt& receipt);
/// Canonical bytes only. What is carried is not looked at: ask verify_bundle.
Result<SubjectReceipt> decode_subject_receipt(BytesView bytes);

/// A receipt of either kind as it was read from a file, which may end with line breaks.
struct AnyReceipt {
  KeyReceipt record;
  std::optional<Json> statement;
  std::optional<BundleFiles> bundle;
};
Result<AnyReceipt> read_receipt(BytesView file);

}  // namespace quietus::proof
