// What has happened: one closed list. Bodies of ledger entries; JSON forms are canonical documents with
// "type", "at", "actor" and the members of the struct below, all on one level. Unknown members and types are
// refused. A type never changes its members: what has to say more gets another type.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/json.hpp"
#include "governance/actor.hpp"
#include "governance/keyring_event.hpp"
#include "governance/state.hpp"
#include "governance/transfer_event.hpp"
#include "quietus/permit.hpp"

namespace quietus::governance {

struct CaseOpened {  // "case.opened"
  CaseId case_id;
  std::string title, deal;
  bool customer_data = true;
  Roles roles;
  std::string pack_name;
  Digest pack;
  bool operator==(const CaseOpened&) const = default;
};
struct CaseClosed {  // "case.closed"
  CaseId case_id;
  bool operator==(const CaseClosed&) const = default;
};
struct HoldingDeclared {  // "holding.declared"
  HoldingId holding;
  CaseId case_id;
  HoldingKind kind = HoldingKind::disk;
  std::string title;
  bool customer_data = true;
  HostId host;            ///< disk only
  DeviceIdentity device;  ///< disk only
  bool operator==(const HoldingDeclared&) const = default;
};
/// Intent and permit at once: committed before the HSM makes the key.
struct KeyCreated {  // "key.created"
  HoldingId holding;
  KeyId key;
  bool operator==(const KeyCreated&) const = default;
};
/// The same for a key that does something else than encrypt.
struct AlgorithmKeyCreated {  // "key.created.with_algorithm"
  HoldingId holding;
  KeyId key;
  KeyAlgorithm algorithm = KeyAlgorithm::ecdsa_p256;
  bool operator==(const AlgorithmKeyCreated&) const = default;
};
struct HoldingSealed {  // "holding.sealed"
  HoldingId holding;
  std::string sealed_file;
  Digest digest;
  std::uint64_t size_bytes = 0;
  bool operator==(const HoldingSealed&) const = default;
};
/// Uses are reserved here, before the HSM is asked: released <= reserved.
struct KeyReleased {  // "key.released"
  HoldingId holding;
  KeyId key;
  std::string purpose;  ///< "seal" or "open"
  std::uint64_t count = 0;
  bool operator==(const KeyReleased&) const = default;
};
struct HoldingFrozen {  // "holding.frozen"
  HoldingId holding;
  std::string reason;
  bool operator==(const HoldingFrozen&) const = default;
};
struct HoldingThawed {  // "holding.thawed"
  HoldingId holding;
  std::string reason;
  bool operator==(const HoldingThawed&) const = default;
};
struct PersonSuspended {  // "person.suspended"
  PersonId person;
  CaseId case_id;
  std::string reason;
  bool operator==(const PersonSuspended&) const = default;
};
struct PersonReinstated {  // "person.reinstated"
  PersonId person;
  CaseId case_id;
  std::string reason;
  bool operator==(const PersonReinstated&) const = default;
};
struct OrderProposed {  // "order.proposed"
  Order order;
  bool operator==(const OrderProposed&) const = default;
};
/// The approval itself is inside statement.payload and nowhere else.
struct OrderSigned {  // "order.signed"
  OrderId order;
  Person person;  ///< as the certificate names them
  SignedStatement statement;
  bool operator==(const OrderSigned&) const = default;
};
struct OrderApproved {  // "order.approved": the quorum was reached
  OrderId order;
  bool operator==(const OrderApproved&) const = default;
};
struct OrderWithdrawn {  // "order.withdrawn"
  OrderId order;
  std::string reason;
  bool operator==(const OrderWithdrawn&) const = default;
};
/// From here on the medium may be written: the holding is `ending`.
struct MandateIssued {  // "mandate.issued"
  OrderId order;
  HoldingId holding;
  HostId host;
  std::string boot_id;
  Digest facts_digest, nonce;
  Plan plan;
  bool operator==(const MandateIssued&) const = default;
};
struct SampleDrawn {  // "sample.drawn"
  OrderId order;
  HoldingId holding;
  SampleRecord sample;
  bool operator==(const SampleDrawn&) const = default;
};
struct HoldingEnding {  // "holding.ending": intent to destroy the key, repeated on every attempt
  OrderId order;
  HoldingId holding;
  bool operator==(const HoldingEnding&) const = default;
};
/// The last decision before the HSM is told to destroy the key: from here on it may be gone.
struct HoldingActBegun {  // "holding.act_begun"
  OrderId order;
  HoldingId holding;
  bool resumed = false;  ///< the key was found gone after a crash: ended under the decision of then
  bool operator==(const HoldingActBegun&) const = default;
};
struct HoldingDestroyed {  // "holding.destroyed": the completion event that the certificate cites
  OrderId order;
  HoldingId holding;
  Digest
      evidence;  ///< SHA-256 of the evidence statement's payload, or of the key destruction's canonical JSON
  Json detail;   ///< object; further digests, as the caller recorded them
  bool operator==(const HoldingDestroyed&) const = default;
};
struct HoldingFailed {  // "holding.failed"
  OrderId order;
  HoldingId holding;
  std::string reason;
  bool operator==(const HoldingFailed&) const = default;
};
struct OrderEnded {  // "order.ended"
  OrderId order;
  OrderState outcome = OrderState::failed;  ///< certified, partly or failed
  bool operator==(const OrderEnded&) const = default;
};
struct CertificateIssued {  // "certificate.issued"
  OrderId order;
  HoldingId holding;
  std::string certificate_id;
  Json detail;  ///< object of proof::issue_detail: digests of certificate.json and certificate.p7s
  bool operator==(const CertificateIssued&) const = default;
};
struct CertificateReplaced {  // "certificate.replaced"
  HoldingId holding;
  std::string predecessor, certificate_id;
  Replacement outcome = Replacement::withdrawn;
  Json detail;  ///< object of proof::issue_detail
  bool operator==(const CertificateReplaced&) const = default;
};
/// Denials are counted by the caller, so that no client can fill the ledger by asking for what it may not
/// have.
struct DecisionDenied {  // "decision.denied"
  std::string who;       ///< person or host id; empty = several
  Verb verb = Verb::read;
  std::uint64_t count = 0;
  std::vector<std::string> rules;
  UnixMs since;
  bool operator==(const DecisionDenied&) const = default;
};

using EventBody =
    std::variant<CaseOpened, CaseClosed, HoldingDeclared, KeyCreated, HoldingSealed, KeyReleased,
                 HoldingFrozen, HoldingThawed, PersonSuspended, PersonReinstated, OrderProposed, OrderSigned,
                 OrderApproved, OrderWithdrawn, MandateIssued, SampleDrawn, HoldingEnding, HoldingActBegun,
                 HoldingDestroyed, HoldingFailed, OrderEnded, CertificateIssued, DecisionDenied,
                 KeyringCreated, KeysAdded, KeysRotated, KeysChanged, DestructionScheduled,
                 DestructionCancelled, KeyringShredding, KeyringActBegun, KeyringShredded,
                 KeyringShreddingFailed, KeyUsesReserved, AlgorithmKeyCreated, CaseDescribed, PartyDeclared,
                 PersonEnrolled, CaseAdvanced, CaseFrozen, CaseThawed, PackAsked, PackAdopted, HoldingPlaced,
                 HoldingClassified, HoldingLoweringAsked, HoldingEnded, AttestationEntered, FindingOpened,
                 FindingSettled, GlassAsked, GlassBroken, KeysDestroyed, KeysCertified, CaseLooseningAsked,
                 PartyLooseningAsked, HoldingEndedByOrder, HoldingThawedByOrder, CaseClosedByOrder,
                 CaseThawedByOrder, CertificateReplaced>;

struct Event {
  UnixMs at;
  Actor actor;
  EventBody body;
  bool operator==(const Event&) const = default;
};

/// "case.opened" …: the value of "type" in the JSON form and in the ledger's leaf.
std::string_view event_type(const Event& event);
Json event_to_json(const Event& event);
/// `invalid_input` for anything that event_to_json would not give.
Result<Event> event_from_json(const Json& json);

}  // namespace quietus::governance
