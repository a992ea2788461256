#include "governance/may.hpp"

#include <algorithm>

#include "governance/judgement.hpp"
#include "governance/live_witness.hpp"
#include "governance/packs.hpp"
#include "governance/quorum.hpp"
#include "governance/transfer_checks.hpp"
#include "governance/verb_kinds.hpp"

namespace quietus::governance {

namespace {

bool serves_an_order(Verb verb) {
  return is_one_of(verb, {Verb::destroy, Verb::issue_mandate, Verb::draw_sample, Verb::accept_evidence});
}
/// Work on the keys of a holding that goes on: it stops when the holding is frozen.
bool furthers_keys(Verb verb) { return is_one_of(verb, {Verb::change_key, Verb::schedule_destruction}); }

/// One question; each check looks at one fact and adds its reasons.
class Question {
 public:
  Question(const State& state, const Pack& pack, const Person* person, Verb verb, const ClockReading& clock,
           const Plan* plan, OrderAct act)
      : state_(state),
        pack_(pack),
        person_(person),
        verb_(verb),
        clock_(clock),
        plan_(plan),
        act_(act),
        judgement_(pack) {}

  Decision answer(const HoldingId* holding_id, const CaseId* case_id) {
    check_clock();
    check_who();
    const Holding* holding = find_holding(holding_id);
    check_case(holding != nullptr ? &holding->case_id : case_id);
    if (holding != nullptr && case_id != nullptr && holding->case_id != *case_id) {
      judgement_.refuse(RuleId::known, "holding " + holding_id->text() + " in case " + case_id->text());
    }
    if (holding != nullptr) {
      check_frozen(*holding);
      check_holding_state(*holding);
      check_order(*holding);
    }
    check_transfer_case(holding, case_id);
    Decision decision;
    decision.reasons = judgement_.reasons();
    decision.permitted = judgement_.clean();
    const auto duties = pack_.obligations.find(verb_);
    if (!decision.permitted) return decision;
    decision.rests_until = judgement_.rests_until();
    if (duties != pack_.obligations.end()) decision.obligations = duties->second;
    for (const auto& duty : judgement_.duties()) decision.obligations.push_back(duty);
    return decision;
  }

 private:
  void check_transfer_case(const Holding* holding, const CaseId* case_id) {
    const CaseId* id = holding != nullptr ? &holding->case_id : case_id;
    const Case* in = id == nullptr ? nullptr : state_.find(*id);
    if (in == nullptr) return;
    const Asked asked{state_, pack_, person_, verb_, in, holding, clock_, plan_, nullptr, act_};
    if (verb_ == Verb::thaw) check_act_ordered(asked, OrderAct::thaw, judgement_);
    if (verb_ == Verb::close_case) check_act_ordered(asked, OrderAct::close, judgement_);
    check_transfer(asked, judgement_);
    check_people(asked, judgement_);
    check_statutes(asked, judgement_);
  }

  void check_clock() {
    const bool backwards = clock_.now + kClockToleranceMs < state_.latest;
    if (!pack_.despite_clock.contains(verb_)) judgement_.require(!backwards, RuleId::clock_backwards);
    if (pack_.irreversible.contains(verb_)) judgement_.require(clock_.confirmed, RuleId::clock_confirmed);
  }

  void check_who() {
    if (person_ == nullptr) {
      judgement_.require(pack_.house.contains(verb_), RuleId::actor, "a person has to ask for this");
      return;
    }
    judgement_.require(pack_.roles.contains(verb_), RuleId::actor, "no person does this");
  }

  const Holding* find_holding(const HoldingId* id) {
    const Holding* found = id == nullptr ? nullptr : state_.find(*id);
    if (id != nullptr) judgement_.require(found != nullptr, RuleId::known, "holding " + id->text());
    return found;
  }

  void check_case(const CaseId* id) {
    const Case* found = id == nullptr ? nullptr : state_.find(*id);
    if (id != nullptr) judgement_.require(found != nullptr, RuleId::known, "case " + id->text());
    if (found != nullptr && verb_ != Verb::read) {
      judgement_.require(found->phase != CasePhase::closed, RuleId::phase, found->id.text());
      check_pinned(*found);
    }
    if (person_ == nullptr) return;
    if (found != nullptr) {
      judgement_.require(!found->suspended.contains(person_->id), RuleId::suspended, person_->id.text());
    }
    check_role(found);
  }

