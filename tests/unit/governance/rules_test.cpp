// One row per rule: what it forbids is denied in its name, and by nothing else: without the rule it would
// happen.
#include <catch2/catch.hpp>
#include <set>

#include "tests/unit/governance/rule_rows.hpp"

using namespace quietus;
using namespace quietus::governance;

namespace {

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

const std::vector<RuleRow> kRows = {
    {RuleId::phase, "a closed case takes no new holding",
     [](TransferStory& s) -> Command {
       s.open_case();
       s.act(kOlivia, CloseCase{kC});
       return {kOlivia, DeclareHolding{kR, kC, HoldingKind::record_set, "late", true, {}, {}}};
     }},
    {RuleId::role, "an auditor proposes no destruction",
     [](TransferStory& s) -> Command {
       s.open_case();
       s.declare_disk("D");
       return {kEli, s.proposal("O", {"D"})};
     }},
    {RuleId::suspended, "a suspended person does nothing",
     [](TransferStory& s) -> Command {
       s.open_case();
       s.declare_disk("D");
       s.act(kBo, SuspendPerson{kOlivia.id, kC, "lost the token"});
       return {kOlivia, s.proposal("O", {"D"})};
     }},
    {RuleId::clock_backwards, "a clock behind the ledger stops all but freezing and suspending",
     [](TransferStory& s) -> Command {
       s.open_case();
       s.clock.now = s.state.latest + -2001;
       return {kOlivia, DeclareHolding{kR, kC, HoldingKind::record_set, "records", true, {}, {}}};
     }},
    {RuleId::clock_confirmed, "nothing irreversible by an unconfirmed clock",
     [](TransferStory& s) -> Command {
       approved_disk(s);
       s.clock.confirmed = false;
       return {kHost, s.mandate("O", "D")};
     }},
    {RuleId::frozen, "a frozen holding is not destroyed",
     [](TransferStory& s) -> Command {
       approved_disk(s);
       s.act(kEli, FreezeHolding{kD, "complaint"});
       return {kHost, s.mandate("O", "D")};
     }},
    {RuleId::holding_state, "a record set is sealed once",
     [](TransferStory& s) -> Command {
       s.open_case();
       s.seal_records("R");
       return {kOlivia, RecordSealed{kR, "again", sha256("again"), 1}};
     }},
    {RuleId::one_key, "a holding gets one key",
     [](TransferStory& s) -> Command {
       s.open_case();
       s.declare_records("R");
       return {kOlivia, CreateKey{kR, id<KeyId>("another")}};
     }},
    {RuleId::ordered_key, "a key that an approved order will end gives nothing out",
     [](TransferStory& s) -> Command {
       approved_records(s);
       return {kOlivia, ReleaseDataKeys{id<KeyId>("K-R"), "open", 1}};
     }},
    {RuleId::close_terminal, "a case with a living holding is not closed",
     [](TransferStory& s) -> Command {
       s.open_case();
       s.declare_disk("D");
       return {kOlivia, CloseCase{kC}};
     }},
    {RuleId::suspend_target, "a case suspends its own people only",
     [](TransferStory& s) -> Command {
       s.open_case();
       return {kOlivia, SuspendPerson{kStranger.id, kC, "no reason"}};
     }},
    {RuleId::thaw_other, "who froze a holding does not thaw it",
     [](TransferStory& s) -> Command {
       s.open_case();
       s.declare_disk("D");
       s.act(kBo, FreezeHolding{kD, "complaint"});
       return {kBo, ThawHolding{kD, "never mind"}};
     }},
    {RuleId::one_order, "a holding is in one open order",
     [](TransferStory& s) -> Command {
       proposed_disk(s);
       return {kOlivia, s.proposal("O2", {"D"})};
     }},
    {RuleId::repeated_holding, "an order names a holding once",
     [](TransferStory& s) -> Command {
       s.open_case();
       s.declare_disk("D");
       return {kOlivia, s.proposal("O", {"D", "D"})};
     }},
    {RuleId::order_window, "nothing begins after the window",
     [](TransferStory& s) -> Command {
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
     [](TransferStory& s) -> Command {
       proposed_disk(s);
       return {kWei, Story::signing("O", kWei, s.approval("O", kWei, Role::approver))};
     }},
    {RuleId::sign_once, "a person signs once",
     [](TransferStory& s) -> Command {
       proposed_disk(s);
       s.sign("O", kBo, Role::approver);
       return {kBo, Story::signing("O", kBo, s.approval("O", kBo, Role::approver))};
     }},
    {RuleId::duties_apart, "the proposer approves nothing",
     [](TransferStory& s) -> Command {
       Roles roles;
       roles[Role::approver] = {kOlivia.id, kBo.id};
       s.act(kOlivia, OpenCase{kC, "a case", "asset", true, roles});
       s.declare_disk("D");
       s.propose("O", {"D"});
       return {kOlivia, Story::signing("O", kOlivia, s.approval("O", kOlivia, Role::approver))};
     }},
    {RuleId::sign_digest, "a signature about other bytes is no signature",
     [](TransferStory& s) -> Command {
       proposed_disk(s);
       auto approval = s.approval("O", kBo, Role::approver);
       approval.order_digest = sha256("another order");
       return {kBo, Story::signing("O", kBo, approval)};
     }},
    {RuleId::sign_statement, "nobody brings another person's statement",
     [](TransferStory& s) -> Command {
       proposed_disk(s);
       return {kBo, Story::signing("O", kChen, s.approval("O", kChen, Role::approver))};
     }},
    {RuleId::sign_expired, "an expired signature is not taken",
     [](TransferStory& s) -> Command {
       proposed_disk(s);
       auto approval = s.approval("O", kBo, Role::approver);
       approval.not_after = s.clock.now;
       return {kBo, Story::signing("O", kBo, approval)};
     }},
    {RuleId::order_state, "an order that has begun is not withdrawn",
     [](TransferStory& s) -> Command {
       approved_disk(s);
       s.act(kHost, s.mandate("O", "D"));
       return {kOlivia, WithdrawOrder{kO, "second thoughts"}};
     }},
    {RuleId::quorum, "suspending a signer takes the signature away",
     [](TransferStory& s) -> Command {
       approved_disk(s);
       s.act(kOlivia, SuspendPerson{kBo.id, kC, "key lost"});
       return {kHost, s.mandate("O", "D")};
     }},
    {RuleId::line_state, "evidence before a sample is nothing",
     [](TransferStory& s) -> Command {
       approved_disk(s);
       s.act(kHost, s.mandate("O", "D"));
       s.act(kHost, Story::sample("O", "D"));
       s.act(kHost, s.completion("O", "D"));
       return {kHouse, FailHolding{kO, kD, "after the fact"}};
     }},
    {RuleId::host, "another host gets no mandate",
     [](TransferStory& s) -> Command {
       approved_disk(s);
       return {id<HostId>("host-2"), s.mandate("O", "D")};
     }},
    {RuleId::medium, "another disk in the same slot is left alone",
     [](TransferStory& s) -> Command {
       approved_disk(s);
       auto command = s.mandate("O", "D");
       command.facts.identity.serial = "other";
       return {kHost, command};
     }},
    {RuleId::plan, "a plan that covers half the disk is refused",
     [](TransferStory& s) -> Command {
       approved_disk(s);
       auto command = s.mandate("O", "D");
       command.plan.length_bytes /= 2;
       return {kHost, command};
     }},
    {RuleId::nonce, "facts are good for one mandate",
     [](TransferStory& s) -> Command {
       approved_disk(s);
       s.act(kHost, s.mandate("O", "D"));
       return {kHost, s.mandate("O", "D")};
     }},
    {RuleId::sample_once, "nobody draws until the sample suits",
     [](TransferStory& s) -> Command {
       approved_disk(s);
       s.act(kHost, s.mandate("O", "D"));
       s.act(kHost, Story::sample("O", "D"));
       return {kHost, Story::sample("O", "D")};
     }},
    {RuleId::media_first, "a key outlives the disks of its order",
     [](TransferStory& s) -> Command {
       s.open_case();
       s.declare_disk("D");
       s.seal_records("R");
       s.propose("O", {"R", "D"});
       s.sign_fully("O");
       return {kHouse, BeginKeyDestruction{kO, kR}};
     }},
    {RuleId::shown, "a verdict that is not `verified` completes nothing",
     [](TransferStory& s) -> Command {
       approved_disk(s);
       s.act(kHost, s.mandate("O", "D"));
       s.act(kHost, Story::sample("O", "D"));
       auto command = s.completion("O", "D");
       command.evidence.verdict = Verdict::not_verified;
       return {kHost, command};
     }},
    {RuleId::certified_all, "an order with a line still open does not end",
     [](TransferStory& s) -> Command {
       approved_disk(s);
       s.erase_disk("O", "D");
       return {kHouse, EndOrder{kO}};
     }},
};

void keyring(KeyringStory& s) {
  s.open_case();
  s.keyring("R", 5);
}

const std::vector<RuleRow> kKeyringRows = {
    {RuleId::reinstate_other, "who suspended a person does not reinstate them",
     [](TransferStory& s) -> Command {
       s.open_case();
       s.act(kBo, SuspendPerson{kChen.id, kC, "key lost"});
       return {kBo, ReinstatePerson{kChen.id, kC, "never mind"}};
     }},
    {RuleId::key_state, "a suspended key seals nothing",
     [](TransferStory& s) -> Command {
       keyring(s);
       s.act(kOlivia, KeyringStory::change("R", "2", KeyChange::suspend));
       return {kOlivia, KeyringStory::reserve("R", 2, Verb::seal)};
     }},
    {RuleId::waiting_period, "one person does not hurry a destruction",
     [](TransferStory& s) -> Command {
       keyring(s);
       auto command = s.schedule("R", "2");
       command.due = command.due + -1;
       return {kOlivia, command};
     }},
    {RuleId::one_epoch, "an order waits for the epoch that is under way",
     [](TransferStory& s) -> Command {
       keyring(s);
       s.make_due("R", "1");
       s.order_keys("O", "R", "2");
       s.act(kHouse, KeyringStory::begin("R"));
       return {kHouse, KeyringStory::begin("R", "O")};
     }},
    {RuleId::due, "nothing is destroyed that is not due",
     [](TransferStory& s) -> Command {
       keyring(s);
       s.act(kOlivia, s.schedule("R", "2"));
       return {kHouse, KeyringStory::begin("R")};
     }},
    {RuleId::act_begun, "nothing is shown gone that was not begun",
     [](TransferStory& s) -> Command {
       keyring(s);
       s.make_due("R", "1");
       s.act(kHouse, KeyringStory::begin("R"));
       return {kHouse, s.shredded("R")};
     }},
};

/// The statutory rule that denied says so in its own name.
bool in_the_name_of(const Decision& denied, RuleId rule) {
  if (rule != RuleId::statute) return names(denied, rule);
  return std::ranges::any_of(denied.reasons, [](const Reason& r) { return !rule_id_from(r.rule); });
}

std::vector<RuleRow> all_rows() {
  std::vector<RuleRow> rows = kRows;
  rows.insert(rows.end(), kKeyringRows.begin(), kKeyringRows.end());
  for (auto& row : phase_rows()) rows.push_back(std::move(row));
  for (auto& row : people_rows()) rows.push_back(std::move(row));
  return rows;
}

const std::set<RuleId> kStructure = {RuleId::known, RuleId::fresh_id, RuleId::bounds, RuleId::actor};

}  // namespace

TEST_CASE("what a rule forbids is denied in its name, and would happen without it") {
  for (const auto& row : all_rows()) {
    DYNAMIC_SECTION(to_string(row.rule) << ": " << row.says) {
      TransferStory story;
      story.pack = builtin_0();
      const Command command = row.tell(story);
      const Decision denied = decide(story.state, story.pack, command, story.clock);
      INFO(denied.why());
      CHECK_FALSE(denied.permitted);
      CHECK(denied.events.empty());
      CHECK_FALSE(denied.grant);
      CHECK(in_the_name_of(denied, row.rule));
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
  for (const auto& row : all_rows()) told.insert(row.rule);
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
