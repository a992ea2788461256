// nvme_probe: one firmware erasure of a real /dev/nvmeXnY through the agent's own code, told as JSON. For
// guests, and for people with a drive to spare who want to hand us its transcript.
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include <iostream>
#include <span>
#include <string>

#include "base/encoding.hpp"
#include "base/json.hpp"
#include "eraser/verify/fd_block_device.hpp"
#include "firmware-agent/nvme/erasure.hpp"
#include "firmware-agent/nvme/ioctl_admin.hpp"
#include "firmware-agent/nvme/transcript.hpp"

namespace quietus {
namespace {

constexpr std::string_view kUsage =
    "usage: nvme_probe DEVICE "
    "facts|resume|sanitize-crypto|sanitize-block|sanitize-overwrite|format-user-data|\n"
    "                  format-crypto --dir FOLDER [--impatient]\n"
    "Erases DEVICE, a namespace such as /dev/nvme0n1. FOLDER keeps a transcript of each run, and "
    "intent.json.\n";

// Of models in tests: seconds where real drives have minutes.
constexpr nvme::Patience kImpatient{.first_poll_ms = 50,
                                    .longest_poll_ms = 400,
                                    .log_lag_ms = 3000,
                                    .silence_ms = 5000,
                                    .absence_ms = 30'000,
                                    .at_all_ms = 120'000};

std::int64_t clock_ms() {
  timespec now{};
  clock_gettime(CLOCK_BOOTTIME, &now);
  return std::int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1000000;
}

void sleep_ms(std::int64_t ms) {
  const timespec duration{ms / 1000, ms % 1000 * 1000000};
  nanosleep(&duration, nullptr);
}

struct Arguments {
  std::string device, what, folder;
  nvme::Patience patience;
};

Result<Arguments> parse(std::span<char*> words) {
  Arguments arguments;
  if (words.size() < 4) return fail(ErrorKind::invalid_input, std::string(kUsage));
  arguments.device = words[0];
  arguments.what = words[1];
  for (std::size_t i = 2; i < words.size(); ++i) {
    const std::string_view word = words[i];
    if (word == "--impatient") {
      arguments.patience = kImpatient;
    } else if (word == "--dir" && i + 1 < words.size()) {
      arguments.folder = words[++i];
    } else {
      return fail(ErrorKind::invalid_input, std::string(kUsage));
    }
  }
  return arguments;
}

Result<nvme::ErasureReport> carry_out(const std::string& what, nvme::ErasureTools& tools, std::uint32_t nsid,
                                      const nvme::Patience& patience) {
  using nvme::SanitizeAction;
  const auto sanitize = [&](SanitizeAction action) {
    return nvme::sanitize_namespace(tools, nsid, {.action = action}, random_digest(), patience);
  };
  if (what == "sanitize-crypto") return sanitize(SanitizeAction::crypto_erase);
  if (what == "sanitize-block") return sanitize(SanitizeAction::block_erase);
  if (what == "sanitize-overwrite") return sanitize(SanitizeAction::overwrite);
  if (what == "resume") return nvme::resume_sanitize(tools, nsid, patience);
  if (what == "format-user-data")
    return nvme::format_namespace(tools, nsid, nvme::FormatErase::user_data, random_digest());
  if (what == "format-crypto")
    return nvme::format_namespace(tools, nsid, nvme::FormatErase::cryptographic, random_digest());
  return fail(ErrorKind::invalid_input, std::string(kUsage));
}

Json told(const nvme::DriveFacts& facts) {
  Json::Array can;
  for (const auto& name : nvme::capabilities(facts.controller)) can.emplace_back(name);
  return Json::Object{{"can", std::move(can)},
                      {"firmware", facts.controller.firmware},
                      {"model", facts.controller.model},
                      {"nguid", facts.space.nguid},
                      {"serial", facts.controller.serial}};
}

Json told(const nvme::ErasureReport& report) {
  Json json = Json::Object{{"outcome", to_string(report.outcome)}, {"resumed", report.resumed},
                           {"seen_running", report.seen_running},  {"serial", report.facts.controller.serial},
                           {"verdict", to_string(report.verdict)}, {"why", report.why},
                           {"word", std::int64_t{report.word}}};
  if (report.markers) {
    json["markers_read"] = report.markers->looked_at;
    json["markers_left"] = report.markers->surviving;
  }
  return json;
}

Result<Json> run(std::span<char*> words) {
  QUIETUS_TRY(arguments, parse(words));
  const Fd device(open(arguments.device.c_str(), O_RDWR | O_EXCL | O_DIRECT | O_CLOEXEC));
  if (!device) return io_error("open", arguments.device);
  nvme::IoctlAdmin drive(device.get());
  QUIETUS_TRY(nsid, drive.namespace_id());
  QUIETUS_TRY(transcript,
              nvme::TranscriptFile::create(arguments.folder + "/" + random_id("transcript") + ".jsonl"));
  nvme::RecordingAdmin recorded(
      drive, [&](std::string_view line) { return transcript.append(line); }, &clock_ms);
  if (arguments.what == "facts") {
    QUIETUS_TRY(facts, nvme::ask_facts(recorded, nsid));
    return told(facts);
  }
  nvme::IntentFile intents(arguments.folder + "/intent.json");
  const auto open_medium = [&]() -> Result<std::unique_ptr<BlockDevice>> {
    ioctl(device.get(), BLKFLSBUF, 0);
    const std::string again = "/proc/self/fd/" + std::to_string(device.get());
    Fd fresh(open(again.c_str(), O_RDWR | O_DIRECT | O_CLOEXEC));
    if (!fresh) return io_error("open again", arguments.device);
    return eraser::FdBlockDevice::adopt(std::move(fresh));
  };
  nvme::ErasureTools tools{.drive = recorded,
                           .open_medium = open_medium,
                           .intents = intents,
                           .clock_ms = &clock_ms,
                           .sleep_ms = &sleep_ms};
  QUIETUS_TRY(report, carry_out(arguments.what, tools, nsid, arguments.patience));
  return told(report);
}

}  // namespace
}  // namespace quietus

int main(int argc, char** argv) {
  const auto told = quietus::run(std::span(argv, static_cast<std::size_t>(argc)).subspan(1));
  if (told) {
    std::cout << told->write() << std::endl;
    return 0;
  }
  std::cout << quietus::Json(quietus::Json::Object{{"error", to_string(told.error().kind)},
                                                   {"message", told.error().message}})
                   .write()
            << std::endl;
  return 1;
}
