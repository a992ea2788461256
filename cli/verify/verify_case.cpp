#include "cli/verify/verify_case.hpp"

#include <iostream>
#include <thread>

#include "cli/verify/verify_screen.hpp"
#include "governance/replay_extract.hpp"

namespace quietus::cli {
namespace {

constexpr unsigned kMostThreads = 16;

Result<std::string> decided_again(const proof::VerifiedExtract& extract) {
  QUIETUS_TRY(packs, governance::packs_of(extract));
  QUIETUS_TRY(replay, governance::replay_extract(extract, packs));
  if (replay.identical()) return std::to_string(replay.decided + replay.asked);
  const auto& first = replay.differences.front();
  return fail(ErrorKind::verification_failed, "entry " + std::to_string(first.index) + ": " + first.why);
}

/// As `quietus replay` does.
std::vector<ReplayedLog> replay_all(const proof::CaseReport& report, const Context& context) {
  std::vector<ReplayedLog> out;
  for (const auto& log : report.logs) {
    if (!log.extract) continue;
    const auto again = decided_again(*log.extract);
    out.push_back({log.name, again.has_value(),
                   again ? *again + std::string(context.say(" 条一致", " alike")) : again.error().message});
  }
  return out;
}

Json replayed_json(const std::vector<ReplayedLog>& replayed) {
  Json::Array out;
  for (const auto& log : replayed)
    out.push_back(Json::Object{{"identical", log.identical}, {"name", log.name}, {"text", log.text}});
  return out;
}

}  // namespace

Result<ExitCode> verify_case_folder(const std::string& folder, const std::optional<proof::Anchor>& anchor,
                                    const proof::OtherAnchors& others, const Context& context) {
  QUIETUS_TRY(found, proof::look_into_case(folder));
  const unsigned threads = std::clamp(std::thread::hardware_concurrency(), 1U, kMostThreads);
  const auto report = proof::verify_case(found, anchor, others, threads);
  const auto replayed = replay_all(report, context);
  const bool identical = std::ranges::all_of(replayed, &ReplayedLog::identical);
  const auto verdict = identical ? report.verdict : proof::BundleVerdict::invalid;
  if (context.json) {
    Json json = proof::to_json(report);
    json["replayed"] = replayed_json(replayed);
    json["verdict"] = to_string(verdict);
    std::cout << json.write_pretty() << "\n";
  } else {
    print_case(report, replayed, verdict, context);
  }
  return exit_code_of(verdict);
}

}  // namespace quietus::cli
