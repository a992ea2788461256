// What can be asked in a transfer case beyond keys and orders. All by people unless said otherwise.
#pragma once

#include "governance/transfer_event.hpp"

namespace quietus::governance {

struct DescribeCase {
  CaseId case_id;
  CaseFacts facts;
};
struct DeclareParty {
  CaseId case_id;
  Party party;
};
struct EnrolPerson {
  CaseId case_id;
  PersonId person;
  PartyId party;
};
/// One step forward, or to `aborted`. Every blocking rule of the pack whose gate is the phase has to pass.
struct AdvanceCase {
  CaseId case_id;
  CasePhase to = CasePhase::draft;
};
struct FreezeCase {
  CaseId case_id;
  std::string reason;
};
struct ThawCase {  // by another person than the one who froze it
  CaseId case_id;
  std::string reason;
};
struct AdoptPack {
  CaseId case_id;
  std::string pack_name;
  Digest pack;
};
struct PlaceHolding {
  HoldingId holding;
  Placement placement;
};
struct ClassifyHolding {  // lower than it is: two different people say the same
  HoldingId holding;
  Classification classification;
};
struct EndHolding {
  HoldingId holding;
  HoldingEnd end = HoldingEnd::retained;
  std::string reason;
  std::optional<UnixMs> review;
  std::optional<OrderId> order{};  ///< that permits it; absent = the live one, where the pack wants one
};
/// The actor is the person of the verified certificate inside the statement.
struct EnterAttestation {
  CaseId case_id;
  SignedStatement statement;
};
struct OpenFinding {  // by a person or the house
  FindingId finding;
  CaseId case_id;
  FindingKind kind = FindingKind::risk;
  FindingLevel level = FindingLevel::medium;
  Subject subject;
  std::string text;
  PersonId owner;
  UnixMs due;
  std::set<Verb> blocks;
};
struct SettleFinding {  // `fix` by its owner; `accept` and `close` by another person than owner and fixer
  FindingId finding;
  FindingStep step = FindingStep::fix;
  std::string reason;
  std::optional<UnixMs> until;
};
/// The first person asks, a second one of the case confirms within the hour: the first may open the holding
/// for a quarter of an hour, and a finding is opened by itself. Never to hand over, destroy or release.
struct BreakGlass {
  CaseId case_id;
  HoldingId holding;
  std::string reason;
  FindingId finding;  ///< id of the finding that confirming opens
};

}  // namespace quietus::governance
