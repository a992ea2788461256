// What the auditor carries away: a folder of files that stock tools can check, and our own far stricter check
// of it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "proof/certificate.hpp"
#include "proof/tlog_proof.hpp"
#include "proof/x509.hpp"

namespace quietus::proof {

/// Name inside the folder ("certificate.json", "trust/root.pem") -> bytes.
using BundleFiles = std::map<std::string, Bytes>;

inline constexpr std::size_t kMaxBundleFileBytes = 16 << 20;

/// Everything under trust/. Believed only as far as an anchor from outside says.
struct TrustFiles {
  X509Certificate root, service_ca, people_ca, tsa_ca, tsa, certificate_signer, checkpoint_signer,
      mandate_signer;
  std::optional<X509Certificate> host;      ///< media only
  std::optional<X509Certificate> tsa_root;  ///< of an authority that does not stand under `root`
  std::optional<Bytes> service_crl;         ///< service_ca's list when it was stamped, DER
  std::vector<WitnessKey> witnesses;        ///< whose words stand under the checkpoints, in their order

  [[nodiscard]] const X509Certificate& time_stamp_root() const { return tsa_root ? *tsa_root : root; }
};

/// Whether checkpoints or mandates are signed with RSASSA-PSS: where the issuer's token has no ECDSA.
bool signs_with_rsa(const TrustFiles& trust);

/// One event of the ledger with its proof.
struct ProvedEvent {
  OpenedLeaf opened;
  TlogProof proof;
};

struct BundleInput {
  Bytes certificate_json;
  Bytes p7s;
  std::optional<Bytes> tsr;  ///< absent: certified, not yet stamped
  ProvedEvent issued, completion;
  TrustFiles trust;
  std::vector<ProvedEvent> schedule;  ///< entries that the certificate rests on when nobody signed, in order
};

/// Generates VERIFY.txt and lays everything out. Does not judge: ask verify_bundle.
Result<BundleFiles> assemble_bundle(const BundleInput& input);

/// Writes into a new or empty folder. read_bundle refuses unknown, missing and oversized files, links and
/// folders.
Status write_bundle(const std::string& folder, const BundleFiles& files);
Result<BundleFiles> read_bundle(const std::string& folder);

/// What the auditor got on another path: the root certificate itself, or its SHA-256 fingerprint.
struct Anchor {
  Digest root_fingerprint;
};
/// "sha256:" + 64 hex digits, or a certificate (PEM or DER).
Result<Anchor> parse_anchor(BytesView text_or_certificate);

enum class BundleVerdict {
  invalid,                            ///< at least one check failed
  incomplete,                         ///< nothing is wrong, but the time-stamp is not there yet
  consistent_issuer_not_established,  ///< nothing is wrong, and anybody could have made it: no anchor was
                                      ///< given
  valid,
  valid_but_expired,         ///< everything held when it was stamped; a certificate has run out since
  signed_before_revocation,  ///< it was stamped before one of the signers was revoked
  cannot_check,              ///< of a format that this verifier does not know: ask a newer one
  superseded,                ///< it held; another certificate was issued in its place since (a case)
  revoked,                   ///< it held; a certificate was issued since that takes it back (a case)
  withdrawal,                ///< it holds, and what it says is that another certificate does not
};
std::string_view to_string(BundleVerdict verdict);

struct Check {
  std::string id;  ///< stable, e.g. "cades"
  bool ok = false;
  std::string text_en, text_zh;
  std::string detail;  ///< what was found, or why it failed
};

/// One sentence for people.
struct SubjectText {
  std::string en, zh;
};

/// Which certificate it takes the place of.
struct BundlePredecessor {
  std::string certificate_id;
  Digest sha256;  ///< of its certificate.json
  Replacement reason = Replacement::withdrawn;
  SubjectText line;  ///< by whose word, and why
};

/// What a certificate is about, as it says itself.
struct BundleSubject {
  std::string kind;  ///< "medium", "device-key", "wrapped-keys", "record-keys" or "withdrawal"
  HoldingId holding;
  std::string certificate_id;
  std::optional<KeyringShredding> keyring;
  bool whole_keyring = false;
  /// Of keys that no order asked for: what their end rests on, a line each; the first says that nobody
  /// signed.
  std::vector<SubjectText> schedule;
  std::vector<SubjectText> drive;    ///< of a drive's own command: what it was and what the drive answered
  std::vector<SubjectText> waivers;  ///< of the case, a line each; or that its format printed none
  std::optional<BundlePredecessor> predecessor;
  CaseId case_id;
  std::string issuer;
  UnixMs issued;
  Digest certificate_sha256;  ///< of certificate.json
};

/// An event's place in the ledger.
struct EventPlace {
  std::uint64_t index = 0;
  Digest leaf;  ///< RFC 6962 leaf hash
};

/// Where a bundle's two events are, each in the tree of a signed checkpoint.
struct LedgerPlaces {
  std::string origin;
  std::uint64_t size = 0;  ///< of the tree in which the certificate was shown
  Digest root;             ///< of that tree
  EventPlace completion, issued;
};

/// A witness's word that a bundle carries.
struct WitnessWord {
  WitnessKey key;
  UnixMs at;
};

struct VerifyReport {
  Digest root_fingerprint;
  std::optional<TrustFiles> trust;  ///< when all of it can be read
  std::vector<Check> checks;
  BundleVerdict verdict = BundleVerdict::invalid;
  std::optional<UnixMs> stamped_at;
  std::optional<BundleSubject> subject;  ///< when certificate.json can be read
  std::optional<LedgerPlaces> ledger;    ///< when both proofs hold
  std::vector<WitnessWord> witnessed;
  std::vector<SubjectText> notes;  ///< what nobody independent says, and who else does
};

/// Chains must be valid at the time-stamp's time, without one at the certificate's own time of issue.
VerifyReport verify_bundle(const BundleFiles& files, const std::optional<Anchor>& anchor);
class ChainCache;
/// The same, of many bundles: chains of one are believed in the next.
VerifyReport verify_bundle(const BundleFiles& files, const std::optional<Anchor>& anchor, ChainCache& cache);
/// What the auditor got on other paths than the bundle, besides the root, and the day they look from.
struct OtherAnchors {
  std::optional<Digest> time_stamp_root;  ///< fingerprint of the time-stamp authority's own root
  std::vector<WitnessKey> witnesses;      ///< each must have seen the ledger's head
  std::vector<Bytes> service_crls;        ///< the service authority's lists of today, DER
  std::optional<UnixMs> today;
};
/// Adds the checks "time_stamp_root", "witness_known" and "revocation" for what is given; a valid verdict
/// becomes one of the two that say that time has gone on. Fills the notes.
void check_from_outside(VerifyReport& report, const OtherAnchors& anchors);
/// One check more, "receipt": whether the canonical bytes of a key receipt, or of a subject receipt, are
/// about this certificate and their key is one of those that went. A receipt that does not hold makes the
/// verdict invalid; one that does leaves it as it is.
void check_receipt(VerifyReport& report, BytesView receipt);
Json to_json(const VerifyReport& report);
/// One sentence about keys of a keyring; empty for everything else.
SubjectText subject_text(const BundleSubject& subject);

/// Between these two lines of VERIFY.txt stand the commands, one per line, and nothing else.
inline constexpr std::string_view kCommandsBegin = "#-- commands begin", kCommandsEnd = "#-- commands end";
/// Under this line stands the command that checks a receipt for one key of a keyring.
inline constexpr std::string_view kReceiptMark = "#-- receipt";
Result<std::string> receipt_command(std::string_view verify_txt);
/// The commands of a VERIFY.txt, for a test or a script that runs them with bash inside the folder.
Result<std::vector<std::string>> verify_commands(std::string_view verify_txt);

}  // namespace quietus::proof
