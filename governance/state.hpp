// What is true after the events so far. A value: copied, compared, iterated in a fixed order. Only apply()
// changes it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "governance/by_id.hpp"
#include "governance/keyring.hpp"
#include "governance/transfer_event.hpp"
#include "quietus/attestation.hpp"
#include "quietus/certificate.hpp"
#include "quietus/ids.hpp"
#include "quietus/media.hpp"
#include "quietus/order.hpp"
#include "quietus/permit.hpp"
#include "quietus/statement.hpp"

namespace quietus::governance {

enum class HoldingState {
  declared,
  sealed,
  ending,          ///< the irreversible act may have begun
  destroyed,       ///< terminal
  destroy_failed,  ///< begun and not shown: never again usable, another order may end it
  transferred,     ///< terminal: the transferee's node, outside the case from here on
  retained,        ///< terminal: kept, frozen, under a hold, with a date of review
  surrendered,     ///< terminal: handed to a designated body
  returned,        ///< terminal: back to ordinary custody after the deal fell through
};
/// `done`: every line of an order of another act than destruction, or the act on its case, was carried out.
/// `lapsed` is never stored: see OrderRecord::state_at().
enum class OrderState { proposed, approved, running, certified, partly, failed, withdrawn, done, lapsed };
enum class LineState { pending, mandated, ending, destroyed, certified, failed, done };

std::string_view to_string(HoldingState state);
/// destroyed, transferred, retained, surrendered, returned.
bool is_terminal(HoldingState state);
std::string_view to_string(OrderState state);
std::string_view to_string(LineState state);

using Roles = std::map<Role, std::set<PersonId>>;

/// A person who may neither act nor sign in one case until another person lifts it.
struct Suspension {
  UnixMs since;
  PersonId by;
  std::string reason;
  bool operator==(const Suspension&) const = default;
};

/// A wish to open in spite of unfitness that waits for a second person.
struct GlassRequest {
  PersonId person;
  std::string reason;
  UnixMs asked;
  std::optional<UnixMs> broken_until;  ///< absent = nobody has confirmed it yet
  bool operator==(const GlassRequest&) const = default;
};

/// A wish for another rule pack that waits for a second person.
struct PackRequest {
  std::string pack_name;
  Digest pack;
  PersonId by;
  bool operator==(const PackRequest&) const = default;
};

/// Facts of a case, or a party, that ask less than what is known and wait for a second person.
struct FactsRequest {
  CaseFacts facts;
  PersonId by;
  bool operator==(const FactsRequest&) const = default;
};
struct PartyRequest {
  Party party;
  PersonId by;
  bool operator==(const PartyRequest&) const = default;
};

/// How risky a party is, 1 to 5, by people's signed word; less than is known waits for a second person.
struct PartyRisk {
  std::uint32_t level = 0;
  std::optional<std::uint32_t> lower;
  PersonId lower_by;
  bool operator==(const PartyRisk&) const = default;
};

struct Case {
  CaseId id;
  std::string title, deal;
  bool customer_data = true;
  Roles roles;
  std::string pack_name;  ///< the rule pack this case is pinned to
  Digest pack;
  /// Of the event that put it under other rules than it was opened under; 0 = none did. Courses passed before
  /// were about others.
  std::uint64_t adopted_index = 0;
  std::optional<PackRequest> pack_asked;
  CasePhase phase = CasePhase::disposing;
  bool frozen = false;
  std::string freeze_reason;
  PersonId frozen_by;
  std::optional<CaseFacts> facts;
  std::optional<FactsRequest> facts_asked;
  std::map<PartyId, Party> parties;
  std::map<PartyId, PartyRequest> parties_asked;
  std::map<PersonId, PartyId> people;  ///< of parties
  std::vector<FindingId> findings;     ///< in the order of opening
  std::map<std::pair<HoldingId, PersonId>, GlassRequest> glass;
  UnixMs opened;
  std::vector<HoldingId> holdings;  ///< in the order of declaration
  std::vector<OrderId> orders;      ///< in the order of proposal
  /// Live orders of other acts than destruction, for each holding not yet carried out; to close names none.
  std::map<std::pair<OrderAct, HoldingId>, OrderId> acts_ordered;
  std::map<PersonId, Suspension> suspended;
  std::map<PartyId, PartyRisk> risks;  ///< of parties about which somebody has said something
  /// When somebody was last given the means to open a holding.
  std::map<PersonId, std::map<HoldingId, UnixMs>> openings;
  std::uint64_t attestations = 0;  ///< entered so far
  bool operator==(const Case&) const = default;
};

struct SealedFile {
  std::string id;
  Digest digest;
  std::uint64_t size_bytes = 0;
  UnixMs at;
  bool operator==(const SealedFile&) const = default;
};
/// A certificate whose place another one has taken.
struct ReplacedCertificate {
  std::string certificate_id, by;
  Replacement outcome = Replacement::withdrawn;
  bool operator==(const ReplacedCertificate&) const = default;
};

struct Holding {
  HoldingId id;
  CaseId case_id;
  HoldingKind kind = HoldingKind::disk;
  std::string title;
  bool customer_data = true;
  HostId host;            ///< disk only
  DeviceIdentity device;  ///< disk only
  KeyId key;              ///< record set with one device key; empty until created
  KeyAlgorithm key_algorithm = KeyAlgorithm::aes_256_gcm;  ///< of `key`
  KeyringId keyring;                                       ///< record set with a keyring; empty until created
  UnixMs key_created;
  HoldingState state = HoldingState::declared;
  bool frozen = false;
  std::string freeze_reason;
  PersonId frozen_by;
  std::optional<SealedFile> sealed_file;
  std::vector<KeyRelease> releases;  ///< export ledger
  std::map<Verb, std::uint64_t> reserved_uses;
  Placement placement;
  std::optional<Classification> classification;
  PersonId classified_by;
  std::optional<Classification> lower;  ///< asked for by lower_by, waits for another person
  PersonId lower_by;
  UnixMs ended;                               ///< otherwise than by destruction; 0 = never
  std::optional<UnixMs> review;               ///< retained only
  OrderId live_order;                         ///< to destroy: proposed, approved or running; empty = none
  std::string certificate_id;                 ///< empty until issued
  std::vector<ReplacedCertificate> replaced;  ///< in the order in which it happened
  bool operator==(const Holding&) const = default;

