// Random histories: whatever is asked in whatever order, the invariants of the house hold.
#include <rapidcheck.h>

#include <array>
#include <catch2/catch.hpp>
#include <map>
#include <set>
#include <tuple>

#include "tests/unit/governance/story.hpp"

using namespace quietus;
using namespace quietus::governance;

namespace {

using OrderMove = std::tuple<int, int, int, int>;  // card, who, which holding, luck

const std::vector<Person> kOrderPeople = {kOlivia, kBo, kChen, kDara, kWei, kEli, kStranger};
const std::vector<std::string> kHoldings = {"D1", "D2", "R1", "R2"};
const std::vector<std::string> kOrders = {"O1", "O2", "O3", "O4", "O5", "O6", "O7", "O8", "O9"};
constexpr std::array kDeck = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 10, 10, 10, 11, 12,
                              12, 12, 12, 12, 12, 12, 12, 12, 12, 15, 15, 15, 17, 17, 17, 18,
                              18, 18, 19, 19, 19, 20, 20, 20, 21, 21, 21, 22, 22, 23, 23};

/// Turns a move into a command that fits now and then: ids come from small pools, people mostly from the
/// right role.
class OrderPlayer {
 public:
  Story story;

  OrderPlayer() {
    story.open_case();
    story.declare_disk("D1");
  }

  Command command(const OrderMove& move) {
    const auto [card, who, which, luck] = move;
    const int what = kDeck[static_cast<std::size_t>(card)];
    const Person& anyone = kOrderPeople[static_cast<std::size_t>(who) % kOrderPeople.size()];
    const std::string& name = kHoldings[static_cast<std::size_t>(which) % kHoldings.size()];
    const HoldingId holding = id<HoldingId>(name);
    const OrderId order = id<OrderId>(order_for(holding, luck));
    const HostId host = id<HostId>(luck == 0 ? "host-2" : "host-1");
    const bool known =
        story.state.find(order) != nullptr && story.state.find(order)->line(holding) != nullptr;
    switch (what) {
      case 0:
        return {kOlivia, declaration(name)};
      case 1:
        return {anyone, CreateKey{holding, id<KeyId>("K-" + name)}};
      case 2:
        return {kOlivia, CreateKey{holding, id<KeyId>("K-" + name)}};
      case 3:
        return {kOlivia, RecordSealed{holding, "file", sha256(name), 10}};
      case 4:
        return {anyone, ReleaseDataKeys{id<KeyId>("K-" + name), luck % 2 == 0 ? "seal" : "open", 1}};
      case 5:
        return luck < 2 ? Command{anyone, FreezeHolding{holding, "why"}}
                        : Command{kEli, ThawHolding{holding, "why"}};
      case 6:
        return {anyone, ThawHolding{holding, "why"}};
      case 7:
        return {luck == 0 && which == 0 ? kOlivia : kStranger,
                SuspendPerson{anyone.id, id<CaseId>("C"), "why"}};
      case 9:
        return {anyone, ReinstatePerson{kOrderPeople[static_cast<std::size_t>(luck) % kOrderPeople.size()].id,
                                        id<CaseId>("C"), "why"}};
      case 8:
        return {anyone, story.proposal(new_order(luck), some_holdings(which, luck))};
      case 10:
        return {kOlivia, story.proposal(new_order(luck), some_holdings(which, luck))};
      case 11:
        if (luck == 0 && which == 0) return {anyone, WithdrawOrder{order, "why"}};
        return {luck == 2 && which == 0 ? kOlivia : kStranger, CloseCase{id<CaseId>("C")}};
      case 12:
        return signature(order, anyone, luck);
      case 15:
        if (known) return {host, mandate(order, holding, luck)};
        break;
      case 17:
        return {host, Story::sample(order.text(), name)};
      case 18:
        if (known) return {host, completion(order, name, luck)};
        break;
      case 19:
        return {kHouse, BeginKeyAct{order, holding, luck == 0 ? Target::gone : Target::there}};
      case 20:
        return {kHouse, BeginKeyDestruction{order, holding}};
      case 21:
        if (known) return {kHouse, key_gone(order, name, luck)};
        break;
      case 22:
        return {kHouse, Story::certificate(order.text(), name)};
      default:
        return luck == 0 ? Command{kHouse, FailHolding{order, holding, "why"}}
                         : Command{kHouse, EndOrder{order}};
    }
    return {kHouse, EndOrder{order}};
  }

