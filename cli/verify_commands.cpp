// quietus verify: no network, no HSM, no daemon, no profile.
#include <filesystem>
#include <iostream>
#include <memory>

#include "base/encoding.hpp"
#include "base/file.hpp"
#include "cli/anchor.hpp"
#include "cli/check_screen.hpp"
#include "cli/commands.hpp"
#include "cli/dates.hpp"
#include "cli/table.hpp"
#include "cli/verify_ledger.hpp"
#include "proof/bundle.hpp"

namespace quietus::cli {
namespace {

struct Options {
  std::string bundle, root, at, receipt, ledger_key;
  std::vector<std::string> witnesses;
};

Result<std::optional<Bytes>> receipt_of(const std::string& path) {
  if (path.empty()) return std::optional<Bytes>();
  auto bytes = read_file(path, 1 << 13);
  if (!bytes)
    return fail(ErrorKind::invalid_input, "--receipt: " + bytes.error().message,
                "the file that `quietus key receipt` gave");
  return std::optional(std::move(*bytes));
}

ExitCode exit_code_of(proof::BundleVerdict verdict) {
  switch (verdict) {
    case proof::BundleVerdict::valid:
      return ExitCode::ok;
    case proof::BundleVerdict::consistent_issuer_not_established:
      return ExitCode::issuer_not_established;
    case proof::BundleVerdict::invalid:
    case proof::BundleVerdict::incomplete:
      break;
  }
  return ExitCode::negative;
}

std::string_view verdict_text(proof::BundleVerdict verdict, const Context& context) {
  switch (verdict) {
    case proof::BundleVerdict::valid:
      return context.say("有效", "VALID");
    case proof::BundleVerdict::consistent_issuer_not_established:
      return context.say("前后一致,但签发者未确认:未给出根证书指纹(--root)",
                         "CONSISTENT, ISSUER NOT ESTABLISHED: anybody could have made it; give --root");
    case proof::BundleVerdict::incomplete:
      return context.say("未完成:尚无时间戳", "INCOMPLETE: the time-stamp is not there yet");
    case proof::BundleVerdict::invalid:
      break;
  }
  return context.say("无效", "INVALID");
}

/// Of keys of a keyring; what else there is says so itself.
void print_subject(const proof::SubjectText& subject, const Context& context) {
  if (subject.en.empty()) return;
  const std::string text =
      std::string(context.say("内容 ", "about ")) + std::string(context.say(subject.zh, subject.en));
  for (const auto& line : wrap(text, kScreenColumns)) std::cout << line << "\n";
}

/// What stands in the place of approvals, and rules that were waived. The text is the ledger's or a person's,
/// so it is shown as fit for a screen only.
void print_lines(const std::vector<proof::SubjectText>& lines, const Context& context) {
  for (const auto& entry : lines)
    for (const auto& line : wrap(std::string(context.say(entry.zh, entry.en)), kScreenColumns))
      std::cout << line << "\n";
}

void print_report(const proof::VerifyReport& report, const Context& context) {
  std::cout << context.say("根证书指纹 ", "root fingerprint ") << "sha256:" << hex(report.root_fingerprint)
            << "\n";
  if (report.subject) {
    print_subject(proof::subject_text(*report.subject), context);
    print_lines(report.subject->schedule, context);
    print_lines(report.subject->waivers, context);
  }
  for (const auto& check : report.checks) print_check(check, context);
  if (report.stamped_at)
    std::cout << context.say("时间戳 ", "stamped at ") << rfc3339(*report.stamped_at) << "\n";
  std::cout << verdict_text(report.verdict, context) << "\n";
}

/// A bundle that cannot even be read as one is not valid; a folder that is not there is a slip of the
/// keyboard.
Result<ExitCode> unreadable(const Error& error, const Context& context) {
  if (context.json) {
    std::cout << Json(Json::Object{{"verdict", "invalid"}, {"why", error.message}}).write_pretty() << "\n";
  } else {
    std::cout << context.say("根证书指纹 ", "root fingerprint ") << context.say("无法读取", "cannot be read")
              << "\n"
              << context.say("失败  ", "FAIL  ") << fit(error.message, kScreenColumns - 6) << "\n"
              << verdict_text(proof::BundleVerdict::invalid, context) << "\n";
  }
  return ExitCode::negative;
}

Result<ExitCode> verify(const Options& options, const Context& context) {
  std::error_code error;
  if (!std::filesystem::is_directory(options.bundle, error)) {
    return fail(ErrorKind::invalid_input, options.bundle + " is not a folder",
                "name the folder of one holding's bundle");
  }
  if (is_ledger_folder(options.bundle))
    return verify_ledger(options.bundle, {options.root, options.ledger_key, options.witnesses}, context);
  if (!options.ledger_key.empty() || !options.witnesses.empty())
    return fail(ErrorKind::invalid_input, "--ledger-key and --witness-key are for a ledger's folder",
                "a bundle is anchored with --root");
  QUIETUS_TRY(anchor, anchor_of(options.root));
  QUIETUS_TRY(at, optional_time(options.at));
  QUIETUS_TRY(receipt, receipt_of(options.receipt));
  const auto files = proof::read_bundle(options.bundle);
  if (!files) return unreadable(files.error(), context);
  auto report = proof::verify_bundle(*files, anchor, at);
  if (receipt) proof::check_receipt(report, *receipt);
  if (context.json) {
    std::cout << proof::to_json(report).write_pretty() << "\n";
  } else {
    print_report(report, context);
  }
  return exit_code_of(report.verdict);
}

}  // namespace

void add_verify_commands(Command top, const Context& context) {
  const auto options = std::make_shared<Options>();
  top.add("verify", "Check a bundle or a ledger; asks nobody. Exit 0 valid, 1 not, 2 no anchor given (核验)")
      .text("BUNDLE", options->bundle, "Folder of the bundle, or what `quietus audit ledger` wrote", true)
      .text("--root", options->root, "The issuer's root as you got it on another way: file or sha256:HEX")
      .text("--receipt", options->receipt, "Of one key: whether it is one that the certificate is about")
      .text("--ledger-key", options->ledger_key, "Of a ledger: its key as you got it, NAME+ID+KEY")
      .texts("--witness-key", options->witnesses, "Of a ledger: a witness that must have signed, NAME+ID+KEY")
      .text("--at", options->at, "When chains must be valid (default: the time-stamp's time)")
      .runs([options, &context] { return verify(*options, context); });
}

}  // namespace quietus::cli
