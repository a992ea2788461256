// Which rules a case is decided by, and how it gets others.
#include "governance/packs.hpp"

#include <catch2/catch.hpp>

#include "base/encoding.hpp"
#include "governance/attested.hpp"
#include "tests/unit/governance/transfer_story.hpp"

using namespace quietus;
using namespace quietus::governance;

namespace {

Packs packs_of(std::initializer_list<std::int64_t> versions) {
  Packs packs;
  for (const auto version : versions) REQUIRE(packs.add(statutes(version)));
  return packs;
}

AdoptPack adoption(const Packs& packs, const std::string& name) {
  return {kTransfer, name, packs.find(name)->digest()};
}

void open_under(TransferStory& s, const Packs& packs, const std::string& name) {
  s.packs = &packs;
  Roles roles;
  roles[Role::approver] = {kBo.id};
  roles[Role::responsible] = {kDara.id};
  REQUIRE(s.act(kOlivia, OpenCase{kTransfer, "a transfer", "merger", true, roles, name}).permitted);
}

}  // namespace

TEST_CASE("a joined pack is the house's rules with statutes on top, under a digest over both") {
  const Packs packs = packs_of({1});
  const Pack* pack = packs.find("cn-smallloan@1");
  REQUIRE(pack != nullptr);
  CHECK(pack->rules == builtin_0().rules);
  CHECK(pack->digest() == sha256(R"({"house":")" + hex(builtin_0().digest()) + R"(","statutes":")" +
                                 hex(pack->statutes->digest()) + "\"}"));
  CHECK(packs.find(pack->digest()) == pack);
  CHECK(packs.find("cn-smallloan@2") == nullptr);
  CHECK(packs.find(sha256("other")) == nullptr);
  CHECK(packs.house() == builtin_0());
}

TEST_CASE("a name alone means its newest version, and a version means one text") {
  Packs packs = packs_of({9, 10, 2});
  CHECK(packs.find("cn-smallloan")->name == "cn-smallloan@10");
  CHECK(packs.add(statutes(9)));
  CHECK_FALSE(packs.add(statutes(9, "\"10y\"", "\"11y\"")));
  CHECK(version_of("cn-smallloan@12") == 12);
  CHECK_FALSE(version_of("builtin-0"));
  CHECK_FALSE(version_of("odd@name"));
  CHECK(without_version("cn-smallloan@12") == "cn-smallloan");
}

TEST_CASE("a case is opened under the statutes that it names, or under none") {
  const Packs packs = packs_of({1, 2});
  TransferStory s;
  open_under(s, packs, "cn-smallloan");
  const Case* in = s.state.find(kTransfer);
  CHECK(in->pack_name == "cn-smallloan@2");
  CHECK(in->pack == packs.find("cn-smallloan@2")->digest());
  s.act(kOlivia, OpenCase{id<CaseId>("plain"), "a disk", "disposal", false, {}, ""});
  CHECK(s.state.find(id<CaseId>("plain"))->pack_name == "builtin-0");
  const Decision unknown = s.ask(kOlivia, OpenCase{id<CaseId>("C3"), "t", "merger", true, {}, "eu-gdpr"});
  CHECK(names(unknown, RuleId::pack_known));
}

TEST_CASE("a case whose rules are not loaded is stopped, not decided by others") {
  const Packs both = packs_of({1, 2}), one = packs_of({2});
  TransferStory s;
  open_under(s, both, "cn-smallloan@1");
  s.act(kOlivia, DescribeCase{kTransfer, CaseFacts{}});
  s.packs = &one;
  const Decision denied = s.ask(kOlivia, CloseCase{kTransfer});
  CHECK(names(denied, RuleId::pack_known));
  CHECK(s.ask(kBo, SuspendPerson{kDara.id, kTransfer, "key lost"}).permitted);
  const Case* in = s.state.find(kTransfer);
  CHECK_FALSE(is_pinned_to(*in, one.of(in)));
  s.packs = &both;
  CHECK_FALSE(names(s.ask(kOlivia, CloseCase{kTransfer}), RuleId::pack_known));
}

