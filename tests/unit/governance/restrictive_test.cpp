// What only stops something is possible when hardly anything is.
#include <catch2/catch.hpp>

#include "tests/unit/governance/transfer_story.hpp"

using namespace quietus;
using namespace quietus::governance;

namespace {

TransferStory with_keyring() {
  TransferStory s;
  s.open_transfer();
  s.records("R");
  return s;
}

}  // namespace

TEST_CASE("freezes, suspensions, holds and orders of courts work behind a clock that went backwards") {
  TransferStory s = with_keyring();
  const auto hold = TransferStory::entering(s.attestation(kBo, "hold", about(kR), {{"ground", "a claim"}}));
  const auto court =
      TransferStory::entering(s.attestation(kBo, "court_order", about(kTransfer), {{"court", "the court"}}));
  const auto other =
      TransferStory::entering(s.attestation(kBo, "necessity", about(kR), {{"ground", "we need it"}}));
  s.clock.now = s.state.latest + -60'000;
  s.clock.confirmed = false;
  CHECK(s.ask(kEli, FreezeCase{kTransfer, "an incident"}).permitted);
  CHECK(s.ask(kEli, FreezeHolding{kR, "an incident"}).permitted);
  CHECK(s.ask(kEli, SuspendPerson{kChen.id, kTransfer, "lost"}).permitted);
  CHECK(s.ask(kBo, hold).permitted);
  CHECK(s.ask(kBo, court).permitted);
  CHECK(names(s.ask(kBo, other), RuleId::clock_backwards));
  CHECK_FALSE(s.ask(kStranger, FreezeCase{kTransfer, "an incident"}).permitted);
}

TEST_CASE("one list says what must always be possible") {
  TransferStory s = with_keyring();
  const auto entering = [&](const std::string& kind, const Subject& subject) -> CommandBody {
    return TransferStory::entering(s.attestation(kBo, kind, subject));
  };
  const std::vector<CommandBody> stop = {FreezeHolding{kR, "why"},
                                         FreezeCase{kTransfer, "why"},
                                         SuspendPerson{kBo.id, kTransfer, "why"},
                                         WithdrawOrder{id<OrderId>("O"), "why"},
                                         KeyringStory::change("R", "1", KeyChange::suspend),
                                         KeyringStory::change("R", "1", KeyChange::compromise),
                                         entering("hold", about(kR)),
                                         entering("court_order", about(kTransfer))};
  for (const auto& body : stop) CHECK(is_restrictive(body));
  const std::vector<CommandBody> other = {ThawHolding{kR, "why"},
                                          ThawCase{kTransfer, "why"},
                                          ReinstatePerson{kBo.id, kTransfer, "why"},
                                          KeyringStory::change("R", "1", KeyChange::resume),
                                          entering("revocation", about(kR)),
                                          entering("complaint", about(kR)),
                                          OpenFinding{}};
  for (const auto& body : other) CHECK_FALSE(is_restrictive(body));
  EnterAttestation rubbish{kTransfer, {}};
  CHECK_FALSE(is_restrictive(CommandBody(rubbish)));
}

TEST_CASE("freezing a case is refused and counted as freezing") {
  CHECK(verb_of(CommandBody(FreezeCase{kTransfer, "why"})) == Verb::freeze);
  TransferStory s = with_keyring();
  s.pack.roles.erase(Verb::open_finding);
  CHECK(s.ask(kEli, FreezeCase{kTransfer, "an incident"}).permitted);
  s.pack.roles[Verb::freeze] = {Role::auditor};
  CHECK(names(s.ask(kBo, FreezeCase{kTransfer, "an incident"}), RuleId::role));
}