  /// A device key or a keyring.
  [[nodiscard]] bool has_key() const { return !key.empty() || !keyring.empty(); }
  /// Has a device key, and one that may protect data.
  [[nodiscard]] bool key_encrypts() const {
    return !key.empty() && purpose_of(key_algorithm) == KeyPurpose::encrypt_decrypt;
  }
};

/// A person's word about an order, kept with the bytes they signed.
struct Signature {
  Person person;
  Role role = Role::approver;
  ApprovalDecision decision = ApprovalDecision::reject;
  UnixMs at, not_after;
  std::uint64_t ledger_index = 0;  ///< of the event that brought it
  Digest payload_digest;           ///< SHA-256 of statement.payload
  SignedStatement statement;
  /// Of the suspension, or of the raised level, that took it away for good; 0 = it stands.
  std::uint64_t voided_index = 0;
  bool operator==(const Signature&) const = default;
};

struct SampleRecord {
  Digest mandate_digest, report_digest, seed;
  std::uint32_t count = 0, block_bytes = 0;
  bool operator==(const SampleRecord&) const = default;
};

struct LineProgress {
  HoldingId holding;
  LineState state = LineState::pending;
  std::string reason;                  ///< why it failed
  UnixMs begun;                        ///< first mandate or first intent to destroy the key; 0 = never
  std::uint32_t attempts = 0;          ///< mandates or intents so far
  UnixMs acted;                        ///< key: the irreversible act began; 0 = never
  std::uint64_t acted_index = 0;       ///< key: ledger index of the event that says so; 0 = never
  std::optional<Plan> plan;            ///< disk: of the first mandate; a resume keeps it
  Digest facts_digest, nonce;          ///< disk: of the newest mandate
  std::optional<SampleRecord> sample;  ///< disk: of the newest mandate
  std::uint64_t completion_index = 0;  ///< ledger index of the completion event
  UnixMs completed;
  std::string certificate_id;
  bool operator==(const LineProgress&) const = default;
};

struct OrderRecord {
  Order order;
  Digest digest;  ///< SHA-256 of the canonical bytes (proof/documents)
  OrderState state = OrderState::proposed;
  std::string reason;  ///< why it was withdrawn
  UnixMs proposed, approved, ended;
  std::vector<Signature> signatures;
  std::vector<LineProgress> lines;  ///< one per order.lines, same order
  bool operator==(const OrderRecord&) const = default;

