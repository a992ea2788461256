// What the checks of a bundle are called, for people. Private to verify_*.cpp.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "proof/bundle.hpp"

namespace quietus::proof {

struct CheckText {
  std::string_view id, en, zh;
};
inline constexpr CheckText kTexts[] = {
    {"files", "exactly the files that belong to a bundle are there", "证明包所含文件恰好齐全"},
    {"trust", "the certificates under trust/ are whole", "trust/ 下的证书完整"},
    {"anchor", "the root is the one the auditor was given on another path",
     "根证书与审计员经其他途径得到的一致"},
    {"certificate", "certificate.json follows, word for word, from signed sources; quorum and evidence hold",
     "certificate.json 逐字源自已签署的依据；法定人数与证据成立"},
    {"schedule",
     "the ledger's entries because of which these keys went are whole and come before their completion",
     "这些密钥因之销毁的账本条目完整，且先于其完成"},
    {"laboratory", "a laboratory's certificate says so, and no other does", "实验室出具的证书如实标注"},
    {"time_stamp", "somebody else saw the signature at the stated time", "第三方在所述时间见证了该签名"},
    {"chains", "every signer's certificate comes from the root, for its purpose, at that time",
     "各签署者证书当时均出自该根且用途相符"},
    {"cades", "the issuer signed exactly certificate.json", "签发者所签正是 certificate.json"},
    {"statements", "people, host and kms signed what the certificate rests on",
     "依据由相关人员、主机与密钥服务签署"},
    {"issued", "the ledger's leaf names exactly this certificate", "账本叶子指向的正是本证书"},
    {"issued_proof", "that leaf is in the signed ledger", "该叶子在已签名的账本中"},
    {"completion", "the completion event names exactly these sources", "完成事件指向的正是这些依据"},
    {"completion_proof", "that event is in the same signed ledger", "该事件在同一已签名的账本中"},
    {"witness", "somebody who watches the ledger saw its head with this certificate in it",
     "账本监视者见过载有本证书的账本头"},
    {"time_stamp_root", "the time-stamp authority stands under the root that the auditor was given",
     "时间戳机构出自审计员另行得到的根"},
    {"witness_known", "a witness whose key the auditor was given saw the ledger's head",
     "审计员另行得到其公钥的见证方见过该账本头"},
    {"case_log", "the case's log holds this certificate and its completion as they are here",
     "案件账本载有本证书及其完成事件，与此处一致"},
    {"one_ledger", "all bundles of the folder are of one ledger", "文件夹内各证明包出自同一账本"},
    {"revocation", "no signer had been revoked when it was stamped", "加盖时间戳时各签署者均未被吊销"},
    {"verify_txt", "VERIFY.txt is the one that belongs to this bundle", "VERIFY.txt 与本证明包相符"},
};

/// A check that is made with the anchors of the auditor, after those of the bundle.
inline void add_check(VerifyReport& report, std::string_view id, const Result<std::string>& outcome) {
  const auto& text = *std::ranges::find(kTexts, id, &CheckText::id);
  report.checks.push_back({std::string(id), outcome.has_value(), std::string(text.en), std::string(text.zh),
                           outcome ? *outcome : outcome.error().message});
  if (!outcome) report.verdict = BundleVerdict::invalid;
}

/// The same check of a certificate for which nobody signed.
inline constexpr CheckText kScheduledCertificate{
    "certificate", "certificate.json follows, word for word, from the ledger; schedule and evidence hold",
    "certificate.json 逐字源自账本；排期与证据成立"};

}  // namespace quietus::proof
