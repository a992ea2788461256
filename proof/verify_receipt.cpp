// Whether a receipt belongs to the certificate of a bundle that was checked before.
#include "base/crypto.hpp"
#include "proof/bundle.hpp"
#include "proof/subject_receipt.hpp"

namespace quietus::proof {

namespace {

constexpr std::string_view kFailedEn = "the receipt's key is one of those that this certificate is about",
                           kFailedZh = "回执所列密钥属于本证书所涉密钥";

std::unexpected<Error> refused(const std::string& why) { return fail(ErrorKind::verification_failed, why); }

/// What the receipt says in words follows from the certificate, and what it carries is that certificate.
Status words_hold(const VerifyReport& report, const AnyReceipt& receipt) {
  if (receipt.statement) {
    QUIETUS_TRY(statement, record_statement(report, receipt.record));
    if (*receipt.statement != statement)
      return refused("the receipt's statement is not what the certificate says");
  }
  if (!receipt.bundle) return {};
  const auto carried = receipt.bundle->find("certificate.json");
  if (carried == receipt.bundle->end() || sha256(carried->second) != report.subject->certificate_sha256)
    return refused("the receipt carries another certificate");
  return {};
}

/// The key's name, once the receipt holds.
Result<std::string> receipt_holds(const VerifyReport& report, BytesView bytes) {
  const auto& subject = report.subject;
  if (!subject) return refused("not reached: certificate");
  if (!subject->keyring) return refused("the certificate is not about keys of a keyring");
  QUIETUS_TRY(receipt, read_receipt(bytes));
  const auto& keys = *subject->keyring;
  if (receipt.record.keyring != keys.keyring) return refused("the receipt is for a key of another keyring");
  QUIETUS_CHECK(verify_key_receipt(receipt.record, subject->certificate_id, keys.receipts, keys.destroyed));
  QUIETUS_CHECK(words_hold(report, receipt));
  return key_text(receipt.record.keyring, receipt.record.key.number);
}

}  // namespace

void check_receipt(VerifyReport& report, BytesView receipt) {
  const auto key = receipt_holds(report, receipt);
  if (!key) {
    report.checks.push_back(
        {"receipt", false, std::string(kFailedEn), std::string(kFailedZh), key.error().message});
    report.verdict = BundleVerdict::invalid;
    return;
  }
  const std::string count = std::to_string(report.subject->keyring->destroyed);
  report.checks.push_back({"receipt", true,
                           "key " + *key + " is one of the " + count + " that this certificate is about",
                           "密钥 " + *key + " 是本证书所涉 " + count + " 个密钥之一", *key});
}

}  // namespace quietus::proof
