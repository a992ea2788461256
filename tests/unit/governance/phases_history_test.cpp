// Random histories of a case with statutes: whatever is asked in whatever order, I1 to I16 hold as far as
// there is something to hold. The invariants are told once more here, from the events, as naively as
// possible.
#include <rapidcheck.h>

#include <array>
#include <catch2/catch.hpp>
#include <map>
#include <set>
#include <tuple>

#include "tests/unit/governance/phase_story.hpp"

using namespace quietus;
using namespace quietus::governance;

namespace {

using Move = std::tuple<int, int, int, int>;  // card, who, which holding, luck

const CaseId kC = id<CaseId>("C");
const std::vector<Person> kPeople = {kOlivia, kBo, kChen, kDara, kWei, kEli, kFay, kStranger};
const std::vector<std::string> kNames = {"A", "B", "E", "K", "T"};
const std::map<std::string, CopyKind> kCopies = {{"A", CopyKind::original},
                                                 {"B", CopyKind::backup},
                                                 {"E", CopyKind::extract},
                                                 {"K", CopyKind::key_backup},
                                                 {"T", CopyKind::transferee_copy}};
enum class Card {
  place,
  classify,
  make_key,
  seal,
  open,
  advance,
  abort,
  close,
  freeze_case,
  thaw_case,
  freeze,
  thaw,
  house_freezes,
  hold,
  court,
  surrender,
  take_back,
  propose,
  sign,
  withdraw,
  begin,
  act,
  gone,
  certify,
  end_order,
  end_holding,
  open_finding,
  settle,
  glass,
  suspend,
  reinstate
};
// clang-format off
constexpr std::array kDeck = {
  Card::place, Card::classify, Card::classify, Card::make_key, Card::seal, Card::open, Card::open,
  Card::advance, Card::advance, Card::advance, Card::abort, Card::close, Card::close, Card::close, Card::freeze_case, Card::thaw_case,
  Card::thaw_case, Card::freeze, Card::thaw, Card::thaw, Card::house_freezes, Card::house_freezes, Card::hold, Card::court,
  Card::surrender, Card::take_back, Card::take_back, Card::propose, Card::propose, Card::propose, Card::sign, Card::sign, Card::sign,
  Card::withdraw, Card::begin, Card::begin, Card::begin, Card::act, Card::act, Card::act, Card::gone, Card::gone, Card::gone,
  Card::certify, Card::certify, Card::end_order, Card::end_order, Card::end_holding, Card::end_holding, Card::end_holding,
  Card::open_finding, Card::settle, Card::settle, Card::glass, Card::glass, Card::suspend, Card::reinstate};
// clang-format on

/// Turns a move into commands that fit now and then.
class Player {
 public:
  Story story;

  Player() {
    open_transfer(story);
    for (const auto& name : kNames) {
      story.act(kOlivia,
                DeclareHolding{id<HoldingId>(name), kC, HoldingKind::record_set, name, true, {}, {}});
      if (name == "T") continue;
      story.act(kOlivia, place(name));
      story.act(kOlivia, classing(name));
      if (name != "K") seal_copy(story, name);
    }
  }

