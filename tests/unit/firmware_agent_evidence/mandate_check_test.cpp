#include "firmware-agent/evidence/mandate_check.hpp"

#include <catch2/catch.hpp>

#include "tests/support/agent_world.hpp"

using namespace quietus;
using namespace quietus::agent;
using test::AgentWorld;
using test::Bends;
using test::Vote;

namespace {

/// An agent that has just given facts about a medium of one mebibyte.
struct Facing {
  Facing() {
    Facts facts;
    facts.host = *HostId::parse("host-1");
    facts.boot_id = "boot-1";
    facts.nonce.value.fill(77);
    facts.identity.kind = MediumKind::disk_image;
    facts.identity.size_bytes = 1 << 20;
    facts.identity.backing_inode = 4711;
    statement = AgentWorld::world().host.sign(proof::encode(facts));
    own.host = facts.host;
    own.host_spki = AgentWorld::world().host.certificate.spki();
    own.identity = facts.identity;
    own.facts_digest = proof::statement_digest(statement);
    own.nonce = facts.nonce;
    own.since_facts_ms = 1000;
    own.now = test::kNow;
    own.remembered = {10, {}};
    own.remembered.root.value.fill(10);
  }

  [[nodiscard]] Result<CheckedMandate> check(const Bends& bends = {}) const {
    return check_mandate(around.package(statement, bends), around.trust(), own);
  }
  [[nodiscard]] ErrorKind refusal(const Bends& bends) const {
    const auto checked = check(bends);
    REQUIRE_FALSE(checked);
    INFO(checked.error().message);
    CHECK_FALSE(checked.error().message.empty());
    return checked.error().kind;
  }
  [[nodiscard]] ErrorKind refusal_of_votes(const std::function<void(std::vector<Vote>&)>& bend) const {
    return refusal({.votes = bend});
  }

  AgentWorld around;
  SignedStatement statement;
  OwnKnowledge own;
};

bool refused_with(const Facing& facing, const MandatePackage& package) {
  return !check_mandate(package, facing.around.trust(), facing.own);
}

}  // namespace

TEST_CASE("a good mandate is accepted, and says which order and mandate it was") {
  const Facing facing;
  const auto checked = facing.check();
  REQUIRE(checked);
  CHECK(checked->mandate.holding.text() == "H-1");
  CHECK(checked->order.lines.size() == 1);
}

TEST_CASE("one bit altered anywhere in the package is refused") {
  const Facing facing;
  const auto good = facing.around.package(facing.statement);
  REQUIRE_FALSE(refused_with(facing, good));
  const auto sweep = [&](auto&& bytes_of, std::size_t step) {
    auto package = good;
    Bytes& bytes = bytes_of(package);
    for (std::size_t at = 0; at < bytes.size(); at += step) {
      const auto bit = static_cast<std::uint8_t>(1U << (at % 8));
      bytes[at] ^= bit;
      if (!refused_with(facing, package)) FAIL("byte " << at << " may be altered");
      bytes[at] ^= bit;
    }
    CHECK_FALSE(refused_with(facing, package));
  };
  sweep([](MandatePackage& p) -> Bytes& { return p.mandate.payload; }, 1);
  sweep([](MandatePackage& p) -> Bytes& { return p.mandate.signature; }, 1);
  sweep([](MandatePackage& p) -> Bytes& { return p.mandate.certificate; }, 5);
  sweep([](MandatePackage& p) -> Bytes& { return p.order; }, 11);
  for (std::size_t i = 0; i < good.approvals.size(); ++i) {
    sweep([&](MandatePackage& p) -> Bytes& { return p.approvals[i].payload; }, 17);
    sweep([&](MandatePackage& p) -> Bytes& { return p.approvals[i].signature; }, 13);
    sweep([&](MandatePackage& p) -> Bytes& { return p.approvals[i].certificate; }, 61);
  }
}

TEST_CASE("a payload that no key of ours has signed is not even parsed") {
  const Facing facing;
  auto package = facing.around.package(facing.statement);
  package.mandate.payload = to_bytes("[[[[ not json");
  CHECK(check_mandate(package, facing.around.trust(), facing.own).error().kind ==
        ErrorKind::verification_failed);
}

