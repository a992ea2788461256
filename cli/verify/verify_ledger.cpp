#include "cli/verify/verify_ledger.hpp"

#include <filesystem>
#include <iostream>

#include "base/encoding.hpp"
#include "cli/verify/anchor.hpp"
#include "cli/verify/check_screen.hpp"
#include "cli/verify/verify_screen.hpp"
#include "proof/ledger_folder.hpp"

namespace quietus::cli {
namespace {

Result<proof::LedgerAnchors> anchors_of(const LedgerAnchorOptions& options) {
  proof::LedgerAnchors anchors;
  QUIETUS_TRY(root, anchor_of(options.root));
  anchors.root = root;
  if (!options.key.empty()) {
    auto key = proof::parse_log_key(options.key);
    if (!key)
      return fail(ErrorKind::invalid_input, "--ledger-key: " + key.error().message,
                  "NAME+ID+KEY, as `quietus audit cosign --show-key` prints it");
    anchors.key = std::move(*key);
  }
  QUIETUS_TRY(witnesses, witness_keys_of(options.witnesses));
  anchors.witnesses = std::move(witnesses);
  return anchors;
}

/// A ledger has an anchor of its own that would establish who made it.
std::string_view ledger_verdict_text(proof::BundleVerdict verdict, const Context& context) {
  if (verdict != proof::BundleVerdict::consistent_issuer_not_established)
    return verdict_text(verdict, context);
  return context.say(
      "前后一致,但签发者未确认:未给出账本密钥(--ledger-key)或根证书(--root)",
      "CONSISTENT, ISSUER NOT ESTABLISHED: anybody could have made it; give --ledger-key or --root");
}

void print(const proof::LedgerReport& report, const Context& context) {
  if (report.root_fingerprint)
    std::cout << context.say("根证书指纹 ", "root fingerprint ") << "sha256:" << hex(*report.root_fingerprint)
              << "\n";
  if (report.key) std::cout << context.say("账本密钥 ", "ledger key ") << to_string(*report.key) << "\n";
  for (const auto& check : report.checks) {
    print_check(check, context);
    if (check.ok && !check.detail.empty()) std::cout << "      " << check.detail << "\n";
  }
  if (report.newest_leaf)
    std::cout << context.say("最后一条写于 ", "newest entry ") << rfc3339(*report.newest_leaf) << "\n";
  if (report.newest_heartbeat)
    std::cout << context.say("最近的心跳时间戳 ", "newest heartbeat ") << rfc3339(*report.newest_heartbeat)
              << "\n";
  std::cout << ledger_verdict_text(report.verdict, context) << "\n";
}

}  // namespace

bool is_ledger_folder(const std::string& folder) {
  const auto there = [&](const char* name) {
    std::error_code error;
    return std::filesystem::exists(folder + name, error);
  };
  return (there("/checkpoint") || there("/tile")) && !there("/ledger.ndjson") && !there("/certificate.json");
}

Result<ExitCode> verify_ledger(const std::string& folder, const LedgerAnchorOptions& options,
                               const Context& context) {
  QUIETUS_TRY(anchors, anchors_of(options));
  const auto report = proof::verify_ledger_folder(folder, anchors);
  if (context.json) {
    std::cout << proof::to_json(report).write_pretty() << "\n";
  } else {
    print(report, context);
  }
  return exit_code_of(report.verdict);
}

}  // namespace quietus::cli
