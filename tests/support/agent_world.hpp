// What an agent needs around it in tests: a disk image to hold, a kms that signs mandates and samples, people
// who approve. Everything that kms or people say can be bent before it is signed.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "firmware-agent/evidence/session.hpp"
#include "proof/documents.hpp"
#include "tests/support/loop_fixture.hpp"

namespace quietus::test {

struct Vote {
  const Holder* who;
  PersonId person;
  Role role;
  std::function<void(Approval&)> bend = nullptr;
};

/// How the package differs from a good one.
struct Bends {
  std::function<void(Order&)> order = nullptr;             ///< before the people sign
  std::function<void(Order&)> order_afterwards = nullptr;  ///< after they have; the mandate cites the new one
  std::function<void(std::vector<Vote>&)> votes = nullptr;
  std::function<void(Mandate&)> mandate = nullptr;  ///< before kms signs
  const Holder* mandate_signer = nullptr;           ///< instead of kms's mandate key
};

class AgentWorld {
 public:
  explicit AgentWorld(int mebibytes = 1) : image(make_image(media, "disk.img", mebibytes)) {}

  static SigningWorld& world() {
    static SigningWorld made = SigningWorld::make();  // keys are slow to make
    return made;
  }

  [[nodiscard]] agent::TrustAnchors trust() const {
    return agent::TrustAnchors::of(world().root.certificate(), world().service.certificate(),
                                   world().people.certificate())
        .value();
  }
  [[nodiscard]] agent::Session session() {
    agent::SessionSettings settings{
        *HostId::parse("host-1"), world().host.certificate, world().host.signer(),     trust(),
        {{media.path()}},         [this] { return now; },   [this] { return boot_ms; }};
    return {std::move(settings), agent::AgentMemory::open(state.path(), "boot-1").value()};
  }

  [[nodiscard]] std::vector<Vote> votes() const {
    const auto id = [](const char* text) { return *PersonId::parse(text); };
    return {{&world().proposer, id("p-0001"), Role::proposer},
            {&world().approver_1, id("p-0002"), Role::approver},
            {&world().approver_2, id("p-0003"), Role::approver},
            {&world().responsible, id("p-0004"), Role::responsible},
            {&world().witness, id("p-0005"), Role::witness}};
  }

  [[nodiscard]] Order order_for(const DeviceIdentity& identity) const {
    Order order;
    order.id = *OrderId::parse("O-1");
    order.case_id = *CaseId::parse("C-1");
    order.proposer = *PersonId::parse("p-0001");
    order.reason = "contract ended";
    order.not_before = kNow + -3600'000;
    order.not_after = kNow + 3600'000;
    order.rule_pack_name = "builtin-0";
    order.rule_pack.value.fill(1);
    order.requirement = {2, 2, true, true};
    order.nonce.value.fill(2);
    OrderLine line;
    line.holding = *HoldingId::parse("H-1");
    line.title = "old copy";
    line.host = *HostId::parse("host-1");
    line.device = identity;
    order.lines = {line};
    return order;
  }

  [[nodiscard]] static Plan plan_for(const DeviceIdentity& identity) {
    Plan plan;
    plan.technique_id = "overwrite-zeros";
    plan.claim = SanitizationMethod::clear;
    plan.clause = "NIST SP 800-88r2 §3.1.1";
    plan.length_bytes = identity.size_bytes;
    plan.areas_not_covered = {"copies on other hosts"};
    return plan;
  }

  /// What kms would answer to these facts.
  [[nodiscard]] agent::MandatePackage package(const SignedStatement& facts_statement,
                                              const Bends& bends = {}) const {
    const auto facts = proof::decode_facts(facts_statement.payload).value();
    Order order = order_for(facts.identity);
    if (bends.order) bends.order(order);
    agent::MandatePackage package;
    auto ballots = votes();
    if (bends.votes) bends.votes(ballots);
    Mandate mandate;
    for (const auto& vote : ballots) {
      package.approvals.push_back(approve(order, vote));
      mandate.approvals.push_back(proof::statement_digest(package.approvals.back()));
    }
    if (bends.order_afterwards) bends.order_afterwards(order);
    package.order = proof::encode(order);
    mandate.order = order.id;
    mandate.order_digest = sha256(package.order);
    mandate.holding = order.lines[0].holding;
    mandate.facts_digest = proof::statement_digest(facts_statement);
    mandate.nonce = facts.nonce;
    mandate.plan = plan_for(facts.identity);
    mandate.valid_for_ms = 60'000;
    mandate.tree_size = 10;
    mandate.tree_root.value.fill(10);
    if (bends.mandate) bends.mandate(mandate);
    const auto& signer = bends.mandate_signer != nullptr ? *bends.mandate_signer : world().mandate;
    package.mandate = signer.sign(proof::encode(mandate));
    return package;
  }

  [[nodiscard]] static SignedStatement sample_for(const SignedStatement& mandate,
                                                  const std::function<void(Sample&)>& bend = nullptr) {
    Sample sample;
    sample.order = *OrderId::parse("O-1");
    sample.holding = *HoldingId::parse("H-1");
    sample.mandate_digest = proof::statement_digest(mandate);
    sample.seed.value.fill(3);
    sample.count = 300;  // more than the 256 blocks of the image: all of it
    if (bend) bend(sample);
    return world().mandate.sign(proof::encode(sample));
  }

  TemporaryFolder media, state;
  std::string image;
  UnixMs now = kNow;
  std::int64_t boot_ms = 1'000'000;

 private:
  static SignedStatement approve(const Order& order, const Vote& vote) {
    Approval approval;
    approval.order = order.id;
    approval.order_digest = sha256(proof::encode(order));
    approval.case_id = order.case_id;
    approval.person = vote.person;
    approval.role = vote.role;
    approval.nonce = random_digest();
    approval.not_after = kNow + 3600'000;
    if (vote.bend) vote.bend(approval);
    return vote.who->sign(proof::encode(approval));
  }
};

}  // namespace quietus::test
