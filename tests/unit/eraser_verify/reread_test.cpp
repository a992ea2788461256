#include "eraser/verify/reread.hpp"

#include <catch2/catch.hpp>

#include "base/crypto.hpp"
#include "eraser/verify/sampling.hpp"
#include "tests/support/fault_block_device.hpp"

using namespace quietus;
using namespace quietus::eraser;
using test::FakeBlockDevice;
using test::FaultBlockDevice;

namespace {

constexpr std::uint64_t kSize = 64 * 4096 + 512;  // the last block is short

Plan plan_of(OverwritePattern pattern) {
  Plan plan;
  plan.pattern = pattern;
  plan.length_bytes = kSize;
  if (pattern == OverwritePattern::stream) plan.stream_seed.value.fill(9);
  return plan;
}

FakeBlockDevice overwritten(const Plan& plan) {
  FakeBlockDevice device(kSize);
  REQUIRE(fill_expected(plan, 0, device.content));
  return device;
}

std::vector<std::uint64_t> every_block() { return sample_blocks(Digest{}, kSize, 4096, 1000).value(); }

}  // namespace

TEST_CASE("a lying device that stored nothing does not match its plan") {
  for (const auto pattern : {OverwritePattern::zeros, OverwritePattern::stream}) {
    FakeBlockDevice untouched(kSize);
    const auto result = reread(untouched, plan_of(pattern), every_block(), 4096).value();
    CHECK_FALSE(result.all_match());
    CHECK(result.blocks_matching == 0);
    CHECK(result.blocks_read == 65);
    CHECK_FALSE(result.failure.empty());
  }
}

TEST_CASE("a medium that holds the plan's content matches, short last block included") {
  for (const auto pattern : {OverwritePattern::zeros, OverwritePattern::stream}) {
    auto device = overwritten(plan_of(pattern));
    const auto result = reread(device, plan_of(pattern), every_block(), 4096).value();
    CHECK(result.all_match());
    CHECK(result.blocks_matching == 65);
    CHECK(result.blocks_digest == sha256(device.content));
    CHECK(result.failure.empty());
  }
}

TEST_CASE("one bit off in one block is seen") {
  const auto plan = plan_of(OverwritePattern::stream);
  for (const std::size_t at : {std::size_t{0}, std::size_t{40 * 4096 + 17}, std::size_t{kSize - 1}}) {
    auto device = overwritten(plan);
    device.content[at] ^= 1;
    const auto result = reread(device, plan, every_block(), 4096).value();
    CHECK_FALSE(result.all_match());
    CHECK(result.blocks_matching == 64);
  }
}

TEST_CASE("a block that cannot be read is counted and the rest is still read") {
  const auto plan = plan_of(OverwritePattern::zeros);
  auto device = overwritten(plan);
  FaultBlockDevice faulty(device);
  faulty.fail_call = 3;
  const auto result = reread(faulty, plan, every_block(), 4096).value();
  CHECK(result.read_errors == 1);
  CHECK(result.blocks_read == 64);
  CHECK(result.blocks_matching == 64);
  CHECK_FALSE(result.all_match());
}

TEST_CASE("nothing read is not a match") {
  const auto plan = plan_of(OverwritePattern::zeros);
  auto device = overwritten(plan);
  CHECK_FALSE(reread(device, plan, {}, 4096).value().all_match());
}

TEST_CASE("blocks beyond the plan and senseless block sizes are refused") {
  const auto plan = plan_of(OverwritePattern::zeros);
  auto device = overwritten(plan);
  const std::vector<std::uint64_t> beyond{65}, far{~std::uint64_t{0}};
  CHECK_FALSE(reread(device, plan, beyond, 4096));
  CHECK_FALSE(reread(device, plan, far, 4096));
  CHECK_FALSE(reread(device, plan, every_block(), 0));
}

TEST_CASE("a plan without a pattern has no content that a medium could be compared with") {
  Bytes out(512);
  CHECK_FALSE(fill_expected(plan_of(OverwritePattern::none), 0, out));
}
