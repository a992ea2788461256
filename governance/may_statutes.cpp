#include <algorithm>
#include <array>

#include "governance/attested.hpp"
#include "governance/case_facts.hpp"
#include "governance/rules/report.hpp"
#include "governance/transfer_checks.hpp"

namespace quietus::governance {

namespace {

using rules::RuleResult;

constexpr std::int64_t kSecondMs = 1000;
constexpr std::size_t kPeopleForWaiver = 2;

std::string joined(const std::string& text, const RuleResult& result, std::string_view colon,
                   std::string_view comma, std::string (*words)(const rules::Reason&)) {
  std::string out = text;
  std::string_view before = colon;
  for (const auto& reason : result.reasons) {
    out += std::string(before) + words(reason);
    before = comma;
  }
  if (result.more_reasons > 0) out += " (+" + std::to_string(result.more_reasons) + ")";
  return out;
}

Reason reason_of(const RuleResult& result) {
  return {.rule = result.id,
          .clause = result.law,
          .text_en = joined(result.text.en, result, ": ", "; ", &rules::english),
          .text_zh = joined(result.text.zh, result, ":", ";", &rules::chinese),
          .next_step = result.next.en};
}

/// One gate, asked about one thing.
class Gate {
 public:
  Gate(const Asked& asked, std::string_view gate, Judgement& judgement)
      : asked_(asked),
        rules_(*asked.pack.statutes),
        gate_(gate),
        bit_(rules::gate_bit(gate)),
        judgement_(judgement) {
    const bool carries_out = asked.verb == Verb::destroy || asked.verb == Verb::issue_mandate;
    if (carries_out && asked.holding != nullptr) order_ = asked.state.live_order(asked.holding->id);
    if (gate == "release") order_ = order_that_ended(*asked.holding);
    if (const auto act = act_behind(gate); act && asked.verb != Verb::propose)
      order_ = act_order(asked, *act);
    const bool without_order = asked.verb == Verb::shred || asked.verb == Verb::schedule_destruction;
    act_ = without_order ? "destroy" : act_at(gate);
  }

  void check() {
    FactsOfCase facts = facts_about(asked_.holding);
    for (const auto& rule : rules_.rules) {
      if (!rule.stands_at(bit_) || rule.severity != rules::Severity::block || !can_be_asked(rule)) continue;
      if (asked_.holding == nullptr && rule.depends_on().holding) {
        for (const auto& id : asked_.in->holdings) {
          const Holding* holding = asked_.state.find(id);
          FactsOfCase about_it = facts_about(holding);
          check(rule, holding, about_it);
        }
      } else {
        check(rule, asked_.holding, facts);
      }
    }
  }

 private:
  [[nodiscard]] const OrderRecord* order_that_ended(const Holding& holding) const {
    for (const auto& id : asked_.in->orders) {
      const OrderRecord* record = asked_.state.find(id);
      const LineProgress* line = record->line(holding.id);
      const bool ended =
          line != nullptr && (line->state == LineState::destroyed || line->state == LineState::certified);
      if (ended) return record;
    }
    return nullptr;
  }

  /// An order that is being proposed is not there yet: it is asked about before it is carried out. The house
  /// carries out what a person ordered, who is asked about, or scheduled, who was asked about then.
  [[nodiscard]] bool can_be_asked(const rules::Rule& rule) const {
    const rules::Reads reads = rule.depends_on();
    if (reads.order && asked_.verb == Verb::propose) return false;
    return !reads.person || asked_.person != nullptr || order_ != nullptr;
  }

  [[nodiscard]] FactsOfCase facts_about(const Holding* holding) const {
    Matter matter;
    matter.in = asked_.in;
    if (asked_.person != nullptr) {
      matter.person = asked_.person->id;
    } else if (order_ != nullptr) {
      matter.person = order_->order.proposer;
    }
    matter.holding = holding;
    matter.order = order_;
    matter.finding = asked_.finding;
    matter.plan = asked_.plan;
    matter.gate = gate_;
    matter.act = act_;
    matter.now = asked_.clock.now;
    matter.glass = glass_broken(asked_);
    return {asked_.state, rules_, std::move(matter)};
  }

  static bool stops(rules::Outcome outcome) {
    return outcome == rules::Outcome::failed || outcome == rules::Outcome::unknown;
  }

  /// Words are made for what stops only: most rules pass.
  void check(const rules::Rule& rule, const Holding* holding, FactsOfCase& facts) {
    facts.ask_at(asked_.clock.now);
    if (stops(rules::outcome(rule, facts))) {
      if (!waived(rule, holding)) judgement_.refuse(reason_of(rules::evaluate(rules_, rule, facts)));
      return;
    }
    judgement_.rest_on(facts.rests_until());
    if (rule.depends_on().now) judgement_.rest_on(turns(rule, facts));
  }