TEST_CASE("two people adopt a newer pack, and the past stays under the old one") {
  const Packs packs = packs_of({1, 2, 3});
  TransferStory s;
  open_under(s, packs, "cn-smallloan@2");
  const Digest before = s.state.find(kTransfer)->pack;
  CHECK(names(s.ask(kDara, adoption(packs, "cn-smallloan@1")), RuleId::pack_known));
  CHECK(names(s.ask(kOlivia, adoption(packs, "cn-smallloan@3")), RuleId::role));
  CHECK_FALSE(s.ask(kDara, adoption(packs, "cn-smallloan@2")).permitted);
  REQUIRE(s.act(kDara, adoption(packs, "cn-smallloan@3")).permitted);
  CHECK(s.state.find(kTransfer)->pack == before);
  CHECK(names(s.ask(kDara, adoption(packs, "cn-smallloan@3")), RuleId::adopt_other));
  REQUIRE(s.act(kBo, adoption(packs, "cn-smallloan@3")).permitted);
  const Case* in = s.state.find(kTransfer);
  CHECK(in->pack == packs.find("cn-smallloan@3")->digest());
  CHECK_FALSE(in->pack_asked);
  CHECK(std::get<CaseOpened>(s.events.front().body).pack == before);
}

TEST_CASE("nobody adopts what is not loaded, is called otherwise, or drops the statutes") {
  const Packs packs = packs_of({1, 2});
  TransferStory s;
  open_under(s, packs, "cn-smallloan@1");
  CHECK(names(s.ask(kDara, AdoptPack{kTransfer, "cn-smallloan@9", sha256("nine")}), RuleId::pack_known));
  auto misnamed = adoption(packs, "cn-smallloan@2");
  misnamed.pack_name = "cn-smallloan@7";
  CHECK(names(s.ask(kDara, misnamed), RuleId::pack_known));
  CHECK(names(s.ask(kDara, adoption(packs, "builtin-0")), RuleId::pack_known));
}

TEST_CASE("rules of another name, or an older copy under one, bind no less than those of the case") {
  const auto called = [](const std::string& name, const std::string& from = "", const std::string& to = "") {
    rules::Pack read = statutes(1, from, to);
    auto json = Json::parse(read.text).value();
    json["name"] = name;
    return rules::read_pack_untested(json.write()).value();
  };
  Packs packs = packs_of({2});
  REQUIRE(packs.add(called("same")));
  REQUIRE(packs.add(called("stricter", R"("value": "10y")", R"("value": "11y")")));
  REQUIRE(packs.add(called("shorter", R"("value": "10y")", R"("value": "9y")")));
  REQUIRE(packs.add(called("milder", R"("R11", "severity": "block")", R"("R11", "severity": "warn")")));
  REQUIRE(packs.add(called("elsewhere", R"("R11", "severity": "block", "gates": ["destroy"])",
                           R"("R11", "severity": "block", "gates": ["seal"])")));
  REQUIRE(packs.add(called("other-words", "now >= h.ended + $aml_keep", "h.ended + $aml_keep <= now")));
  REQUIRE(packs.add(
      rules::read_pack(read_text(QUIETUS_SOURCE_DIR "/governance/packs/intl.json").value()).value()));
  TransferStory s;
  open_under(s, packs, "cn-smallloan@2");
  for (const char* name : {"same@1", "stricter@1"}) {
    INFO(name);
    CHECK(s.ask(kDara, adoption(packs, name)).permitted);
  }
  for (const char* name : {"shorter@1", "milder@1", "elsewhere@1", "other-words@1", "intl@1"}) {
    INFO(name);
    CHECK(names(s.ask(kDara, adoption(packs, name)), RuleId::pack_known));
  }
  Packs without = packs_of({1});
  REQUIRE(without.add(called("same")));
  s.packs = &without;  // what binds the case is not here to compare with
  CHECK(names(s.ask(kDara, adoption(without, "same@1")), RuleId::pack_known));
}

