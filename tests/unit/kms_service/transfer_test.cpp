// Transfer cases through their use cases: what is said, what is shown, what is refused.
#include <catch2/catch.hpp>

#include "base/crypto.hpp"
#include "base/encoding.hpp"
#include "proof/documents.hpp"
#include "tests/support/appliance.hpp"
#include "tests/support/fake_store.hpp"

namespace quietus::test {
namespace {

using namespace quietus::service;
using Path = std::map<std::string, std::string, std::less<>>;

/// An appliance with a case of customer data, and people who act in it.
struct Desk {
  FakeStore store;
  Appliance appliance{store};
  std::string case_id = appliance.open_case();
  SigningWorld& world = appliance.world;

  Path path(Path more = {}) const {
    more["case"] = case_id;
    return more;
  }
  Result<Json> ask(UseCase use_case, const Holder& who, Path more, Json body, Path query = {}) {
    return appliance.ask(use_case, who, path(std::move(more)), std::move(body), std::move(query));
  }
  std::string records(const std::string& title) {
    const Json body = Json::Object{{"customer_data", true}, {"kind", "record_set"}, {"title", title}};
    return text(*ask(declare_holding, world.proposer, {}, body), "id");
  }
  static std::string text(const Json& json, std::string_view member) {
    const Json* found = json.find(member);
    return found != nullptr && found->string() != nullptr ? *found->string() : std::string();
  }
  Result<Json> attest(const Holder& who, const std::string& kind, Subject about,
                      std::map<std::string, std::string> fields, std::optional<UnixMs> until = {}) {
    return appliance.attest(who, case_id, kind, std::move(about), std::move(fields), until);
  }
};

Json party(const char* id, const char* role) {
  return Json::Object{{"name", std::string("Company ") + id}, {"party", id}, {"role", role}};
}
Json of_class(const char* name, int level) { return Json::Object{{"class", name}, {"level", level}}; }

Json finding_body(const std::string& case_id, UnixMs due) {
  return Json::Object{{"due", rfc3339(due)},
                      {"kind", "risk"},
                      {"level", "high"},
                      {"subject", Json::Object{{"id", case_id}, {"kind", "case"}}},
                      {"text", "the cabinet was open"}};
}

}  // namespace

TEST_CASE("a case shows its facts, its parties and who belongs to which, and what is left to end") {
  Desk desk;
  const auto& wang = desk.world.proposer;
  REQUIRE(desk.ask(describe_case, wang, {}, Json::Object{{"jurisdiction", "SH"}, {"subjects", 1000}}));
  REQUIRE(desk.ask(declare_party, wang, {}, party("seller", "transferor")));
  REQUIRE(desk.ask(enrol_person, wang, {{"person", "p-0002"}}, Json::Object{{"party", "seller"}}));
  const auto holding = desk.records("Loan book");
  const auto shown = desk.ask(show_case, wang, {}, {});
  REQUIRE(shown);
  CHECK(Desk::text(*shown->find("facts"), "jurisdiction") == "SH");
  CHECK(Desk::text(shown->find("parties")->array()->at(0), "role") == "transferor");
  CHECK(Desk::text(*shown->find("people"), "p-0002") == "seller");
  REQUIRE(shown->find("left_to_end")->array()->size() == 1);
  CHECK(Desk::text(shown->find("left_to_end")->array()->at(0), "id") == holding);
}

TEST_CASE("a frozen case says who froze it and why, and another person thaws it") {
  Desk desk;
  const Json why = Json::Object{{"reason", "a letter"}};
  const auto frozen = desk.ask(freeze_case, desk.world.witness, {}, why);
  REQUIRE(frozen);
  CHECK(*frozen->find("frozen")->boolean());
  CHECK(Desk::text(*frozen, "frozen_by") == "p-0005");
  const auto own = desk.ask(thaw_case, desk.world.witness, {}, why);
  REQUIRE_FALSE(own);
  CHECK(own.error().kind == ErrorKind::denied);
  CHECK(own.error().message.find("thaw_other: ") != std::string::npos);
  const auto thawed = desk.ask(thaw_case, desk.world.approver_1, {}, why);
  REQUIRE(thawed);
  CHECK_FALSE(*thawed->find("frozen")->boolean());
}

TEST_CASE("a lower class is shown as asked for until a second person says the same") {
  Desk desk;
  const Path holding{{"holding", desk.records("Loan book")}};
  REQUIRE(desk.ask(classify_holding, desk.world.proposer, holding, of_class("C3", 4)));
  const auto asked_for = desk.ask(classify_holding, desk.world.proposer, holding, of_class("C1", 2));
  REQUIRE(asked_for);
  CHECK(Desk::text(*asked_for->find("classification"), "class") == "C3");
  CHECK(Desk::text(*asked_for->find("lowering"), "asked_by") == "p-0001");
  CHECK(Desk::text(*asked_for->find("lowering")->find("to"), "class") == "C1");
  const auto said = desk.ask(classify_holding, desk.world.approver_1, holding, of_class("C1", 2));
  REQUIRE(said);
  CHECK(Desk::text(*said->find("classification"), "class") == "C1");
  CHECK(said->find("lowering")->is_null());
}

TEST_CASE("copies stand below what they were copied from, in the order of declaration") {
  Desk desk;
  const auto original = desk.records("Loan book"), other = desk.records("Ledger"),
             backup = desk.records("Backup"), key_backup = desk.records("Key card");
  const auto place = [&](const std::string& id, const char* copy, const std::string& parent) {
    REQUIRE(desk.ask(place_holding, desk.world.proposer, {{"holding", id}},
                     Json::Object{{"copy", copy}, {"parent", parent}}));
  };
  place(backup, "backup", original);
  place(key_backup, "key_backup", backup);
  const auto tree = desk.ask(copy_tree, desk.world.witness, {}, {});
  REQUIRE(tree);
  std::vector<std::pair<std::string, std::int64_t>> nodes;
  for (const auto& node : *tree->find("nodes")->array())
    nodes.emplace_back(Desk::text(node, "holding"), *node.find("depth")->integer());
  CHECK(nodes == decltype(nodes){{original, 0}, {backup, 1}, {key_backup, 2}, {other, 0}});
}

TEST_CASE("attestations are listed by kind and by what they are about, with what has become of them") {
  Desk desk;
  const auto holding = desk.records("Loan book");
  const Subject me{SubjectKind::person, "p-0002"}, it{SubjectKind::holding, holding};
  const auto nda = desk.attest(desk.world.approver_1, "nda", me, {{"version", "3"}}, kNow + kDayMs);
  REQUIRE(nda);
  CHECK(Desk::text(*nda, "validity") == "valid");
  CHECK(Desk::text(*nda, "name") == "Li Na 李娜");
  const auto hold = desk.attest(desk.world.responsible, "hold", it, {{"ground", "civil case 12"}});
  REQUIRE(hold);
  const Subject about_hold{SubjectKind::attestation, Desk::text(*hold, "id")};
  REQUIRE(desk.attest(desk.world.witness, "revocation", about_hold, {{"reason", "settled"}}));
  desk.appliance.now.now = kNow + kDayMs;

  const auto listed = [&](const Path& query) {
    const auto answer = desk.ask(list_attestations, desk.world.witness, {}, {}, query);
    REQUIRE(answer);
    std::vector<std::string> words;
    for (const auto& one : *answer->find("attestations")->array())
      words.push_back(Desk::text(one, "kind") + " " + Desk::text(one, "validity"));
    return words;
  };
  using Words = std::vector<std::string>;
  CHECK(listed({}) == Words{"revocation valid", "hold taken_back", "nda ended"});
  CHECK(listed({{"kind", "nda"}}) == Words{"nda ended"});
  CHECK(listed({{"about", "holding:" + holding}}) == Words{"hold taken_back"});
  CHECK(listed({{"about", "person:p-0003"}}).empty());
  const auto wrong = desk.ask(list_attestations, desk.world.witness, {}, {}, {{"about", "holding"}});
  CHECK(wrong.error().kind == ErrorKind::invalid_input);
}

TEST_CASE("a finding belongs to who opened it unless another is named, and is listed by its state") {
  Desk desk;
  const auto opened =
      desk.ask(open_finding, desk.world.witness, {}, finding_body(desk.case_id, kNow + kDayMs));
  REQUIRE(opened);
  CHECK(Desk::text(*opened, "owner") == "p-0005");
  const Path finding{{"finding", Desk::text(*opened, "id")}};
  const auto settle = [&](const Holder& who, const char* step) {
    return desk.ask(settle_finding, who, finding, Json::Object{{"reason", "because"}, {"step", step}});
  };
  const auto early = settle(desk.world.approver_1, "close");
  REQUIRE_FALSE(early);
  CHECK(early.error().message.find("finding_step: ") != std::string::npos);
  REQUIRE(settle(desk.world.witness, "fix"));
  REQUIRE_FALSE(settle(desk.world.witness, "close"));
  REQUIRE(settle(desk.world.approver_1, "close"));
  const auto count = [&](const char* state) {
    return desk.ask(list_findings, desk.world.witness, {}, {}, {{"state", state}})
        ->find("findings")
        ->array()
        ->size();
  };
  CHECK(count("closed") == 1);
  CHECK(count("open") == 0);
  const Path elsewhere{{"finding", "finding-0"}};
  CHECK(desk.ask(settle_finding, desk.world.witness, elsewhere, {}).error().kind == ErrorKind::not_found);
}

TEST_CASE("breaking the glass answers who asked, and then who may open it until when, with its finding") {
  Desk desk;
  const Path holding{{"holding", desk.appliance.seal_records(desk.case_id)}};
  const Json why = Json::Object{{"reason", "a customer waits"}};
  const auto wish = desk.ask(break_glass, desk.world.proposer, holding, why);
  REQUIRE(wish);
  CHECK(wish->find("until")->is_null());
  CHECK(Desk::text(*wish, "finding").empty());
  REQUIRE_FALSE(desk.ask(break_glass, desk.world.proposer, holding, why));
  const auto broken = desk.ask(break_glass, desk.world.approver_1, holding, why);
  REQUIRE(broken);
  CHECK(Desk::text(*broken, "person") == "p-0001");
  CHECK(from_rfc3339(Desk::text(*broken, "until")).value() > kNow);
  const Path finding{{"finding", Desk::text(*broken, "finding")}};
  const auto fixed = desk.ask(settle_finding, desk.world.proposer, finding,
                              Json::Object{{"reason", "it was needed"}, {"step", "fix"}});
  REQUIRE(fixed);
  CHECK(Desk::text(*fixed, "kind") == "break_glass");
}

TEST_CASE(
    "a member that nobody asked for, or a word that nobody knows, is refused before the ledger sees it") {
  Desk desk;
  const Path holding{{"holding", desk.records("Loan book")}}, person{{"person", "p-0002"}};
  const auto before = desk.appliance.ledger->head().size;
  const auto refused = [&](UseCase use_case, const Path& more, Json body) {
    INFO(body.write());
    const auto answer = desk.ask(use_case, desk.world.proposer, more, body);
    REQUIRE_FALSE(answer);
    CHECK(answer.error().kind == ErrorKind::invalid_input);
  };
  refused(describe_case, {}, Json::Object{{"jurisdiction", "SH"}, {"subjects", -1}});
  refused(describe_case, {},
          Json::Object{{"jurisdiction", "SH"}, {"subjects", 1}, {"zone_offset_minutes", 841}});
  refused(declare_party, {}, party("seller", "owner"));
  refused(declare_party, {}, party("../seller", "transferor"));
  refused(enrol_person, person, Json::Object{{"party", "seller"}, {"role", "operator"}});
  refused(advance_case, {}, Json::Object{{"to", "done"}});
  refused(freeze_case, {}, Json::Object{{"reason", ""}});
  refused(adopt_pack, {}, Json::Object{{"digest", "abc"}, {"name", "p"}});
  refused(place_holding, holding, Json::Object{{"copy", "copy"}});
  refused(classify_holding, holding, of_class("C9", 2));
  refused(classify_holding, holding, of_class("C1", 6));
  refused(classify_holding, holding,
          Json::Object{{"always_encrypted", "perhaps"}, {"class", "C1"}, {"level", 2}});
  refused(end_holding, holding, Json::Object{{"end", "destroyed"}, {"reason", "why"}});
  refused(end_holding, holding,
          Json::Object{{"end", "retained"}, {"reason", "why"}, {"review", "2027-01-01"}});
  refused(enter_attestation, {}, Json::Object{{"statement", "signed"}});
  auto body = finding_body(desk.case_id, kNow + kDayMs);
  body["blocks"] = Json::Array{"everything"};
  refused(open_finding, {}, body);
  CHECK(desk.appliance.ledger->head().size == before);
}

}  // namespace quietus::test