TEST_CASE("a mandate signed by anything but the mandate key of our service CA is refused") {
  const Facing facing;
  auto& world = AgentWorld::world();
  for (const auto* signer : {&world.certificate, &world.checkpoint, &world.host, &world.approver_1}) {
    CHECK(facing.refusal({.mandate_signer = signer}) == ErrorKind::verification_failed);
  }
  const auto stranger = test::SigningWorld::make();
  CHECK(facing.refusal({.mandate_signer = &stranger.mandate}) == ErrorKind::verification_failed);
}

TEST_CASE("a mandate with the nonce or the facts of another session or host is refused") {
  const Facing facing;
  CHECK(facing.refusal({.mandate = [](Mandate& m) { m.nonce.value[0] ^= 1; }}) == ErrorKind::conflict);
  CHECK(facing.refusal({.mandate = [](Mandate& m) { m.facts_digest.value[31] ^= 1; }}) ==
        ErrorKind::conflict);
  CHECK(facing.refusal({.order = [](Order& o) { o.lines[0].host = *HostId::parse("host-2"); }}) ==
        ErrorKind::verification_failed);
}

TEST_CASE("a mandate that comes too late is refused, whatever validity it gives itself") {
  Facing facing;
  facing.own.since_facts_ms = 60'000;
  CHECK(facing.check());
  facing.own.since_facts_ms = 60'001;
  CHECK(facing.refusal({}) == ErrorKind::timed_out);
  facing.own.since_facts_ms = kLongestValidityMs + 1;
  CHECK(facing.refusal({.mandate = [](Mandate& m) { m.valid_for_ms = std::uint64_t{1} << 52; }}) ==
        ErrorKind::timed_out);
  facing.own.since_facts_ms = -1;
  CHECK(facing.refusal({}) == ErrorKind::timed_out);
}

TEST_CASE("an order outside its window is refused") {
  const Facing facing;
  CHECK(facing.refusal({.order = [](Order& o) { o.not_after = test::kNow + -1; }}) == ErrorKind::denied);
  CHECK(facing.refusal({.order = [](Order& o) { o.not_before = test::kNow + 1; }}) == ErrorKind::denied);
}

TEST_CASE("an order changed after approval is refused, even when kms signs for it") {
  const Facing facing;
  CHECK(facing.refusal({.order_afterwards = [](Order& o) { o.reason = "another reason"; }}) ==
        ErrorKind::denied);
  CHECK(facing.refusal({.order_afterwards = [](Order& o) { o.requirement = {1, 1, false, false}; }}) ==
        ErrorKind::denied);
  auto package = facing.around.package(facing.statement);
  auto other = facing.around.order_for(facing.own.identity);
  other.reason = "another reason";
  package.order = proof::encode(other);
  CHECK(refused_with(facing, package));
}

TEST_CASE(
    "an order to do anything but destroy gives no mandate, whoever signed it and whatever its line names") {
  const Facing facing;
  for (const OrderAct act : {OrderAct::hand, OrderAct::surrender, OrderAct::thaw}) {
    const auto checked = facing.check({.order = [&](Order& o) { o.act = act; }});
    REQUIRE_FALSE(checked);
    CHECK(checked.error().kind == ErrorKind::verification_failed);
    CHECK(checked.error().message.find("its order is to " + std::string(to_string(act))) !=
          std::string::npos);
  }
}

TEST_CASE("another medium than the ordered one is refused") {
  const Facing facing;
  CHECK(facing.refusal({.order = [](Order& o) { o.lines[0].device.backing_inode = 1; }}) ==
        ErrorKind::verification_failed);
  CHECK(facing.refusal({.order = [](Order& o) { o.lines[0].device.size_bytes = 2 << 20; }}) ==
        ErrorKind::verification_failed);
  CHECK(facing.refusal({.mandate = [](Mandate& m) { m.holding = *HoldingId::parse("H-2"); }}) ==
        ErrorKind::verification_failed);
  CHECK(facing.refusal({.mandate = [](Mandate& m) { m.order = *OrderId::parse("O-2"); }}) ==
        ErrorKind::verification_failed);
}

