// Random histories of a case with statutes: whatever is asked in whatever order, I1 to I16 hold as far as
// there is something to hold. The invariants are told once more here, from the events, as naively as
// possible.
#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <set>

#include "tests/property/governance/phases_player.hpp"

using namespace quietus;
using namespace quietus::governance;

namespace {

struct PhasesReached {
  int moved = 0, witnessed = 0, destroyed = 0, closed = 0, aborted = 0, retained = 0, surrendered = 0,
      returned = 0, transferred = 0, glass = 0, lowered = 0, denied = 0, thawed_by_order = 0,
      handed_by_order = 0, surrendered_by_order = 0;
};

/// K is a backup of A's key, unless somebody has placed it otherwise.
bool shares_key_with(const Story& s, const std::string& a, const std::string& b) {
  const bool backup = s.state.find(id<HoldingId>("K"))->placement.copy == CopyKind::key_backup;
  return a == b || (backup && (a == "A" || a == "K") && (b == "A" || b == "K"));
}
bool in_custody(HoldingState state) {
  return !is_terminal(state) || state == HoldingState::retained || state == HoldingState::returned;
}

/// I7 from all that was ever said.
bool protected_by_somebody(const Story& s, const HoldingId& hid) {
  const auto about_it = [&](const std::string& other) {
    return other == hid.text() ||
           (shares_key_with(s, hid.text(), other) && s.state.find(id<HoldingId>(other)) != nullptr &&
            in_custody(s.state.find(id<HoldingId>(other))->state));
  };
  for (const auto& [said, record] : s.state.attestations)
    if (record.attestation.kind == "hold" && !record.taken_back && about_it(record.attestation.subject.id))
      return true;
  for (const auto& [fid, finding] : s.state.findings)
    if (finding.kind == FindingKind::complaint && finding.state != FindingState::closed &&
        about_it(finding.subject.id))
      return true;
  return false;
}

/// I6, told from the tree and from all that was said.
void check_restorable(const Story& before) {
  const auto tested = [&](const Holding& backup) {
    const UnixMs sealed = backup.sealed_file ? backup.sealed_file->at : UnixMs();
    for (const auto& [said, record] : before.state.attestations) {
      const Attestation& word = record.attestation;
      const bool about_it = word.kind == "restore_test" && word.subject.id == backup.id.text();
      if (about_it && word.field("result") == "passed" && word.from >= sealed) return true;
    }
    return false;
  };
  for (const auto& [hid, original] : before.state.holdings) {
    const bool to_move = original.placement.copy == CopyKind::original && !is_terminal(original.state) &&
                         original.classification->holding_class != HoldingClass::C3;
    if (!to_move) continue;
    int safe = 0;
    for (const auto& [other, backup] : before.state.holdings)
      safe += backup.placement.copy == CopyKind::backup && backup.placement.parent == hid &&
              !is_terminal(backup.state) && !backup.key.empty() && tested(backup);
    RC_ASSERT(safe > 0);
  }
}

/// 5.4: who watches says so within half an hour before, and has no other part in the order.
void check_watched(const Story& before, const HoldingId& hid, PhasesReached& reached) {
  const Holding& was = *before.state.find(hid);
  if (!was.classification || was.classification->holding_class != HoldingClass::C3) return;
  const OrderRecord& order = *before.state.live_order(hid);
  int watched = 0;
  for (const auto& [said, record] : before.state.attestations) {
    const Attestation& word = record.attestation;
    watched += word.kind == "witness_start" && word.subject.id == order.order.id.text() &&
               word.person == kWei.id && before.clock.now - record.entered <= 31 * 60'000;
  }
  RC_ASSERT(watched > 0);
  ++reached.witnessed;
}

bool accepted(CasePhase phase) { return phase == CasePhase::accepted || phase == CasePhase::disposing; }

void check_beginning(const Story& before, const HoldingId& hid) {
  const Holding& was = *before.state.find(hid);
  const CasePhase phase = before.state.find(kPlayed)->phase;
  RC_ASSERT_FALSE(was.frozen);
  RC_ASSERT_FALSE(before.state.find(kPlayed)->frozen);
  RC_ASSERT_FALSE(protected_by_somebody(before, hid));  // I7
  const bool begun = was.state == HoldingState::ending || was.state == HoldingState::destroy_failed;
  RC_ASSERT(was.placement.copy != CopyKind::original || accepted(phase) || begun);    // I8
  if (was.classification && was.classification->holding_class == HoldingClass::C3) {  // 3 approve
    std::set<PersonId> approvers;
    for (const auto& s : before.state.live_order(hid)->signatures)
      if (s.role == Role::approver && s.voided_index == 0) approvers.insert(s.person.id);
    RC_ASSERT(approvers.size() >= 3U);
  }
}

void check_end(const Story& before, const HoldingEnded& e, PhasesReached& reached) {
  const Holding& was = *before.state.find(e.holding);
  const Case& in = *before.state.find(kPlayed);
  const bool buyers = was.placement.custodian == kBuyer;
  switch (e.end) {
    case HoldingEnd::retained:
      ++reached.retained;
      RC_ASSERT(was.frozen && e.review.has_value());
      RC_ASSERT(protected_by_somebody(before, e.holding));
      break;
    case HoldingEnd::surrendered:
      ++reached.surrendered;
      break;
    case HoldingEnd::returned:  // I16
      ++reached.returned;
      RC_ASSERT(in.phase == CasePhase::aborted && !buyers && !was.frozen);
      break;
    case HoldingEnd::transferred:  // I5, I1
      ++reached.transferred;
      RC_ASSERT(buyers && accepted(in.phase) && !was.frozen && !was.key.empty());
      break;
  }
  RC_ASSERT(!in.frozen || e.end == HoldingEnd::surrendered);
}

/// 2.4 no. 7, I4: told from the signatures.
void check_order(const Story& before, const OrderId& oid, OrderAct act, const HoldingId& hid,
                 const Actor& by) {
  const OrderRecord* found = before.state.find(oid);
  RC_ASSERT(found != nullptr);
  const OrderRecord& record = *found;
  RC_ASSERT(record.order.act == act && record.alive());
  const LineProgress* line = act == OrderAct::close ? nullptr : record.line(hid);
  RC_ASSERT(act == OrderAct::close || (line != nullptr && line->state == LineState::pending));
  RC_ASSERT(std::holds_alternative<Person>(by));
  RC_ASSERT(record.order.not_before <= before.clock.now && before.clock.now <= record.order.not_after);
  std::map<Role, std::set<PersonId>> people;
  std::set<PersonId> all;
  std::set<std::string> departments;
  for (const auto& signature : record.signatures) {
    if (signature.voided_index > 0 || signature.not_after <= before.clock.now) continue;
    RC_ASSERT(all.insert(signature.person.id).second);
    people[signature.role].insert(signature.person.id);
    if (signature.role == Role::approver) departments.insert(signature.person.department);
  }
  RC_ASSERT(people[Role::approver].size() >= 2U && departments.size() >= 2U);
  RC_ASSERT(people[Role::responsible].size() == 1U && people[Role::proposer].size() == 1U);
  const PersonId& who = std::get<Person>(by).id;
  RC_ASSERT_FALSE(people[Role::approver].contains(who) || people[Role::witness].contains(who));
}

/// What only an order permits happens under one, and never without.
void check_acts(const Story& before, const Event& event, PhasesReached& reached) {
  if (before.pack.by_order.empty()) return;
  RC_ASSERT_FALSE(std::holds_alternative<HoldingThawed>(event.body));
  RC_ASSERT_FALSE(std::holds_alternative<CaseClosed>(event.body));
  if (const auto* e = std::get_if<HoldingEnded>(&event.body))
    RC_ASSERT(e->end == HoldingEnd::retained || e->end == HoldingEnd::returned);
  if (const auto* e = std::get_if<HoldingThawedByOrder>(&event.body)) {
    check_order(before, e->order, OrderAct::thaw, e->holding, event.actor);
    RC_ASSERT(before.state.find(e->holding)->frozen_by != std::get<Person>(event.actor).id);
    ++reached.thawed_by_order;
  }
  if (const auto* e = std::get_if<HoldingEndedByOrder>(&event.body)) {
    const bool handed = e->end == HoldingEnd::transferred;
    check_order(before, e->order, handed ? OrderAct::hand : OrderAct::surrender, e->holding, event.actor);
    check_end(before, {e->holding, e->end, e->reason, std::nullopt}, reached);
    ++(handed ? reached.handed_by_order : reached.surrendered_by_order);
  }
  if (const auto* e = std::get_if<CaseClosedByOrder>(&event.body))
    check_order(before, e->order, OrderAct::close, {}, event.actor);
}

void check_close(const Story& before, const OrderId& under = {}) {
  const Case& in = *before.state.find(kPlayed);
  RC_ASSERT(in.phase == CasePhase::disposing || in.phase == CasePhase::aborted);
  RC_ASSERT_FALSE(in.frozen);
  for (const auto& hid : in.holdings) {
    const Holding& was = *before.state.find(hid);
    RC_ASSERT(is_terminal(was.state));                                               // I9
    RC_ASSERT(was.state != HoldingState::destroyed || !was.certificate_id.empty());  // I10
    const bool live = was.state == HoldingState::returned || was.state == HoldingState::transferred;
    RC_ASSERT(in.phase != CasePhase::aborted || was.placement.custodian != kBuyer || !live);  // I16
  }
  for (const auto& [oid, record] : before.state.orders) RC_ASSERT(oid == under || !record.alive());
}

void check_event(const Story& before, const Event& event, PhasesReached& reached) {
  const Case& in = *before.state.find(kPlayed);
  if (const auto* who = std::get_if<Person>(&event.actor))
    RC_ASSERT_FALSE(in.suspended.contains(who->id));         // I12
  if (const auto* e = std::get_if<KeyCreated>(&event.body))  // I1
    RC_ASSERT(before.state.find(e->holding)->classification.has_value());
  if (const auto* e = std::get_if<KeyReleased>(&event.body)) {
    const Holding& was = *before.state.find(e->holding);
    RC_ASSERT_FALSE(was.frozen || in.frozen || in.phase == CasePhase::disposing);
    RC_ASSERT_FALSE(was.placement.copy == CopyKind::original && accepted(in.phase));
  }
  if (const auto* e = std::get_if<HoldingEnding>(&event.body)) {
    check_beginning(before, e->holding);
    check_watched(before, e->holding, reached);
  }
  if (const auto* e = std::get_if<HoldingActBegun>(&event.body)) check_beginning(before, e->holding);
  if (const auto* e = std::get_if<HoldingEnded>(&event.body)) check_end(before, *e, reached);
  check_acts(before, event, reached);
  if (const auto* e = std::get_if<CaseClosedByOrder>(&event.body))
    check_close(before, e->order), ++reached.closed;
  if (std::holds_alternative<CaseClosed>(event.body)) check_close(before), ++reached.closed;
  if (std::holds_alternative<HoldingDestroyed>(event.body)) ++reached.destroyed;
  if (const auto* e = std::get_if<CaseAdvanced>(&event.body)) {  // I13
    RC_ASSERT_FALSE(in.frozen);
    RC_ASSERT(e->to > in.phase);
    reached.aborted += e->to == CasePhase::aborted;
    if (e->to == CasePhase::moving) check_restorable(before), ++reached.moved;
  }
  if (const auto* e = std::get_if<HoldingClassified>(&event.body)) {
    const Holding& was = *before.state.find(e->holding);
    if (was.classification && e->classification.holding_class < was.classification->holding_class) {
      ++reached.lowered;
      RC_ASSERT(was.lower == e->classification && was.lower_by != std::get<Person>(event.actor).id);
    }
  }
  if (const auto* e = std::get_if<FindingSettled>(&event.body); e && e->step == FindingStep::close) {
    const Finding& was = *before.state.find(e->finding);
    const PersonId& who = std::get<Person>(event.actor).id;
    RC_ASSERT(who != was.owner && who != was.settled_by && was.state == FindingState::fixed);
  }
  if (const auto* e = std::get_if<GlassBroken>(&event.body)) {
    ++reached.glass;
    RC_ASSERT(e->person != std::get<Person>(event.actor).id);
    RC_ASSERT(e->until - event.at == 15 * 60'000);
  }
}

void play(const PhasesMove& move, PhasesPlayer& player, PhasesReached& reached) {
  for (const auto& command : player.commands(move)) {
    Story& story = player.story;
    const Decision decision = decide(story.state, story.pack, command, story.clock);
    RC_ASSERT(decision == decide(story.state, story.pack, command, story.clock));  // I14
    RC_ASSERT(decision.permitted == decision.reasons.empty());
    reached.denied += decision.permitted ? 0 : 1;
    story.clock.now = story.clock.now + 1000;
    if (!decision.permitted) continue;
    const State before = story.state;
    for (const auto& event : decision.events) {
      check_event(story, event, reached);
      RC_ASSERT(apply(story.state, event).has_value());
      story.events.push_back(event);
    }
    for (const auto& [hid, was] : before.holdings)  // I13
      RC_ASSERT(!is_terminal(was.state) || story.state.find(hid)->state == was.state);
  }
}

}  // namespace

namespace {

bool random_histories(const std::string& about, bool by_order, PhasesReached& reached) {
  return rc::check(about, [&] {
    const auto card = rc::gen::inRange(0, static_cast<int>(kPhasesDeck.size()));
    const auto drawn =
        rc::gen::tuple(card, rc::gen::inRange(0, 8), rc::gen::inRange(0, 5), rc::gen::inRange(0, 8));
    const auto moves = *rc::gen::resize(
        rc::kNominalSize, rc::gen::container<std::vector<PhasesMove>>(std::size_t{3000}, drawn));
    PhasesPlayer player(by_order);
    player.story.events.clear();
    const State opened = player.story.state;
    for (const auto& move : moves) play(move, player, reached);
    RC_ASSERT(folded_from_json(player.story.events, opened) == player.story.state);
  });
}

}  // namespace

TEST_CASE("where only orders permit it, no history thaws, hands over, surrenders or closes without one") {
  PhasesReached reached;
  CHECK(random_histories("random histories by order", true, reached));
  INFO("thawed " << reached.thawed_by_order << ", handed over " << reached.handed_by_order << ", surrendered "
                 << reached.surrendered_by_order << ", closed " << reached.closed << ", denied "
                 << reached.denied);
  CHECK(reached.thawed_by_order > 20);
  CHECK(reached.handed_by_order > 0);
  CHECK(reached.surrendered_by_order > 2);
  CHECK(reached.denied > 1000);
}

TEST_CASE("no history of a case with statutes breaks an invariant, and every one replays to the same state") {
  PhasesReached reached;
  const bool held = random_histories("random histories of transfers", false, reached);
  CHECK(held);
  // A test in which nothing happens shows nothing.
  INFO("moved " << reached.moved << ", watched " << reached.witnessed << ", destroyed " << reached.destroyed
                << ", closed " << reached.closed << ", aborted " << reached.aborted << ", retained "
                << reached.retained << ", surrendered " << reached.surrendered << ", returned "
                << reached.returned << ", transferred " << reached.transferred << ", glass " << reached.glass
                << ", lowered " << reached.lowered << ", denied " << reached.denied);
  CHECK(reached.moved > 5);
  CHECK(reached.witnessed > 0);
  CHECK(reached.destroyed > 20);
  // Few histories come to close: walk_test.cpp closes in every way there is.
  CHECK(reached.aborted > 5);
  CHECK(reached.retained > 5);
  CHECK(reached.surrendered > 5);
  CHECK(reached.returned > 5);
  CHECK(reached.transferred > 5);
  CHECK(reached.glass > 5);
  CHECK(reached.lowered > 5);
  CHECK(reached.denied > 1000);
}
