#include "proof/drive_run.hpp"

#include "base/crypto.hpp"
#include "eraser/method/firmware_method.hpp"
#include "eraser/method/technique.hpp"
#include "firmware-agent/nvme/markers.hpp"
#include "firmware-agent/nvme/retrace.hpp"
#include "proof/joins.hpp"

namespace quietus::proof {
namespace {

constexpr std::uint32_t kUnrestricted = 1U << 3;  // Sanitize, CDW10: AUSE

Status check_command(const DriveRun& drive, const nvme::Retraced& shown, const Evidence& evidence) {
  if (shown.outcome != nvme::Outcome::succeeded)
    return apart("by the transcript the drive's command has not succeeded (" +
                 std::string(nvme::to_string(shown.outcome)) + ", " +
                 (shown.why.empty() ? "no end of it was read" : shown.why) + ")");
  return Joins()
      .require(drive.outcome == nvme::to_string(nvme::Outcome::succeeded),
               "the agent did not see the drive's command succeed")
      .require(drive.word == shown.word, "the transcript has another command word than the evidence")
      .require(nvme::is_of(shown.controller, shown.space, evidence.identity),
               "the transcript is about another drive")
      .status();
}

/// NIST SP 800-88r2 §4.5.1: not on the drive's word alone.
Status check_markers(const DriveRun& drive, const nvme::Retraced& shown, const Evidence& evidence) {
  QUIETUS_TRY(placed,
              nvme::place_markers(drive.marker_seed, evidence.identity.size_bytes, shown.space.block_bytes));
  return Joins()
      .require(drive.marker_seed != Digest{}, "no markers were written before the command")
      .require(drive.markers == placed.offsets.size(), "not every marker was looked for")
      .require(drive.surviving == 0, "markers are still there: the drive lies")
      .require(drive.unreadable == 0, "markers can neither be read nor be called gone")
      .require(evidence.blocks_read == drive.markers && evidence.blocks_matching == drive.markers &&
                   evidence.read_errors == 0,
               "the evidence counts its markers in two ways")
      .require(evidence.blocks_digest != Digest{}, "what was read back has no digest")
      .status();
}

}  // namespace

Result<SanitizationMethod> claim_shown(const Plan& plan, const Evidence& evidence,
                                       std::string_view transcript) {
  const auto* method = eraser::find_firmware_method(plan.technique_id);
  if (method == nullptr || !evidence.drive) return apart("no command of the drive is in it");
  if (const Status known = eraser::check_technique(plan); !known) return apart(known.error().message);
  const DriveRun& drive = *evidence.drive;
  QUIETUS_CHECK(Joins()
                    .require(drive.command == method->drive_command,
                             "the drive was given another command than the plan's")
                    .require(drive.transcript == sha256(transcript), "the evidence cites another transcript")
                    .require(evidence.bytes_overwritten == 0 && evidence.sample_nonce == Digest{},
                             "the host wrote, where the drive was to erase")
                    .status());
  const auto shown = nvme::retrace(transcript, drive.command);
  if (!shown) return apart(shown.error().message);
  QUIETUS_CHECK(check_command(drive, *shown, evidence));
  QUIETUS_CHECK(check_markers(drive, *shown, evidence));
  const eraser::FirmwareResult result{
      .drive_completed = shown->outcome == nvme::Outcome::succeeded,
      .markers_gone = drive.surviving == 0 && drive.unreadable == 0,
      .restricted = !nvme::sanitize_named(drive.command) || (shown->word & kUnrestricted) == 0};
  const auto claim = eraser::claim_after(*method, result);
  if (claim != plan.claim) return apart("the plan claims something else than was done");
  return claim;
}

}  // namespace quietus::proof
