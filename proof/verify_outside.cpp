// What an auditor knows that the bundle does not: roots and witnesses from other paths, lists of today, the
// date.
#include <algorithm>

#include "base/encoding.hpp"
#include "proof/bundle.hpp"
#include "proof/check_texts.hpp"
#include "proof/differs.hpp"

namespace quietus::proof {
namespace {

Result<std::string> time_stamp_root(const VerifyReport& report, const Digest& expected) {
  if (!report.trust) return differs("not reached: trust");
  const Digest found = report.trust->time_stamp_root().fingerprint();
  if (found != expected) return differs("it stands under sha256:" + hex(found));
  return std::string("it does");
}

Result<std::string> witness_known(const VerifyReport& report, const WitnessKey& expected) {
  const auto word = std::ranges::find(report.witnessed, expected, &WitnessWord::key);
  if (word == report.witnessed.end())
    return differs("there is no word of " + expected.name + " in the bundle");
  return expected.name + " at " + rfc3339(word->at);
}

std::vector<X509Certificate> service_signers(const TrustFiles& trust) {
  std::vector<X509Certificate> signers{trust.certificate_signer, trust.checkpoint_signer,
                                       trust.mandate_signer};
  if (trust.host) signers.push_back(*trust.host);
  return signers;
}

/// The earliest date since when one of the signers is revoked.
Result<std::optional<UnixMs>> earliest_revocation(const TrustFiles& trust, const std::vector<Bytes>& lists) {
  std::optional<UnixMs> earliest;
  for (const auto& signer : service_signers(trust)) {
    for (const auto& list : lists) {
      QUIETUS_TRY(since, revoked_since(signer, trust.service_ca, list));
      if (since && (!earliest || *since < *earliest)) earliest = since;
    }
  }
  return earliest;
}

/// Whether the stamp is older than the revocation; without a stamp nobody knows.
Result<std::string> revocation(VerifyReport& report, const std::vector<Bytes>& lists) {
  if (!report.trust) return differs("not reached: trust");
  QUIETUS_TRY(since, earliest_revocation(*report.trust, lists));
  if (!since) return std::string("none is revoked");
  if (!report.stamped_at || *report.stamped_at >= *since)
    return differs("a signer is revoked since " + rfc3339(*since));
  if (report.verdict == BundleVerdict::valid) report.verdict = BundleVerdict::signed_before_revocation;
  return "a signer was revoked at " + rfc3339(*since) + ", after the stamp";
}

bool expired(const TrustFiles& trust, UnixMs today) {
  auto all = service_signers(trust);
  for (const auto& one : {trust.root, trust.service_ca, trust.tsa_ca, trust.tsa, trust.time_stamp_root()})
    all.push_back(one);
  return std::ranges::any_of(
      all, [&](const X509Certificate& certificate) { return certificate.not_after() < today; });
}

void add_notes(VerifyReport& report, const OtherAnchors& anchors) {
  if (report.stamped_at && !report.trust->tsa_root) {
    report.notes.push_back(
        {"The time-stamp is not independent: its authority stands under the issuer's own root.",
         "时间戳不独立：其机构出自签发者自己的根。"});
  } else if (report.stamped_at && !anchors.time_stamp_root) {
    report.notes.push_back(
        {"The time-stamp's root is the one of the bundle; --tsa-root, from the authority, makes it "
         "independent.",
         "时间戳之根取自证明包本身；给出由该机构取得的 --tsa-root 方为独立。"});
  }
  for (const auto& word : report.witnessed) {
    if (std::ranges::count(anchors.witnesses, word.key) > 0) continue;
    report.notes.push_back(
        {"The key of witness " + word.key.name +
             " is the one of the bundle; --witness-key, from the witness, makes it independent.",
         "见证方 " + word.key.name + " 的公钥取自证明包本身；给出由见证方取得的 --witness-key 方为独立。"});
  }
  if (report.witnessed.empty())
    report.notes.push_back(
        {"No witness has seen the ledger: that it was not rewritten rests on the issuer's word.",
         "没有见证方见过账本：其未被改写，仅凭签发者之言。"});
}

}  // namespace

void check_from_outside(VerifyReport& report, const OtherAnchors& anchors) {
  if (anchors.time_stamp_root)
    add_check(report, "time_stamp_root", time_stamp_root(report, *anchors.time_stamp_root));
  for (const auto& witness : anchors.witnesses)
    add_check(report, "witness_known", witness_known(report, witness));
  if (!anchors.service_crls.empty())
    add_check(report, "revocation", revocation(report, anchors.service_crls));
  if (!report.trust) return;
  if (anchors.today && report.stamped_at && *anchors.today < *report.stamped_at) {
    report.verdict = BundleVerdict::invalid;
    report.notes.push_back(
        {"On the day that was asked about it did not exist yet.", "所询之日，它尚不存在。"});
  } else if (anchors.today && report.verdict == BundleVerdict::valid &&
             expired(*report.trust, *anchors.today)) {
    report.verdict = BundleVerdict::valid_but_expired;
  }
  add_notes(report, anchors);
}

}  // namespace quietus::proof
