// The matrix role x verb x class x phase x state: what may() answers against what the table says.
#include <catch2/catch.hpp>
#include <iostream>

#include "tests/property/governance/matrix_world.hpp"

using namespace quietus;
using namespace quietus::governance;
using namespace quietus::governance::matrix;

namespace {

struct Tally {
  std::size_t cells = 0, permitted = 0, differences = 0;
  std::size_t open = 0;                         ///< where the text would have it otherwise
  std::map<std::string_view, std::size_t> why;  ///< how often a rule or an open question alone decided
};

std::string reasons(const Decision& decision) {
  std::string all;
  for (const Reason& reason : decision.reasons) all += (all.empty() ? "" : ",") + reason.rule;
  return all.empty() ? "-" : all;
}

std::string describe(const Cell& c) {
  return std::string(c.statutes ? "statutes " : "builtin-0 ") + std::string(to_string(c.who)) + " " +
         std::string(to_string(c.verb)) + " " + std::string(to_string(c.holding_class)) + " " +
         std::string(to_string(c.phase)) + " " + std::string(to_string(c.stand)) +
         (c.act_ordered ? "/act ordered" : "") +
         (c.key ? "/" + std::string(quietus::to_string(*c.key)) : "") +
         (c.end ? "/" + std::string(quietus::governance::to_string(*c.end)) : "");
}

void compare(const Cell& cell, const Decision& got, Tally& tally) {
  const auto denied_by = denials(cell);
  ++tally.cells;
  tally.permitted += got.permitted ? 1 : 0;
  tally.open += denied_by_text(cell) == got.permitted ? 1 : 0;
  if (denied_by.size() == 1) ++tally.why[denied_by.front()];
  for (const OpenQuestion& question : kOpenQuestions)
    if (question.in_text && denied_by.empty() && question.rule.denies(cell)) ++tally.why[question.rule.says];
  if (denied_by.empty() == got.permitted) return;
  ++tally.differences;
  std::cout << describe(cell) << ": expected " << (denied_by.empty() ? "permit" : "deny") << ", got "
            << (got.permitted ? "permit" : "deny") << "; may says " << reasons(got) << "; the table says";
  for (const auto& says : denied_by) std::cout << " [" << says << "]";
  std::cout << "\n";
}

void report(const Tally& tally) {
  std::cout << "matrix: " << tally.cells << " cells, " << tally.permitted << " permitted, "
            << tally.differences << " differences, " << tally.open << " under open questions\n";
}

/// About the case. What closing asks for besides is decide()'s: whether every node has ended.
Decision answer(const World& world, const Scene& scene, Who who, Verb verb) {
  const CaseId in = id<CaseId>("C");
  const Person* person = person_of(who);
  if (verb != Verb::close_case)
    return may(scene.state, world.pack(), person, verb, nullptr, &in, world.clock());
  const Actor actor = person == nullptr ? Actor(kHouse) : Actor(*person);
  return decide(scene.state, world.pack(), Command{actor, CloseCase{in}}, world.clock());
}

void ask_endings(const World& world, const Scene& scene, Cell cell, Tally& tally) {
  cell.verb = Verb::end_holding;
  for (const HoldingEnd end :
       {HoldingEnd::transferred, HoldingEnd::retained, HoldingEnd::surrendered, HoldingEnd::returned}) {
    cell.end = end;
    const bool retained = end == HoldingEnd::retained;
    const EndHolding command{
        scene.holding, end, "that is its end",
        retained ? std::optional(world.clock().now + 365LL * 24 * Story::kHour) : std::nullopt};
    const Person* person = person_of(cell.who);
    const Actor actor = person == nullptr ? Actor(kHouse) : Actor(*person);
    compare(cell, decide(scene.state, world.pack(), Command{actor, command}, world.clock()), tally);
  }
}

/// What only an order of its own permits, where there is one.
void ask_by_order(const World& world, const Scene& scene, Cell cell, Tally& tally) {
  cell.act_ordered = true;
  const Scene acts = world.ordered(scene, {OrderAct::hand, OrderAct::surrender, OrderAct::thaw});
  const Scene closing = world.ordered(scene, {OrderAct::close});
  const bool tells_of_case = cell.holding_class == HoldingClass::C2;
  for (const Who who : everybody()) {
    cell.who = who;
    if (!reachable(cell)) continue;
    cell.verb = Verb::thaw;
    cell.end.reset();
    compare(cell,
            may(acts.state, world.pack(), person_of(who), Verb::thaw, &scene.holding, nullptr, world.clock()),
            tally);
    ask_endings(world, acts, cell, tally);
    cell.verb = Verb::close_case;
    if (tells_of_case) compare(cell, answer(world, closing, who, Verb::close_case), tally);
  }
}

void ask_all(const World& world, const Scene& scene, Cell cell, Tally& tally) {
  const CaseId in = id<CaseId>("C");
  for (const Who who : everybody()) {
    cell.who = who;
    if (!reachable(cell)) continue;
    for (const Verb verb : holding_verbs(cell)) {
      cell.verb = verb;
      compare(cell, may(scene.state, world.pack(), person_of(who), verb, &scene.holding, &in, world.clock()),
              tally);
    }
    if (cell.statutes) ask_endings(world, scene, cell, tally);
    const bool once = cell.holding_class == HoldingClass::C2 || !cell.statutes;
    const bool telling =
        cell.stand == Stand::live || cell.stand == Stand::transferred || cell.stand == Stand::case_frozen;
    if (!once || !telling) continue;
    for (const Verb verb : case_verbs()) {
      cell.verb = verb;
      compare(cell, answer(world, scene, who, verb), tally);
    }
  }
}

/// What is done about one key of a keyring: the change that fits its state, if one does.
CommandBody about_key(const World& world, Verb verb, KeyState key) {
  const KeyRanges one = KeyRanges::parse("1").value();
  switch (verb) {
    case Verb::shred:
      return BeginShredding{kRing, std::nullopt};
    case Verb::schedule_destruction:
      return ScheduleDestruction{kRing, one, world.clock().now + 8LL * 24 * Story::kHour, "it is over"};
    case Verb::cancel_destruction:
      return CancelDestruction{kRing, one, "it is not over"};
    case Verb::restrict_key:
      return ChangeKeys{kRing, one, KeyChange::compromise, "it was seen"};
    default:
      return ChangeKeys{kRing, one,
                        key == KeyState::pre_active  ? KeyChange::activate
                        : key == KeyState::suspended ? KeyChange::resume
                                                     : KeyChange::deactivate,
                        "it is time"};
  }
}

/// may_key() about one key of a keyring, in every state of it, and decide() about what is done with it.
Tally compare_keys(const std::vector<HoldingClass>& classes, const std::vector<CasePhase>& phases) {
  World world(true);
  Tally tally;
  for (const HoldingClass holding_class : classes) {
    for (const CasePhase phase : phases) {
      for (const Stand stand :
           {Stand::live, Stand::frozen, Stand::held, Stand::blocked, Stand::case_frozen}) {
        for (int state = 0; state <= static_cast<int>(KeyState::destroy_failed); ++state) {
          const auto key = static_cast<KeyState>(state);
          const auto scene = world.scene(holding_class, phase, stand, key);
          INFO(world.impossible);
          REQUIRE(scene);
          REQUIRE(scene->state.find(kRing)->state_of(KeyNumber{1}) == key);
          Cell cell{true, Who::operator_, Verb::read, holding_class, phase, stand, std::nullopt, key};
          for (const Who who : everybody()) {
            cell.who = who;
            for (const Verb verb : {Verb::seal, Verb::open, Verb::release_data_key}) {
              cell.verb = verb;
              compare(cell,
                      may_key(scene->state, world.pack(), person_of(who), verb, kRing, KeyNumber{1},
                              world.clock()),
                      tally);
            }
            for (const Verb verb : keyring_verbs()) {
              cell.verb = verb;
              const Person* person = person_of(who);
              const Actor actor = person == nullptr ? Actor(kHouse) : Actor(*person);
              const Command command{actor, about_key(world, verb, key)};
              compare(cell, decide(scene->state, world.pack(), command, world.clock()), tally);
            }
          }
        }
      }
    }
  }
  report(tally);
  return tally;
}

Tally compare_all(bool statutes, const std::vector<HoldingClass>& classes,
                  const std::vector<CasePhase>& phases) {
  World world(statutes);
  Tally tally;
  for (const HoldingClass holding_class : classes) {
    for (const CasePhase phase : phases) {
      for (const Stand stand : all_stands()) {
        const auto scene = world.scene(holding_class, phase, stand);
        if (!scene) {
          std::cout << to_string(holding_class) << " " << to_string(phase) << " " << to_string(stand)
                    << ": no such history, " << world.impossible << "\n";
          continue;
        }
        ask_all(world, *scene, {statutes, Who::operator_, Verb::read, holding_class, phase, stand}, tally);
        if (statutes)
          ask_by_order(world, *scene, {statutes, Who::operator_, Verb::read, holding_class, phase, stand},
                       tally);
      }
    }
  }
  report(tally);
  return tally;
}
}  // namespace