  std::vector<Command> commands(const Move& move) {
    const auto [card, who, which, luck] = move;
    const Person& anyone = kPeople[static_cast<std::size_t>(who) % kPeople.size()];
    const std::string& name = kNames[static_cast<std::size_t>(which) % kNames.size()];
    const HoldingId hid = id<HoldingId>(name);
    const Holding& holding = *story.state.find(hid);
    const OrderId order = holding.live_order.empty() ? id<OrderId>("none") : holding.live_order;
    switch (kDeck[static_cast<std::size_t>(card)]) {
      case Card::place:
        return {{anyone, luck == 0 ? placing(name, CopyKind::staging, "A") : place(name)}};
      case Card::classify:
        return {{anyone, classing(name, luck == 0 && which < 2 ? HoldingClass::C3
                                        : luck == 1            ? HoldingClass::C1
                                                               : HoldingClass::C2)}};
      case Card::make_key:
        return {{kOlivia, CreateKey{hid, id<KeyId>("K-" + name)}}};
      case Card::seal:
        return {{kOlivia, RecordSealed{hid, "file", sha256(name), 10}}};
      case Card::open:
        return {{luck < 3 ? anyone : kOlivia, ReleaseDataKeys{id<KeyId>("K-" + name), "open", 1}}};
      case Card::advance:
        return {{luck == 0 ? anyone : kOlivia, AdvanceCase{kC, next(luck)}}};
      case Card::abort:
        return luck < 2 && which == 0 ? std::vector<Command>{{kDara, AdvanceCase{kC, CasePhase::aborted}}}
                                      : std::vector<Command>{};
      case Card::close:
        return {{kOlivia, CloseCase{kC}}};
      case Card::freeze_case:
        return luck == 0 ? std::vector<Command>{{anyone, FreezeCase{kC, "why"}}} : std::vector<Command>{};
      case Card::thaw_case:
        return {{anyone, ThawCase{kC, "why"}}};
      case Card::freeze:
        return luck < 3 ? std::vector<Command>{{anyone, FreezeHolding{hid, "why"}}} : std::vector<Command>{};
      case Card::thaw:
        return {{anyone, ThawHolding{hid, "why"}}};
      case Card::house_freezes: {
        std::vector<Command> all;
        for (const auto& due : to_freeze(story.state, story.clock.now))
          all.push_back({kHouse, FreezeHolding{due, "a cause"}});
        return all;
      }
      case Card::hold:
        if (luck == 0) say("hold", about(name));
        return {};
      case Card::court:
        if (luck == 0 && which < 2) say("court_order", which == 0 ? about_case() : about(name));
        return {};
      case Card::surrender:
        if (luck == 0) say("surrender", about(name));
        return {};
      case Card::take_back:
        take_one_back(luck);
        return {};
      case Card::propose:
        return {{kOlivia, story.proposal("O" + std::to_string(story.state.orders.size()), {name})}};
      case Card::sign:
        return signatures(order);
      case Card::withdraw:
        return luck == 0 ? std::vector<Command>{{anyone, WithdrawOrder{order, "why"}}}
                         : std::vector<Command>{};
      case Card::begin:
        return {{kHouse, BeginKeyDestruction{order, hid}}};
      case Card::act:
        return {{kHouse, BeginKeyAct{order, hid, Target::there}}};
      case Card::gone:
        if (luck == 0) return {{kHouse, FailHolding{order, hid, "why"}}};
        return {{kHouse, story.key_gone(order.text(), name)}};
      case Card::certify:
        return {{kHouse, Story::certificate(order.text(), name)}};
      case Card::end_order:
        return {{kHouse, EndOrder{order}}};
      case Card::end_holding:
        return {{kOlivia, ending(story, name, static_cast<HoldingEnd>(luck % 4))}};
      case Card::open_finding:
        return luck < 2 ? std::vector<Command>{{anyone, new_finding(name, luck)}} : std::vector<Command>{};
      case Card::settle:
        return {
            {luck < 3 ? kDara : anyone, settling(some_finding(luck), static_cast<FindingStep>(which % 4))}};
      case Card::glass:
        return {{anyone, glass(name, "F" + std::to_string(story.state.findings.size()))}};
      case Card::suspend:
        return luck == 0 && which == 0
                   ? std::vector<Command>{{kStranger, SuspendPerson{anyone.id, kC, "why"}},
                                          {kEli, SuspendPerson{anyone.id, kC, "why"}}}
                   : std::vector<Command>{};
      case Card::reinstate:
        return {{kWei, ReinstatePerson{anyone.id, kC, "why"}}};
    }
    return {};
  }

