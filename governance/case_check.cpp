#include "governance/case_check.hpp"

#include <algorithm>
#include <array>

#include "base/encoding.hpp"
#include "governance/case_facts.hpp"

namespace quietus::governance {

using rules::Outcome;

namespace {

/// Higher is worse.
int badness(Outcome outcome) {
  switch (outcome) {
    case Outcome::failed:
      return 3;
    case Outcome::unknown:
      return 2;
    case Outcome::passed:
      return 1;
    case Outcome::not_applicable:
      break;
  }
  return 0;
}
bool misses(Outcome outcome) { return badness(outcome) >= badness(Outcome::unknown); }

/// One thing that a rule is asked of.
struct Asked {
  const Holding* holding = nullptr;
  const Finding* finding = nullptr;
  std::string id;
};

class Check {
 public:
  Check(const State& state, const rules::Pack& rules, const Case& in, const PersonId& who,
        std::string_view gate, UnixMs now)
      : state_(state), rules_(rules), in_(in), who_(who), gate_(gate), now_(now) {}

  CheckedRule of(const rules::Rule& rule) const {
    CheckedRule checked;
    checked.rule = &rule;
    const rules::Reads reads = rule.depends_on();
    const std::vector<Asked> all = things(rule, reads);
    checked.about = reads.finding ? "finding" : reads.holding ? "holding" : "case";
    checked.asked = all.size();
    // Nothing to be about: it does not apply.
    checked.result = all.empty() ? blank(rule) : rules::RuleResult();
    int worst = -1;
    for (const auto& one : all) ask(rule, reads, one, checked, worst);
    return checked;
  }

 private:
  std::vector<Asked> things(const rules::Rule& rule, const rules::Reads& reads) const {
    std::vector<Asked> all;
    if (reads.finding) {
      for (const auto& id : in_.findings) {
        const Finding* finding = state_.find(id);
        if (finding->state != FindingState::closed) all.push_back({nullptr, finding, id.text()});
      }
      return all;
    }
    if (!reads.holding) return {{nullptr, nullptr, in_.id.text()}};
    const bool ended_too = rule.stands_at("close") && (gate_.empty() || gate_ == "close");
    for (const auto& id : in_.holdings) {
      const Holding* holding = state_.find(id);
      const bool over = is_terminal(holding->state) && holding->state != HoldingState::retained;
      if (ended_too || !over) all.push_back({holding, nullptr, id.text()});
    }
    return all;
  }

  /// What is an order depends on the gate: a rule that asks for one is asked at each of its gates.
  [[nodiscard]] std::vector<std::string> gates_of(const rules::Rule& rule, const rules::Reads& reads) const {
    if (!gate_.empty()) return {gate_};
    if (reads.order) return rule.gates;
    return {rule.gates.front()};
  }

  /// The live order of the act that the gate belongs to.
  [[nodiscard]] const OrderRecord* order_at(const std::string& gate, const Holding* holding) const {
    if (const auto act = act_behind(gate); act == OrderAct::close) {
      return state_.live_order(in_, *act, HoldingId());
    } else if (act && holding != nullptr) {
      return state_.live_order(in_, *act, holding->id);
    }
    return holding == nullptr ? nullptr : state_.live_order(holding->id);
  }

  [[nodiscard]] FactsOfCase facts(const Asked& about, const std::string& gate) const {
    Matter matter;
    matter.in = &in_;
    matter.person = who_;
    matter.holding = about.holding;
    matter.order = order_at(gate, about.holding);
    matter.finding = about.finding;
    matter.gate = gate;
    matter.act = act_at(gate);
    matter.now = now_;
    return {state_, rules_, std::move(matter)};
  }

  void ask(const rules::Rule& rule, const rules::Reads& reads, const Asked& about, CheckedRule& checked,
           int& worst) const {
    Outcome of_it = Outcome::not_applicable;
    for (const auto& gate : gates_of(rule, reads)) {
      const FactsOfCase known = facts(about, gate);
      const Outcome here = rules::outcome(rule, known);
      if (badness(here) > badness(of_it)) of_it = here;
      if (badness(here) <= worst) continue;
      worst = badness(here);
      checked.result = rules::evaluate(rules_, rule, known);
    }
    if (!misses(of_it)) return;
    if (checked.missed.size() < kMaxMissesShown) {
      checked.missed.push_back(about.id);
    } else {
      ++checked.more_missed;
    }
  }

  [[nodiscard]] rules::RuleResult blank(const rules::Rule& rule) const {
    rules::RuleResult result;
    result.id = rule.id;
    result.severity = rule.severity;
    result.outcome = Outcome::not_applicable;
    result.waivable = !rule.never_waivable;
    result.law = rule.law;
    result.basis = rule.basis;
    result.text = rules_.with_numbers(rule.text);
    result.next = rules_.with_numbers(rule.next);
    return result;
  }

  const State& state_;
  const rules::Pack& rules_;
  const Case& in_;
  const PersonId& who_;
  const std::string gate_;
  const UnixMs now_;
};

Json to_json(const CheckedRule& checked) {
  Json out = rules::to_json(checked.result);
  Json::Array gates, missed;
  for (const auto& gate : checked.rule->gates) gates.emplace_back(gate);
  for (const auto& id : checked.missed) missed.emplace_back(id);
  out["gates"] = std::move(gates);
  out["about"] = checked.about;
  out["asked"] = std::uint64_t{checked.asked};
  out["missed"] = std::move(missed);
  out["more_missed"] = std::uint64_t{checked.more_missed};
  return out;
}

Json counts(const std::vector<CheckedRule>& rules) {
  Json out;
  for (const Outcome outcome :
       {Outcome::passed, Outcome::failed, Outcome::unknown, Outcome::not_applicable}) {
    const auto of_it = [&](const CheckedRule& one) { return one.result.outcome == outcome; };
    out[rules::to_string(outcome)] = static_cast<std::uint64_t>(std::ranges::count_if(rules, of_it));
  }
  return out;
}

}  // namespace

bool CaseCheck::blocked() const {
  return std::ranges::any_of(rules, [](const CheckedRule& one) { return one.result.stops(); });
}

CaseCheck check_case(const State& state, const Pack& pack, const Case& in, const PersonId& who,
                     std::string_view gate, UnixMs now) {
  CaseCheck check{&pack, &in, std::string(gate), {}};
  if (pack.statutes == nullptr) return check;
  const Check asking(state, *pack.statutes, in, who, gate, now);
  for (const auto& rule : pack.statutes->rules) {
    if (gate.empty() || rule.stands_at(gate)) check.rules.push_back(asking.of(rule));
  }
  return check;
}

Json to_json(const CaseCheck& check) {
  Json::Array rules;
  for (const auto& one : check.rules) rules.push_back(to_json(one));
  Json out;
  out["case"] = check.in->id.text();
  out["phase"] = to_string(check.in->phase);
  out["gate"] = check.gate;
  out["pack"] = Json::Object{{"name", check.pack->name}, {"digest", hex(check.pack->digest())}};
  out["blocked"] = check.blocked();
  out["counts"] = counts(check.rules);
  out["rules"] = std::move(rules);
  return out;
}

}  // namespace quietus::governance