 private:
  /// The order that is open for the holding, else any that is open, else any.
  [[nodiscard]] std::string order_for(const HoldingId& holding, int luck) const {
    if (const OrderRecord* live = story.state.live_order(holding)) return live->order.id.text();
    for (const auto& [order, record] : story.state.orders) {
      if (record.alive()) return order.text();
    }
    return kOrders[static_cast<std::size_t>(luck) % kOrders.size()];
  }
  /// The next id that is free, now and then one that is not.
  [[nodiscard]] std::string new_order(int luck) const {
    for (const auto& name : kOrders) {
      if (luck > 0 && story.state.find(id<OrderId>(name)) == nullptr) return name;
    }
    return kOrders.front();
  }
  static DeclareHolding declaration(const std::string& name) {
    if (name[0] == 'R')
      return {id<HoldingId>(name), id<CaseId>("C"), HoldingKind::record_set, name, true, {}, {}};
    return {id<HoldingId>(name),  id<CaseId>("C"), HoldingKind::disk, name, true,
            id<HostId>("host-1"), device(name)};
  }
  static std::vector<std::string> some_holdings(int which, int luck) {
    const auto at = [](int i) { return kHoldings[static_cast<std::size_t>(i) % kHoldings.size()]; };
    if (luck == 0) return {at(which), at(which)};
    if (luck == 1) return {at(which), at(which + 1)};
    return {at(which)};
  }
  [[nodiscard]] Command signature(const OrderId& order, const Person& who, int luck) const {
    if (story.state.find(order) == nullptr) return {who, WithdrawOrder{order, "why"}};
    static const std::map<PersonId, Role> kOwn = {{kOlivia.id, Role::proposer}, {kBo.id, Role::approver},
                                                  {kChen.id, Role::approver},   {kDara.id, Role::responsible},
                                                  {kWei.id, Role::witness},     {kEli.id, Role::approver},
                                                  {kStranger.id, Role::witness}};
    auto approval = story.approval(order.text(), who, luck == 0 ? Role::approver : kOwn.at(who.id));
    if (luck == 1 && order.text() == "O1") approval.not_after = story.clock.now + 20'000;
    if (luck == 2 && who.id == kWei.id && order.text() < "O4") approval.decision = ApprovalDecision::reject;
    return {who, Story::signing(order.text(), who, approval)};
  }
  IssueMandate mandate(const OrderId& order, const HoldingId& holding, int luck) {
    auto command = story.mandate(order.text(), holding.text(), std::to_string(luck == 1 ? 0 : ++nonces_));
    if (luck == 2) command.facts.identity.serial = "another";
    return command;
  }
  [[nodiscard]] CompleteHolding completion(const OrderId& order, const std::string& name, int luck) const {
    auto command = story.completion(order.text(), name);
    if (luck == 1) command.evidence.verdict = Verdict::failed;
    return command;
  }
  [[nodiscard]] CompleteKeyDestruction key_gone(const OrderId& order, const std::string& name,
                                                int luck) const {
    auto command = story.key_gone(order.text(), name);
    if (luck == 1) command.shown.target_found = true;
    return command;
  }
  int nonces_ = 0;
};

struct Word {
  Approval approval;
  Person person;
};
using Words = std::map<PersonId, Word>;

/// The people's rules once more, from the words that still counted and as naively as possible.
bool enough(const Words& words, const PersonId& proposer) {
  std::map<Role, std::set<PersonId>> by_role;
  std::set<std::string> departments;
  for (const auto& [who, word] : words) {
    if (word.approval.decision != ApprovalDecision::approve) return false;
    by_role[word.approval.role].insert(who);
    if (word.approval.role == Role::approver) departments.insert(word.person.department);
  }
  by_role[Role::approver].erase(proposer);
  return by_role[Role::proposer] == std::set<PersonId>{proposer} && by_role[Role::approver].size() >= 2 &&
         by_role[Role::responsible].size() == 1 && by_role[Role::witness].size() >= 1 &&
         departments.size() >= 2;
}

/// Words end with a suspension of who gave them, until a medium is shown erased or a key's act begins.
bool people_agreed(const std::vector<Event>& history, const OrderId& order, const HoldingId& holding) {
  Words words;
  std::optional<Words> at_the_act;
  PersonId proposer;
  bool begun = false;
  for (const auto& event : history) {
    const auto about = [&](const auto* e) {
      return e != nullptr && e->order == order && e->holding == holding;
    };
    if (const auto* e = std::get_if<PersonSuspended>(&event.body)) words.erase(e->person);
    if (const auto* e = std::get_if<OrderProposed>(&event.body); e && e->order.id == order)
      proposer = e->order.proposer;
    if (const auto* e = std::get_if<OrderSigned>(&event.body); e && e->order == order)
      words[e->person.id] = {proof::decode_approval(e->statement.payload).value(), e->person};
    begun = begun || about(std::get_if<MandateIssued>(&event.body)) ||
            about(std::get_if<HoldingEnding>(&event.body));
    if (const auto* e = std::get_if<HoldingActBegun>(&event.body); about(e) && !e->resumed)
      at_the_act = words;
  }
  return begun && enough(at_the_act.value_or(words), proposer);
}

