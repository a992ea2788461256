// What the house does on its own: courts, incidents and dates that nobody kept.
#include <catch2/catch.hpp>

#include "base/crypto.hpp"
#include "base/encoding.hpp"
#include "governance/standing.hpp"
#include "proof/documents.hpp"
#include "tests/support/appliance.hpp"
#include "tests/support/fake_store.hpp"

namespace quietus::test {
namespace {

using namespace quietus::service;
using Path = std::map<std::string, std::string, std::less<>>;

constexpr std::int64_t kSecond = 1000;
constexpr int kNeverMs = 3600 * 1000;  // rounds are stepped by the test

/// A store that can be away for long, and counts the entries of the ledger that it was asked to append;
/// heartbeats are no entries.
struct AwayStore : FakeStore {
  Status append(const Batch& batch) override {
    if (!batch.entries.empty()) ++appends;
    if (away) return fail(ErrorKind::unavailable, "the store is away");
    return FakeStore::append(batch);
  }
  bool away = false;
  int appends = 0;
};

struct WatchDesk {
  AwayStore store;
  Appliance appliance{store};
  SigningWorld& world = appliance.world;
  std::string case_id = appliance.open_case();

  Result<Json> ask(UseCase use_case, const Holder& who, Path more, Json body = {}) {
    more["case"] = case_id;
    return appliance.ask(use_case, who, std::move(more), std::move(body));
  }
  static std::string text(const Json& json, std::string_view member) { return *json.find(member)->string(); }

  void court_speaks(const Subject& about) {
    Attestation said;
    said.id = *AttestationId::parse(random_id("att"));
    said.case_id = *CaseId::parse(case_id);
    said.person = *PersonId::parse(world.witness.certificate.person_id());
    said.kind = "court_order";
    said.subject = about;
    said.document = sha256("paper");
    said.from = kNow;
    said.fields = {{"court", "Shanghai No. 1"}};
    said.nonce = random_digest();
    const Json body = Json::Object{{"statement", proof::to_json(world.witness.sign(proof::encode(said)))}};
    REQUIRE(ask(enter_attestation, world.witness, {}, body));
  }
  std::string records() {
    const Json body = Json::Object{{"customer_data", true}, {"kind", "record_set"}, {"title", "Loan book"}};
    return text(ask(declare_holding, world.proposer, {}, body).value(), "id");
  }
  std::string finding_due(UnixMs due) {
    const Json body = Json::Object{{"due", rfc3339(due)},
                                   {"kind", "risk"},
                                   {"level", "medium"},
                                   {"owner", "p-0002"},
                                   {"subject", Json::Object{{"id", case_id}, {"kind", "case"}}},
                                   {"text", "the cabinet was open"}};
    return text(ask(open_finding, world.witness, {}, body).value(), "id");
  }
  Json::Array findings() {
    const Json listed = ask(list_findings, world.witness, {}).value();
    return *listed.find("findings")->array();
  }
  bool case_is_frozen() { return *ask(show_case, world.witness, {}).value().find("frozen")->boolean(); }
  void after(std::int64_t ms) { appliance.now.now = appliance.now.now + ms; }
};

}  // namespace

TEST_CASE("a finding that is overdue is escalated by the watch, once, and stays its owner's") {
  WatchDesk desk;
  const std::string late = desk.finding_due(kNow + kDayMs);
  desk.appliance.conductor->round();
  REQUIRE(desk.findings().size() == 1);
  desk.after(kDayMs);
  for (int i = 0; i < 3; ++i) {
    desk.appliance.conductor->round();
    desk.after(2 * kSecond);
  }
  const auto findings = desk.findings();
  REQUIRE(findings.size() == 2);
  CHECK(WatchDesk::text(findings[1], "kind") == "overdue");
  CHECK(WatchDesk::text(findings[1], "level") == "high");
  CHECK(WatchDesk::text(findings[1], "owner") == "p-0002");
  CHECK(WatchDesk::text(*findings[1].find("subject"), "id") == late);
}

TEST_CASE("an order of a court about a case or a holding freezes it by the watch, with nobody's word") {
  WatchDesk desk;
  const std::string held = desk.records(), free = desk.records();
  desk.court_speaks({SubjectKind::holding, held});
  desk.appliance.conductor->round();
  const auto frozen = [&](const std::string& id) {
    return desk.ask(show_holding, desk.world.witness, {{"holding", id}}).value();
  };
  CHECK(*frozen(held).find("frozen")->boolean());
  CHECK(WatchDesk::text(frozen(held), "freeze_reason").find("the order of a court") != std::string::npos);
  CHECK_FALSE(*frozen(free).find("frozen")->boolean());
  CHECK_FALSE(desk.case_is_frozen());
  desk.court_speaks({SubjectKind::case_, desk.case_id});
  desk.after(kSecond);
  desk.appliance.conductor->round();
  CHECK(desk.case_is_frozen());
}

TEST_CASE("the watch looks at most once a second, also after the clock was set back") {
  WatchDesk desk;
  Conductor conductor(*desk.appliance.service, {.round_ms = kNeverMs});
  desk.appliance.now.now = kNow + kDayMs;
  conductor.round();
  desk.court_speaks({SubjectKind::case_, desk.case_id});
  desk.after(kSecond - 1);
  conductor.round();
  CHECK_FALSE(desk.case_is_frozen());
  SECTION("a second later") { desk.after(1); }
  SECTION("set back") { desk.after(-2 * kSecond); }
  conductor.round();
  CHECK(desk.case_is_frozen());
}

TEST_CASE("a clock that is set back by an hour holds up no job that waits for another try") {
  WatchDesk desk;
  Conductor conductor(*desk.appliance.service, {.round_ms = kNeverMs});
  desk.appliance.now.now = kNow + kDayMs;
  desk.court_speaks({SubjectKind::case_, desk.case_id});
  desk.store.away = true;
  conductor.round();
  desk.store.away = false;
  desk.after(-3600 * kSecond);
  conductor.round();
  CHECK(desk.case_is_frozen());
}

TEST_CASE("what the watch could not write down is tried again, less and less often, until it is") {
  WatchDesk desk;
  Conductor conductor(*desk.appliance.service, {.round_ms = kNeverMs});
  desk.court_speaks({SubjectKind::case_, desk.case_id});
  desk.store.away = true;
  desk.store.appends = 0;
  for (int second = 0; second < 120; ++second) {
    conductor.round();
    desk.after(kSecond);
  }
  CHECK(desk.store.appends >= 4);
  CHECK(desk.store.appends <= 12);
  desk.store.away = false;
  for (int second = 0; second < 31 && !desk.case_is_frozen(); ++second) {
    conductor.round();
    desk.after(kSecond);
  }
  CHECK(desk.case_is_frozen());
}

TEST_CASE("a flood of late findings keeps an order of a court waiting for no round") {
  WatchDesk desk;
  for (int i = 0; i < 200; ++i) desk.finding_due(kNow + kDayMs);
  desk.court_speaks({SubjectKind::case_, desk.case_id});
  desk.after(kDayMs);
  desk.appliance.conductor->round();
  CHECK(desk.case_is_frozen());
  const auto late = [&] {
    return desk.appliance.ledger->look(
        [&](const governance::State& state) { return overdue(state, desk.appliance.now.now).size(); });
  };
  CHECK(late() > 0);  // not all of them in one round
  for (int i = 0; i < 4; ++i) {
    desk.after(kSecond);
    desk.appliance.conductor->round();
  }
  CHECK(late() == 0);
}

}  // namespace quietus::test
