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
  std::string bundle, root, at, receipt, tsa_root, ledger_key;
  std::vector<std::string> witnesses, crls;
};

Result<std::optional<Bytes>> receipt_of(const std::string& path) {
  if (path.empty()) return std::optional<Bytes>();
  auto bytes = read_file(path, 1 << 13);
  if (!bytes)
    return fail(ErrorKind::invalid_input, "--receipt: " + bytes.error().message,
                "the file that `quietus key receipt` gave");
  return std::optional(std::move(*bytes));
}

Result<std::vector<Bytes>> lists_of(const std::vector<std::string>& paths) {
  std::vector<Bytes> lists;
  for (const auto& path : paths) {
    QUIETUS_TRY(bytes, read_file(path, proof::kMaxBundleFileBytes));
    auto list = proof::parse_crl(bytes);
    if (!list)
      return fail(ErrorKind::invalid_input, "--crl: " + path + " is no revocation list", "PEM or DER");
    lists.push_back(std::move(*list));
  }
  return lists;
}

/// Looked at from today, unless they say another day.
Result<proof::OtherAnchors> other_anchors(const Options& options) {
  proof::OtherAnchors anchors;
  QUIETUS_TRY(at, optional_time(options.at));
  anchors.today = at.value_or(system_now());
  QUIETUS_TRY(tsa_root, anchor_of(options.tsa_root, "--tsa-root"));
  if (tsa_root) anchors.time_stamp_root = tsa_root->root_fingerprint;
  for (const auto& text : options.witnesses) {
    auto key = proof::parse_witness_key(text);
    if (!key)
      return fail(ErrorKind::invalid_input, "--witness-key: " + key.error().message,
                  "NAME+ID+KEY, as the witness's operator gave it to you");
    anchors.witnesses.push_back(std::move(*key));
  }
  QUIETUS_TRY(lists, lists_of(options.crls));
  anchors.service_crls = std::move(lists);
  return anchors;
}

ExitCode exit_code_of(proof::BundleVerdict verdict) {
  switch (verdict) {
    case proof::BundleVerdict::valid:
      return ExitCode::ok;
    case proof::BundleVerdict::consistent_issuer_not_established:
    case proof::BundleVerdict::valid_but_expired:
    case proof::BundleVerdict::signed_before_revocation:
    case proof::BundleVerdict::cannot_check:
      return ExitCode::not_established;
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
    case proof::BundleVerdict::valid_but_expired:
      return context.say("加盖时间戳时有效,此后有证书到期",
                         "VALID BUT EXPIRED: it held when it was stamped; a certificate has run out since");
    case proof::BundleVerdict::signed_before_revocation:
      return context.say("签署并加盖时间戳在前,吊销在后",
                         "SIGNED BEFORE REVOCATION: it was stamped before a signer was revoked");
    case proof::BundleVerdict::cannot_check:
      return context.say("无法核验:证书格式比本程序新,请使用较新的 quietus",
                         "CANNOT CHECK: of a format newer than this program; use a newer quietus");
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
  print_lines(report.notes, context);
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

/// An option that would be passed over in silence is refused.
Result<ExitCode> verify_kept_ledger(const Options& options, const Context& context) {
  for (const auto& [name, given] :
       {std::pair{"--receipt", !options.receipt.empty()}, std::pair{"--tsa-root", !options.tsa_root.empty()},
        std::pair{"--crl", !options.crls.empty()}, std::pair{"--at", !options.at.empty()}}) {
    if (given)
      return fail(ErrorKind::invalid_input, std::string(name) + " is for a bundle; this is a ledger's folder",
                  "a ledger is anchored with --ledger-key, --root and --witness-key");
  }
  return verify_ledger(options.bundle, {options.root, options.ledger_key, options.witnesses}, context);
}

Result<ExitCode> verify(const Options& options, const Context& context) {
  std::error_code error;
  if (!std::filesystem::is_directory(options.bundle, error)) {
    return fail(ErrorKind::invalid_input, options.bundle + " is not a folder",
                "name the folder of one holding's bundle");
  }
  if (is_ledger_folder(options.bundle)) return verify_kept_ledger(options, context);
  if (!options.ledger_key.empty())
    return fail(ErrorKind::invalid_input, "--ledger-key is for a ledger's folder",
                "a bundle is anchored with --root");
  QUIETUS_TRY(anchor, anchor_of(options.root));
  QUIETUS_TRY(others, other_anchors(options));
  QUIETUS_TRY(receipt, receipt_of(options.receipt));
  const auto files = proof::read_bundle(options.bundle);
  if (!files) return unreadable(files.error(), context);
  auto report = proof::verify_bundle(*files, anchor);
  proof::check_from_outside(report, others);
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
  top.add("verify", "Check a bundle or a ledger; asks nobody. Exit 0 valid, 1 not, 2 not established (核验)")
      .text("BUNDLE", options->bundle, "Folder of the bundle, or what `quietus audit ledger` wrote", true)
      .text("--root", options->root, "The issuer's root as you got it on another way: file or sha256:HEX")
      .text("--receipt", options->receipt, "Of one key: whether it is one that the certificate is about")
      .text("--tsa-root", options->tsa_root,
            "The time-stamp authority's root, from the authority: file or sha256:HEX")
      .text("--ledger-key", options->ledger_key, "Of a ledger: its key as you got it, NAME+ID+KEY")
      .texts("--witness-key", options->witnesses,
             "A witness that must have seen the ledger: NAME+ID+KEY, from the witness")
      .texts("--crl", options->crls, "A revocation list of the issuer's service authority, of today")
      .text("--at", options->at, "The day to look from (default: now): what has expired since is said")
      .runs([options, &context] { return verify(*options, context); });
}

}  // namespace quietus::cli
