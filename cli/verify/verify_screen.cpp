#include "cli/verify/verify_screen.hpp"

#include <iostream>

#include "base/encoding.hpp"
#include "cli/terminal/table.hpp"
#include "cli/verify/check_screen.hpp"

namespace quietus::cli {
namespace {

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

/// The same in a column.
std::string short_verdict(proof::BundleVerdict verdict, const Context& context) {
  const std::string text(verdict_text(verdict, context));
  return text.substr(0, std::min(text.find(": "), text.find(":未")));
}

void print_bundles(const proof::CaseReport& report, const Context& context) {
  Table table({std::string(context.say("证明包", "bundle")), std::string(context.say("证书", "certificate")),
               std::string(context.say("资料", "holding")), std::string(context.say("时间戳", "stamped at")),
               std::string(context.say("结论", "verdict"))});
  for (const auto& bundle : report.bundles) {
    const auto& subject = bundle.report.subject;
    const std::string why = bundle.why();
    table.add({bundle.name, subject ? subject->certificate_id : "", subject ? subject->holding.text() : "",
               bundle.report.stamped_at ? rfc3339(*bundle.report.stamped_at) : "",
               short_verdict(bundle.report.verdict, context) + (why.empty() ? "" : ": " + why)});
  }
  std::cout << table.text();
  for (const auto& bundle : report.bundles)
    for (const auto& text : bundle.withdrawn)
      print_lines({{bundle.name + ": " + text.en, bundle.name + "：" + text.zh}}, context);
}

void print_logs(const proof::CaseReport& report, const std::vector<ReplayedLog>& replayed,
                const Context& context) {
  if (report.logs.empty()) {
    std::cout << context.say("无案件账本:证书是否齐全,仅凭交付者之言",
                             "no log of the case: that no certificate is missing is the word of whoever gave "
                             "you this folder")
              << "\n";
    return;
  }
  Table table({std::string(context.say("账本", "log")), std::string(context.say("条目", "entries")),
               std::string(context.say("决定重算", "decided again"))});
  for (const auto& log : report.logs) {
    const auto again = std::ranges::find(replayed, log.name, &ReplayedLog::name);
    table.add({log.name, log.extract ? std::to_string(log.extract->checkpoint.size) : "",
               !log.extract              ? log.extract.error().message
               : again != replayed.end() ? again->text
                                         : ""});
  }
  std::cout << table.text();
}

void print_receipts(const proof::CaseReport& report, const Context& context) {
  if (report.receipts.empty()) return;
  Table table({std::string(context.say("回执", "receipt")), std::string(context.say("密钥", "key")),
               std::string(context.say("结论", "verdict"))});
  for (const auto& receipt : report.receipts)
    table.add({receipt.name, receipt.key,
               short_verdict(receipt.verdict, context) + (receipt.why.empty() ? "" : ": " + receipt.why)});
  std::cout << table.text();
}

}  // namespace

ExitCode exit_code_of(proof::BundleVerdict verdict) {
  switch (verdict) {
    case proof::BundleVerdict::valid:
      return ExitCode::ok;
    case proof::BundleVerdict::consistent_issuer_not_established:
    case proof::BundleVerdict::valid_but_expired:
    case proof::BundleVerdict::signed_before_revocation:
    case proof::BundleVerdict::cannot_check:
    case proof::BundleVerdict::superseded:
    case proof::BundleVerdict::withdrawal:
      return ExitCode::not_established;
    case proof::BundleVerdict::revoked:
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
    case proof::BundleVerdict::superseded:
      return context.say("已被取代:另一证书已取其位",
                         "SUPERSEDED: it held; another certificate has taken its place");
    case proof::BundleVerdict::revoked:
      return context.say("已撤回:不再可据", "REVOKED: it held; it was taken back");
    case proof::BundleVerdict::withdrawal:
      return context.say(
          "撤回:真实,撤回另一证书,不证明任何销毁",
          "WITHDRAWAL: genuine; it takes another certificate back and certifies no destruction");
    case proof::BundleVerdict::incomplete:
      return context.say("未完成:尚无时间戳", "INCOMPLETE: the time-stamp is not there yet");
    case proof::BundleVerdict::invalid:
      break;
  }
  return context.say("无效", "INVALID");
}

void print_report(const proof::VerifyReport& report, const Context& context) {
  std::cout << context.say("根证书指纹 ", "root fingerprint ") << "sha256:" << hex(report.root_fingerprint)
            << "\n";
  if (report.subject) {
    print_subject(proof::subject_text(*report.subject), context);
    print_lines(report.subject->drive, context);
    if (report.subject->predecessor) print_lines({report.subject->predecessor->line}, context);
    print_lines(report.subject->schedule, context);
    print_lines(report.subject->waivers, context);
  }
  for (const auto& check : report.checks) print_check(check, context);
  if (report.stamped_at)
    std::cout << context.say("时间戳 ", "stamped at ") << rfc3339(*report.stamped_at) << "\n";
  print_lines(report.notes, context);
  std::cout << verdict_text(report.verdict, context) << "\n";
}

void print_case(const proof::CaseReport& report, const std::vector<ReplayedLog>& replayed,
                proof::BundleVerdict verdict, const Context& context) {
  const auto read = std::ranges::find_if(report.bundles, [](const proof::CaseBundle& bundle) {
    return bundle.report.root_fingerprint != Digest{};
  });
  std::cout << context.say("根证书指纹 ", "root fingerprint ");
  if (read == report.bundles.end())
    std::cout << context.say("无法读取", "cannot be read") << "\n";
  else
    std::cout << "sha256:" << hex(read->report.root_fingerprint) << "\n";
  print_bundles(report, context);
  print_logs(report, replayed, context);
  print_receipts(report, context);
  for (const auto& one : report.missing)
    std::cout << context.say("缺少证明包:证书 ", "missing: the bundle of certificate ")
              << fit(one.certificate, 40) << context.say(",资料 ", ", holding ") << fit(one.holding, 40)
              << "\n";
  for (const auto& name : report.others)
    std::cout << context.say("未查看 ", "not looked at ") << fit(name, kScreenColumns - 14) << "\n";
  std::cout << report.bundles.size() << context.say(" 个证明包\n", " bundles\n")
            << verdict_text(verdict, context) << "\n";
}

}  // namespace quietus::cli
