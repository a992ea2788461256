#include "tests/unit/governance/matrix_table.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>

#include "governance/state.hpp"

namespace quietus::governance::matrix {

namespace {

template <class T>
bool is(T what, std::initializer_list<T> of) {
  return std::ranges::find(of, what) != of.end();
}

constexpr std::array<std::string_view, 16> kWho = {
    "operator",     "proposer",   "approver",   "responsible",  "witness",   "auditor",
    "stranger",     "house",      "suspended",  "no_agreement", "untrained", "processor",
    "uncontracted", "unadmitted", "transferee", "authority"};
constexpr std::array<std::string_view, 27> kStand = {"declared",
                                                     "live",
                                                     "ordered",
                                                     "frozen",
                                                     "frozen_ordered",
                                                     "held",
                                                     "held_ordered",
                                                     "backup_held_ordered",
                                                     "incident_ordered",
                                                     "complaint_ordered",
                                                     "blocked",
                                                     "extract_ordered",
                                                     "transferee_copy_ordered",
                                                     "ending",
                                                     "destroyed",
                                                     "destroy_failed",
                                                     "transferred",
                                                     "retained",
                                                     "surrendered",
                                                     "returned",
                                                     "case_frozen",
                                                     "case_frozen_ordered",
                                                     "disk",
                                                     "disk_ordered",
                                                     "disk_frozen_ordered",
                                                     "disk_held_ordered",
                                                     "disk_ending"};

// Words for kinds of verbs.
bool uses_key(Verb v) { return is(v, {Verb::seal, Verb::open, Verb::release_data_key}); }
bool reads_data(Verb v) { return is(v, {Verb::open, Verb::release_data_key}); }
bool destroys(Verb v) { return is(v, {Verb::destroy, Verb::issue_mandate}); }
bool of_the_house(Verb v) {
  return is(v, {Verb::destroy, Verb::issue_mandate, Verb::draw_sample, Verb::accept_evidence,
                Verb::issue_certificate, Verb::checkpoint, Verb::shred});
}
/// Says or asks something and moves nothing.
bool only_tells(Verb v) {
  return is(v, {Verb::read, Verb::attest, Verb::open_finding, Verb::settle_finding, Verb::suspend,
                Verb::checkpoint});
}

// Words for how a holding stands.
bool on_disk(Stand s) {
  return is(s, {Stand::disk, Stand::disk_ordered, Stand::disk_frozen_ordered, Stand::disk_held_ordered,
                Stand::disk_ending});
}
bool is_ordered(Stand s) {
  return to_string(s).ends_with("ordered") || is(s, {Stand::ending, Stand::disk_ending});
}
bool is_frozen(Stand s) { return is(s, {Stand::frozen, Stand::frozen_ordered, Stand::disk_frozen_ordered}); }
bool is_ending(Stand s) { return is(s, {Stand::ending, Stand::disk_ending}); }
bool has_ended(Stand s) {
  return is(s, {Stand::destroyed, Stand::transferred, Stand::retained, Stand::surrendered, Stand::returned});
}
bool in_frozen_case(Stand s) { return is(s, {Stand::case_frozen, Stand::case_frozen_ordered}); }
bool is_original(Stand s) { return !is(s, {Stand::extract_ordered, Stand::transferee_copy_ordered}); }
bool after_acceptance(CasePhase p) {
  return is(p, {CasePhase::accepted, CasePhase::disposing, CasePhase::closed});
}
/// Original after acceptance: retired, or frozen where a hold stands.
bool is_retired(const Cell& c) {
  return c.statutes && is_original(c.stand) && after_acceptance(c.phase) && !has_ended(c.stand);
}

/// My reading of who does what: operators work, the four who sign orders sign them and raise the alarm,
/// auditors look and say what they found.
bool role_grants(Who who, Verb v) {
  const bool common =
      is(v, {Verb::read, Verb::attest, Verb::open_finding, Verb::settle_finding, Verb::freeze});
  switch (who) {
    case Who::house:
      return of_the_house(v) || is(v, {Verb::freeze, Verb::open_finding, Verb::read});
    case Who::stranger:
      return v == Verb::open_case;
    case Who::proposer:
      return v == Verb::open_case || common || is(v, {Verb::propose, Verb::sign, Verb::withdraw});
    case Who::approver:
      return v == Verb::open_case || common ||
             is(v, {Verb::sign, Verb::thaw, Verb::suspend, Verb::reinstate, Verb::withdraw, Verb::classify,
                    Verb::adopt_pack, Verb::break_glass});
    case Who::responsible:
    case Who::witness:
      return v == Verb::open_case || common || v == Verb::sign;
    case Who::auditor:
      return v == Verb::open_case || common;
    default:
      return !of_the_house(v);
  }
}

}  // namespace

std::string_view to_string(Who who) { return kWho.at(static_cast<std::size_t>(who)); }
std::string_view to_string(Stand stand) { return kStand.at(static_cast<std::size_t>(stand)); }
std::vector<Who> everybody() {
  std::vector<Who> all;
  for (std::size_t i = 0; i < kWho.size(); ++i) all.push_back(static_cast<Who>(i));
  return all;
}
std::vector<Stand> all_stands() {
  std::vector<Stand> all;
  for (std::size_t i = 0; i < kStand.size(); ++i) all.push_back(static_cast<Stand>(i));
  return all;
}

const std::vector<Rule>& rules() {
  static const std::vector<Rule> all = {
      {"a closed case is only read", "2.3 case: closed ends the line; 2.4 no. 1",
       [](const Cell& c) {
         return c.phase == CasePhase::closed && !is(c.verb, {Verb::read, Verb::checkpoint, Verb::open_case});
       }},
      {"before anything is handed over, and not after acceptance or abort, is data put under a key",
       "2.3 holding: sealed comes before moving, verified, accepted",
       [](const Cell& c) {
         return c.statutes && c.verb == Verb::seal &&
                is(c.phase, {CasePhase::accepted, CasePhase::disposing, CasePhase::aborted});
       }},
      {"an original is destroyed only after the transferee's acceptance", "2.6 I8",
       [](const Cell& c) {
         return c.statutes && destroys(c.verb) && is_original(c.stand) && !after_acceptance(c.phase);
       }},
      {"holdings take their other ends after acceptance or after an abort", "2.3 holding: one terminal of …",
       [](const Cell& c) {
         return c.statutes && c.verb == Verb::end_holding && !after_acceptance(c.phase) &&
                c.phase != CasePhase::aborted;
       }},
      {"a case closes from disposing or aborted", "2.3 case",
       [](const Cell& c) {
         return c.verb == Verb::close_case && !is(c.phase, {CasePhase::disposing, CasePhase::aborted});
       }},
      {"a case does not close while a node of the tree has not ended", "2.6 I9",
       [](const Cell& c) { return c.verb == Verb::close_case && !has_ended(c.stand); }},
      {"who has no role in the case that grants the act does not do it", "2.4 no. 2",
       [](const Cell& c) { return !role_grants(c.who, c.verb); }},
      {"a suspended person does nothing", "2.6 I12",
       [](const Cell& c) { return c.who == Who::suspended && c.verb != Verb::open_case; }},
      {"a person acts only for a party that is admitted and contracted; saying what is so is free",
       "2.4 no. 2",
       [](const Cell& c) {
         return c.statutes && is(c.who, {Who::uncontracted, Who::unadmitted}) && !only_tells(c.verb) &&
                c.verb != Verb::open_case;
       }},
      {"no key operation, and no word about an order, without agreement and training", "2.4 no. 3, 2.6 I2",
       [](const Cell& c) {
         return c.statutes && is(c.who, {Who::no_agreement, Who::untrained}) &&
                (uses_key(c.verb) ||
                 is(c.verb, {Verb::propose, Verb::sign, Verb::thaw, Verb::end_holding, Verb::break_glass}));
       }},
      {"no key without class, and nothing moves without one", "2.6 I1",
       [](const Cell& c) {
         return c.statutes && c.holding_class == HoldingClass::unset &&
                (uses_key(c.verb) || is(c.verb, {Verb::end_holding, Verb::break_glass}));
       }},
      {"C3 and important data are opened by order only, and no order of that kind exists", "2.8",
       [](const Cell& c) {
         return c.statutes && is(c.holding_class, {HoldingClass::C3, HoldingClass::important}) &&
                reads_data(c.verb);
       }},
      {"what has no key is not opened", "2.2 row none",
       [](const Cell& c) {
         return (c.stand == Stand::declared || on_disk(c.stand)) &&
                (reads_data(c.verb) || c.verb == Verb::break_glass);
       }},
      {"a frozen key is opened by order only (none of that kind exists), takes nothing new, is not destroyed",
       "2.2 row frozen",
       [](const Cell& c) {
         return is_frozen(c.stand) && (uses_key(c.verb) || destroys(c.verb) || c.verb == Verb::break_glass);
       }},
      {"an incident freezes what it is about", "2.2 row frozen, 2.6 I7",
       [](const Cell& c) {
         return c.stand == Stand::incident_ordered &&
                (uses_key(c.verb) || destroys(c.verb) || c.verb == Verb::break_glass);
       }},
      {"a retired original is neither opened nor added to", "2.2 row retired, 2.3 acceptance",
       [](const Cell& c) { return is_retired(c) && (uses_key(c.verb) || c.verb == Verb::break_glass); }},
      {"only what is frozen is thawed", "2.2 row frozen: left when all causes end",
       [](const Cell& c) { return c.verb == Verb::thaw && !is_frozen(c.stand); }},
      {"what ends, has failed to end or has ended is not used, nor ended otherwise",
       "2.3 holding: ending; 2.2",
       [](const Cell& c) {
         return (is_ending(c.stand) || c.stand == Stand::destroy_failed || has_ended(c.stand)) &&
                (uses_key(c.verb) || is(c.verb, {Verb::break_glass, Verb::end_holding}));
       }},
      {"what has ended changes no more", "2.3 holding: terminal",
       [](const Cell& c) {
         return has_ended(c.stand) &&
                (destroys(c.verb) || is(c.verb, {Verb::freeze, Verb::propose, Verb::classify}));
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
       [](const Cell& c) {
         return destroys(c.verb) && is(c.stand, {Stand::held, Stand::held_ordered, Stand::backup_held_ordered,
                                                 Stand::disk_held_ordered});
       }},
      {"no destruction under a complaint", "2.6 I7",
       [](const Cell& c) { return destroys(c.verb) && c.stand == Stand::complaint_ordered; }},
      {"no destruction without an approved order", "2.4 no. 7",
       [](const Cell& c) { return destroys(c.verb) && !is_ordered(c.stand); }},
      {"thawing, closing and handing over want an approved order of their own", "2.4 no. 7",
       [](const Cell& c) { return is(c.verb, {Verb::thaw, Verb::close_case, Verb::end_holding}); }},
      {"in a frozen case nothing is used, moved, ordered or ended", "2.3 overlay frozen",
       [](const Cell& c) {
         return in_frozen_case(c.stand) &&
                (uses_key(c.verb) || destroys(c.verb) ||
                 is(c.verb, {Verb::break_glass, Verb::propose, Verb::sign, Verb::end_holding,
                             Verb::advance_case, Verb::close_case, Verb::draw_sample, Verb::adopt_pack}));
       }},
  };
  return all;
}

std::vector<std::string_view> denials(const Cell& cell) {
  std::vector<std::string_view> why;
  for (const Rule& rule : rules())
    if (rule.denies(cell)) why.push_back(rule.says);
  return why;
}

std::vector<Verb> holding_verbs(const Cell& cell) {
  const bool disk = on_disk(cell.stand);
  std::vector<Verb> verbs = {Verb::open,
                             Verb::release_data_key,
                             Verb::propose,
                             Verb::freeze,
                             Verb::thaw,
                             Verb::read,
                             Verb::classify,
                             Verb::attest,
                             Verb::open_finding,
                             Verb::settle_finding,
                             Verb::end_holding,
                             Verb::break_glass,
                             Verb::accept_evidence,
                             Verb::issue_certificate};
  if (disk) {
    verbs.insert(verbs.end(), {Verb::issue_mandate, Verb::draw_sample});
  } else {
    verbs.insert(verbs.end(), {Verb::seal, Verb::destroy});
  }
  return verbs;
}
std::vector<Verb> case_verbs() {
  return {Verb::close_case, Verb::declare,       Verb::sign,         Verb::withdraw,   Verb::suspend,
          Verb::reinstate,  Verb::describe_case, Verb::advance_case, Verb::adopt_pack, Verb::checkpoint};
}

std::string describe(const Cell& c) {
  return std::string(c.statutes ? "statutes " : "builtin-0 ") + std::string(to_string(c.who)) + " " +
         std::string(to_string(c.verb)) + " " + std::string(to_string(c.holding_class)) + " " +
         std::string(to_string(c.phase)) + " " + std::string(to_string(c.stand));
}

}  // namespace quietus::governance::matrix
