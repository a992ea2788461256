// Random histories of a case with statutes: nobody touches a key unfit (I2), no grant outlives a fact it
// rests on, rules change by two people, and every history replays to the same state.
#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <tuple>

#include "governance/case_facts.hpp"
#include "governance/revocation.hpp"
#include "governance/rules/report.hpp"
#include "tests/unit/governance/transfer_story.hpp"

using namespace quietus;
using namespace quietus::governance;

namespace {

using TransferMove = std::tuple<int, int, int, int>;  // card, who, whom, luck

const std::vector<Person> kTransferPeople = {kOlivia, kBo,   kChen, kDara, kWei,
                                             kEli,    kNina, kPia,  kRex,  kStranger};
const Person& one_of_them(int which) {
  return kTransferPeople[static_cast<std::size_t>(which) % kTransferPeople.size()];
}

const Packs& two_packs() {
  static const Packs packs = [] {
    Packs made;
    REQUIRE(made.add(statutes(1)));
    REQUIRE(made.add(statutes(2)));
    return made;
  }();
  return packs;
}

class TransferPlayer {
 public:
  TransferStory story;

  TransferPlayer() {
    story.pack = *two_packs().find("cn-smallloan@1");
    story.open_transfer();
    story.records("R");
    story.packs = &two_packs();
  }

  Command command(const TransferMove& move) {
    const auto [card, who, which, luck] = move;
    const Person &actor = one_of_them(who), &other = one_of_them(which);
    switch (card) {
      case 0:
      case 1:
        return {actor, TransferStory::entering(training(actor, other, luck))};
      case 2:
      case 3:
        return {actor, TransferStory::entering(agreement_of(actor, luck))};
      case 4: {
        auto next = story.attestation(actor, "nda_version", about(kTransfer), {{"version", version(luck)}});
        next.from = next.from + luck * 3000;
        return {actor, TransferStory::entering(next)};
      }
      case 5:
        return {actor,
                TransferStory::entering(story.attestation(
                    actor, "revocation", about(some_attestation(which * 7 + luck)), {{"reason", "why"}}))};
      case 6:
        return {actor, adoption(luck)};
      case 7:
        return {actor, EnrolPerson{kTransfer, other.id, id<PartyId>(luck % 2 == 0 ? "old" : "host")}};
      case 8:
        return {actor, admission(actor, luck)};
      case 9:
        return {actor, DescribeCase{kTransfer, CaseFacts{"OTHER", 480, static_cast<std::uint64_t>(luck),
                                                         luck == 1, false}}};
      default:
        return {actor, ReleaseDataKeys{id<KeyId>("K-R"), luck % 2 == 0 ? "open" : "seal", 1}};
    }
  }

 private:
  static std::string version(int luck) { return luck % 4 == 0 ? "2" : "1"; }
  Attestation training(const Person& actor, const Person& other, int luck) {
    auto said = story.attestation(actor, "training", about(other.id),
                                  {{"course", "safety"}, {"score", luck == 0 ? "10" : "90"}});
    said.until = said.from + 5000 + luck * 20'000;
    return said;
  }
  Attestation agreement_of(const Person& actor, int luck) {
    auto said = story.attestation(actor, "nda", about(actor.id), {{"version", version(luck)}});
    if (luck % 3 == 0) said.until = said.from + 30'000;
    return said;
  }
  EnterAttestation admission(const Person& actor, int luck) {
    const Subject host = about(id<PartyId>("host"));
    if (luck % 2 == 0)
      return TransferStory::entering(story.attestation(actor, "admission", host, {{"ground", "g"}}));
    return TransferStory::entering(story.attestation(
        actor, "contract", host,
        {{"purpose", "p"}, {"method", "m"}, {"scope", "s"}, {"types", "t"}, {"duties", "d"}, {"end", "e"}}));
  }
  [[nodiscard]] AttestationId some_attestation(int luck) const {
    auto at = story.state.attestations.begin();
    std::advance(
        at, static_cast<std::ptrdiff_t>(luck) % static_cast<std::ptrdiff_t>(story.state.attestations.size()));
    return at->first;
  }
  static AdoptPack adoption(int luck) {
    const Pack& pack = *two_packs().find(luck % 2 == 0 ? "cn-smallloan@2" : "cn-smallloan@1");
    return {kTransfer, pack.name, pack.digest()};
  }
};

/// From the events alone, as naively as possible: who has what, until when.
struct Known {
  struct Word {
    Attestation said;
    std::optional<UnixMs> taken;
  };
  std::vector<Word> words;

