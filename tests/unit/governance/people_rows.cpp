// Rows about who may do it and under which law: see rules_test.cpp.
#include "tests/unit/governance/rule_rows.hpp"

namespace quietus::governance {

namespace {

void use_statutes(TransferStory& s) {
  s.pack = joined(builtin_0(), shared_statutes());
  s.open_transfer();
}

const std::vector<RuleRow> kRows = {
    {RuleId::party, "who belongs to no party touches no key",
     [](TransferStory& s) -> Command {
       Roles roles;
       roles[Role::operator_] = {kStranger.id};
       roles[Role::responsible] = {kDara.id};
       s.pack = joined(builtin_0(), shared_statutes());
       s.act(kOlivia, OpenCase{kC, "a transfer", "merger", true, roles, ""});
       s.act(kOlivia, DeclareHolding{kR, kC, HoldingKind::record_set, "records", true, {}, {}});
       s.tell(HoldingClassified{kR, s.ordinary()});
       s.attest(kDara, "nda_version", about(kC), {{"version", "1"}});
       s.make_fit(kStranger);
       s.attest(kDara, "training", about(kStranger.id), {{"course", "safety"}, {"score", "90"}});
       s.attest(kStranger, "nda", about(kStranger.id), {{"version", "1"}});
       return {kStranger, CreateKey{kR, id<KeyId>("K-R")}};
     }},
    {RuleId::unfit, "who was never trained touches no key",
     [](TransferStory& s) -> Command {
       use_statutes(s);
       s.records("R");
       s.attest(kPia, "nda", about(kPia.id), {{"version", "1"}});
       const Subject host = about(id<PartyId>("host"));
       s.attest(kDara, "admission", host, {{"ground", "screened"}});
       s.attest(kDara, "contract", host,
                {{"purpose", "p"},
                 {"method", "m"},
                 {"scope", "s"},
                 {"types", "t"},
                 {"duties", "d"},
                 {"end", "e"}});
       return {kPia, RecordSealed{kR, "file", sha256("file"), 1}};
     }},
    {RuleId::statute, "identity data are not destroyed before ten years are over",
     [](TransferStory& s) -> Command {
       use_statutes(s);
       Party old = TransferStory::party("old", PartyRole::transferor);
       old.aml = true;
       s.act(kOlivia, DeclareParty{kC, old});
       auto is = s.ordinary();
       is.tags = {"kyc"};
       is.ended = s.clock.now;
       s.records("R", is);
       s.tell(HoldingPlaced{kR, {CopyKind::original, {}, id<PartyId>("old")}});
       s.advance_to(CasePhase::disposing);
       return {kOlivia, s.proposal("O", {"R"})};
     }},
    {RuleId::pack_known, "a case is not decided by rules that it is not pinned to",
     [](TransferStory& s) -> Command {
       s.pack = joined(builtin_0(), std::make_shared<const rules::Pack>(statutes(2)));
       s.open_transfer();
       s.pack = joined(builtin_0(), shared_statutes());
       return {kOlivia, DescribeCase{kC, CaseFacts{}}};
     }},
    {RuleId::attestation, "nobody attests their own training",
     [](TransferStory& s) -> Command {
       s.open_case();
       return {kBo, TransferStory::entering(s.attestation(kBo, "training", about(kBo.id),
                                                          {{"course", "safety"}, {"score", "90"}}))};
     }},
    {RuleId::adopt_other, "who asked for a pack does not adopt it",
     [](TransferStory& s) -> Command {
       s.open_case();
       s.pack = joined(builtin_0(), shared_statutes());
       const AdoptPack adoption{kC, s.pack.name, s.pack.digest()};
       s.act(kDara, adoption);
       return {kDara, adoption};
     }},
};

}  // namespace

std::vector<RuleRow> people_rows() { return kRows; }

}  // namespace quietus::governance
