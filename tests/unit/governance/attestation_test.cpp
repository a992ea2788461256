// Whose word is taken for what.
#include <catch2/catch.hpp>

#include "tests/unit/governance/transfer_story.hpp"

using namespace quietus;
using namespace quietus::governance;

namespace {

const Fields kPassed = {{"course", "safety"}, {"score", "85"}};
const Fields kAll = {{"covered", "100"}, {"total", "100"}};

bool refused(TransferStory& s, const Person& who, const std::string& kind, const Subject& subject,
             const Fields& fields) {
  const auto said = s.attestation(who, kind, subject, fields);
  return names(s.ask(who, TransferStory::entering(said)), RuleId::attestation);
}

}  // namespace

TEST_CASE("every kind that the delivered pack asks about can be attested") {
  for (const auto& [word, text] : shared_statutes()->words.at("attestation")) {
    INFO(word);
    // What the pack calls the current agreement is a signature under its newest version.
    CHECK((word == "nda_current" || builtin_0().attestations.contains(word)));
  }
}

TEST_CASE("nobody attests their own training, and nobody but oneself signs an agreement") {
  TransferStory s = with_records();
  CHECK(refused(s, kBo, "training", about(kBo.id), kPassed));
  CHECK_FALSE(refused(s, kBo, "training", about(kChen.id), kPassed));
  CHECK(refused(s, kBo, "nda", about(kChen.id), {{"version", "1"}}));
  CHECK_FALSE(refused(s, kBo, "nda", about(kBo.id), {{"version", "1"}}));
}

TEST_CASE("a word is taken from its own person, about its own case, once") {
  TransferStory s = with_records();
  const auto said = s.attestation(kBo, "hold", about(kR), {{"ground", "a claim"}});
  CHECK(names(s.ask(kChen, TransferStory::entering(said)), RuleId::attestation));
  CHECK(names(s.ask(kHouse, TransferStory::entering(said)), RuleId::actor));
  CHECK(names(s.ask(kStranger, TransferStory::entering(said)), RuleId::role));
  REQUIRE(s.act(kBo, TransferStory::entering(said)).permitted);
  const Decision again = s.ask(kBo, TransferStory::entering(said));
  CHECK(names(again, RuleId::fresh_id));
  CHECK(names(again, RuleId::nonce));
  auto elsewhere = s.attestation(kBo, "hold", about(kR), {{"ground", "a claim"}});
  elsewhere.case_id = id<CaseId>("C2");
  auto command = TransferStory::entering(elsewhere);
  command.case_id = kTransfer;
  CHECK(names(s.ask(kBo, command), RuleId::attestation));
  command.statement.payload.pop_back();
  CHECK(names(s.ask(kBo, command), RuleId::attestation));
}

TEST_CASE("kind, subject, fields and term are the catalogue's") {
  TransferStory s = with_records();
  CHECK(refused(s, kBo, "blessing", about(kR), {}));
  CHECK(refused(s, kBo, "hold", about(kTransfer), {{"ground", "a claim"}}));
  CHECK(refused(s, kBo, "hold", about(kR), {}));
  CHECK(refused(s, kBo, "hold", about(kR), {{"ground", ""}}));
  CHECK(refused(s, kOlivia, "admission", about(id<PartyId>("host")), {{"ground", "known"}}));
  CHECK(refused(s, kBo, "training", about(kChen.id), {{"course", "safety"}, {"score", "79"}}));
  CHECK(refused(s, kBo, "training", about(kChen.id), {{"course", "safety"}, {"score", "all"}}));
  const auto unknown = s.attestation(kBo, "hold", about(id<HoldingId>("X")), {{"ground", "a claim"}});
  CHECK(names(s.ask(kBo, TransferStory::entering(unknown)), RuleId::known));
  auto endless = s.attestation(kBo, "training", about(kChen.id), kPassed);
  endless.until.reset();
  CHECK(names(s.ask(kBo, TransferStory::entering(endless)), RuleId::attestation));
  auto longer = s.attestation(kBo, "training", about(kChen.id), kPassed);
  longer.until = longer.from + 400 * TransferStory::kDay + 1;
  CHECK(names(s.ask(kBo, TransferStory::entering(longer)), RuleId::attestation));
  longer.until = *longer.until + -1;
  CHECK(s.ask(kBo, TransferStory::entering(longer)).permitted);
  auto over = s.attestation(kBo, "hold", about(kR), {{"ground", "a claim"}});
  over.from = s.clock.now + -2000;
  over.until = s.clock.now;
  CHECK(names(s.ask(kBo, TransferStory::entering(over)), RuleId::attestation));
  auto nothing = s.attestation(kBo, "hold", about(kR), {{"ground", "a claim"}});
  nothing.document = Digest();
  CHECK(names(s.ask(kBo, TransferStory::entering(nothing)), RuleId::attestation));
}

