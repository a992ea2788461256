// The certificate of destruction: canonical JSON "quietus.certificate-of-destruction/3", made from what was
// signed and from nothing else; or, of keys whose schedule was due and for which nobody signed,
// "quietus.certificate-of-scheduled-destruction/3", made from the ledger's entries. A field that can be
// derived is derived; a field that is missing is a refusal, never a blank.
#pragma once

#include "base/json.hpp"
#include "proof/leaf.hpp"
#include "quietus/certificate.hpp"

namespace quietus::proof {

/// The number after the stroke is the format. What is issued has the newest. Format 2 knew no command of a
/// drive and no predecessor. Format 1 printed no waivers, and of keys that protect no data a sanitization
/// method and their size in bytes. Both are read and never issued. A verifier refuses every format that it
/// does not know. See docs/certificates.md.
inline constexpr int kCertificateFormat = 3;
inline constexpr std::string_view kCertificateType = "quietus.certificate-of-destruction/3";
inline constexpr std::string_view kScheduledCertificateType =
    "quietus.certificate-of-scheduled-destruction/3";
/// Takes another certificate back, and certifies nothing else.
inline constexpr std::string_view kWithdrawalType = "quietus.certificate-of-withdrawal/3";

/// `invalid_input` naming the field that is missing; `verification_failed` when evidence is not `verified`, a
/// signature is bad, a document cites another than the one given, the quorum is not there, or the key was not
/// shown to be gone. Chains are not looked at here (the caller did; verify_bundle does).
Result<Bytes> make_certificate(const CertificateInput& input);

/// What was put in, taken back out of the canonical bytes; checks every rule of make_certificate and that
/// making it again gives the same bytes. So whatever this accepts has no field that was not derived. Format 1
/// gives an input without waivers.
Result<CertificateInput> read_certificate(BytesView canonical);

/// The member "detail" that the completion event's body must carry: digests of everything the certificate
/// rests on.
Result<Json> completion_detail(const CertificateInput& input);
/// `verification_failed` unless `entry` is the completion event that the input cites, whole, and its detail
/// is completion_detail(input). The issuer asks before it signs, the verifier before it believes.
Status check_completion(const CertificateInput& input, const OpenedLeaf& entry);
/// The member "detail" of the event certificate.issued: {"certificate_id","p7s_sha256","sha256","sha512"}.
Json issue_detail(const std::string& certificate_id, BytesView certificate_json, BytesView p7s);

inline constexpr std::string_view kCompletionEvent = "holding.destroyed", kIssueEvent = "certificate.issued";
inline constexpr std::string_view kScheduledCompletionEvent = "keys.destroyed",
                                  kScheduledIssueEvent = "keys.certified";

/// Its predecessor was withdrawn, and nothing else is certified.
bool is_withdrawal(const CertificateInput& input);

/// When the irreversible act began and ended: from the evidence, from the key's destruction, or from the end
/// of a keyring's epoch.
struct ActTimes {
  UnixMs started, finished;
};
Result<ActTimes> act_times(const CertificateInput& input);

/// Share of unread blocks that may still differ when n random blocks were all clean: 1 -
/// (1-confidence)^(1/n), in parts per million, rounded up. `confidence_percent` 95 or 99. One million for n =
/// 0.
std::uint32_t residue_ppm(std::uint64_t clean_samples, int confidence_percent);

}  // namespace quietus::proof
