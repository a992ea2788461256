#include <algorithm>

#include "governance/standing.hpp"
#include "governance/transfer_checks.hpp"
#include "governance/verb_kinds.hpp"

namespace quietus::governance {

namespace {

/// All that moves a case or its data on. What was begun may still be reported, what is wrong be said, and
/// everything be stopped. `end_holding` is decided by how it ends: a body may claim what a court froze.
bool moves_on(Verb verb) {
  using enum Verb;
  return is_one_of(verb, {seal, open, release_data_key, propose, destroy, issue_mandate, draw_sample, shred,
                          change_key, schedule_destruction, thaw, advance_case, close_case, break_glass});
}
void check_case_frozen(const Asked& asked, Judgement& judgement) {
  judgement.require(!asked.in->frozen || !moves_on(verb_of_act(asked)), RuleId::case_frozen,
                    asked.in->freeze_reason);
}

/// A record set without a key could not be ended at all: its first key may be made at any time.
bool is_first_key(const Asked& asked) {
  return asked.verb == Verb::seal && asked.holding != nullptr && !asked.holding->has_key();
}

void check_phase(const Asked& asked, Judgement& judgement) {
  const auto admitted = asked.pack.phases.find(verb_of_act(asked));
  const bool fits = admitted == asked.pack.phases.end() || admitted->second.contains(asked.in->phase);
  judgement.require(fits || is_first_key(asked), RuleId::phase_gate,
                    asked.in->id.text() + " is " + std::string(to_string(asked.in->phase)));
}

/// I16: what the transferee has of an aborted deal is ended, not used. An original that was handed over is
/// out of use as well (SP 800-57 part 1 §7: deactivated).
void check_use(const Asked& asked, Judgement& judgement) {
  if (!works_with_key(asked.verb) || is_first_key(asked)) return;
  const bool undone =
      asked.in->phase == CasePhase::aborted && on_transferee_side(asked.state, *asked.holding);
  judgement.require(!undone, RuleId::phase_gate, asked.holding->id.text() + " ends with the deal");
  judgement.require(!is_retired(*asked.in, *asked.holding), RuleId::phase_gate,
                    asked.holding->id.text() + " was retired by the transferee's acceptance");
}

/// I8. An order about some keys ends records, not the copy: see Deliberation::need_some_left.
void check_end(const Asked& asked, Judgement& judgement) {
  if (!is_one_of(asked.verb, {Verb::destroy, Verb::issue_mandate})) return;
  const OrderRecord* record = asked.state.live_order(asked.holding->id);
  const bool some = record != nullptr && record->ordered(asked.holding->id)->keys.has_value();
  judgement.require(some || may_end_now(asked.state, *asked.in, *asked.holding), RuleId::phase_gate,
                    asked.holding->id.text() + " is needed until the transferee has accepted");
}

/// I1, and JR/T 0171: credentials are used inside the appliance; they are opened when two people break the
/// glass. A data key leaves to seal them, and not again.
void check_class(const Asked& asked, Judgement& judgement) {
  const auto& is = asked.holding->classification;
  const HoldingClass holding_class = is ? is->holding_class : HoldingClass::unset;
  if (asked.verb == Verb::seal) {
    judgement.require(holding_class != HoldingClass::unset, RuleId::unclassified, asked.holding->id.text());
  }
  if (holding_class != HoldingClass::C3 && holding_class != HoldingClass::important) return;
  const bool sealing = !asked.holding->key.empty() && asked.holding->state == HoldingState::declared;
  const bool opens = asked.verb == Verb::open || (asked.verb == Verb::release_data_key && !sealing);
  judgement.require(!opens || glass_broken(asked), RuleId::glass,
                    asked.holding->id.text() + " is " + std::string(to_string(holding_class)));
}

/// I7. A hold freezes nothing: what is held can still be used and handed on. What has to be frozen is not
/// destroyed in the moment before the house has frozen it, and what is complained about not at all.
void check_hold(const Asked& asked, Judgement& judgement) {
  if (!takes_away(asked.verb)) return;
  for (const auto* word : {standing_hold(asked.state, *asked.holding, asked.clock.now),
                           standing_complaint(asked.state, *asked.holding, asked.clock.now)}) {
    if (word != nullptr) return judgement.refuse(RuleId::held, word->attestation.id.text());
  }
  check_causes(asked, judgement);
}

bool concerns(const Finding& finding, const Asked& asked) {
  const Subject& subject = finding.subject;
  if (subject.kind == SubjectKind::case_) return subject.id == asked.in->id.text();
  if (asked.person != nullptr) {
    if (subject.kind == SubjectKind::person && subject.id == asked.person->id.text()) return true;
    const auto party = asked.in->people.find(asked.person->id);
    const bool enrolled = party != asked.in->people.end();
    if (enrolled && subject.kind == SubjectKind::party && subject.id == party->second.text()) return true;
  }
  if (asked.holding == nullptr) return false;
  if (subject.kind == SubjectKind::order) return subject.id == asked.holding->live_order.text();
  return subject.kind == SubjectKind::holding && subject.id == asked.holding->id.text();
}

/// I7: what is complained about, or was part of an incident, is evidence.
bool preserves(const Finding& finding, const Asked& asked) {
  const bool evidence = finding.kind == FindingKind::complaint || finding.kind == FindingKind::incident ||
                        finding.kind == FindingKind::breach;
  if (!evidence || finding.subject.kind != SubjectKind::holding) return false;
  const auto id = HoldingId::parse(finding.subject.id);
  const Holding* about = id ? asked.state.find(*id) : nullptr;
  return about != nullptr && shares_key(*asked.holding, *about);
}

void check_findings(const Asked& asked, Judgement& judgement) {
  for (const auto& id : asked.in->findings) {
    const Finding& finding = *asked.state.find(id);
    if (!finding.stands(asked.clock.now)) continue;
    const bool blocks = finding.blocks.contains(asked.verb) && concerns(finding, asked);
    const bool evidence = asked.holding != nullptr && takes_away(asked.verb) && preserves(finding, asked);
    judgement.require(!blocks && !evidence, RuleId::finding,
                      id.text() + " (" + std::string(to_string(finding.kind)) + ")");
  }
}

}  // namespace

void check_causes(const Asked& asked, Judgement& judgement) {
  for (const auto& cause : causes_to_freeze(asked.state, *asked.holding, asked.clock.now))
    judgement.refuse(RuleId::frozen, cause);
  for (const auto& cause : causes_to_freeze(asked.state, *asked.in, asked.clock.now))
    judgement.refuse(RuleId::case_frozen, cause);
}

/// As concerns() has it: what is asked of a person is not asked of the house that carries it out.
bool reaches(SubjectKind about, Verb verb) {
  switch (about) {
    case SubjectKind::case_:
      return true;
    case SubjectKind::party:
    case SubjectKind::person:
      return !ends_something(verb);
    case SubjectKind::holding:
    case SubjectKind::order:
      return asked_of_holding(verb);
    case SubjectKind::finding:
    case SubjectKind::attestation:
      break;
  }
  return false;
}

void check_transfer(const Asked& asked, Judgement& judgement) {
  check_case_frozen(asked, judgement);
  check_findings(asked, judgement);
  const bool statutes = has_statutes(*asked.in);
  if (statutes) check_phase(asked, judgement);
  if (asked.holding == nullptr) return;
  check_hold(asked, judgement);
  if (verb_of_act(asked) == Verb::thaw) check_causes(asked, judgement);
  if (!statutes) return;
  check_use(asked, judgement);
  check_end(asked, judgement);
  check_class(asked, judgement);
}

std::optional<UnixMs> glass_open_until(const Case& in, const HoldingId& holding, const PersonId& person) {
  if (in.glass.empty()) return std::nullopt;
  const auto request = in.glass.find({holding, person});
  return request == in.glass.end() ? std::nullopt : request->second.broken_until;
}

/// A device key is asked for what it is released for besides; a key of a keyring is not.
bool glass_broken(const Asked& asked) {
  if (asked.person == nullptr || asked.holding == nullptr) return false;
  const bool opens =
      asked.verb == Verb::open || (asked.verb == Verb::release_data_key && !asked.holding->key.empty());
  const auto until = glass_open_until(*asked.in, asked.holding->id, asked.person->id);
  return opens && until && asked.clock.now < *until;
}

}  // namespace quietus::governance
