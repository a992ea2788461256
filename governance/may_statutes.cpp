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
      : asked_(asked), rules_(*asked.pack.statutes), gate_(gate), judgement_(judgement) {
    const bool carries_out = asked.verb == Verb::destroy || asked.verb == Verb::issue_mandate;
    if (carries_out && asked.holding != nullptr) order_ = asked.state.live_order(asked.holding->id);
  }

  void check() {
    for (const auto& rule : rules_.rules) {
      if (rule.severity != rules::Severity::block || !rule.stands_at(gate_) || !can_be_asked(rule)) continue;
      if (rule.depends_on().holding && asked_.holding == nullptr) {
        for (const auto& id : asked_.in->holdings) check(rule, asked_.state.find(id));
      } else {
        check(rule, asked_.holding);
      }
    }
  }

 private:
  /// An order that is being proposed is not there yet: it is asked about before it is carried out. The house
  /// carries out what a person ordered, who is asked about, or scheduled, who was asked about then.
  [[nodiscard]] bool can_be_asked(const rules::Rule& rule) const {
    const rules::Reads reads = rule.depends_on();
    if (reads.order && asked_.verb == Verb::propose) return false;
    return !reads.person || asked_.person != nullptr || order_ != nullptr;
  }

  [[nodiscard]] Matter matter(const Holding* holding, UnixMs at) const {
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
    matter.now = at;
    matter.glass = glass_broken(asked_);
    return matter;
  }

  static bool stops(rules::Outcome outcome) {
    return outcome == rules::Outcome::failed || outcome == rules::Outcome::unknown;
  }

  /// Words are made for what stops only: most rules pass.
  void check(const rules::Rule& rule, const Holding* holding) {
    const FactsOfCase facts(asked_.state, rules_, matter(holding, asked_.clock.now));
    if (stops(rules::outcome(rule, facts))) {
      if (!waived(rule, holding)) judgement_.refuse(reason_of(rules::evaluate(rules_, rule, facts)));
      return;
    }
    judgement_.rest_on(facts.rests_until());
    if (rule.depends_on().now) judgement_.rest_on(turns(rule, holding));
  }

  /// When a rule that passes now stops passing only because time goes on, if that is before a grant ends.
  [[nodiscard]] std::optional<UnixMs> turns(const rules::Rule& rule, const Holding* holding) const {
    const auto stops_after = [&](std::int64_t ms) {
      return stops(
          rules::outcome(rule, FactsOfCase(asked_.state, rules_, matter(holding, asked_.clock.now + ms))));
    };
    std::int64_t passes = 0, fails = asked_.pack.grant_seconds * kSecondMs;
    if (!stops_after(fails)) return std::nullopt;
    while (fails - passes > 1) {
      const std::int64_t middle = passes + (fails - passes) / 2;
      (stops_after(middle) ? fails : passes) = middle;
    }
    return asked_.clock.now + fails;
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
        const bool asks = asked_.person != nullptr && asked_.person->id == record->signer.id;
        if (asks || field(*record, "rule") != rule.id) continue;
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
  Judgement& judgement_;
  const OrderRecord* order_ = nullptr;
};

std::string_view gate_of(Verb verb) {
  switch (verb) {
    case Verb::open:
    case Verb::release_data_key:
      return "open";
    case Verb::propose:
    case Verb::destroy:
    case Verb::issue_mandate:
    case Verb::shred:
    case Verb::schedule_destruction:
      return "destroy";
    case Verb::seal:
      return "seal";
    case Verb::thaw:
      return "thaw";
    case Verb::close_case:
      return "close";
    default:
      return {};
  }
}

}  // namespace

void check_gate(const Asked& asked, std::string_view gate, Judgement& judgement) {
  if (asked.pack.statutes == nullptr || !asked.pack.rules.contains(RuleId::statute)) return;
  const auto& gates = rules::gates();
  if (std::ranges::find(gates, gate) == gates.end()) {
    judgement.refuse(RuleId::statute, "the rules have no gate " + std::string(gate));
    return;
  }
  Gate(asked, gate, judgement).check();
}

void check_statutes(const Asked& asked, Judgement& judgement) {
  const std::string_view gate = gate_of(asked.verb);
  // What is asked of no holding yet is asked of each holding by itself.
  if (gate.empty() || (asked.holding == nullptr && gate != "close")) return;
  check_gate(asked, gate, judgement);
  // What could not be certified must not be begun.
  if (asked.verb == Verb::destroy || asked.verb == Verb::issue_mandate)
    check_gate(asked, "certify", judgement);
}

}  // namespace quietus::governance
