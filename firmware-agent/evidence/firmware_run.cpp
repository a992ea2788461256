#include "firmware-agent/evidence/firmware_run.hpp"

#include <time.h>

#include <chrono>
#include <filesystem>

#include "base/encoding.hpp"
#include "eraser/verify/fd_block_device.hpp"
#include "firmware-agent/nvme/ioctl_admin.hpp"
#include "firmware-agent/nvme/status.hpp"

namespace quietus::agent {
namespace {

constexpr std::uint8_t kGetLogPage = 0x02;
constexpr std::int64_t kNapMs = 50;

std::int64_t clock_ms() {
  timespec now{};
  clock_gettime(CLOCK_BOOTTIME, &now);
  return std::int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1000000;
}

/// What is under way is what this mandate is for: the same order, and the same command.
Status check_ours(const nvme::SanitizeIntent& under_way, const FirmwareRequest& request) {
  const auto wanted = nvme::sanitize_named(request.drive_command);
  if (wanted && under_way.context == request.context && nvme::sanitize_word(*wanted) == under_way.word)
    return {};
  return fail(ErrorKind::conflict, "the drive has been given another command than this mandate's");
}

std::string in_words(const nvme::Exchange& exchange) {
  const auto json = nvme::command_line(exchange.command, 1, 0);  // the words as the transcript has them
  const auto from = json.find("\"cdw\"");
  const auto to = json.find(",\"read\"");
  std::string text = "nvme admin " + json.substr(from, to - from) + " -> ";
  return text + (exchange.answer ? nvme::status_text(*exchange.answer) : exchange.answer.error().message);
}

}  // namespace

Result<AdminQueue> open_admin_queue(int descriptor) {
  auto drive = std::make_unique<nvme::IoctlAdmin>(descriptor);
  QUIETUS_TRY(nsid, drive->namespace_id());
  return AdminQueue{std::move(drive), nsid};
}

FirmwareRun::FirmwareRun(FirmwareRequest request, GuardedMedium& medium, AdminQueue queue)
    : request_(std::move(request)),
      medium_(medium),
      queue_(std::move(queue)),
      transcript_name_(request_.context + ".transcript.jsonl"),
      worker_([this] { work(); }) {}

FirmwareRun::~FirmwareRun() {
  stop_ = true;
  if (worker_.joinable()) worker_.join();
}

Result<nvme::ErasureReport> FirmwareRun::erase(nvme::NvmeAdmin& drive, nvme::IntentFile& intents) {
  const auto open_medium = [this]() -> Result<std::unique_ptr<BlockDevice>> {
    QUIETUS_CHECK(medium_.settle());
    QUIETUS_TRY(descriptor, medium_.reopen());
    return eraser::FdBlockDevice::adopt(std::move(descriptor));
  };
  const auto nap = [this](std::int64_t ms) {
    for (const auto end = clock_ms() + ms; clock_ms() < end && !stop_;)
      std::this_thread::sleep_for(std::chrono::milliseconds(std::min(kNapMs, end - clock_ms())));
  };
  const auto check_drive = [this](const nvme::DriveFacts& facts) -> Status {
    if (nvme::is_of(facts.controller, facts.space, medium_.identity())) return {};
    return fail(ErrorKind::conflict, "the drive names itself otherwise than the medium that is held open");
  };
  nvme::ErasureTools tools{.drive = drive,
                           .open_medium = open_medium,
                           .intents = intents,
                           .clock_ms = &clock_ms,
                           .sleep_ms = nap,
                           .stop_requested = [this] { return stop_.load(); },
                           .check_drive = check_drive,
                           .progress = [this](const nvme::SanitizeLog& log) { progress_ = log.progress; }};
  QUIETUS_TRY(under_way, intents.find());
  if (under_way) {
    QUIETUS_CHECK(check_ours(*under_way, request_));
    return nvme::resume_sanitize(tools, queue_.nsid, request_.patience);
  }
  if (const auto request = nvme::sanitize_named(request_.drive_command))
    return nvme::sanitize_namespace(tools, queue_.nsid, *request, random_digest(), request_.patience,
                                    request_.context);
  if (const auto format = nvme::format_named(request_.drive_command))
    return nvme::format_namespace(tools, queue_.nsid, *format, random_digest());
  return fail(ErrorKind::invalid_input, "this agent knows no command " + request_.drive_command);
}

/// Of an operation that is under way, the one that was begun then: the command was sent in it. Of a new one,
/// a new one; what an attempt before it left is kept under another name.
Result<nvme::TranscriptFile> FirmwareRun::transcript_file(const nvme::IntentFile& intents) const {
  const std::string path = request_.folder + "/" + transcript_name_;
  QUIETUS_TRY(under_way, intents.find());
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return nvme::TranscriptFile::create(path);
  if (under_way) return nvme::TranscriptFile::reopen(path);
  std::filesystem::rename(path, request_.folder + "/" + random_id("transcript") + ".jsonl", error);
  if (error) return fail(ErrorKind::io, path + " cannot be put aside: " + error.message());
  return nvme::TranscriptFile::create(path);
}

void FirmwareRun::work() {
  std::error_code error;
  std::filesystem::create_directories(request_.folder, error);
  nvme::IntentFile intents(request_.folder + "/" + request_.context + ".intent.json");
  auto file = transcript_file(intents);
  const auto recorded =
      file ? nvme::parse_transcript(file->text()) : std::unexpected(std::move(file.error()));
  if (recorded) {
    nvme::RecordingAdmin drive(
        *queue_.drive, [&](std::string_view line) { return file->append(line); }, &clock_ms,
        recorded->size());
    report_ = erase(drive, intents);
    transcript_ = file->text();
  } else {
    report_ = std::unexpected(recorded.error());
  }
  finished_ = true;
}

FirmwareOutcome FirmwareRun::take() {
  if (worker_.joinable()) worker_.join();
  FirmwareOutcome outcome{std::move(report_), {}, {}};
  std::uint64_t logs = 0;
  const auto exchanges = nvme::parse_transcript(transcript_);
  if (exchanges) {
    for (const auto& exchange : *exchanges) {
      if (exchange.command.opcode == kGetLogPage)
        ++logs;
      else
        outcome.commands.push_back(in_words(exchange));
    }
  }
  outcome.commands.push_back("nvme admin: " + std::to_string(logs) + " reads of log pages");
  outcome.commands.push_back("transcript " + transcript_name_ + " sha256 " + hex(sha256(transcript_)));
  auto cited = nvme::without_repeats(transcript_);
  if (cited && cited->size() <= kMaxCitedTranscript) outcome.transcript = std::move(*cited);
  return outcome;
}

}  // namespace quietus::agent
