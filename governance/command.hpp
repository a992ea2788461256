// What can be asked of the house: one closed list. Ids, nonces and seeds are made by the caller, so that
// deciding is a pure function. Signatures and certificate chains of statements have been verified before a
// command is made.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "governance/actor.hpp"
#include "governance/event.hpp"
#include "governance/keyring_command.hpp"
#include "governance/transfer_command.hpp"

namespace quietus::governance {

// By a person
struct OpenCase {  // the actor becomes an operator of the case
  CaseId case_id;
  std::string title, deal;
  bool customer_data = true;
  Roles roles;
  std::string pack{};  ///< statutory rules that bind it besides, "<name>" or "<name>@<version>"; empty = none
};
struct CloseCase {
  CaseId case_id;
  std::optional<OrderId> order{};  ///< that permits it; absent = the live one, where the pack wants one
};
struct DeclareHolding {
  HoldingId holding;
  CaseId case_id;
  HoldingKind kind = HoldingKind::disk;
  std::string title;
  bool customer_data = true;
  HostId host;            ///< disk only
  DeviceIdentity device;  ///< disk only, as the host's inventory reported it
};
struct CreateKey {  // grant: seal, subject = key id
  HoldingId holding;
  KeyId key;
  KeyAlgorithm algorithm = KeyAlgorithm::aes_256_gcm;  ///< for good, and the key's purpose with it
};
struct RecordSealed {
  HoldingId holding;
  std::string sealed_file;
  Digest digest;
  std::uint64_t size_bytes = 0;
};
struct ReleaseDataKeys {  // grant: release_data_key, subject = key id, uses = count
  KeyId key;
  std::string purpose;  ///< "seal" or "open"
  std::uint64_t count = 1;
};
struct FreezeHolding {
  HoldingId holding;
  std::string reason;
};
struct ThawHolding {  // by another person than the one who froze it
  HoldingId holding;
  std::string reason;
  std::optional<OrderId> order{};  ///< as for CloseCase
};
struct SuspendPerson {  // in this case: may neither act nor sign in it
  PersonId person;
  CaseId case_id;
  std::string reason;
};
struct ReinstatePerson {  // by another person than the one who suspended
  PersonId person;
  CaseId case_id;
  std::string reason;
};
struct ProposeOrder {  // the lines, the requirement and the pack are filled in by decide()
  OrderId order;
  CaseId case_id;
  std::vector<HoldingId> holdings;
  std::string reason;
  UnixMs not_before, not_after;
  SanitizationMethod least_claim = SanitizationMethod::clear;
  Digest nonce;
  std::map<HoldingId, KeyRanges> keys;  ///< of holdings with a keyring: those keys alone
  OrderAct act = OrderAct::destroy;     ///< to close the case: no holdings
};
struct SignOrder {  // the actor is the person of the verified certificate inside the statement
  OrderId order;
  SignedStatement statement;
};
struct WithdrawOrder {
  OrderId order;
  std::string reason;
};

// By the eraser of the holding's host
struct IssueMandate {  // grant: issue_mandate, subject = holding id
  OrderId order;
  HoldingId holding;
  Facts facts;
  Digest facts_digest;  ///< SHA-256 of the facts statement's payload
  Plan plan;
};
struct DrawSample {  // grant: draw_sample, subject = holding id
  OrderId order;
  HoldingId holding;
  SampleRecord sample;
};
struct CompleteHolding {
  OrderId order;
  HoldingId holding;
  Evidence evidence;
  Digest evidence_digest;     ///< SHA-256 of the evidence statement's payload
  Json detail;                ///< object of proof::completion_detail, kept in the completion event
  std::uint64_t waivers = 0;  ///< of the case, that the detail cites
};

// By the eraser of the host, or by the house
struct FailHolding {
  OrderId order;
  HoldingId holding;
  std::string reason;
};

// By the house
struct BeginKeyDestruction {  // grant: destroy, subject = key id; repeated after a crash
  OrderId order;
  HoldingId holding;
};
/// The last question before the HSM is told to destroy the key: it replaces may(), and what it permits is in
/// the ledger. `gone` is for an act that had begun before a crash: nothing is left to hold back.
struct BeginKeyAct {  // grant: destroy, subject = key id
  OrderId order;
  HoldingId holding;
  Target key = Target::there;
};
struct CompleteKeyDestruction {
  OrderId order;
  HoldingId holding;
  KeyDestruction shown;
  Digest evidence_digest;     ///< SHA-256 of its canonical JSON
  Json detail;                ///< object of proof::completion_detail, kept in the completion event
  std::uint64_t waivers = 0;  ///< of the case, that the detail cites
};
struct IssueCertificate {  // records what was signed
  OrderId order;
  HoldingId holding;
  std::string certificate_id;
  Json detail;  ///< object of proof::issue_detail, kept in the event
};
/// Records what was signed in the place of a certificate, because two approvers of two departments said so.
struct ReplaceCertificate {
  HoldingId holding;
  std::string predecessor, certificate_id;
  Replacement outcome = Replacement::withdrawn;
  Json detail;  ///< object of proof::issue_detail, kept in the event
};
struct EndOrder {
  OrderId order;
};
struct RecordDenials {
  std::string who;
  Verb verb = Verb::read;
  std::uint64_t count = 0;
  std::vector<std::string> rules;
  UnixMs since;
};

using CommandBody =
    std::variant<OpenCase, CloseCase, DeclareHolding, CreateKey, RecordSealed, ReleaseDataKeys, FreezeHolding,
                 ThawHolding, SuspendPerson, ReinstatePerson, ProposeOrder, SignOrder, WithdrawOrder,
                 IssueMandate, DrawSample, CompleteHolding, FailHolding, BeginKeyDestruction, BeginKeyAct,
                 CompleteKeyDestruction, IssueCertificate, EndOrder, RecordDenials, CreateKeyring, AddKeys,
                 RotateKeys, ChangeKeys, ScheduleDestruction, CancelDestruction, ReserveUses, BeginShredding,
                 BeginShreddingAct, CompleteShredding, FailShredding, DescribeCase, DeclareParty, EnrolPerson,
                 AdvanceCase, FreezeCase, ThawCase, AdoptPack, PlaceHolding, ClassifyHolding, EndHolding,
                 EnterAttestation, OpenFinding, SettleFinding, BreakGlass, CertifyKeys, ReplaceCertificate>;

struct Command {
  Actor actor;
  CommandBody body;
};

/// The verb whose rules a command answers to: what a denial is counted under.
Verb verb_of(const CommandBody& body);
/// Freezes of a holding, a case or a key, suspensions, withdrawals, holds and orders of courts: what only
/// ever makes less possible and has to be possible when hardly anything is (a full disk, a clock that nobody
/// confirms or that went backwards). The one list.
bool is_restrictive(const CommandBody& body);
/// restrict_key for what makes less possible, change_key for the rest.
Verb verb_of(KeyChange change);

}  // namespace quietus::governance
