// A destruction that was begun and has not ended in time is told to who answers for the case.
#include <catch2/catch.hpp>

#include "governance/standing.hpp"
#include "kms/service/today.hpp"
#include "tests/support/signing_world.hpp"

namespace quietus::test {
namespace {

using governance::LineState;
using service::Waiting;

constexpr std::int64_t kHour = 3600LL * 1000;
const CaseId kCase = *CaseId::parse("case-1");
const HoldingId kHolding = *HoldingId::parse("holding-1");
const PersonId kBo = *PersonId::parse("bo"), kDara = *PersonId::parse("dara"), kEli = *PersonId::parse("eli");

/// An order under way that ends one holding, begun an hour ago.
struct OverdueIntentsWorld {
  governance::State state;
  governance::OrderRecord& record = state.orders[*OrderId::parse("order-1")];

  OverdueIntentsWorld() {
    auto& in = state.cases[kCase];
    in.id = kCase;
    in.pack_name = "builtin-0";
    in.roles[Role::approver] = {kBo};
    in.roles[Role::responsible] = {kDara};
    in.roles[Role::auditor] = {kEli};
    in.holdings = {kHolding};
    auto& holding = state.holdings[kHolding];
    holding.id = kHolding;
    holding.case_id = kCase;
    holding.title = "Loan book";
    in.orders = {*OrderId::parse("order-1")};
    record.order.id = in.orders.front();
    record.order.case_id = kCase;
    record.order.not_after = kNow + 30 * kDayMs;
    record.state = governance::OrderState::running;
    record.order.lines.resize(1);
    record.order.lines[0].holding = kHolding;
    record.order.lines[0].kind = HoldingKind::record_set;
    record.lines.resize(1);
    line().holding = kHolding;
    line().state = LineState::ending;
    line().begun = kNow + -kHour;
  }
  governance::LineProgress& line() { return record.lines[0]; }
  [[nodiscard]] bool late() const { return !governance::overdue_intents(state, kNow).empty(); }
  [[nodiscard]] bool told(const PersonId& person) const {
    return std::ranges::any_of(service::waiting_for(state, {}, person, kNow),
                               [](const auto& task) { return task.kind == Waiting::overdue_intent; });
  }
};

}  // namespace

TEST_CASE("a key that was to go an hour ago is told to who is responsible and to auditors, with its date") {
  OverdueIntentsWorld world;
  CHECK(world.told(kDara));
  CHECK(world.told(kEli));
  CHECK_FALSE(world.told(kBo));
  const auto task = service::waiting_for(world.state, {}, kDara, kNow).front();
  CHECK(task.about == Subject{SubjectKind::holding, kHolding.text()});
  CHECK(task.text == "Loan book");
  CHECK(task.due == kNow);
  world.state.cases[kCase].phase = governance::CasePhase::closed;
  CHECK(world.told(kDara));
  world.line().begun = kNow + (1 - kHour);
  CHECK_FALSE(world.told(kDara));
}

TEST_CASE("a medium has the time that it needs at 20 MB/s, and never longer than its order's window") {
  OverdueIntentsWorld world;
  world.record.order.lines[0].kind = HoldingKind::disk;
  world.record.order.lines[0].device.size_bytes = 20'000ULL * kHour;  // an hour to write, an hour to read
  world.line().state = LineState::mandated;
  world.line().begun = kNow + (1 - 3 * kHour);
  CHECK_FALSE(world.late());
  world.line().begun = kNow + -3 * kHour;
  CHECK(world.late());
  world.line().begun = kNow + -kHour;
  CHECK_FALSE(world.late());
  world.record.order.not_after = kNow;
  CHECK(world.late());
}

TEST_CASE("what was shown or given up, and what has not begun, is not overdue") {
  OverdueIntentsWorld world;
  world.line().begun = kNow + -kDayMs;
  for (const auto state :
       {LineState::destroyed, LineState::certified, LineState::failed, LineState::pending}) {
    world.line().state = state;
    CHECK_FALSE(world.late());
  }
}

TEST_CASE("keys of a keyring that go because their time has come have an hour as well") {
  OverdueIntentsWorld world;
  world.record.lines.clear();
  auto& ring = world.state.keyrings[*KeyringId::parse("keyring-1")];
  ring.holding = kHolding;
  CHECK_FALSE(world.late());
  ring.shredding.emplace().begun = kNow + -kHour;
  CHECK(world.told(kDara));
  ring.shredding->begun = kNow + (1 - kHour);
  CHECK_FALSE(world.late());
}

}  // namespace quietus::test
