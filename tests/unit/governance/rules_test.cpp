// One row per rule: what it forbids is denied in its name, and by nothing else: without the rule it would
// happen.
#include <catch2/catch.hpp>
#include <functional>
#include <set>

#include "tests/unit/governance/story.hpp"

using namespace quietus;
using namespace quietus::governance;

namespace {

struct Row {
  RuleId rule;
  std::string says;
  std::function<Command(Story&)> tell;  ///< sets the scene and gives the command to be denied
};

const HostId kHost = id<HostId>("host-1");
const HoldingId kD = id<HoldingId>("D"), kR = id<HoldingId>("R");
const OrderId kO = id<OrderId>("O");
const CaseId kC = id<CaseId>("C");

void approved_disk(Story& s) {
  s.open_case();
  s.declare_disk("D");
  s.propose("O", {"D"});
  s.sign_fully("O");
}
void proposed_disk(Story& s) {
  s.open_case();
  s.declare_disk("D");
  s.propose("O", {"D"});
}
void approved_records(Story& s) {
  s.open_case();
  s.seal_records("R");
  s.propose("O", {"R"});
  s.sign_fully("O");
}

const std::vector<Row> kRows = {
    {RuleId::phase, "a closed case takes no new holding",
     [](Story& s) -> Command {
       s.open_case();
       s.act(kOlivia, CloseCase{kC});
       return {kOlivia, DeclareHolding{kR, kC, HoldingKind::record_set, "late", true, {}, {}}};
     }},
    {RuleId::role, "an auditor proposes no destruction",
     [](Story& s) -> Command {
       s.open_case();
       s.declare_disk("D");
       return {kEli, s.proposal("O", {"D"})};
     }},
    {RuleId::suspended, "a suspended person does nothing",
     [](Story& s) -> Command {
       s.open_case();
       s.declare_disk("D");
       s.act(kBo, SuspendPerson{kOlivia.id, kC, "lost the token"});
       return {kOlivia, s.proposal("O", {"D"})};
     }},
    {RuleId::clock_backwards, "a clock behind the ledger stops all but freezing and suspending",
     [](Story& s) -> Command {
       s.open_case();
       s.clock.now = s.state.latest + -2001;
       return {kOlivia, DeclareHolding{kR, kC, HoldingKind::record_set, "records", true, {}, {}}};
     }},
    {RuleId::clock_confirmed, "nothing irreversible by an unconfirmed clock",
     [](Story& s) -> Command {
       approved_disk(s);
       s.clock.confirmed = false;
       return {kHost, s.mandate("O", "D")};
     }},
    {RuleId::frozen, "a frozen holding is not destroyed",
     [](Story& s) -> Command {
       approved_disk(s);
       s.act(kEli, FreezeHolding{kD, "complaint"});
       return {kHost, s.mandate("O", "D")};
     }},
    {RuleId::holding_state, "a record set is sealed once",
     [](Story& s) -> Command {
       s.open_case();
       s.seal_records("R");
       return {kOlivia, RecordSealed{kR, "again", sha256("again"), 1}};
     }},
    {RuleId::one_key, "a holding gets one key",
     [](Story& s) -> Command {
       s.open_case();
       s.declare_records("R");
       return {kOlivia, CreateKey{kR, id<KeyId>("another")}};
     }},
    {RuleId::ordered_key, "a key that an approved order will end gives nothing out",
     [](Story& s) -> Command {
       approved_records(s);
       return {kOlivia, ReleaseDataKeys{id<KeyId>("K-R"), "open", 1}};
     }},
    {RuleId::close_terminal, "a case with a living holding is not closed",
     [](Story& s) -> Command {
       s.open_case();
       s.declare_disk("D");
       return {kOlivia, CloseCase{kC}};
     }},
    {RuleId::suspend_target, "a case suspends its own people only",
     [](Story& s) -> Command {
       s.open_case();
       return {kOlivia, SuspendPerson{kStranger.id, kC, "no reason"}};
     }},
    {RuleId::thaw_other, "who froze a holding does not thaw it",
     [](Story& s) -> Command {
       s.open_case();
       s.declare_disk("D");
       s.act(kBo, FreezeHolding{kD, "complaint"});
       return {kBo, ThawHolding{kD, "never mind"}};
     }},
    {RuleId::one_order, "a holding is in one open order",
     [](Story& s) -> Command {
       proposed_disk(s);
       return {kOlivia, s.proposal("O2", {"D"})};
     }},
    {RuleId::repeated_holding, "an order names a holding once",
     [](Story& s) -> Command {
       s.open_case();
       s.declare_disk("D");
       return {kOlivia, s.proposal("O", {"D", "D"})};
     }},
    {RuleId::order_window, "nothing begins after the window",
     [](Story& s) -> Command {
       s.open_case();
       s.declare_disk("D");
       auto proposal = s.proposal("O", {"D"});
       proposal.not_after = s.clock.now + Story::kHour;
       s.act(kOlivia, proposal);
       s.sign_fully("O");
       s.clock.now = proposal.not_after + 1;
       return {kHost, s.mandate("O", "D")};
     }},
    {RuleId::sign_role, "a person signs in a role of the case",
     [](Story& s) -> Command {
       proposed_disk(s);
       return {kWei, Story::signing("O", kWei, s.approval("O", kWei, Role::approver))};
     }},
    {RuleId::sign_once, "a person signs once",
     [](Story& s) -> Command {
       proposed_disk(s);
       s.sign("O", kBo, Role::approver);
       return {kBo, Story::signing("O", kBo, s.approval("O", kBo, Role::approver))};
     }},
    {RuleId::duties_apart, "the proposer approves nothing",
     [](Story& s) -> Command {
       Roles roles;
       roles[Role::approver] = {kOlivia.id, kBo.id};
       s.act(kOlivia, OpenCase{kC, "a case", "asset", true, roles});
       s.declare_disk("D");
       s.propose("O", {"D"});
       return {kOlivia, Story::signing("O", kOlivia, s.approval("O", kOlivia, Role::approver))};
     }},
    {RuleId::sign_digest, "a signature about other bytes is no signature",
     [](Story& s) -> Command {
       proposed_disk(s);
       auto approval = s.approval("O", kBo, Role::approver);
       approval.order_digest = sha256("another order");
       return {kBo, Story::signing("O", kBo, approval)};
     }},
    {RuleId::sign_statement, "nobody brings another person's statement",
     [](Story& s) -> Command {
       proposed_disk(s);
       return {kBo, Story::signing("O", kChen, s.approval("O", kChen, Role::approver))};
     }},
    {RuleId::sign_expired, "an expired signature is not taken",
     [](Story& s) -> Command {
       proposed_disk(s);
       auto approval = s.approval("O", kBo, Role::approver);
       approval.not_after = s.clock.now;
       return {kBo, Story::signing("O", kBo, approval)};
     }},
    {RuleId::order_state, "an order that has begun is not withdrawn",
     [](Story& s) -> Command {
       approved_disk(s);
       s.act(kHost, s.mandate("O", "D"));
       return {kOlivia, WithdrawOrder{kO, "second thoughts"}};
     }},
    {RuleId::quorum, "suspending a signer takes the signature away",
     [](Story& s) -> Command {
       approved_disk(s);
       s.act(kOlivia, SuspendPerson{kBo.id, kC, "key lost"});
       return {kHost, s.mandate("O", "D")};
     }},
    {RuleId::line_state, "evidence before a sample is nothing",
     [](Story& s) -> Command {
       approved_disk(s);
       s.act(kHost, s.mandate("O", "D"));
       s.act(kHost, Story::sample("O", "D"));
       s.act(kHost, s.completion("O", "D"));
       return {kHouse, FailHolding{kO, kD, "after the fact"}};
     }},
    {RuleId::host, "another host gets no mandate",
     [](Story& s) -> Command {
       approved_disk(s);
       return {id<HostId>("host-2"), s.mandate("O", "D")};
     }},
    {RuleId::medium, "another disk in the same slot is left alone",
     [](Story& s) -> Command {
       approved_disk(s);
       auto command = s.mandate("O", "D");
       command.facts.identity.serial = "other";
       return {kHost, command};
     }},
    {RuleId::plan, "a plan that covers half the disk is refused",
     [](Story& s) -> Command {
       approved_disk(s);
       auto command = s.mandate("O", "D");
       command.plan.length_bytes /= 2;
       return {kHost, command};
     }},
    {RuleId::nonce, "facts are good for one mandate",
     [](Story& s) -> Command {
       approved_disk(s);
       s.act(kHost, s.mandate("O", "D"));
       return {kHost, s.mandate("O", "D")};
     }},
    {RuleId::sample_once, "nobody draws until the sample suits",
     [](Story& s) -> Command {
       approved_disk(s);
       s.act(kHost, s.mandate("O", "D"));
       s.act(kHost, Story::sample("O", "D"));
       return {kHost, Story::sample("O", "D")};
     }},
    {RuleId::media_first, "a key outlives the disks of its order",
     [](Story& s) -> Command {
       s.open_case();
       s.declare_disk("D");
       s.seal_records("R");
       s.propose("O", {"R", "D"});
       s.sign_fully("O");
       return {kHouse, BeginKeyDestruction{kO, kR}};
     }},
    {RuleId::shown, "a verdict that is not `verified` completes nothing",
     [](Story& s) -> Command {
       approved_disk(s);
       s.act(kHost, s.mandate("O", "D"));
       s.act(kHost, Story::sample("O", "D"));
       auto command = s.completion("O", "D");
       command.evidence.verdict = Verdict::not_verified;
       return {kHost, command};
     }},
    {RuleId::certified_all, "an order with a line still open does not end",
     [](Story& s) -> Command {
       approved_disk(s);
       s.erase_disk("O", "D");
       return {kHouse, EndOrder{kO}};
     }},
};

const std::set<RuleId> kStructure = {RuleId::known, RuleId::fresh_id, RuleId::bounds, RuleId::actor};

}  // namespace

