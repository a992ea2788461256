// Which act asks which gate, and that what the delivered packs name is there.
#include <catch2/catch.hpp>
#include <regex>

#include "governance/case_facts.hpp"
#include "governance/transfer_checks.hpp"
#include "tests/unit/governance/phase_story.hpp"
#include "tests/unit/governance/transfer_story.hpp"

using namespace quietus;
using namespace quietus::governance;

namespace {

rules::Pack delivered_pack(const std::string& name) {
  const auto text = read_text(QUIETUS_SOURCE_DIR "/governance/packs/" + name + ".json");
  return rules::read_pack(text.value()).value();
}

/// One rule, which nothing in these stories meets, at one gate.
Result<rules::Pack> barred(const std::string& gate) {
  return rules::read_pack_untested(R"json({
"type": "quietus.rules/1", "name": "bar", "version": 1, "effective": "2026-01-01",
"zone": {"name": "UTC", "offset_minutes": 0},
"jurisdiction": {"zh": "试", "en": "a test"}, "note": {"zh": "试", "en": "a test"},
"changelog": [{"version": 1, "date": "2026-01-01", "text": {"zh": "首版", "en": "first"}}],
"parameters": [], "words": {},
"rules": [
  {"id": "Z01", "severity": "block", "gates": [")json" +
                                   gate + R"json("], "law": "none", "basis": "M",
   "when": "true", "check": "case.deal == revocation",
   "text": {"zh": "试", "en": "never"}, "next": {"zh": "试", "en": "none"},
   "fixtures": {"pass": {"case.deal": "revocation"}, "fail": {"case.deal": "merger"}}}
]})json");
}

/// Something for every act: records R with a key, S with a keyring, an unplaced copy B, a medium D that left.
TransferStory furnished() {
  TransferStory s;
  s.open_transfer();
  s.records("R");
  for (const char* name : {"S", "B"}) {
    s.act(kOlivia,
          DeclareHolding{id<HoldingId>(name), kTransfer, HoldingKind::record_set, name, true, {}, {}});
    s.tell(HoldingClassified{id<HoldingId>(name), s.ordinary()});
  }
  s.tell(HoldingPlaced{kR, {CopyKind::original, {}, id<PartyId>("old")}});
  REQUIRE(s.act(kOlivia, CreateKeyring{id<HoldingId>("S"), TransferStory::ring_id("S"), KeyClass::wrapped})
              .permitted);
  REQUIRE(s.act(kOlivia, TransferStory::add("S", 3)).permitted);
  s.declare_disk("D");
  Classification leaves = s.ordinary();
  leaves.leaves = true;
  s.tell(HoldingClassified{id<HoldingId>("D"), leaves});
  s.state.holdings.at(id<HoldingId>("D")).state = HoldingState::destroyed;
  s.act(kEli, finding(s, "F", FindingKind::risk, about(kR)));
  return s;
}

CommandBody ended(HoldingEnd how) { return EndHolding{kR, how, "that is its end", std::nullopt}; }
CommandBody advanced(CasePhase to) { return AdvanceCase{kTransfer, to}; }

/// What a person does at a gate.
std::map<std::string, CommandBody> acts(const TransferStory& s) {
  return {{"seal", ReleaseDataKeys{id<KeyId>("K-R"), "seal", 1}},
          {"open", ReleaseDataKeys{id<KeyId>("K-R"), "open", 1}},
          {"copy", PlaceHolding{id<HoldingId>("B"), {CopyKind::backup, kR, id<PartyId>("old")}}},
          {"hand", ended(HoldingEnd::transferred)},
          {"thaw", ThawHolding{kR, "why"}},
          {"destroy", s.proposal("O", {"R"})},
          {"certify", s.schedule("S", "1")},
          {"surrender", ended(HoldingEnd::surrendered)},
          {"release", CloseCase{kTransfer}},
          {"close", CloseCase{kTransfer}},
          {"cleared", advanced(CasePhase::cleared)},
          {"config", advanced(CasePhase::cleared)},
          {"accept", advanced(CasePhase::accepted)},
          {"close_finding", settling("F", FindingStep::close)}};
}

FactsOfCase facts_about(const TransferStory& s, const std::string& holding) {
  Matter matter;
  matter.in = s.state.find(kTransfer);
  matter.person = kOlivia.id;
  matter.holding = s.state.find(id<HoldingId>(holding));
  matter.now = s.clock.now;
  return {s.state, *s.pack.statutes, matter};
}

void authorize(TransferStory& s, const Person& who, const HoldingId& holding, const std::string& act) {
  auto said = s.attestation(who, std::string(kAuthorization), about(holding), {{"act", act}});
  said.until = s.clock.now + 20 * TransferStory::kDay;
  REQUIRE(s.act(who, TransferStory::entering(said)).permitted);
}

}  // namespace

