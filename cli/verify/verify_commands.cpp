// quietus verify: no network, no HSM, no daemon, no profile.
#include <filesystem>
#include <iostream>
#include <memory>

#include "base/encoding.hpp"
#include "base/file.hpp"
#include "cli/terminal/dates.hpp"
#include "cli/terminal/table.hpp"
#include "cli/verify/anchor.hpp"
#include "cli/verify/check_screen.hpp"
#include "cli/verify/commands.hpp"
#include "cli/verify/verify_case.hpp"
#include "cli/verify/verify_ledger.hpp"
#include "cli/verify/verify_screen.hpp"
#include "proof/subject_receipt.hpp"

namespace quietus::cli {
namespace {

struct Options {
  std::string what, root, at, receipt, bundle, tsa_root, ledger_key;
  std::vector<std::string> witnesses, crls;
};

Result<std::optional<Bytes>> receipt_of(const std::string& path) {
  if (path.empty()) return std::optional<Bytes>();
  auto bytes = read_file(path, proof::kMaxSubjectReceiptBytes);
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
  QUIETUS_TRY(witnesses, witness_keys_of(options.witnesses));
  anchors.witnesses = std::move(witnesses);
  QUIETUS_TRY(lists, lists_of(options.crls));
  anchors.service_crls = std::move(lists);
  return anchors;
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
       {std::pair{"--receipt", !options.receipt.empty()}, std::pair{"--bundle", !options.bundle.empty()},
        std::pair{"--tsa-root", !options.tsa_root.empty()}, std::pair{"--crl", !options.crls.empty()},
        std::pair{"--at", !options.at.empty()}}) {
    if (given)
      return fail(ErrorKind::invalid_input, std::string(name) + " is for a bundle; this is a ledger's folder",
                  "a ledger is anchored with --ledger-key, --root and --witness-key");
  }
  return verify_ledger(options.what, {options.root, options.ledger_key, options.witnesses}, context);
}

struct Anchors {
  std::optional<proof::Anchor> root;
  proof::OtherAnchors others;
};

Result<Anchors> anchors_of(const Options& options) {
  QUIETUS_TRY(root, anchor_of(options.root));
  QUIETUS_TRY(others, other_anchors(options));
  return Anchors{root, std::move(others)};
}

ExitCode show(const proof::VerifyReport& report, const Context& context) {
  if (context.json) {
    std::cout << proof::to_json(report).write_pretty() << "\n";
  } else {
    print_report(report, context);
  }
  return exit_code_of(report.verdict);
}

Result<ExitCode> verify_files(const proof::BundleFiles& files, const std::optional<Bytes>& receipt,
                              const Anchors& anchors, const Context& context) {
  auto report = proof::verify_bundle(files, anchors.root);
  proof::check_from_outside(report, anchors.others);
  if (receipt) proof::check_receipt(report, *receipt);
  return show(report, context);
}

Result<ExitCode> verify_folder(const std::string& folder, const std::optional<Bytes>& receipt,
                               const Anchors& anchors, const Context& context) {
  const auto files = proof::read_bundle(folder);
  if (!files) return unreadable(files.error(), context);
  return verify_files(*files, receipt, anchors, context);
}

/// A receipt against the bundle that was named, or the one that it carries.
Result<ExitCode> verify_receipt(const Options& options, const Anchors& anchors, const Context& context) {
  if (!options.receipt.empty())
    return fail(ErrorKind::invalid_input, "a receipt has no receipt", "leave --receipt out");
  QUIETUS_TRY(bytes, read_file(options.what, proof::kMaxSubjectReceiptBytes));
  if (!options.bundle.empty()) return verify_folder(options.bundle, bytes, anchors, context);
  const auto receipt = proof::read_receipt(bytes);
  if (!receipt) return unreadable(receipt.error(), context);
  if (receipt->bundle) return verify_files(*receipt->bundle, bytes, anchors, context);
  return fail(ErrorKind::invalid_input,
              "the receipt carries no certificate; it names " + receipt->record.certificate,
              "--bundle FOLDER, the bundle of that certificate");
}

constexpr std::string_view kCertificateFile = "certificate.json";

/// A certificate proves nothing without what lies beside it.
bool is_certificate_file(const std::string& path) {
  std::error_code error;
  const std::filesystem::path file(path);
  return file.filename() == kCertificateFile && std::filesystem::is_regular_file(file, error);
}

std::string folder_of(const std::string& path) {
  const auto folder = std::filesystem::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

Result<ExitCode> verify(const Options& options, const Context& context) {
  if (options.what.empty())
    return fail(ErrorKind::invalid_input, "WHAT is required",
                "the folder or file to check; --help says more");
  if (is_certificate_file(options.what)) {
    Options bundle = options;
    bundle.what = folder_of(options.what);
    return verify(bundle, context);
  }
  std::error_code error;
  const bool folder = std::filesystem::is_directory(options.what, error);
  if (!folder && !std::filesystem::is_regular_file(options.what, error)) {
    return fail(ErrorKind::invalid_input, options.what + " is neither a folder nor a receipt",
                "name the folder of one holding's bundle, of a case, or the file of a receipt");
  }
  if (folder && is_ledger_folder(options.what)) return verify_kept_ledger(options, context);
  if (!options.ledger_key.empty())
    return fail(ErrorKind::invalid_input, "--ledger-key is for a ledger's folder",
                "everything else is anchored with --root");
  QUIETUS_TRY(anchors, anchors_of(options));
  if (!folder) return verify_receipt(options, anchors, context);
  if (!options.bundle.empty())
    return fail(ErrorKind::invalid_input, "--bundle belongs to a receipt", "name the receipt's file first");
  QUIETUS_TRY(receipt, receipt_of(options.receipt));
  if (!receipt && proof::is_case_folder(options.what))
    return verify_case_folder(options.what, anchors.root, anchors.others, context);
  return verify_folder(options.what, receipt, anchors, context);
}

/// Required, unless a command may stand in its place.
void add_options(Command command, const Context& context, bool required) {
  const auto options = std::make_shared<Options>();
  command
      .text(
          "WHAT", options->what,
          "Folder of a bundle, of a case, what `quietus audit ledger` wrote, or the file of a receipt or of "
          "the certificate in a bundle",
          required)
      .text("--root", options->root, "The issuer's root as you got it on another way: file or sha256:HEX")
      .text("--receipt", options->receipt, "Of one key: whether it is one that the certificate is about")
      .text("--bundle", options->bundle,
            "Of a receipt that carries none: the folder of its certificate's bundle")
      .text("--tsa-root", options->tsa_root,
            "The time-stamp authority's root, from the authority: file or sha256:HEX")
      .text("--ledger-key", options->ledger_key, "Of a ledger: its key as you got it, NAME+ID+KEY")
      .texts("--witness-key", options->witnesses,
             "A witness that must have seen the ledger: NAME+ID+KEY, from the witness")
      .texts("--crl", options->crls, "A revocation list of the issuer's service authority, of today")
      .text("--at", options->at, "The day to look from (default: now): what has expired since is said")
      .runs([options, &context] { return verify(*options, context); });
}

}  // namespace

void add_verify_commands(Command top, const Context& context) {
  add_options(
      top.add("verify",
              "Check a bundle, a whole case, a receipt or a ledger; asks nobody. Exit 0 valid, 1 not, 2 "
              "not established "
              "(核验)"),
      context, true);
}

void add_verifier(Command top, const Context& context) { add_options(top, context, false); }

}  // namespace quietus::cli
