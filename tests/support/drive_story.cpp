#include "tests/support/drive_story.hpp"

#include "base/crypto.hpp"
#include "eraser/method/firmware_method.hpp"
#include "firmware-agent/nvme/transcript.hpp"
#include "tests/support/nvme_drive/fake_drive.hpp"

namespace quietus::test {
namespace {

struct Told {
  std::string transcript;
  std::uint32_t word = 0;
};

Told erased(std::string_view command, const DriveOptions& options, const Digest& seed) {
  FakeDrive drive(options);
  FakeIntents intents;
  Told told;
  const auto keep = [&](std::string_view line) -> Status {
    told.transcript += std::string(line) + '\n';
    return {};
  };
  nvme::RecordingAdmin recorded(drive, keep, [&] { return drive.now_ms; });
  nvme::ErasureTools tools{
      .drive = recorded,
      .open_medium = [&] { return Result<std::unique_ptr<BlockDevice>>(drive.blocks()); },
      .intents = intents,
      .clock_ms = [&] { return drive.now_ms; },
      .sleep_ms = [&](std::int64_t ms) { drive.now_ms += ms; }};
  if (const auto sanitize = nvme::sanitize_named(command)) {
    told.word = nvme::sanitize_word(*sanitize).value();
    static_cast<void>(nvme::sanitize_namespace(tools, 1, *sanitize, seed, {}));
  } else {
    told.word = static_cast<std::uint32_t>(nvme::format_named(command).value()) << 9;
    static_cast<void>(nvme::format_namespace(tools, 1, *nvme::format_named(command), seed));
  }
  told.transcript = nvme::without_repeats(told.transcript).value();
  return told;
}

}  // namespace

MediumStory drive_story(const BundleMaker& maker, std::string_view technique, DriveOptions options) {
  const auto& method = *eraser::find_firmware_method(technique);
  const Digest seed = sha256("markers");
  const auto told = erased(method.drive_command, options, seed);
  MediumStory s = maker.medium_story();
  DeviceIdentity& device = s.line.device;
  device = {};
  device.kind = MediumKind::block_device;
  device.path = "/dev/nvme0n1";
  device.size_bytes = 1 << 20;
  device.model = options.model;
  device.serial = options.serial;
  device.firmware = options.firmware;
  device.wwn = "eui.00000000000000000000000000000001";
  s.line.least_claim = method.best_claim;
  s.order.lines = {s.line};
  s.facts.identity = s.evidence.identity = device;
  eraser::plan_by(method, s.plan);
  s.plan.length_bytes = device.size_bytes;
  s.evidence.areas_not_covered = s.plan.areas_not_covered;
  s.report.bytes_overwritten = s.evidence.bytes_overwritten = 0;
  s.report.io_mode = "the drive's own command, sent by the agent";
  s.evidence.blocks_read = s.evidence.blocks_matching = nvme::kMarkers;
  s.evidence.drive = DriveRun{std::string(method.drive_command),
                              told.word,
                              "succeeded",
                              sha256(told.transcript),
                              seed,
                              nvme::kMarkers,
                              0,
                              0};
  s.transcript = told.transcript;
  return s;
}

CertificateInput BundleMaker::drive_input() const { return medium_input(drive_story(*this)); }

}  // namespace quietus::test
