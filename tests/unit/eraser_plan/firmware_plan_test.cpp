#include "eraser/plan/firmware_plan.hpp"

#include <catch2/catch.hpp>

using namespace quietus;
using namespace quietus::eraser;

namespace {

const std::vector<std::string> kEverything{"sanitize-crypto", "sanitize-block", "sanitize-overwrite",
                                           "format-crypto", "format-user-data"};

DeviceIdentity drive() {
  DeviceIdentity identity;
  identity.kind = MediumKind::block_device;
  identity.path = "/dev/nvme0n1";
  identity.size_bytes = 1 << 30;
  identity.serial = "S";
  return identity;
}

OrderLine line_for(const DeviceIdentity& identity, SanitizationMethod least = SanitizationMethod::clear) {
  OrderLine line;
  line.holding = *HoldingId::parse("H-1");
  line.device = identity;
  line.host = *HostId::parse("host-1");
  line.least_claim = least;
  return line;
}

std::string technique(const std::vector<std::string>& can,
                      SanitizationMethod least = SanitizationMethod::clear) {
  const auto plan = make_firmware_plan(drive(), line_for(drive(), least), can);
  return plan ? plan->technique_id : "";
}

}  // namespace

TEST_CASE("a plan picks the best command that the drive offers") {
  CHECK(technique(kEverything) == "nvme-sanitize-block");
  CHECK(technique({"sanitize-crypto", "format-crypto"}) == "nvme-sanitize-crypto");
  CHECK(technique({"sanitize-overwrite", "format-user-data"}) == "nvme-sanitize-overwrite");
  CHECK(technique({"format-crypto", "format-user-data"}) == "nvme-format-user-data");
}

TEST_CASE("a plan by firmware claims what its method can, covers the medium and overwrites nothing") {
  const auto plan =
      make_firmware_plan(drive(), line_for(drive(), SanitizationMethod::purge), kEverything).value();
  CHECK(plan.claim == SanitizationMethod::purge);
  CHECK(plan.pattern == OverwritePattern::none);
  CHECK(plan.stream_seed == Digest{});
  CHECK(plan.length_bytes == 1 << 30);
  CHECK_FALSE(plan.areas_not_covered.empty());
}

TEST_CASE("a drive that can only format is refused where Purge is demanded, and every method says why") {
  const auto plan =
      make_firmware_plan(drive(), line_for(drive(), SanitizationMethod::purge), {"format-user-data"});
  REQUIRE_FALSE(plan);
  CHECK(plan.error().kind == ErrorKind::denied);
  for (const auto* words : {"nvme-sanitize-block: the drive does not offer it",
                            "nvme-format-user-data: it is clear at best, and the order demands purge",
                            "nvme-format-crypto: the drive does not offer it"})
    CHECK(plan.error().message.find(words) != std::string::npos);
}

TEST_CASE("destroy is no command of a drive, and what the agent finds no command in gets none") {
  CHECK(technique(kEverything, SanitizationMethod::destroy).empty());
  CHECK(technique(kEverything, SanitizationMethod::none).empty());
  auto image = drive();
  image.kind = MediumKind::disk_image;
  const auto none = make_firmware_plan(image, line_for(image), {});
  REQUIRE_FALSE(none);
  CHECK(none.error().message.find("a disk_image has no command of its own") != std::string::npos);
  auto other = drive();
  other.serial = "T";
  CHECK_FALSE(make_firmware_plan(other, line_for(drive()), kEverything));
}
