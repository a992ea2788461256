#include "eraser/plan/choice.hpp"

#include <catch2/catch.hpp>

#include "base/crypto.hpp"

using namespace quietus;
using namespace quietus::eraser;

namespace {

DeviceIdentity drive() {
  DeviceIdentity identity;
  identity.path = "/dev/nvme0n1";
  identity.size_bytes = 1 << 30;
  identity.serial = "S";
  return identity;
}

Result<Plan> chosen(SanitizationMethod least, DriveCommands use, const std::vector<std::string>& can) {
  OrderLine line;
  line.holding = *HoldingId::parse("H-1");
  line.device = drive();
  line.least_claim = least;
  return choose_plan(drive(), line, can, {OverwritePattern::zeros, use}, {});
}

std::string technique(SanitizationMethod least, DriveCommands use, const std::vector<std::string>& can) {
  const auto plan = chosen(least, use, can);
  return plan ? plan->technique_id : std::string(to_string(plan.error().kind));
}

constexpr auto kClear = SanitizationMethod::clear, kPurge = SanitizationMethod::purge;

}  // namespace

TEST_CASE(
    "a drive erases itself where the order demands it or the house prefers it, else the host overwrites") {
  const std::vector<std::string> all{"sanitize-block", "format-user-data"}, none;
  CHECK(technique(kClear, DriveCommands::when_demanded, all) == "overwrite-zeros");
  CHECK(technique(kClear, DriveCommands::preferred, all) == "nvme-sanitize-block");
  CHECK(technique(kClear, DriveCommands::preferred, {"format-user-data"}) == "nvme-format-user-data");
  CHECK(technique(kClear, DriveCommands::preferred, none) == "overwrite-zeros");
  CHECK(technique(kClear, DriveCommands::never, all) == "overwrite-zeros");
  CHECK(technique(kPurge, DriveCommands::when_demanded, all) == "nvme-sanitize-block");
  CHECK(technique(kPurge, DriveCommands::preferred, all) == "nvme-sanitize-block");
  CHECK(technique(kPurge, DriveCommands::never, all) == "denied");
  CHECK(technique(kPurge, DriveCommands::preferred, {"format-user-data"}) == "denied");
}

TEST_CASE("a refusal says what stands against every way") {
  const auto refused = chosen(kPurge, DriveCommands::when_demanded, {"format-crypto"});
  REQUIRE_FALSE(refused);
  for (const auto* words :
       {"overwriting a block_device is clear at best", "nvme-sanitize-block: the drive does not offer it",
        "nvme-format-crypto: it is clear at best"})
    CHECK(refused.error().message.find(words) != std::string::npos);
}

TEST_CASE("how drives' commands are used is said in three words and no others") {
  for (const auto use : {DriveCommands::when_demanded, DriveCommands::preferred, DriveCommands::never})
    CHECK(drive_commands_from(to_string(use)).value() == use);
  CHECK_FALSE(drive_commands_from("always"));
}