bool forward(HoldingState from, HoldingState to) {
  using S = HoldingState;
  if (from == to) return true;
  if (from == S::declared) return to == S::sealed || to == S::ending;
  if (from == S::sealed || from == S::destroy_failed) return to == S::ending;
  return from == S::ending && (to == S::destroyed || to == S::destroy_failed);
}

bool forward(OrderState from, OrderState to) {
  using S = OrderState;
  if (from == to) return true;
  if (from == S::proposed) return to == S::approved || to == S::withdrawn;
  if (from == S::approved) return to == S::running || to == S::withdrawn || to == S::failed;
  return from == S::running && (to == S::certified || to == S::partly || to == S::failed);
}

struct OrderReached {
  int destroyed = 0, certified = 0, failed = 0, rejected = 0, grants = 0, denied = 0;
};

void play(const OrderMove& move, OrderPlayer& player, OrderReached& reached) {
  Story& story = player.story;
  const Command command = player.command(move);
  const State before = story.state;
  const Decision decision = decide(before, story.pack, command, story.clock);
  RC_ASSERT(decision == decide(before, story.pack, command, story.clock));
  RC_ASSERT(decision.permitted == !decision.events.empty());
  RC_ASSERT(decision.permitted == decision.reasons.empty());
  RC_ASSERT(!decision.grant || decision.permitted);
  reached.denied += decision.permitted ? 0 : 1;
  if (decision.grant) {
    ++reached.grants;
    RC_ASSERT(decision.grant->valid_until > story.clock.now);
    RC_ASSERT(decision.grant->uses > 0U);
  }
  for (const auto& event : decision.events) {
    if (const auto* e = std::get_if<HoldingDestroyed>(&event.body)) {
      ++reached.destroyed;
      RC_ASSERT(people_agreed(story.events, e->order, e->holding));
      RC_ASSERT(before.find(e->order)->state == OrderState::running);
    }
    if (std::holds_alternative<CertificateIssued>(event.body)) ++reached.certified;
    if (std::holds_alternative<HoldingFailed>(event.body)) ++reached.failed;
    if (std::holds_alternative<OrderWithdrawn>(event.body)) ++reached.rejected;
    RC_ASSERT(apply(story.state, event).has_value());
    story.events.push_back(event);
  }
  for (const auto& [id, holding] : before.holdings)
    RC_ASSERT(forward(holding.state, story.state.find(id)->state));
  for (const auto& [id, record] : before.orders)
    RC_ASSERT(forward(record.state, story.state.find(id)->state));
  story.clock.now = story.clock.now + 1000;
}

}  // namespace

TEST_CASE(
    "no history destroys what the people did not agree to destroy, and every history replays to the same "
    "state") {
  OrderReached reached;
  const bool held = rc::check("random histories", [&] {
    // inRange grows with rapidcheck's size; the nominal one uses the whole deck.
    const auto card = rc::gen::inRange(0, static_cast<int>(kDeck.size()));
    const auto drawn =
        rc::gen::tuple(card, rc::gen::inRange(0, 7), rc::gen::inRange(0, 4), rc::gen::inRange(0, 8));
    const auto moves = *rc::gen::resize(rc::kNominalSize,
                                        rc::gen::container<std::vector<OrderMove>>(std::size_t{400}, drawn));
    OrderPlayer player;
    player.story.events.clear();
    const State opened = player.story.state;
    for (const auto& move : moves) play(move, player, reached);
    RC_ASSERT(folded_from_json(player.story.events, opened) == player.story.state);
  });
  CHECK(held);
  // A test in which nothing happens shows nothing.
  INFO("destroyed " << reached.destroyed << ", certified " << reached.certified << ", failed "
                    << reached.failed << ", withdrawn " << reached.rejected << ", grants " << reached.grants
                    << ", denied " << reached.denied);
  CHECK(reached.destroyed > 5);
  CHECK(reached.certified > 2);
  CHECK(reached.failed > 2);
  CHECK(reached.rejected > 2);
  CHECK(reached.denied > 1000);
}