TEST_CASE("every gate is asked at its act, but for the one whose act does not exist here") {
  const TransferStory s = furnished();
  const auto all = acts(s);
  for (const auto& gate : rules::gates()) {
    INFO(gate);
    if (gate == "purge") continue;  // the ledger forgets nothing
    REQUIRE(all.contains(gate));
    TransferStory under = s;
    under.pack = joined(builtin_0(), std::make_shared<const rules::Pack>(barred(gate).value()));
    CHECK(denied_by(under.ask(kOlivia, all.at(gate)), "Z01"));
    CHECK_FALSE(denied_by(s.ask(kOlivia, all.at(gate)), "Z01"));
  }
  CHECK(all.size() + 1 == rules::gates().size());
}

TEST_CASE("an order asks the gate of its act when it is proposed") {
  const TransferStory s = furnished();
  const std::vector<std::pair<OrderAct, std::string>> gates = {
      {OrderAct::destroy, "destroy"}, {OrderAct::hand, "hand"},   {OrderAct::surrender, "surrender"},
      {OrderAct::thaw, "thaw"},       {OrderAct::close, "close"}, {OrderAct::close, "release"}};
  for (const auto& [act, gate] : gates) {
    INFO(gate);
    ProposeOrder order = s.proposal("O", {"R"});
    order.act = act;
    if (act == OrderAct::close) order.holdings.clear();
    TransferStory under = s;
    under.pack = joined(builtin_0(), std::make_shared<const rules::Pack>(barred(gate).value()));
    CHECK(denied_by(under.ask(kOlivia, order), "Z01"));
    under.pack = joined(builtin_0(), std::make_shared<const rules::Pack>(barred("purge").value()));
    CHECK_FALSE(denied_by(under.ask(kOlivia, order), "Z01"));
  }
}

TEST_CASE("no rule stands in the way of who freezes: that is no gate") { CHECK_FALSE(barred("freeze")); }

TEST_CASE("keys that end on a schedule are signed for as those of an order are") {
  TransferStory s = furnished();
  const HoldingId ring = id<HoldingId>("S");
  CHECK(denied_by(s.ask(kOlivia, s.schedule("S", "1")), "R40"));
  authorize(s, kWei, ring, "destroy");
  CHECK(denied_by(s.ask(kOlivia, s.schedule("S", "1")), "R40"));
  authorize(s, kDara, ring, "open");  // for another act
  CHECK(denied_by(s.ask(kOlivia, s.schedule("S", "1")), "R40"));
  authorize(s, kDara, ring, "destroy");
  const Decision scheduled = s.act(kOlivia, s.schedule("S", "1"));
  INFO(scheduled.why());
  REQUIRE(scheduled.permitted);
  s.clock.now = s.clock.now + 8 * TransferStory::kDay;
  CHECK(s.ask(kHouse, TransferStory::begin("S")).permitted);
  s.clock.now = s.clock.now + 60 * TransferStory::kDay;  // what was signed has ended
  CHECK(denied_by(s.ask(kHouse, TransferStory::begin("S")), "R40"));
}

TEST_CASE("what could not be certified is not scheduled either") {
  TransferStory s = furnished();
  for (const Person* who : {&kWei, &kDara}) authorize(s, *who, id<HoldingId>("S"), "destroy");
  s.state.holdings.at(id<HoldingId>("S")).classification->always_encrypted = false;
  CHECK(denied_by(s.ask(kOlivia, s.schedule("S", "1")), "R38"));
}

TEST_CASE("a copy of a key has ended when it is destroyed, and not because it is somewhere else") {
  TransferStory s = furnished();
  const HoldingId card = id<HoldingId>("B");
  const auto gone = [&] {
    const rules::Value of = rules::Entity{"holding", "R"};
    return facts_about(s, "R").call("keycopies_ended", {&of, 1}) == rules::Value(true);
  };
  CHECK(gone());
  s.tell(HoldingPlaced{card, {CopyKind::key_backup, kR, id<PartyId>("old")}});
  for (const auto state :
       {HoldingState::declared, HoldingState::retained, HoldingState::returned, HoldingState::transferred,
        HoldingState::surrendered, HoldingState::destroy_failed}) {
    s.state.holdings.at(card).state = state;
    INFO(to_string(state));
    CHECK_FALSE(gone());
  }
  s.state.holdings.at(card).state = HoldingState::destroyed;
  CHECK(gone());
  s.state.holdings.at(card).state = HoldingState::declared;
  s.tell(HoldingPlaced{card, {CopyKind::backup, kR, id<PartyId>("old")}});
  CHECK(gone());  // it turned out to be no copy of the key
}

TEST_CASE("a report is as early as it came in, whatever date it gives itself") {
  TransferStory s = furnished();
  const auto in_time = [&](std::string_view function) {
    const std::vector<rules::Value> about_it = {rules::Entity{"finding", "F"}, rules::Duration{0, 0, 4}};
    return facts_about(s, "R").call(function, about_it) == rules::Value(true);
  };
  const UnixMs opened = s.state.find(id<FindingId>("F"))->opened;
  const auto report = [&](const std::string& kind, std::int64_t hours) {
    s.clock.now = opened + hours * TransferStory::kHour;
    auto said = s.attestation(kBo, kind, about(id<FindingId>("F")), {{"authority", "CAC"}});
    said.from = opened;
    REQUIRE(s.act(kBo, TransferStory::entering(said)).permitted);
  };
  report("final_report", 3);
  report("notice_authority", 5);
  CHECK(in_time("final"));
  CHECK_FALSE(in_time("clock"));
}

