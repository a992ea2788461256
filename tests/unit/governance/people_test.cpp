// Who may touch keys in a case with statutes: parties, agreements, training.
#include <catch2/catch.hpp>

#include "governance/revocation.hpp"
#include "tests/unit/governance/transfer_story.hpp"

using namespace quietus;
using namespace quietus::governance;

namespace {

std::string why(const Decision& decision) { return decision.why(); }

void admit(TransferStory& s, const Subject& party) {
  s.attest(kDara, "admission", party, {{"ground", "screened"}});
  s.attest(kDara, "contract", party,
           {{"purpose", "p"},
            {"method", "m"},
            {"scope", "s"},
            {"types", "t"},
            {"duties", "d"},
            {"end", "return"}});
}

}  // namespace

TEST_CASE("who is enrolled, trained and under the current agreement opens records") {
  const TransferStory s = with_records();
  const Decision decision = s.open(kOlivia, "R");
  INFO(why(decision));
  CHECK(decision.permitted);
  CHECK(decision.grant->valid_until <= s.clock.now + 300'000);
}

TEST_CASE("in a case without statutes nobody is asked for an agreement") {
  Story s;
  s.open_case();
  s.seal_records("R");
  CHECK(s.ask(kOlivia, ReleaseDataKeys{id<KeyId>("K-R"), "open", 1}).permitted);
  CHECK(s.state.find(id<CaseId>("C"))->pack == builtin_0().digest());
}

TEST_CASE("an agreement lapses at the instant at which its next version takes effect") {
  TransferStory s = with_records();
  auto next = s.attestation(kDara, "nda_version", about(kTransfer), {{"version", "2"}});
  next.from = s.clock.now + 60'000;
  REQUIRE(s.act(kDara, TransferStory::entering(next)).permitted);
  s.clock.now = next.from + -1;
  const Decision before = s.open(kOlivia, "R");
  INFO(why(before));
  REQUIRE(before.permitted);
  CHECK(before.grant->valid_until == next.from);
  s.clock.now = next.from;
  CHECK(names(s.open(kOlivia, "R"), RuleId::unfit));
  s.attest(kOlivia, "nda", about(kOlivia.id), {{"version", "2"}});
  CHECK(s.open(kOlivia, "R").permitted);
}

TEST_CASE("each clause removed in turn refuses publication") {
  TransferStory s = with_records();
  const auto next = s.attestation(kDara, "nda_version", about(kTransfer), {{"version", "2"}});
  REQUIRE(s.ask(kDara, TransferStory::entering(next)).permitted);
  REQUIRE(next.fields.size() == 13);  // six clauses, each in two languages
  for (const auto& [name, words] : next.fields) {
    for (const bool empty : {false, true}) {
      Attestation without = next;
      without.fields.erase(name);
      if (empty) without.fields[name] = "";
      const Decision refused = s.ask(kDara, TransferStory::entering(without));
      INFO(name << ": " << why(refused));
      CHECK(names(refused, RuleId::attestation));
      CHECK(why(refused).find(name) != std::string::npos);
    }
  }
}

TEST_CASE("who signed another text than the one that was published has signed nothing") {
  TransferStory s = with_records();
  REQUIRE(s.open(kOlivia, "R").permitted);
  auto next = s.attestation(kDara, "nda_version", about(kTransfer), {{"version", "2"}});
  s.act(kDara, TransferStory::entering(next));
  auto other = s.attestation(kOlivia, "nda", about(kOlivia.id), {{"version", "2"}});
  other.document = sha256("a text of their own");
  REQUIRE(s.act(kOlivia, TransferStory::entering(other)).permitted);
  CHECK(names(s.open(kOlivia, "R"), RuleId::unfit));
  s.attest(kOlivia, "nda", about(kOlivia.id), {{"version", "2"}});
  CHECK(s.open(kOlivia, "R").permitted);
}

TEST_CASE("who signs the next version early keeps working under the present one") {
  TransferStory s = with_records();
  auto next = s.attestation(kDara, "nda_version", about(kTransfer), {{"version", "2"}});
  next.from = s.clock.now + 60'000;
  s.act(kDara, TransferStory::entering(next));
  s.attest(kOlivia, "nda", about(kOlivia.id), {{"version", "2"}});
  CHECK(s.open(kOlivia, "R").permitted);
  s.clock.now = next.from;
  CHECK(s.open(kOlivia, "R").permitted);
}

TEST_CASE("a permit ends with the training that it rests on") {
  TransferStory s = with_records();
  const auto* training = s.state.attested_by(kTransfer, "training", about(kOlivia.id), s.clock.now);
  REQUIRE(training != nullptr);
  const UnixMs until = *training->attestation.until;
  s.clock.now = until + -10'000;
  const Decision last = s.open(kOlivia, "R");
  INFO(why(last));
  REQUIRE(last.permitted);
  CHECK(last.grant->valid_until == until);
  s.clock.now = until;
  const Decision late = s.open(kOlivia, "R");
  CHECK(names(late, RuleId::unfit));
  CHECK(denied_by(late, "R24"));
}

TEST_CASE("training is worth a year whatever its term, and a permit ends with that year") {
  TransferStory s = with_records();
  auto said = s.attestation(kEli, "training", about(kOlivia.id), {{"course", "safety"}, {"score", "80"}});
  said.from = s.clock.now + -300 * TransferStory::kDay;
  said.until = s.clock.now + 100 * TransferStory::kDay;
  REQUIRE(s.act(kEli, TransferStory::entering(said)).permitted);
  const UnixMs year = said.from + 365 * TransferStory::kDay;
  s.clock.now = year + -100'000;
  const Decision last = s.open(kOlivia, "R");
  INFO(why(last));
  // The first training has run out by now, and the second is the one that counts.
  REQUIRE(last.permitted);
  CHECK(last.grant->valid_until == year + 1);
  s.clock.now = year + 1;
  CHECK(denied_by(s.open(kOlivia, "R"), "R24"));
}

TEST_CASE("a processor's person opens under admission and contract, and not otherwise") {
  TransferStory s = with_records();
  s.make_fit(kPia);
  const Subject host = about(id<PartyId>("host"));
  CHECK(names(s.open(kPia, "R"), RuleId::party));
  CHECK(denied_by(s.open(kPia, "R"), "R05"));
  s.attest(kDara, "admission", host, {{"ground", "screened"}});
  CHECK(names(s.open(kPia, "R"), RuleId::party));
  auto contract = s.attestation(kDara, "contract", host,
                                {{"purpose", "p"},
                                 {"method", "m"},
                                 {"scope", "s"},
                                 {"types", "t"},
                                 {"duties", "d"},
                                 {"end", "return"}});
  contract.until = s.clock.now + 3'600'000;
  REQUIRE(s.act(kDara, TransferStory::entering(contract)).permitted);
  INFO(why(s.open(kPia, "R")));
  CHECK(s.open(kPia, "R").permitted);
  s.clock.now = *contract.until;
  CHECK(names(s.open(kPia, "R"), RuleId::party));
}

TEST_CASE("whose party is not admitted and contracted does nothing but look, say and stop") {
  TransferStory s = with_records();
  s.make_fit(kPia);
  const Subject host = about(id<PartyId>("host"));
  const auto asks = [&](Verb verb) {
    return names(may(s.state, s.pack, &kPia, verb, &kR, &kTransfer, s.clock), RuleId::party);
  };
  const std::vector<Verb> acts = {Verb::open,        Verb::propose,  Verb::sign,         Verb::thaw,
                                  Verb::end_holding, Verb::classify, Verb::advance_case, Verb::declare,
                                  Verb::break_glass, Verb::reinstate};
  const std::vector<Verb> words = {Verb::read,   Verb::attest,  Verb::open_finding, Verb::settle_finding,
                                   Verb::freeze, Verb::suspend, Verb::withdraw,     Verb::cancel_destruction};
  for (const Verb verb : acts) CHECK(asks(verb));
  for (const Verb verb : words) CHECK_FALSE(asks(verb));
  admit(s, host);
  for (const Verb verb : acts) CHECK_FALSE(asks(verb));
}

TEST_CASE("nothing moves, is accepted or handed over before the transferee is admitted and contracted") {
  TransferStory s;
  s.open_transfer("asset");
  s.records("R");
  s.tell(HoldingPlaced{kR, {CopyKind::original, {}, id<PartyId>("old")}});
  s.advance_to(CasePhase::cleared);
  const auto moves = [&](CasePhase to) { return s.ask(kOlivia, AdvanceCase{kTransfer, to}); };
  CHECK(names(moves(CasePhase::moving), RuleId::party));
  s.advance_to(CasePhase::moving);
  CHECK(names(moves(CasePhase::accepted), RuleId::party));
  CHECK_FALSE(names(moves(CasePhase::aborted), RuleId::party));
  s.records("T");
  s.tell(HoldingPlaced{id<HoldingId>("T"), {CopyKind::transferee_copy, kR, id<PartyId>("new")}});
  s.advance_to(CasePhase::accepted);
  const EndHolding over{id<HoldingId>("T"), HoldingEnd::transferred, "accepted", std::nullopt};
  CHECK(names(s.ask(kOlivia, over), RuleId::party));
  admit(s, about(id<PartyId>("new")));
  CHECK_FALSE(names(s.ask(kOlivia, over), RuleId::party));
}

TEST_CASE("only somebody of the designated body signs for what is surrendered") {
  TransferStory s = with_records();
  const Fields fields = {{"recipient", "the office"}};
  CHECK(names(s.ask(kDara, TransferStory::entering(s.attestation(kDara, "surrender", about(kR), fields))),
              RuleId::attestation));
  CHECK(s.attest(kRex, "surrender", about(kR), fields).permitted);
}

TEST_CASE("a regulator's person is bound by statute instead of an agreement") {
  TransferStory s = with_records();
  s.attest(kEli, "training", about(kRex.id), {{"course", "safety"}, {"score", "90"}});
  CHECK(names(s.open(kRex, "R"), RuleId::unfit));
  s.attest(kDara, "secrecy_duty", about(kRex.id), {{"authority", "the bureau"}, {"law", "PIPL 64"}});
  INFO(why(s.open(kRex, "R")));
  CHECK(s.open(kRex, "R").permitted);
}

TEST_CASE("who has just been enrolled signs and learns before anything else") {
  TransferStory s = with_records();
  const Decision denied = s.open(kRex, "R");
  CHECK_FALSE(denied.permitted);
  CHECK_FALSE(names(denied, RuleId::party));
  CHECK(denied_by(denied, "R25"));
}

TEST_CASE("a broken glass stands in for agreement and training, not for the contract") {
  TransferStory s = with_records();
  s.tell(GlassAsked{kTransfer, kR, "fire"}, kPia);
  s.tell(GlassBroken{kTransfer, kR, kPia.id, s.clock.now + 600'000}, kBo);
  const Decision denied = s.open(kPia, "R");
  CHECK(names(denied, RuleId::party));
}

TEST_CASE("what has just been said ends the permits that it may have taken the ground from") {
  TransferStory s = with_records();
  s.records("Q");
  const auto ended = [&] { return revoked_by(s.state, s.events.back()); };
  const auto has = [&](const std::vector<Revocation>& list, const std::string& holding,
                       std::optional<PersonId> who) {
    return std::ranges::any_of(list, [&](const Revocation& one) {
      return one.holding == id<HoldingId>(holding) && one.person == who && !one.keys;
    });
  };
  s.take_back(
      kDara,
      s.state.attested_by(kTransfer, "training", about(kOlivia.id), s.clock.now)->attestation.id.text());
  CHECK(has(ended(), "R", kOlivia.id));
  CHECK(has(ended(), "Q", kOlivia.id));
  CHECK(ended().size() == 2);
  s.attest(kBo, "hold", about(kR), {{"ground", "a claim"}});
  CHECK(has(ended(), "R", std::nullopt));
  CHECK(ended().size() == 1);
  s.attest(kDara, "nda_version", about(kTransfer), {{"version", "2"}});
  CHECK(ended().size() == 2);
  FindingOpened finding{id<FindingId>("F"), kTransfer,          FindingKind::risk,
                        FindingLevel::high, about(kTransfer),   "leak",
                        kOlivia.id,         s.clock.now + 1000, {}};
  s.tell(finding);
  CHECK(ended().empty());
  finding.finding = id<FindingId>("F2");
  finding.blocks = {Verb::open};
  s.tell(finding);
  CHECK(has(ended(), "R", std::nullopt));
  CHECK(has(ended(), "Q", std::nullopt));
  s.tell(CaseFrozen{kTransfer, "a court"});
  CHECK(ended().size() == 2);
}