TEST_CASE(
    "a plan that claims more than an overwrite, covers less than the medium or hides its limits is refused") {
  const Facing facing;
  const auto refused = [&](const std::function<void(Plan&)>& bend) {
    return !facing.check({.mandate = [&](Mandate& m) { bend(m.plan); }});
  };
  CHECK(refused([](Plan& p) { p.claim = SanitizationMethod::purge; }));
  CHECK(refused([](Plan& p) { p.claim = SanitizationMethod::none; }));
  CHECK(refused([](Plan& p) { p.length_bytes -= 512; }));
  CHECK(refused([](Plan& p) { p.areas_not_covered.clear(); }));
  CHECK(refused([](Plan& p) { p.pattern = OverwritePattern::stream; }));
  CHECK(refused([](Plan& p) { p.stream_seed.value[0] = 1; }));
  CHECK(facing.refusal({.order = [](Order& o) { o.lines[0].least_claim = SanitizationMethod::purge; }}) ==
        ErrorKind::denied);
}

TEST_CASE("a kms whose ledger went back behind what the agent has seen is refused") {
  const Facing facing;
  CHECK(facing.refusal({.mandate = [](Mandate& m) { m.tree_size = 9; }}) == ErrorKind::conflict);
  CHECK(facing.refusal({.mandate = [](Mandate& m) { m.tree_root.value[0] ^= 1; }}) == ErrorKind::conflict);
  CHECK(facing.check({.mandate = [](Mandate& m) {
    m.tree_size = 11;
    m.tree_root.value[0] ^= 1;
  }}));
}

TEST_CASE("too few approvals are refused, whoever is missing") {
  const Facing facing;
  for (std::size_t missing = 0; missing < 5; ++missing) {
    CHECK(facing.refusal_of_votes([&](auto& votes) {
      votes.erase(votes.begin() + static_cast<long>(missing));
    }) == ErrorKind::denied);
  }
  CHECK(facing.refusal_of_votes([](auto& votes) { votes.clear(); }) == ErrorKind::denied);
}

TEST_CASE("no order can ask for less than a proposer and one approver") {
  const Facing facing;
  const auto least = [](Order& o) { o.requirement = {1, 1, false, false}; };
  CHECK(facing.refusal({.order = least, .votes = [](auto& votes) { votes.clear(); }}) == ErrorKind::denied);
  CHECK(facing.refusal({.order = least, .votes = [](auto& votes) { votes.resize(1); }}) == ErrorKind::denied);
  CHECK(facing.refusal({.order = least, .votes = [](auto& votes) { votes.erase(votes.begin()); }}) ==
        ErrorKind::denied);
  CHECK(facing.check({.order = least, .votes = [](auto& votes) { votes.resize(2); }}));
  CHECK_FALSE(facing.check({.order = [](Order& o) { o.requirement = {0, 0, false, false}; },
                            .votes = [](auto& votes) { votes.clear(); }}));
}

TEST_CASE("one person in two roles, or twice in one, is one person") {
  const Facing facing;
  CHECK(facing.refusal_of_votes([](auto& votes) { votes[2] = votes[1]; }) != ErrorKind::internal);
  CHECK_FALSE(facing.check({.votes = [](auto& votes) {
    votes[4] = votes[3];
    votes[4].role = Role::witness;
  }}));
  // The same human with a second certificate over a second key.
  const auto second = AgentWorld::world().person("p-0002", "Li Na 李娜", "legal");
  CHECK(facing.refusal_of_votes([&](auto& votes) {
    votes[2] = {&second, *PersonId::parse("p-0002"), Role::approver};
  }) == ErrorKind::denied);
}

TEST_CASE("approvers of one department do not make two departments") {
  const Facing facing;
  const auto colleague = AgentWorld::world().person("p-0009", "Colleague", "risk");
  CHECK(facing.refusal_of_votes([&](auto& votes) {
    votes[2] = {&colleague, *PersonId::parse("p-0009"), Role::approver};
  }) == ErrorKind::denied);
}

TEST_CASE("forged approvals are refused: another people CA, a service certificate, somebody else's name") {
  const Facing facing;
  const auto stranger = test::SigningWorld::make();
  CHECK(facing.refusal_of_votes([&](auto& votes) { votes[1].who = &stranger.approver_1; }) ==
        ErrorKind::verification_failed);
  auto& world = AgentWorld::world();
  for (const auto* service : {&world.mandate, &world.certificate, &world.host}) {
    CHECK(facing.refusal_of_votes([&](auto& votes) { votes[1].who = service; }) ==
          ErrorKind::verification_failed);
  }
  CHECK(facing.refusal_of_votes([](auto& votes) { votes[1].person = *PersonId::parse("p-0003"); }) ==
        ErrorKind::denied);
}

