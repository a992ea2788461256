#include "kms/check.hpp"

#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <iostream>
#include <map>

#include "base/crypto.hpp"
#include "base/log.hpp"
#include "base/process.hpp"
#include "kms/check/checks.hpp"
#include "kms/check/report.hpp"
#include "kms/check_session.hpp"
#include "kms/house.hpp"
#include "kms/pkcs11/watchdog.hpp"

namespace quietus::kms {
namespace {

constexpr const char* kUsage =
    "usage: quietus-kms hsm-check --module PATH --token LABEL --pin-file FILE [--profile FILE]\n"
    "                             [--token-directory DIR] [--yes] [--json]\n";
constexpr auto kCallDeadline = std::chrono::seconds(60);  ///< some tokens take long to make a key

Result<CheckSettings> parse(const std::vector<std::string>& arguments) {
  CheckSettings out;
  out.arguments = arguments;
  const std::map<std::string, std::string*> texts{{"--module", &out.module},
                                                  {"--token", &out.token},
                                                  {"--pin-file", &out.pin_file},
                                                  {"--profile", &out.profile},
                                                  {"--token-directory", &out.token_directory},
                                                  {"--find-key", &out.find_key},
                                                  {"--find-data", &out.find_data}};
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const auto text = texts.find(arguments[i]);
    if (arguments[i] == "--yes") {
      out.yes = true;
    } else if (arguments[i] == "--json") {
      out.json = true;
    } else if (text != texts.end() && i + 1 < arguments.size()) {
      *text->second = arguments[++i];
    } else {
      return fail(ErrorKind::invalid_input, "hsm-check does not know " + arguments[i]);
    }
  }
  if (out.module.empty() || out.token.empty() || out.pin_file.empty())
    return fail(ErrorKind::invalid_input, "hsm-check needs --module, --token and --pin-file");
  return out;
}

bool agreed(const CheckSettings& settings) {
  if (settings.yes) return true;
  if (::isatty(STDIN_FILENO) != 1) return false;
  std::cerr << "This makes and destroys objects labelled '" << kCheckFamily << " …' on the token '"
            << settings.token
            << "',\nand takes away what an earlier check left behind. Other objects are not touched.\nGo on? "
               "[y/N] ";
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "Y" || answer == "yes";
}

CheckResult run_one(const Check& one, CheckBench& bench) {
  if (!one.offered(bench.hsm.capabilities())) return {one.name, one.what, Outcome::not_offered, ""};
  const Status done = one.run(bench);
  if (done) return {one.name, one.what, Outcome::pass, ""};
  return {one.name, one.what, Outcome::failed, done.error().message};
}

/// Until the first that the token does not survive, or until we are asked to stop.
std::vector<CheckResult> run_all(CheckBench& bench, const Pkcs11Hsm& hsm) {
  std::vector<CheckResult> results;
  for (const Check& one : checks()) {
    if (stop_requested() || hsm.lost()) {
      results.push_back(
          {one.name, one.what, Outcome::failed, hsm.lost() ? "the token is lost" : "interrupted"});
      continue;
    }
    log(LogLevel::debug, "check", {{"name", one.name}});
    results.push_back(run_one(one, bench));
  }
  const Status clean = bench.clean_up(bench.prefix());
  results.push_back({"clean-up", "nothing of the check is left", clean ? Outcome::pass : Outcome::failed,
                     clean ? "" : clean.error().message});
  return results;
}

Result<CheckReport> examine(const CheckSettings& settings) {
  QUIETUS_TRY(profile, fitting_profile(settings));
  QUIETUS_TRY(hsm, attach_for_check(settings, profile));
  QUIETUS_TRY(info, hsm->info());
  CheckBench bench(*hsm, std::string(kCheckFamily) + " " + random_id("run"),
                   {[&](const std::string& label) { return hsm->remove_data(label); },
                    [&](const HsmKeyRef& key) { return find_key_in_fresh_process(settings, key); },
                    [&](const std::string& label) { return find_data_in_fresh_process(settings, label); }});
  QUIETUS_CHECK(bench.clean_up(kCheckFamily));
  CheckReport report{settings.module, info, hsm->capabilities(), run_all(bench, *hsm), profile};
  if (bench.general_error_on_bad_ciphertext) report.drafted.quirks.general_error_on_bad_ciphertext = true;
  return report;
}

void end_at_once(const std::string& why) {
  std::fprintf(stderr,
               "quietus-kms: %s; the check ends here, its objects ('%s …') may be left on the token\n",
               why.c_str(), kCheckFamily);
  ::_exit(1);
}

}  // namespace

int check(const std::vector<std::string>& arguments) {
  const auto settings = parse(arguments);
  if (!settings) {
    std::fputs(kUsage, stderr);
    return report_as_cli(settings.error());
  }
  static const pkcs11::Watchdog watchdog(kCallDeadline, end_at_once);
  if (!settings->find_key.empty() || !settings->find_data.empty()) return find_only(*settings);
  if (!agreed(*settings)) {
    std::fputs("quietus-kms: nothing was done; say --yes to let it make and destroy objects\n", stderr);
    return kExitUsage;
  }
  const auto examined = examine(*settings);
  if (!examined) return report_as_cli(examined.error());
  std::cout << (settings->json ? to_json(*examined).write_pretty() + "\n" : to_text(*examined)) << std::flush;
  return nothing_failed(*examined) ? 0 : 1;
}

}  // namespace quietus::kms
