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
      transcript_name_(random_id("transcript") + ".jsonl"),
      worker_([this] { work(); }) {}

FirmwareRun::~FirmwareRun() {
  stop_ = true;
  if (worker_.joinable()) worker_.join();
}

Status FirmwareRun::keep(std::string_view line, nvme::TranscriptFile& file) {
  QUIETUS_CHECK(file.append(line));
  transcript_ += std::string(line) + '\n';
  return {};
}

Result<nvme::ErasureReport> FirmwareRun::erase(nvme::NvmeAdmin& drive) {
  nvme::IntentFile intents(request_.folder + "/" + request_.context + ".intent.json");
  const auto open_medium = [this]() -> Result<std::unique_ptr<BlockDevice>> {
    QUIETUS_CHECK(medium_.settle());
    QUIETUS_TRY(descriptor, medium_.reopen());
    return eraser::FdBlockDevice::adopt(std::move(descriptor));
  };
  const auto nap = [this](std::int64_t ms) {
    for (const auto end = clock_ms() + ms; clock_ms() < end && !stop_;)
      std::this_thread::sleep_for(std::chrono::milliseconds(std::min(kNapMs, end - clock_ms())));
  };
  nvme::ErasureTools tools{.drive = drive,
                           .open_medium = open_medium,
                           .intents = intents,
                           .clock_ms = &clock_ms,
                           .sleep_ms = nap,
                           .stop_requested = [this] { return stop_.load(); },
                           .progress = [this](const nvme::SanitizeLog& log) { progress_ = log.progress; }};
  QUIETUS_TRY(under_way, intents.find());
  if (under_way) return nvme::resume_sanitize(tools, queue_.nsid, request_.patience);
  const auto sanitize = [&](nvme::SanitizeAction action) {
    return nvme::sanitize_namespace(tools, queue_.nsid, {.action = action}, random_digest(),
                                    request_.patience, request_.context);
  };
  const auto& command = request_.drive_command;
  if (command == "sanitize-block") return sanitize(nvme::SanitizeAction::block_erase);
  if (command == "sanitize-crypto") return sanitize(nvme::SanitizeAction::crypto_erase);
  if (command == "sanitize-overwrite") return sanitize(nvme::SanitizeAction::overwrite);
  if (command == "format-user-data")
    return nvme::format_namespace(tools, queue_.nsid, nvme::FormatErase::user_data, random_digest());
  if (command == "format-crypto")
    return nvme::format_namespace(tools, queue_.nsid, nvme::FormatErase::cryptographic, random_digest());
  return fail(ErrorKind::invalid_input, "this agent knows no command " + command);
}

void FirmwareRun::work() {
  std::error_code error;
  std::filesystem::create_directories(request_.folder, error);
  auto file = nvme::TranscriptFile::create(request_.folder + "/" + transcript_name_);
  if (file) {
    nvme::RecordingAdmin recorded(
        *queue_.drive, [&](std::string_view line) { return keep(line, *file); }, &clock_ms);
    report_ = erase(recorded);
  } else {
    report_ = std::unexpected(file.error());
  }
  finished_ = true;
}

FirmwareOutcome FirmwareRun::take() {
  if (worker_.joinable()) worker_.join();
  FirmwareOutcome outcome{std::move(report_), {}};
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
  return outcome;
}

}  // namespace quietus::agent