  /// Nothing is decided by other rules than the case's own (I14), but to stop it, and to give it rules again.
  void check_pinned(const Case& in) {
    if (pack_.restrictive.contains(verb_) || verb_ == Verb::adopt_pack) return;
    judgement_.require(is_pinned_to(in, pack_), RuleId::pack_known, in.pack_name);
  }

  void check_role(const Case* in) {
    const auto allowed = pack_.roles.find(verb_);
    if (allowed == pack_.roles.end() || allowed->second.empty()) return;
    const bool holds = in != nullptr && std::ranges::any_of(allowed->second, [&](Role role) {
                         return state_.holds_role(in->id, person_->id, role);
                       });
    if (holds) return;
    std::string needed;
    for (const Role role : allowed->second)
      needed += (needed.empty() ? "" : ", ") + std::string(to_string(role));
    judgement_.refuse(RuleId::role, person_->id.text() + " is none of " + needed);
  }

  void check_frozen(const Holding& holding) {
    const bool stopped =
        uses_key(verb_) || ends_something(verb_) || furthers_keys(verb_) || verb_ == Verb::draw_sample;
    if (stopped && holding.frozen)
      judgement_.refuse(RuleId::frozen, holding.id.text() + " (" + holding.freeze_reason + ")");
  }

  void check_holding_state(const Holding& holding) {
    const auto is = [&](std::initializer_list<HoldingState> states) {
      return std::ranges::find(states, holding.state) != states.end();
    };
    bool admitted = true;
    if (uses_key(verb_)) {
      admitted =
          holding.kind == HoldingKind::record_set && is({HoldingState::declared, HoldingState::sealed});
    } else if (verb_ == Verb::propose && act_ != OrderAct::thaw) {
      admitted = is({HoldingState::declared, HoldingState::sealed}) ||
                 (act_ != OrderAct::hand && is({HoldingState::destroy_failed}));
    } else if (verb_ == Verb::freeze) {
      admitted = !holding.frozen && !is_terminal(holding.state);
    } else if (verb_ == Verb::thaw || verb_ == Verb::propose) {
      admitted = holding.frozen && !is_terminal(holding.state);  // what is retained stays as it is
    } else if (furthers_keys(verb_) || is_one_of(verb_, {Verb::shred, Verb::cancel_destruction})) {
      admitted = !holding.keyring.empty() && is({HoldingState::declared, HoldingState::sealed});
    } else if (verb_ == Verb::restrict_key) {
      admitted = !holding.keyring.empty();
    } else if (ends_something(verb_)) {
      admitted = holding.state != HoldingState::destroyed;
    } else if (is_one_of(verb_, {Verb::draw_sample, Verb::accept_evidence})) {
      admitted = holding.state == HoldingState::ending || part_of_it_is(holding, LineState::ending);
    } else if (verb_ == Verb::issue_certificate) {
      admitted = holding.state == HoldingState::destroyed || part_of_it_is(holding, LineState::destroyed);
    }
    const std::string state = std::string(to_string(holding.state)) + (holding.frozen ? ", frozen" : "");
    judgement_.require(admitted, RuleId::holding_state, holding.id.text() + " is " + state);
  }

  /// Whether the holding lives on while some of its keys end under an order that stands there.
  [[nodiscard]] bool part_of_it_is(const Holding& holding, LineState state) const {
    const OrderRecord* record = state_.live_order(holding.id);
    return record != nullptr && record->ordered(holding.id)->keys && record->line(holding.id)->state == state;
  }

  void check_order(const Holding& holding) {
    const OrderRecord* record = state_.live_order(holding.id);
    const bool approved = record != nullptr && record->state != OrderState::proposed;
    if (uses_key(verb_) || furthers_keys(verb_)) {
      const bool all = approved && !record->ordered(holding.id)->keys;  // of some keys: see may_key()
      judgement_.require(!all, RuleId::ordered_key, holding.id.text());
    }
    if (!serves_an_order(verb_)) return;
    if (!judgement_.require(record != nullptr, RuleId::order_state,
                            "no order for " + holding.id.text() + " is open"))
      return;
    judgement_.require(approved, RuleId::order_state,
                       record->order.id.text() + " is " + std::string(to_string(record->state)));
    check_quorum(*record, *record->line(holding.id));
    if (!ends_something(verb_)) return;
    const Order& order = record->order;
    check_requirement(order, holding);
    check_witness(*record, holding);
    judgement_.require(order.not_before <= clock_.now && clock_.now <= order.not_after, RuleId::order_window,
                       order.id.text());
    if (holding.kind == HoldingKind::record_set) check_media_first(*record);
  }

