// quietus-kms: the only process that listens on the network, and the only one that loads the HSM vendor's
// library.
#include <cstdio>
#include <cstring>
#include <exception>
#include <string>
#include <vector>

#include "base/crash_point.hpp"
#include "base/log.hpp"
#include "base/process.hpp"
#include "kms/backup.hpp"
#include "kms/check.hpp"
#include "kms/house.hpp"

namespace {

using namespace quietus;

constexpr const char* kUsage =
    "usage: quietus-kms [run|init|attach|probe] --config FILE\n"
    "       quietus-kms hsm-check --module PATH --token LABEL --pin-file FILE [--profile FILE]\n"
    "                             [--token-directory DIR] [--yes] [--json]\n"
    "       quietus-kms backup create|check|restore --config FILE ...\n"
    "       quietus-kms --list-crash-points\n"
    "  run    serve (default)\n"
    "  init   make the signing keys in the token and write requests for their certificates\n"
    "  attach attach the token once and end\n"
    "exit codes: 0 ended as asked, 1 failed, 3 usage or configuration, 75 token lost: start again,\n"
    "            77 the token refuses the PIN: do not start again before it is corrected\n";

int usage() {
  std::fputs(kUsage, stderr);
  return 3;
}

/// What the CLI starts in its own place.
int for_the_cli(const std::vector<std::string>& arguments) {
  set_log_name("quietus-kms");
  if (const Status hardened = harden_process(); !hardened) return kms::report(hardened.error());
  install_stop_signals();
  const std::vector<std::string> rest(arguments.begin() + 1, arguments.end());
  return arguments[0] == "backup" ? kms::backup(rest) : kms::check(rest);
}

int start(const std::vector<std::string>& arguments) {
  if (arguments.size() == 1 && arguments[0] == "--list-crash-points") {
    for (const auto name : crash_point_names())
      std::printf("%.*s\n", static_cast<int>(name.size()), name.data());
    return 0;
  }
  if (!arguments.empty() && (arguments[0] == "hsm-check" || arguments[0] == "backup"))
    return for_the_cli(arguments);
  std::string command = "run";
  std::size_t next = 0;
  if (!arguments.empty() && arguments[0].starts_with("-") == false) command = arguments[next++];
  if (arguments.size() != next + 2 || arguments[next] != "--config") return usage();

  set_log_name("quietus-kms");
  const Status hardened = harden_process();
  if (!hardened) return kms::report(hardened.error());
  install_stop_signals();
  const auto settings = kms::load_settings(arguments[next + 1]);
  if (!settings) return kms::report(settings.error());
#ifdef QUIETUS_CRASH_POINTS
  if (!settings->crash_at.empty() || !settings->crash_trace.empty()) {
    arm_crash_point(settings->crash_at, settings->crash_trace);
  }
#endif
  if (command == "run") return kms::run(*settings);
  if (command == "init") return kms::init(*settings);
  if (command == "attach") return kms::attach(*settings);
  if (command == "probe") return kms::probe(*settings);
  return usage();
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return start(std::vector<std::string>(argv + 1, argv + argc));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "quietus-kms: internal error: %s\n", error.what());
    return 1;
  }
}
