// What has happened in a transfer case beyond keys and orders: parties, phases, classes, attestations,
// findings.
#pragma once

#include <optional>
#include <string>

#include "governance/finding.hpp"
#include "governance/holding_facts.hpp"
#include "governance/party.hpp"
#include "quietus/attestation.hpp"
#include "quietus/order.hpp"
#include "quietus/statement.hpp"

namespace quietus::governance {

enum class CasePhase { draft, inventoried, cleared, moving, accepted, disposing, closed, aborted };
std::string_view to_string(CasePhase phase);
Result<CasePhase> case_phase_from(std::string_view text);

struct CaseDescribed {  // "case.described": replaces what was known
  CaseId case_id;
  CaseFacts facts;
  bool operator==(const CaseDescribed&) const = default;
};
struct PartyDeclared {  // "party.declared": the same id again replaces it
  CaseId case_id;
  Party party;
  bool operator==(const PartyDeclared&) const = default;
};
/// Facts that ask less of people than those that are known wait for a second person, who says the same.
struct CaseLooseningAsked {  // "case.loosening_asked"
  CaseId case_id;
  CaseFacts facts;
  bool operator==(const CaseLooseningAsked&) const = default;
};
/// The same of a party.
struct PartyLooseningAsked {  // "party.loosening_asked"
  CaseId case_id;
  Party party;
  bool operator==(const PartyLooseningAsked&) const = default;
};
struct PersonEnrolled {  // "person.enrolled": a person belongs to exactly one party of a case
  CaseId case_id;
  PersonId person;
  PartyId party;
  bool operator==(const PersonEnrolled&) const = default;
};
struct CaseAdvanced {  // "case.advanced"
  CaseId case_id;
  CasePhase to = CasePhase::draft;
  bool operator==(const CaseAdvanced&) const = default;
};
struct CaseFrozen {  // "case.frozen": nothing moves in it until another person thaws it
  CaseId case_id;
  std::string reason;
  bool operator==(const CaseFrozen&) const = default;
};
struct CaseThawed {  // "case.thawed"
  CaseId case_id;
  std::string reason;
  bool operator==(const CaseThawed&) const = default;
};
/// Another pack waits for a second person, who says the same.
struct PackAsked {  // "pack.asked"
  CaseId case_id;
  std::string pack_name;
  Digest pack;
  bool operator==(const PackAsked&) const = default;
};
struct PackAdopted {  // "pack.adopted": from here on the case is decided under it
  CaseId case_id;
  std::string pack_name;
  Digest pack;
  bool operator==(const PackAdopted&) const = default;
};
struct HoldingPlaced {  // "holding.placed"
  HoldingId holding;
  Placement placement;
  bool operator==(const HoldingPlaced&) const = default;
};
struct HoldingClassified {  // "holding.classified"
  HoldingId holding;
  Classification classification;
  bool operator==(const HoldingClassified&) const = default;
};
/// A lower class or level waits for a second person, who says the same.
struct HoldingLoweringAsked {  // "holding.lowering_asked"
  HoldingId holding;
  Classification classification;
  bool operator==(const HoldingLoweringAsked&) const = default;
};
struct HoldingEnded {  // "holding.ended": terminal
  HoldingId holding;
  HoldingEnd end = HoldingEnd::retained;
  std::string reason;
  std::optional<UnixMs> review;  ///< retained only
  bool operator==(const HoldingEnded&) const = default;
};
// Acts that an approved order permitted: the order's line, and with the last one the order, ends in the same
// entry.
struct HoldingEndedByOrder {  // "holding.ended.by_order": transferred or surrendered
  HoldingId holding;
  HoldingEnd end = HoldingEnd::transferred;
  std::string reason;
  OrderId order;
  bool operator==(const HoldingEndedByOrder&) const = default;
};
struct HoldingThawedByOrder {  // "holding.thawed.by_order"
  HoldingId holding;
  std::string reason;
  OrderId order;
  bool operator==(const HoldingThawedByOrder&) const = default;
};
struct CaseClosedByOrder {  // "case.closed.by_order"
  CaseId case_id;
  OrderId order;
  bool operator==(const CaseClosedByOrder&) const = default;
};
/// The attestation itself is inside statement.payload and nowhere else.
struct AttestationEntered {  // "attestation.entered"
  CaseId case_id;
  Person person;  ///< as the certificate names them
  SignedStatement statement;
  bool operator==(const AttestationEntered&) const = default;
};
struct FindingOpened {  // "finding.opened"
  FindingId finding;
  CaseId case_id;
  FindingKind kind = FindingKind::risk;
  FindingLevel level = FindingLevel::medium;
  Subject subject;
  std::string text;
  PersonId owner;
  UnixMs due;
  std::set<Verb> blocks;
  bool operator==(const FindingOpened&) const = default;
};
enum class FindingStep { fix, accept, close, reopen };
std::string_view to_string(FindingStep step);
Result<FindingStep> finding_step_from(std::string_view text);
struct FindingSettled {  // "finding.settled"
  FindingId finding;
  FindingStep step = FindingStep::fix;
  std::string reason;
  std::optional<UnixMs> until;  ///< accept only
  bool operator==(const FindingSettled&) const = default;
};
/// One person asks; a second one breaks it for them.
struct GlassAsked {  // "glass.asked"
  CaseId case_id;
  HoldingId holding;
  std::string reason;
  bool operator==(const GlassAsked&) const = default;
};
struct GlassBroken {  // "glass.broken"
  CaseId case_id;
  HoldingId holding;
  PersonId person;  ///< who may open it
  UnixMs until;
  bool operator==(const GlassBroken&) const = default;
};

}  // namespace quietus::governance
