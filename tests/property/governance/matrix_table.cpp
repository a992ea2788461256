#include "tests/property/governance/matrix_table.hpp"

#include <algorithm>
#include <initializer_list>

#include "governance/state.hpp"

namespace quietus::governance::matrix {

namespace {

template <class T>
bool is(T what, std::initializer_list<T> of) {
  return std::ranges::find(of, what) != of.end();
}

// Words for kinds of verbs.
bool uses_key(Verb v) { return is(v, {Verb::seal, Verb::open, Verb::release_data_key}); }
bool reads_data(Verb v) { return is(v, {Verb::open, Verb::release_data_key}); }
bool destroys(Verb v) { return is(v, {Verb::destroy, Verb::issue_mandate}); }
/// Ends keys of a keyring one by one.
bool ends_keys(Verb v) { return is(v, {Verb::shred, Verb::schedule_destruction}); }
/// Ends what a key protects, lets it be used again, or is a word about an order.
bool acts_on_keys(Verb v) {
  return is(v, {Verb::destroy, Verb::end_holding, Verb::thaw, Verb::propose, Verb::sign,
                Verb::schedule_destruction, Verb::change_key});
}
/// What the text lets happen under an order of its own, besides destruction.
bool wants_own_order(const Cell& c) {
  const bool leaves = c.end && is(*c.end, {HoldingEnd::transferred, HoldingEnd::surrendered});
  return leaves || is(c.verb, {Verb::thaw, Verb::close_case});
}
bool is_by_order_only(HoldingClass c) { return is(c, {HoldingClass::C3, HoldingClass::important}); }
/// Says or asks something, or makes less possible.
bool is_free(Verb v) {
  return is(v, {Verb::read, Verb::attest, Verb::open_finding, Verb::settle_finding, Verb::suspend,
                Verb::freeze, Verb::withdraw, Verb::restrict_key, Verb::cancel_destruction});
}

// Words for how a holding stands.
bool on_disk(Stand s) { return to_string(s).starts_with("disk"); }
bool is_ending(Stand s) { return is(s, {Stand::ending, Stand::disk_ending}); }
bool is_ordered(Stand s) { return to_string(s).ends_with("ordered") || is_ending(s); }
bool is_frozen(Stand s) {
  return is(s, {Stand::frozen, Stand::frozen_ordered, Stand::frozen_held, Stand::disk_frozen_ordered});
}
bool has_ended(Stand s) {
  return is(s, {Stand::destroyed, Stand::transferred, Stand::retained, Stand::surrendered, Stand::returned});
}
/// An order of a court, or an incident, that nobody has acted upon yet.
bool is_claimed(Stand s) {
  return is(s, {Stand::incident, Stand::incident_ordered, Stand::court, Stand::court_ordered});
}
bool is_claimed_with_case(Stand s) {
  return is(
      s, {Stand::case_incident, Stand::case_incident_ordered, Stand::case_court, Stand::case_court_ordered});
}
bool is_held(Stand s) {
  return is(s, {Stand::held, Stand::held_ordered, Stand::backup_held_ordered, Stand::frozen_held,
                Stand::due_held, Stand::disk_held_ordered, Stand::retained});
}
bool in_frozen_case(Stand s) { return is(s, {Stand::case_frozen, Stand::case_frozen_ordered}); }
bool is_transferees(Stand s) {
  return is(s, {Stand::transferee_copy, Stand::transferee_copy_ordered, Stand::transferee_copy_unbacked});
}
bool is_original(Stand s) { return !is_transferees(s) && !is(s, {Stand::extract, Stand::extract_ordered}); }
bool after_acceptance(CasePhase p) {
  return is(p, {CasePhase::accepted, CasePhase::disposing, CasePhase::closed});
}
/// Retired, or frozen where a hold stands.
bool is_retired(const Cell& c) { return c.statutes && is_original(c.stand) && after_acceptance(c.phase); }
bool is_unfit(Who who) { return is(who, {Who::no_agreement, Who::untrained, Who::glass}); }
bool is_uninvited(Who who) { return is(who, {Who::uncontracted, Who::unadmitted}); }

/// Who may ask for what. The text leaves the grants to the pack; these are the delivered ones, in one place
/// where they can be read at a glance.
bool role_grants(Who who, Verb v) {
  const bool alarms = is(v, {Verb::read, Verb::attest, Verb::open_finding, Verb::settle_finding, Verb::freeze,
                             Verb::thaw, Verb::suspend, Verb::reinstate, Verb::withdraw, Verb::classify,
                             Verb::break_glass, Verb::restrict_key, Verb::cancel_destruction});
  switch (who) {
    case Who::stranger:
      return false;
    case Who::house:
      return destroys(v) ||
             is(v, {Verb::shred, Verb::draw_sample, Verb::accept_evidence, Verb::issue_certificate,
                    Verb::freeze, Verb::open_finding, Verb::settle_finding, Verb::read, Verb::withdraw});
    case Who::proposer:
      return alarms ||
             is(v, {Verb::propose, Verb::sign, Verb::declare, Verb::destroy, Verb::schedule_destruction});
    case Who::approver:
      return alarms || is(v, {Verb::sign, Verb::adopt_pack});
    case Who::responsible:
      return alarms || is(v, {Verb::sign, Verb::adopt_pack, Verb::advance_case, Verb::end_holding,
                              Verb::schedule_destruction, Verb::change_key});
    case Who::witness:
      return alarms || v == Verb::sign;
    case Who::auditor:
      return alarms;
    default:  // operators
      return alarms || uses_key(v) ||
             is(v, {Verb::propose, Verb::sign, Verb::declare, Verb::destroy, Verb::describe_case,
                    Verb::advance_case, Verb::end_holding, Verb::close_case, Verb::schedule_destruction,
                    Verb::change_key});
  }
}

}  // namespace

const std::vector<Clause>& clauses() {
  static const std::vector<Clause> all = {
      {"a closed case is only read", "2.3 case: closed ends the line; 2.4 no. 1",
       [](const Cell& c) { return c.phase == CasePhase::closed && c.verb != Verb::read; }},
      {"nothing is ordered or destroyed before the case is inventoried", "2.3 case: draft, inventoried",
       [](const Cell& c) {
         return c.statutes && c.phase == CasePhase::draft && (destroys(c.verb) || c.verb == Verb::propose);
       }},
      {"an original is destroyed only after the transferee's acceptance", "2.6 I8",
       [](const Cell& c) {
         return c.statutes && destroys(c.verb) && is_original(c.stand) && !after_acceptance(c.phase);
       }},
      {"the transferee's copy is destroyed while the transfer runs or after it failed, not once accepted; C3 "
       "is never handed over and may always go",
       "2.3 case: aborted; 2.6 I8, I16; 2.8",
       [](const Cell& c) {
         return c.statutes && destroys(c.verb) && is_transferees(c.stand) &&
                !(c.holding_class == HoldingClass::C3 && after_acceptance(c.phase)) &&
                !is(c.phase, {CasePhase::moving, CasePhase::aborted});
       }},
      {"what is being disposed of is neither opened nor added to; what has no key may get one, to be kept",
       "2.3 case: disposing; holding: retained",
       [](const Cell& c) {
         return c.statutes && c.phase == CasePhase::disposing &&
                (reads_data(c.verb) || is(c.verb, {Verb::break_glass, Verb::change_key}) ||
                 (c.verb == Verb::seal && c.stand != Stand::declared));
       }},
      {"after an abort nothing of the transferee's side is used", "2.6 I16",
       [](const Cell& c) {
         return c.statutes && c.phase == CasePhase::aborted && is_transferees(c.stand) && uses_key(c.verb);
       }},
      {"a case closes from disposing or aborted", "2.3 case",
       [](const Cell& c) {
         return c.verb == Verb::close_case && !is(c.phase, {CasePhase::disposing, CasePhase::aborted});
       }},
      {"a case does not close while a node of the tree has not ended", "2.6 I9",
       [](const Cell& c) { return c.verb == Verb::close_case && !has_ended(c.stand); }},
      {"what is destroyed is certified before its case closes", "2.6 I10",
       [](const Cell& c) { return c.verb == Verb::close_case && c.stand == Stand::destroyed; }},
      {"who has no role in the case that grants the act does not do it", "2.4 no. 2",
       [](const Cell& c) { return !role_grants(c.who, c.verb); }},
      {"a suspended person does nothing", "2.6 I12", [](const Cell& c) { return c.who == Who::suspended; }},
      {"every act but a word or an alarm is done for a party that is admitted and contracted", "2.4 no. 2",
       [](const Cell& c) { return c.statutes && is_uninvited(c.who) && !is_free(c.verb); }},
      {"who uses or ends a key, or says so about an order, has signed the agreement in force and is trained; "
       "unless the glass is broken to open",
       "2.4 no. 3, 2.4 break-glass, 2.6 I2",
       [](const Cell& c) {
         return c.statutes && is_unfit(c.who) && (uses_key(c.verb) || acts_on_keys(c.verb)) &&
                !(c.who == Who::glass && (c.verb == Verb::open || (c.verb == Verb::release_data_key &&
                                                                   c.stand != Stand::declared && !c.key)));
       }},
      {"no key without class", "2.6 I1",
       [](const Cell& c) {
         return c.statutes && c.holding_class == HoldingClass::unset && c.verb == Verb::seal;
       }},
      {"C3 and important data are opened by order only, and no order of that kind exists", "2.8",
       [](const Cell& c) {
         return c.statutes && is_by_order_only(c.holding_class) && reads_data(c.verb) && c.who != Who::glass;
       }},
      {"a medium without a key is not opened", "2.2 row none",
       [](const Cell& c) { return on_disk(c.stand) && reads_data(c.verb); }},
      {"a frozen key is opened by order only (none of that kind exists), takes nothing new, is not destroyed",
       "2.2 row frozen",
       [](const Cell& c) {
         return is_frozen(c.stand) &&
                (uses_key(c.verb) || destroys(c.verb) || ends_keys(c.verb) || c.verb == Verb::change_key);
       }},
      {"no destruction of what was part of an incident", "2.6 I7",
       [](const Cell& c) {
         return is(c.stand, {Stand::incident_ordered, Stand::case_incident_ordered}) && destroys(c.verb);
       }},
      {"a key whose destruction is approved cools off: it is retired",
       "2.2 row retired; 2.3 order: scheduled",
       [](const Cell& c) { return is_ordered(c.stand) && uses_key(c.verb); }},
      {"a retired original is neither opened nor added to", "2.2 row retired, 2.3 acceptance",
       [](const Cell& c) {
         return is_retired(c) && (reads_data(c.verb) || c.verb == Verb::change_key ||
                                  (c.verb == Verb::seal && c.stand != Stand::declared));
       }},
      {"only what is frozen is thawed, when no cause stands any more",
       "2.2 row frozen: left when all causes end",
       [](const Cell& c) {
         const bool caused = c.stand == Stand::frozen_held && (is_retired(c) || !c.statutes);
         return c.verb == Verb::thaw && (!is_frozen(c.stand) || caused);
       }},
      {"holdings are handed to the transferee after acceptance", "2.3 acceptance; holding: transferred",
       [](const Cell& c) { return c.end == HoldingEnd::transferred && !after_acceptance(c.phase); }},
      {"loans that were sold go as a copy: the original is destroyed or retained", "2.7 asset",
       [](const Cell& c) { return c.end == HoldingEnd::transferred && !is_transferees(c.stand); }},
      {"nothing moves before a backup of it was restored on trial", "2.6 I6",
       [](const Cell& c) {
         return c.end == HoldingEnd::transferred && c.stand == Stand::transferee_copy_unbacked;
       }},
      {"credentials and important data are destroyed before the eyes of a witness", "2.4 no. 7; 2.8; 5.4",
       [](const Cell& c) {
         return c.statutes && is_by_order_only(c.holding_class) && c.stand == Stand::unwatched_ordered &&
                destroys(c.verb);
       }},
      {"C3 is never handed over", "2.8",
       [](const Cell& c) { return c.end == HoldingEnd::transferred && c.holding_class == HoldingClass::C3; }},
      {"only what is frozen under a hold is retained", "2.3 holding: retained",
       [](const Cell& c) { return c.end == HoldingEnd::retained && c.stand != Stand::frozen_held; }},
      {"only a designated body is surrendered to, and here is none", "2.3 holding: surrendered",
       [](const Cell& c) { return c.end == HoldingEnd::surrendered; }},
      {"only after an abort does anything go back to ordinary custody", "2.3 holding: returned",
       [](const Cell& c) { return c.end == HoldingEnd::returned && c.phase != CasePhase::aborted; }},
      {"what the transferee has does not go back to ordinary custody", "2.6 I16",
       [](const Cell& c) { return c.end == HoldingEnd::returned && is_transferees(c.stand); }},
      {"what a hold, a court or an incident stands on is neither released nor taken back as if nothing stood",
       "2.4 no. 6; 2.6 I7",
       [](const Cell& c) {
         return c.end && is(*c.end, {HoldingEnd::transferred, HoldingEnd::returned}) &&
                (is_held(c.stand) || is_claimed(c.stand) || is_claimed_with_case(c.stand));
       }},
      {"a frozen holding is surrendered or retained, not handed over otherwise", "2.2 row frozen",
       [](const Cell& c) {
         return c.end && is(*c.end, {HoldingEnd::transferred, HoldingEnd::returned}) && is_frozen(c.stand);
       }},
      {"what is ending or has ended ends no other way", "2.3 holding: ending, terminal",
       [](const Cell& c) {
         return c.end && (is_ending(c.stand) || has_ended(c.stand) || c.stand == Stand::destroy_failed);
       }},
      {"what is ordered to be destroyed ends by that order", "2.3 order",
       [](const Cell& c) { return c.end && is_ordered(c.stand); }},
      {"in a frozen case nothing is handed over but by surrender", "2.3 overlay frozen; 2.2 row frozen",
       [](const Cell& c) { return c.end && in_frozen_case(c.stand); }},
      {"what ends, has failed to end or has ended is not used", "2.3 holding: ending, terminal; 2.2",
       [](const Cell& c) {
         return (is_ending(c.stand) || c.stand == Stand::destroy_failed || has_ended(c.stand)) &&
                uses_key(c.verb);
       }},
      {"what is being destroyed is certified or fails before it is ordered again", "2.3 holding: ending",
       [](const Cell& c) { return c.verb == Verb::propose && is_ending(c.stand); }},
      {"what has ended is not frozen, ordered or destroyed", "2.3 holding: terminal",
       [](const Cell& c) {
         return has_ended(c.stand) && (destroys(c.verb) || is(c.verb, {Verb::freeze, Verb::propose}));
       }},
      {"only an active key protects anything new", "2.2 row live",
       [](const Cell& c) { return c.key && c.verb == Verb::seal && *c.key != KeyState::active; }},
      {"a key that is not yet active, is suspended, or whose end has begun opens nothing",
       "2.2 rows frozen, destroyed",
       [](const Cell& c) {
         return c.key && reads_data(c.verb) &&
                !is(*c.key, {KeyState::active, KeyState::deactivated, KeyState::compromised,
                             KeyState::destroy_scheduled});
       }},
      {"evidence is taken of what is being destroyed", "2.3 holding: ending",
       [](const Cell& c) {
         return is(c.verb, {Verb::draw_sample, Verb::accept_evidence}) && !is_ending(c.stand);
       }},
      {"a certificate is issued for what is destroyed", "2.6 I10",
       [](const Cell& c) { return c.verb == Verb::issue_certificate && c.stand != Stand::destroyed; }},
      {"a finding denies what it blocks", "2.4 no. 5",
       [](const Cell& c) { return c.stand == Stand::blocked && reads_data(c.verb); }},
      {"no destruction under a hold, on the holding or on what shares its key", "2.4 no. 6, 2.6 I7",
       [](const Cell& c) { return (destroys(c.verb) || ends_keys(c.verb)) && is_held(c.stand); }},
      {"no destruction of what an order of a court stands on", "2.2 row frozen",
       [](const Cell& c) {
         return destroys(c.verb) && is(c.stand, {Stand::court_ordered, Stand::case_court_ordered});
       }},
      {"no destruction under a complaint", "2.6 I7",
       [](const Cell& c) {
         return destroys(c.verb) && is(c.stand, {Stand::complaint_ordered, Stand::complained_ordered});
       }},
      {"no destruction without an approved order", "2.4 no. 7",
       [](const Cell& c) { return destroys(c.verb) && !is_ordered(c.stand); }},
      {"no thaw, no hand-over, no surrender and no closing without an approved order of its own", "2.4 no. 7",
       [](const Cell& c) { return c.statutes && wants_own_order(c) && !c.act_ordered; }},
      {"who approved or witnesses an order does not carry it out", "2.4 no. 7; 2.6 I4",
       [](const Cell& c) {
         return c.act_ordered && wants_own_order(c) && is(c.who, {Who::approver, Who::witness});
       }},
      {"in a frozen case nothing is used, destroyed, ordered or moved on", "2.3 overlay frozen",
       [](const Cell& c) {
         return in_frozen_case(c.stand) && (uses_key(c.verb) || destroys(c.verb) || ends_keys(c.verb) ||
                                            is(c.verb, {Verb::break_glass, Verb::propose, Verb::advance_case,
                                                        Verb::close_case, Verb::change_key}));
       }},
      {"what is destroyed, or whose end has begun, is given no other date to be destroyed on",
       "2.2 row destroyed; 2.3 holding: ending",
       [](const Cell& c) {
         return c.key && c.verb == Verb::schedule_destruction &&
                is(*c.key, {KeyState::destroying, KeyState::destroy_failed, KeyState::destroyed,
                            KeyState::destroyed_compromised});
       }},
      {"only what is scheduled is called off", "2.3 order: scheduled",
       [](const Cell& c) {
         return c.key && c.verb == Verb::cancel_destruction && *c.key != KeyState::destroy_scheduled;
       }},
      {"a key becomes live once, rests, and is retired; what is compromised or ends never comes back",
       "2.2 rows live, retired, compromised; 2.6 I13",
       [](const Cell& c) {
         return c.key && c.verb == Verb::change_key &&
                !is(*c.key, {KeyState::pre_active, KeyState::active, KeyState::suspended});
       }},
      {"what is compromised already is not declared so again; of what is destroyed it may still turn out",
       "2.2 row compromised; SP 800-57 part 1, destroyed compromised",
       [](const Cell& c) {
         return c.key && c.verb == Verb::restrict_key &&
                is(*c.key, {KeyState::compromised, KeyState::destroyed_compromised});
       }},
      {"the house ends no key that is not due, but goes on with what has begun or failed",
       "2.3 holding: ending, crash-safe",
       [](const Cell& c) {
         return c.key && c.verb == Verb::shred &&
                !is(*c.key, {KeyState::destroying, KeyState::destroy_failed});
       }},
  };
  return all;
}

const std::vector<OpenQuestion> kOpenQuestions = {
    {{"a suspended key is not destroyed", "2.2 row frozen",
      [](const Cell& c) { return c.key == KeyState::suspended && c.verb == Verb::schedule_destruction; }},
     true,
     "SP 800-57 lets a suspended key be destroyed, and so does the code; the text's frozen key is kept."},
    {{"keys end by an approved order, after the inventory, and records of an original after acceptance",
      "2.4 no. 7; 2.3 case: inventoried; 2.6 I8", [](const Cell& c) { return ends_keys(c.verb); }},
     true,
     "One person schedules a record's end, anybody calls it off, and after a week the house carries it out."},
    {{"every act but a word or an alarm wants agreement and training", "2.4 no. 3",
      [](const Cell& c) { return c.statutes && is_unfit(c.who) && !is_free(c.verb) && !reads_data(c.verb); }},
     true,
     "The unfit advance, close and classify; I2 speaks of key operations, 2.4 no. 3 of every verb."},
    {{"the glass is broken to open and never to release", "2.4 break-glass",
      [](const Cell& c) { return c.statutes && c.who == Who::glass && c.verb == Verb::release_data_key; }},
     true,
     "A data key in clear outlives the quarter of an hour; the code lets it out where it would open."},
    {{"the glass does not replace the order that C3 and important data want", "2.8; 2.4 break-glass",
      [](const Cell& c) {
        return c.statutes && c.who == Who::glass && is_by_order_only(c.holding_class) && reads_data(c.verb);
      }},
     true,
     "With broken glass the unfit open what the fit may not; the text names two persons, but not this."},
    {{"what has no class is not opened or handed over", "2.6 I1",
      [](const Cell& c) {
        return c.statutes && c.holding_class == HoldingClass::unset &&
               (reads_data(c.verb) || c.verb == Verb::end_holding);
      }},
     true,
     "A key from before the case had statutes still opens although nobody has classified what it protects."},
    {{"a record set without a key is not opened", "2.2 row none",
      [](const Cell& c) { return c.stand == Stand::declared && reads_data(c.verb); }},
     true,
     "may() says yes to opening what has no key; that there is nothing to open shows later."},
    {{"a retired, compromised or cooling key opens nothing", "2.2 rows retired, compromised",
      [](const Cell& c) {
        return c.key && reads_data(c.verb) &&
               is(*c.key, {KeyState::deactivated, KeyState::compromised, KeyState::destroy_scheduled});
      }},
     true,
     "Keys in numbers follow SP 800-57, under which such keys still decrypt; the text's table says no."},
    {{"an incident, a court or a hold past its purpose freezes: nothing is used", "2.2 row frozen",
      [](const Cell& c) {
        return uses_key(c.verb) && (is(c.stand, {Stand::incident, Stand::court, Stand::due_held}) ||
                                    is(c.stand, {Stand::case_incident, Stand::case_court}));
      }},
     true,
     "What has a cause to be frozen is used until the house has written that it is frozen."},
    {{"what is frozen is not frozen again", "2.2 row frozen: left when all causes end",
      [](const Cell& c) { return is_frozen(c.stand) && c.verb == Verb::freeze; }},
     false,
     "A second person's reason to freeze is refused while the first stands, and so is lost with the first."},
};

std::vector<std::string_view> denials(const Cell& cell) {
  std::vector<std::string_view> why;
  for (const Clause& rule : clauses())
    if (rule.denies(cell)) why.push_back(rule.says);
  for (const OpenQuestion& question : kOpenQuestions)
    if (!question.in_text && question.rule.denies(cell)) why.push_back(question.rule.says);
  return why;
}
bool denied_by_text(const Cell& cell) {
  const auto denies = [&](const auto& rule) { return rule.denies(cell); };
  return std::ranges::any_of(clauses(), denies) ||
         std::ranges::any_of(kOpenQuestions,
                             [&](const OpenQuestion& q) { return q.in_text && q.rule.denies(cell); });
}

bool reachable(const Cell& cell) {
  return !cell.statutes || !is_ending(cell.stand) || after_acceptance(cell.phase);
}

}  // namespace quietus::governance::matrix
