#include "kms/check/checks.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/support/fake_hsm.hpp"
#include "tests/support/fault_hsm.hpp"

using namespace quietus;
using namespace quietus::kms;
using namespace quietus::testing;

namespace {

/// A token in memory under examination. It cannot remove a data object, so it offers none.
struct Examined {
  FakeHsm fake;
  FaultHsm token{fake};
  CheckBench bench{token,
                   "quietus-check test",
                   {[](const std::string&) { return Status{}; },
                    [this](const HsmKeyRef& key) -> Status {
                      const auto found = fake.attributes(key);
                      return found ? Status{} : std::unexpected(found.error());
                    },
                    [](const std::string&) { return Status{}; }}};

  Examined() {
    auto capabilities = fake.capabilities();
    capabilities.data_objects = false;
    fake.set_capabilities(capabilities);
  }
  std::vector<std::string> failing() {
    std::vector<std::string> names;
    for (const Check& one : checks())
      if (one.offered(token.capabilities()) && !one.run(bench)) names.emplace_back(one.name);
    return names;
  }
};

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

}  // namespace

TEST_CASE("a token that keeps the contract passes every check, and nothing stays on it") {
  Examined examined;
  CHECK(examined.failing().empty());
  REQUIRE(examined.bench.clean_up(examined.bench.prefix()));
  CHECK(examined.fake.census()->empty());
}

TEST_CASE("a destroy that lies is noticed") {
  using Lie = FakeHsm::Lie;
  const auto lie =
      GENERATE(Lie::keeps_object, Lie::keeps_copy, Lie::hides_object_in_find, Lie::loses_a_neighbour);
  Examined examined;
  REQUIRE(examined.fake.generate_device_key("a neighbour"));
  examined.fake.lie(lie);
  CHECK(contains(examined.failing(), "destroy"));
}

TEST_CASE("whichever call of a token fails, some check says so, and clean-up leaves nothing") {
  Examined whole;
  REQUIRE(whole.failing().empty());
  const auto calls = whole.token.calls();
  REQUIRE(calls > 50);
  for (std::uint64_t nth = 1; nth <= calls; ++nth) {
    const auto when = nth % 2 == 0 ? FaultHsm::When::before : FaultHsm::When::after;
    Examined examined;
    examined.token.fail_at(nth, when, ErrorKind::hsm);
    INFO("call " << nth);
    CHECK_FALSE(examined.failing().empty());
    examined.token.never_fail();
    CHECK(examined.bench.clean_up(examined.bench.prefix()));
    CHECK(examined.fake.census()->empty());
  }
}

TEST_CASE("objects of others stay where they are") {
  Examined examined;
  const auto other = examined.fake.generate_device_key("quietus record set");
  REQUIRE(other);
  CHECK(examined.failing().empty());
  REQUIRE(examined.bench.clean_up("quietus-check"));
  CHECK(examined.fake.attributes(*other));
  CHECK(examined.fake.census()->size() == 1);
}

TEST_CASE("a token without a mechanism is not asked for it") {
  Examined examined;
  examined.fake.set_capabilities({.ecdsa_p256 = true});
  std::vector<std::string> offered;
  for (const Check& one : checks())
    if (one.offered(examined.token.capabilities())) offered.emplace_back(one.name);
  CHECK(offered ==
        std::vector<std::string>{"information", "random", "threads", "sign-p256", "destroy", "reload"});
  CHECK(examined.failing().empty());
}