  explicit Known(const std::vector<Event>& events) {
    for (const auto& event : events) {
      const auto* entered = std::get_if<AttestationEntered>(&event.body);
      if (entered == nullptr) continue;
      words.push_back({proof::decode_attestation(entered->statement.payload).value(), std::nullopt});
      const Attestation& said = words.back().said;
      for (auto& word : words) {
        if (said.kind == "revocation" && word.said.id.text() == said.subject.id) word.taken = event.at;
      }
    }
  }
  [[nodiscard]] bool holds(const Word& word, UnixMs at) const {
    return word.said.valid(at) && (!word.taken || at < *word.taken);
  }
  [[nodiscard]] std::string version(UnixMs at) const {
    const Word* newest = nullptr;
    for (const auto& word : words) {
      if (word.said.kind == "nda_version" && holds(word, at) &&
          (newest == nullptr || word.said.from >= newest->said.from))
        newest = &word;
    }
    return newest == nullptr ? "" : newest->said.fields.at("version");
  }
  [[nodiscard]] bool fit(const PersonId& who, UnixMs at) const {
    bool trained = false, agreed = false;
    for (const auto& word : words) {
      if (word.said.subject.id != who.text() || !holds(word, at)) continue;
      trained = trained || word.said.kind == "training";
      agreed = agreed || (word.said.kind == "nda" && word.said.fields.at("version") == version(at));
    }
    return trained && agreed;
  }
};

struct TransferReached {
  int released = 0, denied = 0, adopted = 0, capped = 0;
};

void check_release(const TransferPlayer& player, const Decision& decision, const Person& who,
                   TransferReached& reached) {
  const Known known(player.story.events);
  ++reached.released;
  RC_ASSERT(known.fit(who.id, player.story.clock.now));
  // The last instant at which the grant is good: the person is still fit then.
  const UnixMs last = decision.grant->valid_until + -1;
  RC_ASSERT(known.fit(who.id, last));
  if (decision.grant->valid_until < player.story.clock.now + 300'000) ++reached.capped;
  RC_ASSERT(decision.grant->valid_until > player.story.clock.now);
}

/// What may() asks, without words, is what the report says with them.
void check_outcomes(const TransferStory& story, const Person& who) {
  Matter matter;
  matter.in = story.state.find(kTransfer);
  matter.person = who.id;
  matter.holding = story.state.find(id<HoldingId>("R"));
  matter.now = story.clock.now;
  for (const auto& rule : shared_statutes()->rules) {
    matter.gate = rule.gates.front();
    const FactsOfCase brief(story.state, *shared_statutes(), matter), full = brief;
    const rules::Outcome outcome = rules::outcome(rule, brief);
    RC_ASSERT(outcome == rules::evaluate(*shared_statutes(), rule, full).outcome);
    RC_ASSERT(outcome != rules::Outcome::passed || brief.rests_until() == full.rests_until());
  }
}

void play(const TransferMove& move, TransferPlayer& player, TransferReached& reached) {
  TransferStory& story = player.story;
  if (std::get<3>(move) == 0) check_outcomes(story, one_of_them(std::get<1>(move)));
  const Command command = player.command(move);
  const Decision decision = decide(story.state, two_packs(), command, story.clock);
  RC_ASSERT(decision == decide(story.state, two_packs(), command, story.clock));
  RC_ASSERT(decision.permitted == !decision.events.empty());
  reached.denied += decision.permitted ? 0 : 1;
  if (decision.permitted && std::holds_alternative<ReleaseDataKeys>(command.body))
    check_release(player, decision, std::get<Person>(command.actor), reached);
  for (const auto& event : decision.events) {
    const Case before = *story.state.find(kTransfer);
    if (std::holds_alternative<PackAdopted>(event.body)) {
      ++reached.adopted;
      RC_ASSERT(before.pack_asked && before.pack_asked->by != std::get<Person>(event.actor).id);
      RC_ASSERT(version_of(story.state.find(kTransfer)->pack_name) == 1);
    }
    RC_ASSERT(apply(story.state, event).has_value());
    story.events.push_back(event);
  }
  story.clock.now = story.clock.now + 1000;
}

}  // namespace

TEST_CASE("no history lets an unfit person touch a key, and no grant outlives fitness") {
  TransferReached reached;
  const bool held = rc::check("random histories of a transfer", [&] {
    const auto drawn = rc::gen::tuple(rc::gen::inRange(0, 16), rc::gen::inRange(0, 10),
                                      rc::gen::inRange(0, 10), rc::gen::inRange(0, 12));
    const auto moves = *rc::gen::resize(
        rc::kNominalSize, rc::gen::container<std::vector<TransferMove>>(std::size_t{150}, drawn));
    TransferPlayer player;
    for (const auto& move : moves) play(move, player, reached);
    RC_ASSERT(folded_from_json(player.story.events) == player.story.state);
  });
  CHECK(held);
  // A test in which nothing happens shows nothing.
  INFO("released " << reached.released << ", denied " << reached.denied << ", adopted " << reached.adopted
                   << ", capped " << reached.capped);
  CHECK(reached.released > 20);
  CHECK(reached.capped > 5);
  CHECK(reached.adopted > 2);
  CHECK(reached.denied > 100);
}