TEST_CASE("the strength of a key is that of its algorithm") {
  TransferStory s = furnished();
  const auto bits = [&](const std::string& holding) {
    return facts_about(s, holding).attribute({"holding", holding}, "strength");
  };
  const std::map<KeyAlgorithm, std::int64_t> strengths = {{KeyAlgorithm::aes_256_gcm, 256},
                                                          {KeyAlgorithm::ecdsa_p256, 128},
                                                          {KeyAlgorithm::ecdsa_p384, 192},
                                                          {KeyAlgorithm::hmac_sha256, 256}};
  for (const auto& [algorithm, expected] : strengths) {
    s.state.holdings.at(kR).key_algorithm = algorithm;
    CHECK(bits("R") == rules::Value(expected));
  }
  CHECK(bits("S") == rules::Value(std::int64_t{256}));
  CHECK(rules::is_unknown(bits("B")));
}

TEST_CASE("a deal that fell through closes without surrendering what stays where it was") {
  TransferStory s;
  s.open_transfer("dissolution");
  Party old = TransferStory::party("old", PartyRole::transferor);
  old.aml = true;
  REQUIRE(s.act(kOlivia, DeclareParty{kTransfer, old}).permitted);
  Classification is = s.ordinary();
  is.tags = {"kyc"};
  s.records("R", is);
  CHECK(denied_by(s.ask(kOlivia, CloseCase{kTransfer}), "R12"));
  s.tell(CaseAdvanced{kTransfer, CasePhase::aborted});
  CHECK_FALSE(denied_by(s.ask(kOlivia, CloseCase{kTransfer}), "R12"));
}

TEST_CASE("under intl two people besides the one who asks approve a thaw: those who sign its order") {
  TransferStory s;
  s.pack = joined(builtin_0(), std::make_shared<const rules::Pack>(delivered_pack("intl")));
  s.open_transfer();
  s.records("R");
  s.act(kEli, FreezeHolding{kR, "a doubt"});
  const auto thaw = [&] { return s.ask(kOlivia, ThawHolding{kR, "it is settled"}); };
  CHECK(denied_by(thaw(), "I18"));
  ProposeOrder order = s.proposal("O", {"R"});
  order.act = OrderAct::thaw;
  REQUIRE(s.act(kOlivia, order).permitted);
  s.sign("O", kBo, Role::approver);
  authorize(s, kChen, kR, "thaw");
  CHECK(denied_by(thaw(), "I18"));  // a word beside the order is not a signature under it
  s.sign("O", kOlivia, Role::proposer);
  s.sign("O", kDara, Role::responsible);
  s.sign("O", kChen, Role::approver);
  const Decision now = thaw();
  INFO(now.why());
  CHECK(now.permitted);
}

TEST_CASE("every kind of attestation that a delivered pack names can be said, of what it is asked of") {
  const std::map<std::string, SubjectKind> subjects = {
      {"case", SubjectKind::case_},       {"config", SubjectKind::case_},  {"transferor", SubjectKind::party},
      {"transferee", SubjectKind::party}, {"p.party", SubjectKind::party}, {"p", SubjectKind::person},
      {"h", SubjectKind::holding},        {"x", SubjectKind::holding},     {"o", SubjectKind::order},
      {"f", SubjectKind::finding},        {"q", SubjectKind::attestation}};
  const std::regex asked(R"((att|cov|age)\((\w+),\s*([\w.]+)\))");
  const auto& catalogue = builtin_0().attestations;
  std::size_t seen = 0;
  for (const char* name : {"cn-smallloan", "intl"}) {
    const rules::Pack pack = delivered_pack(name);
    for (const auto& [word, text] : pack.words.at("attestation")) {
      INFO(name << " " << word);
      CHECK((catalogue.contains(word) || word == "nda_current"));
    }
    for (const auto& rule : pack.rules) {
      for (const auto& gate : rule.gates) CHECK(rules::gate_bit(gate) != 0);
      const std::string text = rule.when.text() + " " + rule.check.text();
      for (std::sregex_iterator it(text.begin(), text.end(), asked), end; it != end; ++it, ++seen) {
        INFO(name << " " << rule.id << " " << it->str());
        const std::string kind = (*it)[2];
        if (kind == "nda_current") continue;
        const auto& said = catalogue.at(kind);
        const SubjectKind subject = subjects.at((*it)[3]);
        CHECK(said.about.contains(subject));
        const auto has = [&](const char* field) {
          return std::ranges::find(said.fields, field) != said.fields.end();
        };
        CHECK(((*it)[1] != "cov" || (has("covered") && has("total"))));
      }
    }
  }
  CHECK(seen >= 60);
}
