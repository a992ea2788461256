// The members of an event that a transfer case brings. Private to event_write*.cpp.
#pragma once

#include "governance/event.hpp"

namespace quietus::governance {

Json body_json(const CaseDescribed& e);
Json body_json(const PartyDeclared& e);
Json body_json(const CaseLooseningAsked& e);
Json body_json(const PartyLooseningAsked& e);
Json body_json(const PersonEnrolled& e);
Json body_json(const CaseAdvanced& e);
Json body_json(const CaseFrozen& e);
Json body_json(const CaseThawed& e);
Json body_json(const PackAsked& e);
Json body_json(const PackAdopted& e);
Json body_json(const HoldingPlaced& e);
Json body_json(const HoldingClassified& e);
Json body_json(const HoldingLoweringAsked& e);
Json body_json(const HoldingEnded& e);
Json body_json(const HoldingEndedByOrder& e);
Json body_json(const HoldingThawedByOrder& e);
Json body_json(const CaseClosedByOrder& e);
Json body_json(const AttestationEntered& e);
Json body_json(const FindingOpened& e);
Json body_json(const FindingSettled& e);
Json body_json(const GlassAsked& e);
Json body_json(const GlassBroken& e);

}  // namespace quietus::governance
