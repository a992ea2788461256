#include "eraser/method/technique.hpp"

#include <catch2/catch.hpp>

#include "base/crypto.hpp"
#include "eraser/method/firmware_method.hpp"
#include "eraser/method/method.hpp"

using namespace quietus;
using namespace quietus::eraser;

namespace {

Plan by_drive(const FirmwareMethod& method) {
  Plan plan;
  plan.technique_id = method.id;
  plan.pattern = OverwritePattern::none;
  plan.claim = method.best_claim;
  plan.clause = method.clause;
  plan.areas_not_covered = areas_not_covered(method);
  return plan;
}

Plan by_host(const Method& method) {
  Plan plan;
  plan.technique_id = method.id;
  plan.pattern = method.pattern;
  plan.claim = SanitizationMethod::clear;
  if (method.pattern == OverwritePattern::stream) plan.stream_seed = sha256("seed");
  return plan;
}

}  // namespace

TEST_CASE("every technique of the tables may be planned as the table says it, and no other way") {
  const auto refuses_other_claims = [](const Plan& good) {
    CHECK(check_technique(good));
    for (const auto claim : {SanitizationMethod::none, SanitizationMethod::clear, SanitizationMethod::purge,
                             SanitizationMethod::destroy}) {
      auto other = good;
      other.claim = claim;
      CHECK(check_technique(other).has_value() == (claim == good.claim));
    }
    for (const auto pattern : {OverwritePattern::zeros, OverwritePattern::stream, OverwritePattern::none}) {
      auto other = good;
      other.pattern = pattern;
      CHECK(check_technique(other).has_value() == (pattern == good.pattern));
    }
    auto reseeded = good;
    reseeded.stream_seed = good.stream_seed == Digest{} ? sha256("seed") : Digest{};
    CHECK_FALSE(check_technique(reseeded));
  };
  for (const auto& method : firmware_methods()) refuses_other_claims(by_drive(method));
  for (const auto& method : methods()) refuses_other_claims(by_host(method));
}

TEST_CASE("what nobody knows is no technique, and a drive's command keeps its clause and what it leaves") {
  Plan unknown;
  unknown.technique_id = "degauss";
  CHECK(check_technique(unknown).error().kind == ErrorKind::denied);
  for (const auto& method : firmware_methods()) {
    auto plan = by_drive(method);
    plan.clause += "!";
    CHECK_FALSE(check_technique(plan));
    plan = by_drive(method);
    plan.areas_not_covered.erase(plan.areas_not_covered.begin());
    CHECK_FALSE(check_technique(plan));
    plan.areas_not_covered = areas_not_covered(method);
    plan.areas_not_covered.emplace_back("something more");
    CHECK(check_technique(plan));
  }
}
