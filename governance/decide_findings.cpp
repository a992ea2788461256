// What is wrong, who settles it, and opening in an emergency.
#include <algorithm>

#include "governance/attested.hpp"
#include "governance/deliberation.hpp"
#include "governance/transfer_checks.hpp"

namespace quietus::governance {

namespace {

/// A finding holds things up; it never keeps anybody from stopping, saying or settling something.
bool blockable(Verb verb) {
  using enum Verb;
  static const std::set<Verb> kAll = {
      declare,      seal,          open,       release_data_key, propose,   sign,
      destroy,      issue_mandate, shred,      change_key,       thaw,      schedule_destruction,
      advance_case, end_holding,   adopt_pack, close_case,       reinstate, break_glass};
  return kAll.contains(verb);
}

/// Nobody takes the risk of what has happened; it is dealt with.
bool acceptable(FindingKind kind) {
  return kind != FindingKind::incident && kind != FindingKind::breach && kind != FindingKind::complaint &&
         kind != FindingKind::break_glass;
}

}  // namespace

void Deliberation::need_subject(const Case& in, const Subject& subject) {
  judgement_.require(exists_in(state_, in, subject), RuleId::known,
                     std::string(to_string(subject.kind)) + " " + subject.id + " in case " + in.id.text());
}

/// Nobody should rely on a block that is never asked about. The house's escalation repeats what the finding
/// itself blocks, for people to read.
void Deliberation::need_reachable(const OpenFinding& c) {
  for (const Verb verb : c.blocks) {
    judgement_.require(blockable(verb), RuleId::bounds, "no finding blocks " + std::string(to_string(verb)));
    judgement_.require(person() == nullptr || reaches(c.subject.kind, verb), RuleId::bounds,
                       "a finding about a " + std::string(to_string(c.subject.kind)) + " does not reach " +
                           std::string(to_string(verb)));
  }
}

void Deliberation::need_room(const Case& in) {
  const std::size_t most = person() == nullptr ? kMaxFindings + kMaxHouseFindings : kMaxFindings;
  judgement_.require(in.findings.size() < most, RuleId::bounds,
                     "a case has at most " + std::to_string(most) + " findings");
}

void Deliberation::operator()(const OpenFinding& c) {
  ask(Verb::open_finding, nullptr, &c.case_id);
  const Case* in = state_.find(c.case_id);
  if (in == nullptr) return;
  judgement_.require(!c.finding.empty() && state_.find(c.finding) == nullptr, RuleId::fresh_id,
                     "finding " + c.finding.text());
  need_subject(*in, c.subject);
  need_text(c.text, kMaxReasonBytes, "what is wrong");
  const bool escalates = person() == nullptr && in->people.contains(c.owner);  // whose it was before
  judgement_.require(escalates || state_.holds_any_role(in->id, c.owner), RuleId::known,
                     "owner " + c.owner.text() + " with a role in case " + in->id.text());
  const bool dated = clock_.now < c.due && c.due - clock_.now <= kLatestScheduleMs;
  judgement_.require(dated, RuleId::bounds, "it is due in the future, within a year");
  const bool by_itself =
      c.kind == FindingKind::break_glass || (c.kind == FindingKind::overdue && person() != nullptr);
  judgement_.require(!by_itself, RuleId::bounds, "that one opens by itself");
  need_reachable(c);
  need_room(*in);
  happen(FindingOpened{c.finding, c.case_id, c.kind, c.level, c.subject, c.text, c.owner, c.due, c.blocks});
}

void Deliberation::need_settler(const SettleFinding& c, const Finding& finding, const Case& in) {
  const auto need = [&](bool holds, const char* what) {
    judgement_.require(holds, RuleId::finding_step, what);
  };
  const PersonId who = person() == nullptr ? PersonId() : person()->id;
  const bool own_house = person() == nullptr && finding.opened_by.empty();
  const bool other = person() != nullptr && who != finding.owner &&
                     (finding.state != FindingState::fixed || who != finding.settled_by);
  switch (c.step) {
    case FindingStep::fix: {
      // An owner who may not act would keep everything blocked for ever.
      const bool stands_in =
          in.suspended.contains(finding.owner) && state_.holds_role(in.id, who, Role::responsible);
      need(finding.state == FindingState::open || finding.state == FindingState::accepted, "it is not open");
      need(who == finding.owner || own_house || stands_in, "its owner fixes it");
      return;
    }
    case FindingStep::accept:
      need(finding.stands(clock_.now), "it does not stand");
      need(acceptable(finding.kind), "what has happened is not accepted");
      need(other, "another person than owner and fixer accepts it");
      return;
    case FindingStep::close:
      need(finding.state == FindingState::fixed, "it is not fixed");
      need(other, "another person than owner and fixer closes it");
      need(finding.kind != FindingKind::break_glass || who != finding.opened_by,
           "who broke the glass does not close it");
      return;
    case FindingStep::reopen:
      need(person() != nullptr || own_house, "the house reopens its own");
      need(finding.state == FindingState::fixed || finding.state == FindingState::accepted, "it is open");
      return;
  }
}

void Deliberation::operator()(const SettleFinding& c) {
  const Finding* finding = state_.find(c.finding);
  if (!judgement_.require(finding != nullptr, RuleId::known, "finding " + c.finding.text())) return;
  ask(Verb::settle_finding, nullptr, &finding->case_id);
  const Case* in = state_.find(finding->case_id);
  need_text(c.reason, kMaxReasonBytes, "the reason");
  const bool accepts = c.step == FindingStep::accept;
  const bool dated = c.until && clock_.now < *c.until && *c.until - clock_.now <= kLatestScheduleMs;
  judgement_.require(accepts ? dated : !c.until, RuleId::bounds,
                     "a risk, and nothing else, is accepted until a date within a year");
  need_settler(c, *finding, *in);
  if (c.step == FindingStep::close) {
    const Asked asked{state_, pack_, person(), Verb::settle_finding, in, nullptr, clock_, nullptr, finding};
    check_gate(asked, "close_finding", judgement_);
  }
  happen(FindingSettled{c.finding, c.step, c.reason, c.until});
}

/// Who breaks one glass after another is stopped until somebody has looked at what was done.
void Deliberation::need_glass(const Case& in) {
  const auto broken = std::ranges::count_if(in.findings, [&](const FindingId& id) {
    const Finding& finding = *state_.find(id);
    return finding.kind == FindingKind::break_glass && finding.state != FindingState::closed;
  });
  judgement_.require(static_cast<std::size_t>(broken) < kMaxBrokenGlass, RuleId::bounds,
                     std::to_string(broken) + " findings of broken glass are not closed, the most is " +
                         std::to_string(kMaxBrokenGlass));
}

void Deliberation::operator()(const BreakGlass& c) {
  ask(Verb::break_glass, &c.holding, &c.case_id);
  const Case* in = state_.find(c.case_id);
  const Holding* holding = state_.find(c.holding);
  if (!need_person() || in == nullptr || holding == nullptr) return;
  need_text(c.reason, kMaxReasonBytes, "the reason");
  judgement_.require(holding->has_key() && !is_terminal(holding->state) && !holding->frozen,
                     RuleId::holding_state, c.holding.text() + " cannot be opened");
  const auto waits = [&](const auto& entry) {
    const GlassRequest& asked = entry.second;
    return entry.first.first == c.holding && !asked.broken_until && asked.asked <= clock_.now &&
           clock_.now - asked.asked <= kGlassAskedMs;
  };
  const auto by_another = [&](const auto& entry) {
    return waits(entry) && entry.first.second != person()->id && !in->suspended.contains(entry.first.second);
  };
  const auto asked = std::ranges::find_if(in->glass, by_another);
  if (asked == in->glass.end()) {
    const bool own = std::ranges::any_of(
        in->glass, [&](const auto& e) { return waits(e) && e.first.second == person()->id; });
    judgement_.require(!own, RuleId::glass, "it waits for a second person");
    happen(GlassAsked{c.case_id, c.holding, c.reason});
    return;
  }
  need_glass(*in);
  const PersonId& who = asked->second.person;
  judgement_.require(!c.finding.empty() && state_.find(c.finding) == nullptr, RuleId::fresh_id,
                     "finding " + c.finding.text());
  happen(GlassBroken{c.case_id, c.holding, who, clock_.now + kGlassOpenMs});
  happen(FindingOpened{.finding = c.finding,
                       .case_id = c.case_id,
                       .kind = FindingKind::break_glass,
                       .level = FindingLevel::high,
                       .subject = {SubjectKind::holding, c.holding.text()},
                       .text = asked->second.reason,
                       .owner = who,
                       .due = clock_.now + kGlassFindingMs,
                       .blocks = {}});
}

}  // namespace quietus::governance
