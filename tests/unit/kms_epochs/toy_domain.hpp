// The smallest domain there is: a set of numbers in one row per epoch. It writes down what it is asked for,
// in order, and can be told to fail.
#pragma once

#include <algorithm>

#include "kms/epochs/epoch.hpp"
#include "tests/support/fake_hsm.hpp"
#include "tests/support/fake_store.hpp"
#include "tests/support/fault_hsm.hpp"
#include "tests/support/fault_store.hpp"
#include "tests/support/test_permit.hpp"

namespace quietus::epochs {

class ToyDomain : public Domain {
 public:
  ToyDomain(Hsm& hsm, Root root) : hsm_(hsm), root_(root) {}

  std::vector<std::string> asked;
  std::string failing;  ///< name of the question that fails
  KeyClass key_class = KeyClass::wrapped;

  const KeyringId& id() const override { return id_; }
  Root root() const override { return root_; }
  Result<HsmKeyRef> make_root(const std::string& label) override {
    QUIETUS_CHECK(ask("make_root"));
    return key_class == KeyClass::wrapped ? hsm_.generate_wrapping_key(label)
                                          : hsm_.generate_device_key(label);
  }
  Status close(const Deletion&) override { return ask("close"); }
  Result<std::vector<Row>> prepare(const Root& next, const Deletion&) override {
    QUIETUS_CHECK(ask("prepare"));
    return std::vector<Row>{{"keyrings", "toy/" + std::to_string(next.epoch), to_bytes("rows")}};
  }
  Result<std::uint64_t> verify(const Root& next, const Deletion&, DurableRows& durable) override {
    QUIETUS_CHECK(ask("verify"));
    QUIETUS_TRY(row, durable.row("keyrings", "toy/" + std::to_string(next.epoch)));
    return row ? Result<std::uint64_t>(7) : fail(ErrorKind::verification_failed, "not durable");
  }
  Result<std::vector<Row>> commit(const Root& next) override {
    QUIETUS_CHECK(ask("commit"));
    return std::vector<Row>{{"keyrings", "toy", to_bytes(std::to_string(next.epoch))}};
  }
  Status adopt(const Root& next) override {
    QUIETUS_CHECK(ask("adopt"));
    root_ = next;
    return {};
  }
  void give_up() override { static_cast<void>(ask("give_up")); }
  Result<std::vector<Row>> leftovers() override {
    QUIETUS_CHECK(ask("leftovers"));
    const auto other = root_.epoch == 1 ? "toy/2" : "toy/1";
    return std::vector<Row>{{"keyrings", other, {}}};
  }

 protected:
  Hsm& hsm() { return hsm_; }
  Status ask(const std::string& what) {
    asked.push_back(what);
    return what == failing ? fail(ErrorKind::hsm, what + " failed") : Status{};
  }

 private:
  Hsm& hsm_;
  Root root_;
  const KeyringId id_ = *KeyringId::parse("toy");
};

struct EpochFixture {
  testing::FakeHsm token;
  testing::FaultHsm hsm{token};
  test::FakeStore rows;
  test::FaultStore store{rows};
  WallClock clock = [] { return UnixMs{1'700'000'000'000}; };
  keys::KeyRoom room{hsm, clock};
  KeyClass key_class;
  Root first;
  ToyDomain domain;
  EpochEngine engine;
  Permit permit = Ledger::permit(kEpochVerb, "toy");
  int leases = 0;
  const Deletion deletion{{KeyNumber{2}, KeyNumber{5}}};

  explicit EpochFixture(KeyClass chosen = KeyClass::wrapped)
      : key_class(chosen),
        first{chosen == KeyClass::wrapped ? *token.generate_wrapping_key("keyring.toy.1")
                                          : *token.generate_device_key("keyring.toy.1"),
              1,
              {5}},
        domain(hsm, first),
        engine(hsm, store, domain, chosen, clock) {
    domain.key_class = chosen;
    static_cast<void>(rows.append({{}, {{"keyrings", "toy/1", to_bytes("rows")}}}));
  }
  keys::TokenHold hold() { return std::move(*room.hold_token(*root_key_id(domain.id()))); }
  BeforeDestroy end_leases() {
    return [this](const KeyringId&) -> Status {
      ++leases;
      domain.asked.push_back(token.attributes(first.ref) ? "leases" : "leases too late");
      return {};
    };
  }
  keys::Prober prober() {
    return [this](const keys::ProbeRequest& request) { return keys::probe(hsm, request); };
  }
  Result<EpochState> destroy() { return engine.destroy(hold(), permit, deletion, end_leases()); }
  Result<EpochEvidence> prove() { return engine.prove(hold(), prober()); }
  std::optional<EpochState> state() { return load_state(rows, domain.id(), 2).value(); }
};

}  // namespace quietus::epochs