  [[nodiscard]] bool alive() const {
    return state == OrderState::proposed || state == OrderState::approved || state == OrderState::running;
  }
  /// An order of another act than destruction whose window is over permits nothing and binds nothing: nobody
  /// has to withdraw it. One to destroy is given up line by line, since a medium may be half erased.
  [[nodiscard]] bool lapsed(UnixMs at) const {
    return alive() && order.act != OrderAct::destroy && order.not_after < at;
  }
  [[nodiscard]] OrderState state_at(UnixMs at) const { return lapsed(at) ? OrderState::lapsed : state; }
  [[nodiscard]] const LineProgress* line(const HoldingId& holding) const;
  [[nodiscard]] LineProgress* line(const HoldingId& holding);
  [[nodiscard]] const OrderLine* ordered(const HoldingId& holding) const;  ///< the line as signed
};

/// A person's word about a fact, with who said it and when it came.
struct AttestationRecord {
  Attestation attestation;
  Person signer;
  UnixMs entered;
  std::uint64_t ledger_index = 0;
  Digest payload_digest;             ///< SHA-256 of the statement's payload
  std::optional<UnixMs> taken_back;  ///< by an attestation of kind "revocation"
  bool operator==(const AttestationRecord&) const = default;

  /// Entered, within its term, and not taken back.
  [[nodiscard]] bool valid(UnixMs at) const {
    return attestation.valid(at) && (!taken_back || at < *taken_back);
  }
};

struct State {
  ById<CaseId, Case> cases;
  ById<HoldingId, Holding> holdings;
  ById<OrderId, OrderRecord> orders;
  ById<KeyId, HoldingId> keys;
  ById<KeyringId, Keyring> keyrings;
  ById<AttestationId, AttestationRecord> attestations;
  /// Where to look for them: case, kind and subject, in the order in which they came.
  std::map<CaseId, std::map<std::string, std::map<Subject, std::vector<AttestationId>>, std::less<>>>
      attested;
  /// Copies of keys, by the holding that the key seals.
  std::map<HoldingId, std::set<HoldingId>> key_copies;
  ById<FindingId, Finding> findings;
  std::set<Digest> nonces;    ///< of every mandate, order and attestation ever
  std::uint64_t denials = 0;  ///< aggregated
  std::uint64_t events = 0;   ///< applied so far = ledger index of the next one
  UnixMs latest;              ///< newest event time: now far behind it means the clock went backwards
  bool operator==(const State&) const = default;

  [[nodiscard]] const Case* find(const CaseId& id) const;
  [[nodiscard]] const Holding* find(const HoldingId& id) const;
  [[nodiscard]] const OrderRecord* find(const OrderId& id) const;
  [[nodiscard]] const Keyring* find(const KeyringId& id) const;
  [[nodiscard]] const AttestationRecord* find(const AttestationId& id) const;
  [[nodiscard]] const Finding* find(const FindingId& id) const;
  /// The newest attestation of that kind about the subject that is valid at `at`, or nullptr.
  [[nodiscard]] const AttestationRecord* attested_by(const CaseId& id, std::string_view kind,
                                                     const Subject& subject, UnixMs at) const;
  /// The one order to destroy that is proposed, approved or running and lists the holding, or nullptr.
  [[nodiscard]] const OrderRecord* live_order(const HoldingId& holding) const;
  /// The same of another act, which still waits for this holding, lapsed or not; the empty id = for the case.
  [[nodiscard]] const OrderRecord* live_order(const Case& in, OrderAct act, const HoldingId& holding) const;
  [[nodiscard]] bool holds_role(const CaseId& id, const PersonId& person, Role role) const;
  [[nodiscard]] bool holds_any_role(const CaseId& id, const PersonId& person) const;
  [[nodiscard]] bool is_suspended(const CaseId& id, const PersonId& person) const;
  /// Keys of the keyring that an approved or running order will end, which no schedule may anticipate.
  [[nodiscard]] KeyRanges ordered(const Keyring& keyring) const;
  /// Keys of the keyring whose destruction can begin at `at` without an order.
  [[nodiscard]] KeyRanges due(const Keyring& keyring, UnixMs at) const;
  /// Keys that the line of an order would end now: the whole keyring, or what still lives of those it names.
  [[nodiscard]] static KeyRanges to_end(const Keyring& keyring, const OrderLine& line);
};

}  // namespace quietus::governance
