#include <algorithm>

#include "governance/deliberation.hpp"

namespace quietus::governance {

namespace {

constexpr std::size_t kMaxDeniedRules = 64;  // as the event has it

/// A rule of a statutory pack, which need not be loaded any more: "R11".
bool is_statute(const std::string& rule) {
  const auto fits = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-'; };
  return !rule.empty() && rule.size() <= 16 && std::ranges::all_of(rule, fits);
}

}  // namespace

void Deliberation::operator()(const OpenCase& c) {
  ask(Verb::open_case, nullptr, nullptr);
  if (!need_person()) return;
  judgement_.require(!c.case_id.empty() && state_.find(c.case_id) == nullptr, RuleId::fresh_id,
                     "case " + c.case_id.text());
  need_text(c.title, kMaxTitleBytes, "the title");
  judgement_.require(pack_.deals.contains(c.deal), RuleId::bounds,
                     "deal '" + c.deal + "' is not one that the rules know");
  const bool found =
      c.pack.empty() || c.pack == pack_.name || (pack_.statutes && c.pack == pack_.statutes->name);
  judgement_.require(found, RuleId::pack_known, c.pack);
  Roles roles = c.roles;
  roles[Role::operator_].insert(person()->id);
  for (const auto& [role, people] : roles) {
    const bool good = people.size() <= kMaxPeoplePerRole && !people.contains(PersonId());
    judgement_.require(good, RuleId::bounds, "people of role " + std::string(to_string(role)));
  }
  happen(CaseOpened{.case_id = c.case_id,
                    .title = c.title,
                    .deal = c.deal,
                    .customer_data = c.customer_data,
                    .roles = std::move(roles),
                    .pack_name = pack_.name,
                    .pack = pack_.digest()});
}

void Deliberation::operator()(const CloseCase& c) {
  ask(Verb::close_case, nullptr, &c.case_id);
  const Case* in = state_.find(c.case_id);
  if (!need_person() || in == nullptr) return;
  const auto order = need_order(OrderAct::close, *in, nullptr, c.order);
  need_all_ended(*in, order);
  if (order) {
    happen(CaseClosedByOrder{c.case_id, *order});
  } else {
    happen(CaseClosed{c.case_id});
  }
}

void Deliberation::operator()(const SuspendPerson& c) {
  ask(Verb::suspend, nullptr, &c.case_id);
  if (!need_person()) return;
  need_text(c.reason, kMaxReasonBytes, "the reason");
  const bool suspendable =
      state_.holds_any_role(c.case_id, c.person) && !state_.is_suspended(c.case_id, c.person);
  judgement_.require(suspendable, RuleId::suspend_target, c.person.text());
  happen(PersonSuspended{c.person, c.case_id, c.reason});
}

void Deliberation::operator()(const ReinstatePerson& c) {
  ask(Verb::reinstate, nullptr, &c.case_id);
  const Case* in = state_.find(c.case_id);
  if (!need_person() || in == nullptr) return;
  need_text(c.reason, kMaxReasonBytes, "the reason");
  const auto found = in->suspended.find(c.person);
  if (!judgement_.require(found != in->suspended.end(), RuleId::known,
                          "a suspension of " + c.person.text() + " in case " + c.case_id.text()))
    return;
  judgement_.require(found->second.by != person()->id, RuleId::reinstate_other, person()->id.text());
  happen(PersonReinstated{c.person, c.case_id, c.reason});
}

void Deliberation::operator()(const RecordDenials& c) {
  need_house();
  need_clock();
  const bool good = c.count > 0 && c.count <= std::uint64_t{Json::kMaxInteger} && !c.rules.empty() &&
                    c.rules.size() <= kMaxDeniedRules && c.who.size() <= kMaxTitleBytes;
  judgement_.require(good, RuleId::bounds, "a count of denials with the rules that denied");
  for (const auto& rule : c.rules)
    judgement_.require(rule_id_from(rule).has_value() || is_statute(rule), RuleId::known, "rule " + rule);
  happen(DecisionDenied{c.who, c.verb, c.count, c.rules, c.since});
}

}  // namespace quietus::governance
