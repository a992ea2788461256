// quietus-eraser: pulls orders meant for this host, overwrites what the agent lends it, reports. Holds no key
// of its own but the one of its TLS client, listens on no port.
#include <iostream>
#include <span>
#include <string_view>

#include "base/crash_point.hpp"
#include "base/log.hpp"
#include "base/process.hpp"
#include "eraser/link/work_loop.hpp"

namespace quietus::eraser {
namespace {

constexpr std::string_view kUsage =
    "usage: quietus-eraser --config FILE\n"
    "       quietus-eraser --list-crash-points\n";

Status run(std::span<char*> words) {
  const std::string_view first = words.empty() ? std::string_view{} : words[0];
  if (words.size() == 1 && first == "--list-crash-points") {
    for (const auto name : crash_point_names()) std::cout << name << '\n';
    return {};
  }
  if (words.size() != 2 || first != "--config") return fail(ErrorKind::invalid_input, std::string(kUsage));
  QUIETUS_CHECK(harden_process());
  QUIETUS_TRY(settings, load_eraser_settings(words[1]));
#ifdef QUIETUS_CRASH_POINTS
  if (!settings.crash_at.empty() || !settings.crash_trace.empty()) {
    arm_crash_point(settings.crash_at, settings.crash_trace);
  }
#endif
  install_stop_signals();
  log(LogLevel::info, "eraser ready", {{"host", settings.host.text()}, {"kms", settings.kms_url}});
  return work_until(settings, &stop_requested);
}

}  // namespace
}  // namespace quietus::eraser

int main(int argc, char** argv) {
  quietus::set_log_name("quietus-eraser");
  try {
    const auto status = quietus::eraser::run(std::span(argv, static_cast<std::size_t>(argc)).subspan(1));
    if (status) return 0;
    std::cerr << "quietus-eraser: " << status.error().message << '\n';
    if (!status.error().next_step.empty()) std::cerr << status.error().next_step << '\n';
    return status.error().kind == quietus::ErrorKind::invalid_input ? 3 : 6;
  } catch (const std::exception& error) {
    std::cerr << "quietus-eraser: " << error.what() << '\n';
    return 6;
  }
}