TEST_CASE("a second person who wants another pack asks anew") {
  const Packs packs = packs_of({1, 2, 3});
  TransferStory s;
  open_under(s, packs, "cn-smallloan@1");
  s.act(kDara, adoption(packs, "cn-smallloan@2"));
  REQUIRE(s.act(kBo, adoption(packs, "cn-smallloan@3")).permitted);
  CHECK(s.state.find(kTransfer)->pack_name == "cn-smallloan@1");
  CHECK(s.state.find(kTransfer)->pack_asked->by == kBo.id);
}

TEST_CASE("a case under the house's rules alone gets statutes the same way, and can leave an unloaded pack") {
  const Packs packs = packs_of({1});
  TransferStory s;
  open_under(s, packs, "");
  s.act(kDara, adoption(packs, "cn-smallloan@1"));
  REQUIRE(s.act(kBo, adoption(packs, "cn-smallloan@1")).permitted);
  CHECK(s.state.find(kTransfer)->pack_name == "cn-smallloan@1");
  const Packs later = packs_of({2});
  s.packs = &later;
  CHECK(s.act(kDara, adoption(later, "cn-smallloan@2")).permitted);
  CHECK(s.act(kBo, adoption(later, "cn-smallloan@2")).permitted);
}

TEST_CASE("every command finds the case that it is about") {
  const Packs packs = packs_of({1});
  TransferStory s;
  s.open_transfer();
  s.records("R");
  const Case* in = s.state.find(kTransfer);
  CHECK(case_of(s.state, ReleaseDataKeys{id<KeyId>("K-R"), "open", 1}) == in);
  CHECK(case_of(s.state, ReserveUses{id<KeyId>("K-R"), std::nullopt, Verb::open, 1}) == in);
  CHECK(case_of(s.state, FreezeHolding{id<HoldingId>("R"), "why"}) == in);
  CHECK(case_of(s.state, CloseCase{kTransfer}) == in);
  CHECK(case_of(s.state, FreezeHolding{id<HoldingId>("X"), "why"}) == nullptr);
  CHECK(case_of(s.state, RecordDenials{}) == nullptr);
}

TEST_CASE("whoever was trained under other rules is trained again before handling keys") {
  const Packs packs = packs_of({1, 2});
  TransferStory s;
  open_under(s, packs, "cn-smallloan@1");
  const Case& in = *s.state.find(kTransfer);
  const auto course = [&](const PersonId& who) {
    return s.state.attested_by(kTransfer, "training", about(who), s.clock.now);
  };
  const auto train = [&] {
    s.attest(kDara, "training", about(kOlivia.id), {{"course", "safety"}, {"score", "90"}});
  };
  Party seller;
  seller.id = id<PartyId>("old");
  seller.name = "Old Company";
  s.tell(PartyDeclared{kTransfer, seller});
  s.tell(PersonEnrolled{kTransfer, kOlivia.id, seller.id});
  train();
  REQUIRE(course(kOlivia.id) != nullptr);
  CHECK(teaches(in, *course(kOlivia.id)));
  REQUIRE(s.act(kDara, adoption(packs, "cn-smallloan@2")).permitted);
  CHECK(teaches(in, *course(kOlivia.id)));  // asked for, not adopted
  REQUIRE(s.act(kBo, adoption(packs, "cn-smallloan@2")).permitted);
  CHECK_FALSE(teaches(in, *course(kOlivia.id)));
  const Pack& pack = packs.of(&in);
  const auto why = [&] {
    return may(s.state, pack, &kOlivia, Verb::propose, nullptr, &kTransfer, s.clock).why();
  };
  CHECK(why().contains("has not been trained since the case is under cn-smallloan@2"));
  train();
  CHECK(teaches(in, *course(kOlivia.id)));
  CHECK_FALSE(why().contains("trained"));
}