TEST_CASE("what a rule forbids is denied in its name, and would happen without it") {
  for (const auto& row : kRows) {
    DYNAMIC_SECTION(to_string(row.rule) << ": " << row.says) {
      Story story;
      const Command command = row.tell(story);
      const Decision denied = decide(story.state, story.pack, command, story.clock);
      INFO(denied.why());
      CHECK_FALSE(denied.permitted);
      CHECK(denied.events.empty());
      CHECK_FALSE(denied.grant);
      CHECK(names(denied, row.rule));
      Pack weaker = story.pack;
      weaker.rules.erase(row.rule);
      const Decision without = decide(story.state, weaker, command, story.clock);
      INFO(without.why());
      CHECK(without.permitted);
    }
  }
}

TEST_CASE("every rule of the pack has its row") {
  std::set<RuleId> told = kStructure;
  for (const auto& row : kRows) told.insert(row.rule);
  for (const RuleId rule : all_rules()) {
    INFO(to_string(rule));
    CHECK(told.contains(rule));
  }
}

TEST_CASE("structure: unknown things, used ids, bounds and the wrong kind of actor are refused") {
  Story s;
  s.open_case();
  s.declare_disk("D");
  CHECK(names(s.ask(kOlivia, FreezeHolding{id<HoldingId>("nothing"), "why"}), RuleId::known));
  CHECK(names(s.ask(kOlivia, WithdrawOrder{id<OrderId>("nothing"), "why"}), RuleId::known));
  CHECK(names(s.ask(kOlivia, ReleaseDataKeys{id<KeyId>("nothing"), "open", 1}), RuleId::known));
  CHECK(names(s.ask(kOlivia, OpenCase{kC, "again", "asset", true, {}}), RuleId::fresh_id));
  CHECK(names(s.ask(kOlivia, OpenCase{id<CaseId>("C2"), "", "asset", true, {}}), RuleId::bounds));
  CHECK(names(s.ask(kOlivia, OpenCase{id<CaseId>("C2"), "t", "gift", true, {}}), RuleId::bounds));
  CHECK(names(s.ask(kOlivia, FreezeHolding{kD, "  "}), RuleId::bounds));
  CHECK(names(s.ask(kOlivia, FreezeHolding{kD, std::string(1001, 'x')}), RuleId::bounds));
  CHECK(names(s.ask(kHouse, OpenCase{id<CaseId>("C2"), "t", "asset", true, {}}), RuleId::actor));
  CHECK(names(s.ask(kOlivia, EndOrder{kO}), RuleId::known));
  s.propose("O", {"D"});
  CHECK(names(s.ask(kOlivia, EndOrder{kO}), RuleId::actor));
  CHECK(names(s.ask(kOlivia, s.mandate("O", "D")), RuleId::actor));
  CHECK(names(s.ask(House{" "}, EndOrder{kO}), RuleId::actor));
  CHECK(names(s.ask(kHost, FreezeHolding{kD, "why"}), RuleId::actor));
  CHECK(names(s.ask(kHost, WithdrawOrder{kO, "why"}), RuleId::actor));
  CHECK(names(s.ask(kOlivia, s.proposal("O2", {})), RuleId::bounds));
  CHECK(names(s.ask(kOlivia, s.proposal("O2", std::vector<std::string>(65, "D"))), RuleId::bounds));
}