TEST_CASE("every cell of a case with statutes is answered as the specification has it") {
  using enum CasePhase;
  using enum HoldingClass;
  const std::vector<HoldingClass> classes = {unset, C1, C2, C3, important};
  const std::vector<CasePhase> phases = {draft,    inventoried, cleared, moving,
                                         accepted, disposing,   closed,  aborted};
  Tally tally = compare_all(true, classes, phases);
  CHECK(tally.cells >= 5000);
  CHECK(tally.permitted > 0);
  CHECK(tally.differences == 0);

  const Tally keys = compare_keys(classes, phases);
  CHECK(keys.cells >= 5000);
  CHECK(keys.permitted > 0);
  CHECK(keys.differences == 0);

  // A rule that never decides alone says nothing, and a question that no cell asks has been answered.
  tally.why.insert(keys.why.begin(), keys.why.end());
  for (const Clause& rule : clauses()) {
    INFO(rule.says);
    CHECK(tally.why[rule.says] > 0);
  }
  for (const OpenQuestion& question : kOpenQuestions) {
    INFO(question.rule.says);
    CHECK(tally.why[question.rule.says] > 0);
  }
}

TEST_CASE("every cell of a case under the house's own rules is answered as the specification has it") {
  const Tally tally = compare_all(false, {HoldingClass::unset}, {CasePhase::disposing, CasePhase::closed});
  CHECK(tally.cells >= 500);
  CHECK(tally.permitted > 0);
  CHECK(tally.differences == 0);
}
