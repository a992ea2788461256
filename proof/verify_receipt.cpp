// Whether a receipt belongs to the certificate of a bundle that was checked before.
#include "proof/bundle.hpp"
#include "proof/key_receipt.hpp"

namespace quietus::proof {

namespace {

constexpr std::string_view kFailedEn = "the receipt's key is one of those that this certificate is about",
                           kFailedZh = "回执所列密钥属于本证书所涉密钥";

/// The key's name, once the receipt holds.
Result<std::string> receipt_holds(const std::optional<BundleSubject>& subject, BytesView bytes) {
  if (!subject) return fail(ErrorKind::verification_failed, "not reached: certificate");
  if (!subject->keyring)
    return fail(ErrorKind::verification_failed, "the certificate is not about keys of a keyring");
  while (!bytes.empty() && bytes.back() == '\n') bytes = bytes.first(bytes.size() - 1);  // as a file ends
  QUIETUS_TRY(receipt, decode_key_receipt(bytes));
  const auto& keys = *subject->keyring;
  if (receipt.keyring != keys.keyring)
    return fail(ErrorKind::verification_failed, "the receipt is for a key of another keyring");
  QUIETUS_CHECK(verify_key_receipt(receipt, subject->certificate_id, keys.receipts, keys.destroyed));
  return key_text(receipt.keyring, receipt.key.number);
}

}  // namespace

void check_receipt(VerifyReport& report, BytesView receipt) {
  const auto key = receipt_holds(report.subject, receipt);
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