  /// A signature has to be good when the irreversible act begins, and its signer unsuspended until a medium
  /// is complete. A key whose act has begun is judged by that moment: it cannot be brought back, and what is
  /// gone has to be certified.
  void check_quorum(const OrderRecord& record, const LineProgress& line) {
    const bool acted = line.acted_index > 0;
    const Quorum signatures = ends_something(verb_) ? quorum(record, clock_.now)
                              : acted               ? quorum(record, line.acted, line.acted_index)
                                                    : quorum(record, line.begun);
    std::string missing;
    for (const auto& what : signatures.missing) missing += (missing.empty() ? "" : "; ") + what;
    judgement_.require(signatures.reached(), RuleId::quorum, missing);
  }

  /// A class that was raised since asks for more people than the order names.
  void check_requirement(const Order& order, const Holding& holding) {
    const Requirement now = pack_.profile(*state_.find(holding.case_id), holding).requirement;
    judgement_.require(strictest(order.requirement, now) == order.requirement, RuleId::quorum,
                       "the order names fewer people than " + holding.id.text() + " needs by now");
  }

  /// Asked again before each step that cannot be undone, so that a run that was interrupted waits as well.
  void check_witness(const OrderRecord& record, const Holding& holding) {
    const WitnessWord wanted = witness_wanted(state_, pack_, record, holding.id, clock_.now);
    if (!judgement_.require(wanted != WitnessWord::start, RuleId::live_witness, record.order.id.text()))
      return;
    const bool counts = pack_.profile(*state_.find(holding.case_id), holding).live_witness;
    const auto* word = counts ? present_witness(state_, pack_, record, clock_.now) : nullptr;
    if (word != nullptr) judgement_.rest_on(present_until(pack_, *word));
  }

  void check_media_first(const OrderRecord& record) {
    for (std::size_t i = 0; i < record.lines.size(); ++i) {
      if (record.order.lines[i].kind != HoldingKind::disk) continue;
      const LineState state = record.lines[i].state;
      const bool ended =
          state == LineState::destroyed || state == LineState::certified || state == LineState::failed;
      judgement_.require(ended, RuleId::media_first, record.lines[i].holding.text());
    }
  }

  const State& state_;
  const Pack& pack_;
  const Person* person_;
  const Verb verb_;
  const ClockReading clock_;
  const Plan* plan_;
  const OrderAct act_;
  Judgement judgement_;
};

}  // namespace

Decision may(const State& state, const Pack& pack, const Person* person, Verb verb, const HoldingId* holding,
             const CaseId* case_id, const ClockReading& clock, const Plan* plan, OrderAct act) {
  return Question(state, pack, person, verb, clock, plan, act).answer(holding, case_id);
}

namespace {

/// Whether a key where it stands, or stood before it was scheduled, serves `verb`.
bool serves(KeyState state, Verb verb) {
  if (state == KeyState::active) return true;
  return verb != Verb::seal && (state == KeyState::deactivated || state == KeyState::compromised);
}

void check_key(const Keyring& ring, KeyNumber number, Verb verb, UnixMs now, Judgement& judgement,
               Decision& decision) {
  const std::string name = key_text(ring.id, number);
  const auto state = ring.state_of(number);
  if (!judgement.require(state.has_value(), RuleId::known, "key " + name)) return;
  bool admitted = serves(*state, verb);
  if (const auto schedule = ring.schedule_of(number); schedule && verb != Verb::seal) {
    admitted = serves(schedule->second, verb) && now < schedule->first;
    decision.obligations.push_back("key " + name + " is still used while scheduled for destruction");
  }
  judgement.require(admitted, RuleId::key_state, name + " is " + std::string(to_string(*state)));
}

}  // namespace

Decision may_key(const State& state, const Pack& pack, const Person* person, Verb verb,
                 const KeyringId& keyring, std::optional<KeyNumber> number, const ClockReading& clock) {
  Judgement judgement(pack);
  const Keyring* ring = state.find(keyring);
  Decision decision;
  if (judgement.require(ring != nullptr, RuleId::known, "keyring " + keyring.text())) {
    decision = may(state, pack, person, verb, &ring->holding, nullptr, clock);
    judgement.add(decision);
    if (number && uses_key(verb)) {
      check_key(*ring, *number, verb, clock.now, judgement, decision);
      judgement.require(!state.ordered(*ring).contains(*number), RuleId::ordered_key,
                        key_text(keyring, *number));
    }
  }
  decision.reasons = judgement.reasons();
  decision.permitted = judgement.clean();
  if (!decision.permitted) decision.obligations.clear();
  return decision;
}

}  // namespace quietus::governance
