// A certificate of destruction, one per line of an order. Built only by proof::make_certificate, which
// refuses unless every required field is there and the evidence's verdict is `verified`.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "quietus/hsm.hpp"
#include "quietus/ids.hpp"
#include "quietus/key.hpp"
#include "quietus/key_ranges.hpp"
#include "quietus/media.hpp"
#include "quietus/order.hpp"
#include "quietus/statement.hpp"
#include "quietus/store.hpp"

namespace quietus {

/// One release of key material in clear (export ledger).
struct KeyRelease {
  UnixMs at;
  PersonId to;
  std::string purpose;  ///< "seal" or "open"
  std::uint64_t data_keys = 0;
  bool operator==(const KeyRelease&) const = default;
};

/// How a key was shown to be gone.
struct KeyDestruction {
  KeyId key;
  HsmKeyRef ref;
  HsmKeyAttributes attributes_before;
  HsmInfo hsm;
  UnixMs created, destroyed;
  std::uint64_t target_objects = 1;  ///< of a key pair both halves, where the census lists both
  std::uint64_t census_before = 0, census_after = 0;  ///< objects on the token
  bool census_differs_by_target_only = false;
  bool canary_found_and_opens = false;  ///< positive control, fresh process
  bool target_found = true;             ///< must be false, same process
  bool target_sample_opens = true;      ///< must be false
  bool token_synced = false;
  std::vector<KeyRelease> releases;
  std::vector<std::string> known_copies;  ///< backups, replicas; may be empty, never absent
};

/// How keys of a keyring were shown to be gone: everybody who stays moved under a new root, the old one was
/// destroyed. Or all went with the keyring's last root.
struct KeyringShredding {
  KeyringId keyring;
  KeyClass key_class = KeyClass::wrapped;  ///< wrapped or record
  std::uint64_t from_epoch = 0;            ///< whose root was destroyed
  std::uint64_t to_epoch = 0;              ///< the next one; 0 when the whole keyring ended
  std::uint64_t destroyed = 0;             ///< keys that went with the root
  std::uint64_t survivors_verified = 0;  ///< read back and opened under the new root before the old one went
  Digest numbers;                        ///< numbers_digest() of the destroyed ones
  Digest receipts;                       ///< root over their salted commitments (proof::KeyReceipts)
  /// Numbers of the order's line that earlier epochs had taken away: not what this is about.
  KeyRanges ended_before;
  UnixMs begun;
  UnixMs committed;     ///< from here on there was only forward; of a whole keyring: no later than the act
  KeyDestruction root;  ///< releases and known copies stand below
  std::vector<KeyRelease> releases;       ///< export ledger, as far as it may concern these keys
  std::vector<std::string> known_copies;  ///< of these keys, of the root or of the token; never absent
};

/// What a destruction rests on that no order asked for and nobody signed: entries of the ledger.
struct ScheduleBasis {
  struct Part {
    /// "keys.destruction_scheduled", or "holding.failed" of an order whose epoch was begun and not shown.
    LedgerEntry entry;
    KeyRanges numbers;  ///< those that went because of it
  };
  CaseId case_id;
  Digest rule_pack;  ///< of the case: it sets the waiting period
  std::string rule_pack_name;
  std::vector<Part> parts;  ///< 1..256 by index; their numbers are disjoint, and together the line's
};

/// A person's signed word that a rule is set aside in the case: an attestation of kind "waiver".
struct Waiver {
  SignedStatement statement;
  UnixMs entered;                    ///< into the ledger
  std::optional<UnixMs> taken_back;  ///< if it was when the destruction was completed
  bool operator==(const Waiver&) const = default;
};

/// What becomes of a certificate whose place another one takes.
enum class Replacement {
  corrected,  ///< it was made again; the destruction that it speaks of stands
  withdrawn,  ///< it is not to be relied on, and the other one certifies nothing but that
};
std::string_view to_string(Replacement value);
Result<Replacement> replacement_from(std::string_view text);

/// A person's signed word, and when the ledger took it.
struct EnteredWord {
  SignedStatement statement;
  UnixMs entered;
  bool operator==(const EnteredWord&) const = default;
};

/// The certificate whose place this one takes, and the people who said that it should: attestations of kind
/// "certificate_withdrawn" by two persons of two departments.
struct Predecessor {
  std::string certificate_id;
  Digest sha256;  ///< of its certificate.json
  Replacement reason = Replacement::withdrawn;
  std::vector<EnteredWord> words;  ///< in the ledger's order
  bool operator==(const Predecessor&) const = default;
};

/// Position of the completion event in the ledger.
struct LedgerPosition {
  std::uint64_t index = 0;
  Digest leaf;  ///< RFC 6962 leaf hash
};

/// Everything the certificate is made of. Exactly one of `medium`, `key` and `keyring` is set. With
/// `schedule` there is no order and no approval, and `line` says which keys of which holding went.
struct CertificateInput {
  int format = 3;  ///< of the certificate: what is issued has the newest
  std::string certificate_id;
  std::string laboratory;  ///< "laboratory" when the root says so; printed first
  UnixMs issued;
  Order order;
  OrderLine line;
  std::vector<SignedStatement> approvals;  ///< the people's own words
  struct Medium {
    SignedStatement facts, mandate, sample, evidence;
    std::string eraser_report;  ///< canonical JSON
    std::string transcript;     ///< of a drive's own command, else empty: what was sent and answered
  };
  std::optional<Medium> medium;
  std::optional<KeyDestruction> key;
  std::optional<KeyringShredding> keyring;
  std::optional<ScheduleBasis> schedule;  ///< keyring only
  /// All of the case that the ledger held at the completion, in its order. Absent only in what was issued in
  /// format 1, before certificates printed them.
  std::optional<std::vector<Waiver>> waivers;
  std::optional<LedgerPosition> completion;  ///< absent until it is logged
  std::optional<Predecessor> predecessor;    ///< a correction, or a withdrawal
  std::string issuer;                        ///< appliance name
  std::string software;                      ///< "quietus 0.1.0 (build …)"
};

}  // namespace quietus
