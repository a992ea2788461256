#include "tests/unit/governance/phase_story.hpp"
#include "tests/unit/governance/rule_rows.hpp"

namespace quietus::governance {

namespace {

void transfer(KeyringStory& s, CasePhase phase = CasePhase::draft) {
  open_transfer(s);
  original(s);
  advance_to(s, phase);
}

}  // namespace

std::vector<RuleRow> phase_rows() {
  return {
      {RuleId::phase_gate, "an original is not destroyed before the transferee has accepted",
       [](KeyringStory& s) -> Command {
         transfer(s, CasePhase::moving);
         return {kOlivia, s.proposal("O", {"A"})};
       }},
      {RuleId::case_frozen, "a frozen case does not move",
       [](KeyringStory& s) -> Command {
         transfer(s);
         s.act(kEli, FreezeCase{kC, "a court has called"});
         return {kOlivia, AdvanceCase{kC, CasePhase::inventoried}};
       }},
      {RuleId::case_step, "a case skips no phase",
       [](KeyringStory& s) -> Command {
         transfer(s);
         return {kOlivia, AdvanceCase{kC, CasePhase::cleared}};
       }},
      {RuleId::unclassified, "what has no class gets no key",
       [](KeyringStory& s) -> Command {
         open_transfer(s);
         s.act(kOlivia, DeclareHolding{kA, kC, HoldingKind::record_set, "loans", true, {}, {}});
         return {kOlivia, CreateKey{kA, id<KeyId>("K")}};
       }},
      {RuleId::restorable, "nothing moves before a backup of it was restored on trial",
       [](KeyringStory& s) -> Command {
         transfer(s, CasePhase::cleared);
         s.pack.rules = builtin_0().rules;
         return {kOlivia, AdvanceCase{kC, CasePhase::moving}};
       }},
      {RuleId::live_witness, "credentials are not destroyed before a witness is there",
       [](KeyringStory& s) -> Command {
         open_transfer(s);
         original(s, HoldingClass::C3);
         advance_to(s, CasePhase::accepted);
         s.propose("O", {"A"});
         sign_all(s, "O");
         return {kHouse, BeginKeyDestruction{id<OrderId>("O"), kA}};
       }},
      {RuleId::witness_stop, "nothing is destroyed under an order that its witness stopped",
       [](KeyringStory& s) -> Command {
         open_transfer(s);
         original(s, HoldingClass::C2);
         advance_to(s, CasePhase::accepted);
         s.propose("O", {"A"});
         sign_all(s, "O");
         attest(s, "witness_stop", {SubjectKind::order, "O"}, {{"reason", "the wrong one"}}, kWei);
         return {kHouse, BeginKeyDestruction{id<OrderId>("O"), kA}};
       }},
      {RuleId::lowering, "one person does not lower a class",
       [](KeyringStory& s) -> Command {
         transfer(s);
         s.act(kOlivia, classing("A", HoldingClass::C1, 2));
         return {kOlivia, classing("A", HoldingClass::C1, 2)};
       }},
      {RuleId::copy_tree, "a copy has an origin",
       [](KeyringStory& s) -> Command {
         transfer(s);
         return {kOlivia, placing("A", CopyKind::backup)};
       }},
      {RuleId::held, "what is held is not destroyed",
       [](KeyringStory& s) -> Command {
         transfer(s, CasePhase::accepted);
         s.propose("O", {"A"});
         s.sign_fully("O");
         attest(s, "hold", about("A"));
         return {kHouse, BeginKeyDestruction{id<OrderId>("O"), kA}};
       }},
      {RuleId::finding, "what an open finding blocks waits",
       [](KeyringStory& s) -> Command {
         transfer(s);
         s.act(kHouse, finding(s, "F", FindingKind::risk, about_case(), {Verb::advance_case}));
         return {kOlivia, AdvanceCase{kC, CasePhase::inventoried}};
       }},
      {RuleId::finding_step, "who fixed a finding does not close it",
       [](KeyringStory& s) -> Command {
         transfer(s);
         s.act(kEli, finding(s, "F", FindingKind::complaint, about("A")));
         s.act(kDara, settling("F", FindingStep::fix));
         return {kDara, settling("F", FindingStep::close)};
       }},
      {RuleId::end_grounds, "nothing is returned from a deal that goes on",
       [](KeyringStory& s) -> Command {
         transfer(s);
         return {kOlivia, ending(s, "A", HoldingEnd::returned)};
       }},
      {RuleId::act_ordered, "a freeze is not lifted without an order to lift it",
       [](KeyringStory& s) -> Command {
         transfer(s);
         s.pack.by_order = {OrderAct::thaw};
         s.act(kEli, FreezeHolding{kA, "a doubt"});
         return {kBo, ThawHolding{kA, "never mind"}};
       }},
      {RuleId::glass, "nobody breaks the glass alone",
       [](KeyringStory& s) -> Command {
         transfer(s);
         s.act(kEli, glass("A"));
         return {kEli, glass("A")};
       }},
  };
}

}  // namespace quietus::governance