 private:
  static PlaceHolding place(const std::string& name) {
    return placing(name, kCopies.at(name), name == "A" ? "" : "A");
  }
  [[nodiscard]] CasePhase next(int luck) const {
    const int now = static_cast<int>(story.state.find(kC)->phase);
    return static_cast<CasePhase>(luck == 1 ? luck : std::min(now + 1, 7));
  }
  void say(const std::string& kind, const Subject& subject) {
    if (story.state.find(kC)->phase != CasePhase::closed) attest(story, kind, subject);
  }
  void take_one_back(int luck) {
    if (story.state.find(kC)->phase == CasePhase::closed) return;
    int skip = luck;
    for (const auto& [said, record] : story.state.attestations) {
      const std::string& kind = record.attestation.kind;
      const bool stands = kind == "hold" || kind == "court_order" || kind == "surrender";
      if (record.taken_back || !stands || skip-- > 0) continue;
      return take_back(story, said);
    }
  }
  [[nodiscard]] std::vector<Command> signatures(const OrderId& order) const {
    if (story.state.find(order) == nullptr) return {};
    std::vector<Command> all;
    const auto add = [&](const Person& who, Role role) {
      all.push_back({who, Story::signing(order.text(), who, story.approval(order.text(), who, role))});
    };
    add(kOlivia, Role::proposer);
    add(kDara, Role::responsible);
    add(kWei, Role::witness);
    for (const Person& who : {kBo, kChen, kFay}) add(who, Role::approver);
    return all;
  }
  [[nodiscard]] OpenFinding new_finding(const std::string& name, int luck) const {
    const auto kind = luck == 0 ? FindingKind::complaint : FindingKind::risk;
    auto made = finding(story, "F" + std::to_string(story.state.findings.size()), kind,
                        luck == 0 ? about(name) : about_case());
    if (luck == 1) made.blocks = {Verb::advance_case, Verb::close_case};
    return made;
  }
  [[nodiscard]] std::string some_finding(int luck) const {
    for (const auto& [fid, finding] : story.state.findings)
      if (finding.state != FindingState::closed) return fid.text();
    return "F" + std::to_string(luck);
  }
};

struct Reached {
  int destroyed = 0, closed = 0, aborted = 0, retained = 0, surrendered = 0, returned = 0, transferred = 0,
      glass = 0, lowered = 0, denied = 0;
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

bool accepted(CasePhase phase) { return phase == CasePhase::accepted || phase == CasePhase::disposing; }

void check_beginning(const Story& before, const HoldingId& hid) {
  const Holding& was = *before.state.find(hid);
  const CasePhase phase = before.state.find(kC)->phase;
  RC_ASSERT_FALSE(was.frozen);
  RC_ASSERT_FALSE(before.state.find(kC)->frozen);
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

void check_end(const Story& before, const HoldingEnded& e, Reached& reached) {
  const Holding& was = *before.state.find(e.holding);
  const Case& in = *before.state.find(kC);
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

void check_close(const Story& before) {
  const Case& in = *before.state.find(kC);
  RC_ASSERT(in.phase == CasePhase::disposing || in.phase == CasePhase::aborted);
  RC_ASSERT_FALSE(in.frozen);
  for (const auto& hid : in.holdings) {
    const Holding& was = *before.state.find(hid);
    RC_ASSERT(is_terminal(was.state));                                               // I9
    RC_ASSERT(was.state != HoldingState::destroyed || !was.certificate_id.empty());  // I10
    const bool live = was.state == HoldingState::returned || was.state == HoldingState::transferred;
    RC_ASSERT(in.phase != CasePhase::aborted || was.placement.custodian != kBuyer || !live);  // I16
  }
  for (const auto& [oid, record] : before.state.orders) RC_ASSERT_FALSE(record.alive());
}

void check_event(const Story& before, const Event& event, Reached& reached) {
  const Case& in = *before.state.find(kC);
  if (const auto* who = std::get_if<Person>(&event.actor))
    RC_ASSERT_FALSE(in.suspended.contains(who->id));         // I12
  if (const auto* e = std::get_if<KeyCreated>(&event.body))  // I1
    RC_ASSERT(before.state.find(e->holding)->classification.has_value());
  if (const auto* e = std::get_if<KeyReleased>(&event.body)) {
    const Holding& was = *before.state.find(e->holding);
    RC_ASSERT_FALSE(was.frozen || in.frozen || in.phase == CasePhase::disposing);
    RC_ASSERT_FALSE(was.placement.copy == CopyKind::original && accepted(in.phase));
  }
  if (const auto* e = std::get_if<HoldingEnding>(&event.body)) check_beginning(before, e->holding);
  if (const auto* e = std::get_if<HoldingActBegun>(&event.body)) check_beginning(before, e->holding);
  if (const auto* e = std::get_if<HoldingEnded>(&event.body)) check_end(before, *e, reached);
  if (std::holds_alternative<CaseClosed>(event.body)) check_close(before), ++reached.closed;
  if (std::holds_alternative<HoldingDestroyed>(event.body)) ++reached.destroyed;
  if (const auto* e = std::get_if<CaseAdvanced>(&event.body)) {  // I13
    RC_ASSERT_FALSE(in.frozen);
    RC_ASSERT(e->to > in.phase);
    reached.aborted += e->to == CasePhase::aborted;
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

void play(const Move& move, Player& player, Reached& reached) {
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

TEST_CASE("no history of a case with statutes breaks an invariant, and every one replays to the same state") {
  Reached reached;
  const bool held = rc::check("random histories of transfers", [&] {
    const auto card = rc::gen::inRange(0, static_cast<int>(kDeck.size()));
    const auto drawn =
        rc::gen::tuple(card, rc::gen::inRange(0, 8), rc::gen::inRange(0, 5), rc::gen::inRange(0, 8));
    const auto moves =
        *rc::gen::resize(rc::kNominalSize, rc::gen::container<std::vector<Move>>(std::size_t{6000}, drawn));
    Player player;
    player.story.events.clear();
    const State opened = player.story.state;
    for (const auto& move : moves) play(move, player, reached);
    State replayed = opened;
    for (const auto& event : player.story.events) {
      const auto read = event_from_json(Json::parse_canonical(event_to_json(event).write()).value());
      RC_ASSERT(apply(replayed, read.value()).has_value());
    }
    RC_ASSERT(replayed == player.story.state);
  });
  CHECK(held);
  // A test in which nothing happens shows nothing.
  INFO("destroyed " << reached.destroyed << ", closed " << reached.closed << ", aborted " << reached.aborted
                    << ", retained " << reached.retained << ", surrendered " << reached.surrendered
                    << ", returned " << reached.returned << ", transferred " << reached.transferred
                    << ", glass " << reached.glass << ", lowered " << reached.lowered << ", denied "
                    << reached.denied);
  CHECK(reached.destroyed > 20);
  CHECK(reached.closed > 0);
  CHECK(reached.aborted > 5);
  CHECK(reached.retained > 5);
  CHECK(reached.surrendered > 5);
  CHECK(reached.returned > 5);
  CHECK(reached.transferred > 5);
  CHECK(reached.glass > 5);
  CHECK(reached.lowered > 5);
  CHECK(reached.denied > 1000);
}
