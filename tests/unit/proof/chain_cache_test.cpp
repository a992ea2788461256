#include "proof/chain_cache.hpp"

#include <catch2/catch.hpp>

#include "tests/support/signing_world.hpp"
#include "tests/unit/proof/made_in_tests.hpp"

using namespace quietus;
using namespace quietus::proof;
using quietus::test::kNow;

namespace {

/// Around every edge of the times given, to the millisecond.
std::vector<UnixMs> edges(const std::vector<UnixMs>& of) {
  std::vector<UnixMs> all;
  for (const UnixMs edge : of)
    for (const std::int64_t ms : {-1001, -1000, -1, 0, 1, 999, 1000, 1001}) all.push_back(edge + ms);
  return all;
}

}  // namespace

TEST_CASE("a cache believes a chain at exactly the times at which it would be verified again") {
  const auto& leaf = world().certificate.certificate;
  const auto& issuer = world().service.certificate();
  const auto& root = world().root.certificate();
  const std::vector<std::vector<Bytes>> lists{{}, {world().service.issue_crl({}, kNow, 7, 1).value()}};
  for (const auto& crls : lists) {
    ChainCache cache;
    REQUIRE(cache.verify_chain(leaf, issuer, root, kNow + 1000, Purpose::certificate, crls));
    for (const UnixMs at :
         edges({leaf.not_before(), leaf.not_after(), issuer.not_before(), issuer.not_after(), kNow,
                kNow + 7 * kDay, root.not_before(), root.not_after()})) {
      INFO(at - kNow << (crls.empty() ? "" : ", with a list"));
      CHECK(cache.verify_chain(leaf, issuer, root, at, Purpose::certificate, crls).has_value() ==
            verify_chain(leaf, {issuer}, root, at, Purpose::certificate, crls).has_value());
    }
  }
}

TEST_CASE("a chain that is believed makes no other one believed") {
  ChainCache cache;
  const auto& w = world();
  const auto& issuer = w.service.certificate();
  const auto& root = w.root.certificate();
  REQUIRE(cache.verify_chain(w.certificate.certificate, issuer, root, kNow, Purpose::certificate));
  CHECK_FALSE(cache.verify_chain(w.certificate.certificate, issuer, root, kNow, Purpose::mandate));
  CHECK_FALSE(cache.verify_chain(w.certificate.certificate, w.people.certificate(), root, kNow,
                                 Purpose::certificate));
  CHECK_FALSE(cache.verify_chain(w.certificate.certificate, issuer, w.people.certificate(), kNow,
                                 Purpose::certificate));
  CHECK_FALSE(cache.verify_chain(w.checkpoint.certificate, issuer, root, kNow, Purpose::certificate));
  const Bytes revoked = w.service.issue_crl({w.certificate.certificate}, kNow, 7, 1).value();
  CHECK_FALSE(cache.verify_chain(w.certificate.certificate, issuer, root, kNow + 1000, Purpose::certificate,
                                 {revoked}));
}

TEST_CASE("an authority and a root are believed once, and for what they are") {
  ChainCache cache;
  const auto& w = world();
  const auto& root = w.root.certificate();
  for (int i = 0; i < 2; ++i) {
    CHECK(cache.verify_authority(w.people.certificate(), kPeopleUnit, root, kNow));
    CHECK_FALSE(cache.verify_authority(w.people.certificate(), kServiceUnit, root, kNow));
    CHECK_FALSE(cache.verify_authority(w.people.certificate(), kPeopleUnit, root, kNow + 100'000 * kDay));
    CHECK(cache.self_signed(root));
    CHECK_FALSE(cache.self_signed(w.people.certificate()));
  }
}