TEST_CASE("a share covers whole people, and never more than there are") {
  TransferStory s = with_records();
  CHECK_FALSE(refused(s, kBo, "notice22", about(kR), kAll));
  CHECK_FALSE(refused(s, kBo, "notice22", about(kR), {{"covered", "0"}, {"total", "100"}}));
  for (const auto& [covered, total] : std::vector<std::pair<std::string, std::string>>{
           {"101", "100"}, {"-1", "100"}, {"0", "0"}, {"1.5", "100"}, {"99%", "100"}, {"007", "100"}}) {
    INFO(covered << " of " << total);
    CHECK(refused(s, kBo, "notice22", about(kR), {{"covered", covered}, {"total", total}}));
  }
}

TEST_CASE("a word is taken back once, and a hold by another person than the one who placed it") {
  TransferStory s = with_records();
  s.attest(kBo, "hold", about(kR), {{"ground", "a claim"}});
  const auto* hold = s.state.attested_by(kTransfer, "hold", about(kR), s.clock.now);
  REQUIRE(hold != nullptr);
  const Subject it = about(hold->attestation.id);
  CHECK(refused(s, kBo, "revocation", it, {{"reason", "never mind"}}));
  REQUIRE(s.take_back(kChen, it.id).permitted);
  CHECK(s.state.attested_by(kTransfer, "hold", about(kR), s.clock.now) == nullptr);
  CHECK(refused(s, kChen, "revocation", it, {{"reason", "again"}}));
  const auto* revocation = s.state.attested_by(kTransfer, "revocation", it, s.clock.now);
  REQUIRE(revocation != nullptr);
  CHECK(refused(s, kChen, "revocation", about(revocation->attestation.id), {{"reason", "undo"}}));
  s.attest(kBo, "court_order", about(kTransfer), {{"court", "the court"}});
  const auto* court = s.state.attested_by(kTransfer, "court_order", about(kTransfer), s.clock.now);
  REQUIRE(court != nullptr);
  CHECK(refused(s, kBo, "revocation", about(court->attestation.id), {{"reason", "never mind"}}));
  s.attest(kBo, "necessity", about(kR), {{"ground", "we need it"}});
  const auto* own = s.state.attested_by(kTransfer, "necessity", about(kR), s.clock.now);
  REQUIRE(own != nullptr);
  CHECK(s.take_back(kBo, own->attestation.id.text()).permitted);
}

TEST_CASE("nothing is taken back for a time or for later") {
  TransferStory s = with_records();
  s.attest(kBo, "necessity", about(kR), {{"ground", "we need it"}});
  const auto* word = s.state.attested_by(kTransfer, "necessity", about(kR), s.clock.now);
  auto later = s.attestation(kBo, "revocation", about(word->attestation.id), {{"reason", "it was wrong"}});
  later.from = s.clock.now + 1000;
  CHECK(names(s.ask(kBo, TransferStory::entering(later)), RuleId::attestation));
  later.from = s.clock.now;
  later.until = s.clock.now + 1000;
  CHECK(names(s.ask(kBo, TransferStory::entering(later)), RuleId::attestation));
}

TEST_CASE("facts, parties and people of a case are bounded and consistent") {
  TransferStory s = with_records();
  const auto describes = [&](CaseFacts facts) { return s.ask(kOlivia, DescribeCase{kTransfer, facts}); };
  CHECK(describes({"SH", 480, 5, true, true}).permitted);
  CHECK(names(describes({"SH", 841, 5, true, true}), RuleId::bounds));
  CHECK(names(describes({"Shanghai!", 480, 5, true, true}), RuleId::bounds));
  CHECK(names(describes({"SH", 480, UINT64_MAX, true, true}), RuleId::bounds));
  CHECK(names(describes(*s.state.find(kTransfer)->facts), RuleId::bounds));
  CHECK(names(s.ask(kBo, DescribeCase{kTransfer, {"SH", 480, 5, true, true}}), RuleId::role));

  const auto declares = [&](const Party& party) { return s.ask(kOlivia, DeclareParty{kTransfer, party}); };
  CHECK(declares(TransferStory::party("broker", PartyRole::intermediary)).permitted);
  CHECK(names(declares(TransferStory::party("third", PartyRole::transferee)), RuleId::bounds));
  CHECK(names(declares(TransferStory::party("host", PartyRole::witness_body)), RuleId::bounds));
  CHECK(names(declares(TransferStory::party("host", PartyRole::processor)), RuleId::bounds));
  Party changed = TransferStory::party("host", PartyRole::processor);
  changed.cii = true;
  CHECK(declares(changed).permitted);
  changed.mlps = 6;
  CHECK(names(declares(changed), RuleId::bounds));
  changed.mlps = 3;
  changed.licence = "two words";
  CHECK(names(declares(changed), RuleId::bounds));
  changed.licence.clear();
  changed.name.clear();
  CHECK(names(declares(changed), RuleId::bounds));

  const auto enrols = [&](const Person& who, const std::string& party) {
    return s.ask(kOlivia, EnrolPerson{kTransfer, who.id, id<PartyId>(party)});
  };
  CHECK(enrols(kStranger, "host").permitted);
  CHECK(names(enrols(kStranger, "nobody"), RuleId::known));
  CHECK(names(enrols(kPia, "old"), RuleId::fresh_id));
}