TEST_CASE("a person's certificate over the key of a service, or one key under two names, is refused") {
  const Facing facing;
  auto& world = AgentWorld::world();
  const auto disguised = [&](const test::Holder& holder) {
    const auto v = lab::valid_for_days(test::kNow, 30);
    auto certificate =
        world.people.issue_person(holder.certificate.spki(), *PersonId::parse("p-0066"), "Mallory", "it", v);
    return certificate.value().der();
  };
  for (const auto* holder : {&world.mandate, &world.host, &world.approver_1}) {
    auto package = facing.around.package(facing.statement);
    // Signed with the service's key, presented with a person's certificate: raw signature and chain both
    // hold.
    Approval approval = proof::decode_approval(package.approvals[2].payload).value();
    approval.person = *PersonId::parse("p-0066");
    SignedStatement forged{proof::encode(approval), disguised(*holder), {}};
    forged.signature = holder->key.sign_sha256(forged.payload).value();
    REQUIRE(proof::verify_signature(forged));
    package.approvals[2] = forged;
    Mandate mandate = proof::decode_mandate(package.mandate.payload).value();
    mandate.approvals[2] = proof::statement_digest(forged);
    package.mandate = world.mandate.sign(proof::encode(mandate));
    const auto checked = check_mandate(package, facing.around.trust(), facing.own);
    REQUIRE_FALSE(checked);
    CHECK(checked.error().message.find("key of a service or of another approval") != std::string::npos);
  }
}

TEST_CASE("a rejection, an expired approval, an approval of another order or case counts as none") {
  const Facing facing;
  const auto bent = [&](const std::function<void(Approval&)>& bend) {
    return facing.refusal_of_votes([&](auto& votes) { votes[1].bend = bend; });
  };
  CHECK(bent([](Approval& a) { a.decision = ApprovalDecision::reject; }) == ErrorKind::denied);
  CHECK(bent([](Approval& a) { a.not_after = test::kNow + -1; }) == ErrorKind::denied);
  CHECK(bent([](Approval& a) { a.order = *OrderId::parse("O-9"); }) == ErrorKind::denied);
  CHECK(bent([](Approval& a) { a.order_digest.value[0] ^= 1; }) == ErrorKind::denied);
  CHECK(bent([](Approval& a) { a.case_id = *CaseId::parse("C-9"); }) == ErrorKind::denied);
  CHECK(bent([](Approval& a) { a.role = Role::auditor; }) == ErrorKind::denied);
}

TEST_CASE("approvals that the mandate does not cite, or cites and does not bring, are refused") {
  const Facing facing;
  CHECK_FALSE(facing.check({.mandate = [](Mandate& m) { m.approvals.pop_back(); }}));
  CHECK_FALSE(facing.check({.mandate = [](Mandate& m) { m.approvals.push_back(Digest{}); }}));
  CHECK_FALSE(facing.check({.mandate = [](Mandate& m) { m.approvals.push_back(m.approvals[0]); }}));
  auto package = facing.around.package(facing.statement);
  package.approvals.resize(kMostApprovals + 1, package.approvals[0]);
  CHECK(refused_with(facing, package));
}

TEST_CASE("certificates that are no longer valid are refused by the wall clock") {
  Facing facing;
  facing.own.now = test::kNow + 400LL * 24 * 3600 * 1000;
  CHECK_FALSE(facing.check({.order = [](Order& o) { o.not_after = test::kNow + 800LL * 24 * 3600 * 1000; }}));
}

TEST_CASE("trust anchors that share a key, or are no CAs, are refused") {
  auto& world = AgentWorld::world();
  const auto &root = world.root.certificate(), &service = world.service.certificate(),
             &people = world.people.certificate();
  CHECK(TrustAnchors::of(root, service, people));
  CHECK_FALSE(TrustAnchors::of(root, service, service));
  CHECK_FALSE(TrustAnchors::of(root, root, people));
  CHECK_FALSE(TrustAnchors::of(root, world.mandate.certificate, people));
}