  /// When a rule that passes now stops passing only because time goes on, if that is before a grant ends.
  [[nodiscard]] std::optional<UnixMs> turns(const rules::Rule& rule, FactsOfCase& facts) const {
    const auto stops_after = [&](std::int64_t ms) {
      facts.ask_at(asked_.clock.now + ms);
      return stops(rules::outcome(rule, facts));
    };
    std::int64_t passes = 0, fails = asked_.pack.grant_seconds * kSecondMs;
    if (!stops_after(fails)) return std::nullopt;
    while (fails - passes > 1) {
      const std::int64_t middle = passes + (fails - passes) / 2;
      (stops_after(middle) ? fails : passes) = middle;
    }
    return asked_.clock.now + fails;
  }

  /// Whoever wants it done, and whoever may do nothing in the case, does not set a rule aside for it.
  [[nodiscard]] bool may_waive(const PersonId& who) const {
    const bool asks = asked_.person != nullptr && asked_.person->id == who;
    const bool proposed = order_ != nullptr && order_->order.proposer == who;
    return !asks && !proposed && !asked_.in->suspended.contains(who);
  }

  /// Two people, neither of them the one who asks, sign for setting it aside; it shows in what is permitted.
  [[nodiscard]] bool waived(const rules::Rule& rule, const Holding* holding) {
    if (!rules_.waivable(rule.id)) return false;
    std::set<PersonId> people;
    std::set<Digest> certificates;
    std::optional<UnixMs> until;
    const auto take = [&](const Subject& subject) {
      for (const auto* record :
           attestations(asked_.state, asked_.in->id, "waiver", subject, asked_.clock.now)) {
        if (!may_waive(record->signer.id) || record->attestation.field("rule") != rule.id) continue;
        if (!certificates.insert(record->signer.certificate).second) continue;
        people.insert(record->signer.id);
        const auto ends = record->attestation.until;
        if (ends) until = until ? std::min(*until, *ends) : *ends;
      }
    };
    take(about(asked_.in->id));
    if (holding != nullptr) take(about(holding->id));
    if (order_ != nullptr) take(about(order_->order.id));
    if (people.size() < kPeopleForWaiver) return false;
    judgement_.rest_on(until);
    std::string who;
    for (const auto& person : people) who += (who.empty() ? "" : ", ") + person.text();
    judgement_.oblige("rule " + rule.id + " (" + rule.law + ") was set aside by waivers of " + who);
    return true;
  }

  const Asked& asked_;
  const rules::Pack& rules_;
  const std::string gate_;
  std::string_view act_;
  const std::uint32_t bit_;
  Judgement& judgement_;
  const OrderRecord* order_ = nullptr;
};

bool asks_statutes(const Pack& pack) {
  return pack.statutes != nullptr && pack.rules.contains(RuleId::statute);
}

/// Gates that a verb passes for one holding. What could not be certified must not be begun.
std::vector<std::string_view> gates_of(const Asked& asked) {
  switch (asked.verb) {
    case Verb::open:
    case Verb::release_data_key:
      return {"open"};
    case Verb::propose:
      return {to_string(asked.act)};
    case Verb::destroy:
    case Verb::issue_mandate:
    case Verb::shred:
    case Verb::schedule_destruction:
      return {"destroy", "certify"};
    case Verb::seal:
      return {"seal"};
    case Verb::thaw:
      return {"thaw"};
    default:
      return {};
  }
}

/// A medium has left at the latest when its case closes; until then its effect can still be attested.
void check_released(const Asked& asked, Judgement& judgement) {
  if (!asks_statutes(asked.pack)) return;
  for (const auto& id : asked.in->holdings) {
    const Holding* holding = asked.state.find(id);
    const bool left = holding->state == HoldingState::destroyed && holding->classification &&
                      holding->classification->leaves;
    if (!left) continue;
    Asked about_it = asked;
    about_it.holding = holding;
    check_gate(about_it, "release", judgement);
  }
}

}  // namespace

void check_gate(const Asked& asked, std::string_view gate, Judgement& judgement) {
  if (!asks_statutes(asked.pack)) return;
  if (rules::gate_bit(gate) == 0) {
    judgement.refuse(RuleId::statute, "the rules have no gate " + std::string(gate));
    return;
  }
  Gate(asked, gate, judgement).check();
}

void check_statutes(const Asked& asked, Judgement& judgement) {
  if (verb_of_act(asked) == Verb::close_case) {
    check_gate(asked, "close", judgement);
    check_released(asked, judgement);
  }
  // What is asked of no holding yet is asked of each holding by itself.
  if (asked.holding == nullptr) return;
  for (const std::string_view gate : gates_of(asked)) check_gate(asked, gate, judgement);
}

}  // namespace quietus::governance
