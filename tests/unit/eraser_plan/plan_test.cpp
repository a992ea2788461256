#include "eraser/plan/plan.hpp"

#include <catch2/catch.hpp>

#include "eraser/method/method.hpp"

using namespace quietus;
using namespace quietus::eraser;

namespace {

DeviceIdentity loop() {
  DeviceIdentity identity;
  identity.kind = MediumKind::loop_device;
  identity.path = "/dev/loop7";
  identity.size_bytes = 256 << 20;
  identity.backing_device = 65024;
  identity.backing_inode = 42;
  return identity;
}

OrderLine line_for(const DeviceIdentity& identity) {
  OrderLine line;
  line.holding = *HoldingId::parse("H-1");
  line.device = identity;
  line.host = *HostId::parse("host-1");
  return line;
}

Digest seed() {
  Digest digest;
  digest.value.fill(7);
  return digest;
}

}  // namespace

TEST_CASE("a plan for a loop device is Clear, covers every byte and lists what it does not reach") {
  const auto plan = make_plan(loop(), line_for(loop()), OverwritePattern::zeros, seed());
  REQUIRE(plan);
  CHECK(plan->technique_id == "overwrite-zeros");
  CHECK(plan->claim == SanitizationMethod::clear);
  CHECK(plan->length_bytes == std::uint64_t{256} << 20);
  CHECK(plan->stream_seed == Digest{});
  CHECK(plan->areas_not_covered ==
        areas_not_covered(*find_method("overwrite-zeros"), MediumKind::loop_device));
}

TEST_CASE("the pattern stream keeps the seed it was given") {
  const auto plan = make_plan(loop(), line_for(loop()), OverwritePattern::stream, seed());
  REQUIRE(plan);
  CHECK(plan->technique_id == "overwrite-stream");
  CHECK(plan->stream_seed == seed());
}

TEST_CASE("an order that demands Purge is refused for a loop device, with the reason") {
  for (const auto demanded :
       {SanitizationMethod::purge, SanitizationMethod::destroy, SanitizationMethod::none}) {
    auto line = line_for(loop());
    line.least_claim = demanded;
    const auto plan = make_plan(loop(), line, OverwritePattern::zeros, seed());
    REQUIRE_FALSE(plan);
    CHECK(plan.error().kind == ErrorKind::denied);
  }
  auto line = line_for(loop());
  line.least_claim = SanitizationMethod::purge;
  const auto plan = make_plan(loop(), line, OverwritePattern::zeros, seed());
  CHECK(plan.error().message.find("demands purge") != std::string::npos);
  CHECK(plan.error().message.find("clear at best") != std::string::npos);
}

TEST_CASE("another medium than the ordered one is refused even when only its backing file differs") {
  auto other = loop();
  other.backing_inode = 43;
  CHECK_FALSE(make_plan(other, line_for(loop()), OverwritePattern::zeros, seed()));
  auto renamed = loop();
  renamed.path = "/dev/loop9";
  renamed.disk_sequence = 99;
  CHECK(make_plan(renamed, line_for(loop()), OverwritePattern::zeros, seed()));
}

TEST_CASE("a refusal names all its reasons at once") {
  auto identity = loop();
  identity.size_bytes = 0;
  auto line = line_for(loop());
  line.kind = HoldingKind::record_set;
  line.least_claim = SanitizationMethod::purge;
  const auto plan = make_plan(identity, line, OverwritePattern::stream, Digest{});
  REQUIRE_FALSE(plan);
  for (const auto* reason :
       {"not a disk", "not the one the order names", "no size", "demands purge", "no seed"}) {
    CHECK(plan.error().message.find(reason) != std::string::npos);
  }
}

TEST_CASE("a size that is not whole blocks is refused") {
  auto identity = loop();
  identity.size_bytes += 100;
  CHECK_FALSE(make_plan(identity, line_for(identity), OverwritePattern::zeros, seed()));
}
