#include "proof/certificate_words.hpp"

#include "proof/authenticating_words.hpp"
#include "proof/drive_words.hpp"
#include "proof/keyring_words.hpp"
#include "proof/schedule_words.hpp"
#include "proof/word_parts.hpp"
#include "quietus/pkcs11_numbers.hpp"

namespace quietus::proof {
namespace {

bool is_keyring(CertificateKind kind) {
  return kind == CertificateKind::wrapped_keys || kind == CertificateKind::paged_keys ||
         kind == CertificateKind::record_keys;
}

bool is_medium(CertificateKind kind) {
  return kind == CertificateKind::medium || kind == CertificateKind::drive;
}

/// What a key of another type does, check_key has asked: it signs or makes MACs.
bool encrypts(const KeyDestruction& key) { return key.attributes_before.key_type == ckk::aes; }

Json people_word() {
  return word_of("people", "that the order is wanted, and by whom: each signed the order's exact bytes",
                 "销毁命令由谁提出和批准：每人都签署了命令的原始字节");
}

}  // namespace

std::string_view to_string(CertificateKind kind) {
  switch (kind) {
    case CertificateKind::medium:
    case CertificateKind::drive:
      return "medium";
    case CertificateKind::key:
      return "device-key";
    case CertificateKind::wrapped_keys:
    case CertificateKind::paged_keys:
      return "wrapped-keys";
    case CertificateKind::record_keys:
      break;
    case CertificateKind::authenticating_key:
      return "authenticating-key";
  }
  return "record-keys";
}

CertificateKind kind_of(const CertificateInput& input) {
  if (input.medium)
    return input.medium->transcript.empty() ? CertificateKind::medium : CertificateKind::drive;
  if (!input.keyring)
    return encrypts(*input.key) ? CertificateKind::key : CertificateKind::authenticating_key;
  if (input.keyring->key_class == KeyClass::record) return CertificateKind::record_keys;
  return input.waivers ? CertificateKind::paged_keys : CertificateKind::wrapped_keys;
}

Json rests_on(CertificateKind kind, Basis basis) {
  Json::Array words{basis == Basis::order ? people_word() : schedule_word(basis)};
  if (kind == CertificateKind::medium) {
    words.push_back(
        word_of("agent", "which device it was, what was read back from it, and that this matched the pattern",
                "设备的身份、销毁后回读的内容及其与覆写模式一致"));
    words.push_back(word_of("eraser",
                            "how many bytes were written; believed only where the agent read them back",
                            "写入的字节数；仅在代理回读验证的范围内可信"));
    words.push_back(word_of("kms", "that the sample was drawn only after the eraser had closed the device",
                            "抽样种子在擦除程序关闭设备之后才产生"));
  } else if (kind == CertificateKind::drive) {
    add_drive_rests_on(words);
  } else if (is_keyring(kind)) {
    add_keyring_rests_on(kind, words);
  } else {
    words.push_back(word_of("hsm",
                            "that the key was made in the token, could not leave it, and is no longer there",
                            "密钥在令牌内生成、无法导出，且现已不存在"));
    words.push_back(
        word_of("kms", "that a control key was found by the same search that did not find the destroyed one",
                "同一次查找能找到对照密钥而找不到被销毁的密钥"));
  }
  words.push_back(word_of("operator",
                          "which customer data the holding contained, and that all copies were declared",
                          "该持有物所含的客户数据，以及所有副本均已申报"));
  return words;
}

Json adversaries(CertificateKind kind, Basis basis, std::optional<bool> copy_revives) {
  const bool ordered = basis == Basis::order;
  Json::Array covered{
      both("somebody who alters a file of this bundle afterwards", "事后篡改本证明包中任何文件者"),
      both("somebody who dates a certificate back, from the time-stamp on", "自时间戳起企图倒签日期者")};
  if (ordered)
    covered.insert(
        covered.begin(),
        both("any one of the daemons alone: it can neither destroy and lie, nor certify without evidence",
             "任何单个被攻陷的守护进程：既不能擅自销毁并谎报，也不能无证据出证"));
  Json::Array not_covered{ordered ? both("kms and the host agent conspiring, or both compromised",
                                         "密钥服务与主机代理串通或同时被攻陷")
                                  : house_not_covered(),
                          ordered ? both("people who approve together what should not be destroyed",
                                         "多名授权人共同批准不应销毁的内容")
                                  : scheduler_not_covered(basis)};
  if (is_medium(kind)) {
    covered.push_back(
        both("somebody who reads the medium through its ordinary interface", "通过普通接口读取介质者"));
    not_covered.push_back(both("a laboratory that reads areas which the interface does not reach",
                               "能读取接口无法到达区域的实验室"));
    not_covered.push_back(
        both("a medium whose firmware lies about what it stores", "固件谎报存储内容的介质"));
    if (kind == CertificateKind::drive) add_drive_adversaries(covered);
  } else if (is_keyring(kind)) {
    add_keyring_adversaries(kind, copy_revives, covered, not_covered);
  } else if (kind == CertificateKind::authenticating_key) {
    add_authenticating_adversaries(copy_revives, covered, not_covered);
  } else {
    covered.push_back(
        both("somebody who has all sealed data but never had the key", "持有全部密文但从未持有密钥者"));
    not_covered.push_back(
        both("a token whose firmware keeps what it claims to destroy", "固件保留其声称已销毁内容的令牌"));
    not_covered.push_back(both("somebody who kept data keys or plaintext that were released before",
                               "保留了此前已释放的数据密钥或明文者"));
    if (copy_revives.value_or(false)) {  // what was issued before this was recorded says nothing
      not_covered.push_back(
          both("somebody who has a copy of the token (its folder or a backup of the HSM) from before the "
               "destruction: by this "
               "HSM's profile such a copy revives the key (a profile that says nothing counts as saying so)",
               "持有销毁之前的令牌副本（其目录或 HSM 备份）者：根据本 HSM "
               "的配置档案，此种副本可使该密钥复活（档案未作说明者视同如此"
               "说明）"));
    }
  }
  return Json::Object{{"covered", std::move(covered)}, {"not_covered", std::move(not_covered)}};
}

Json does_not_prove(CertificateKind kind) {
  if (kind == CertificateKind::medium) {
    return both(
        "This certificate does not prove that no other copy of the data exists, nor that areas listed as not "
        "covered "
        "hold nothing, nor that blocks which were not sampled are clean beyond the stated residue. It proves "
        "what the "
        "named signers said about the named device at the stated time, and that nobody changed it since.",
        "本证书不证明数据不存在其他副本，不证明所列未覆盖区域不含数据，也不证明未抽样的块在所述残留率之外是干"
        "净的。"
        "它证明的是：所列签署人在所述时间对所列设备作出的陈述，且此后未被更改。");
  }
  if (kind == CertificateKind::drive) return drive_does_not_prove();
  if (is_keyring(kind)) return keyring_does_not_prove(kind);
  if (kind == CertificateKind::authenticating_key) return authenticating_does_not_prove();
  return both(
      "This certificate does not prove that the data was never decrypted or copied in clear before, nor that "
      "the token "
      "works as its maker says. It proves that the named key, with the attributes shown, is no longer found "
      "in the "
      "named token; sealed copies of the data are unreadable unless the key existed elsewhere.",
      "本证书不证明数据此前从未被解密或以明文复制，也不证明令牌如其制造商所述工作。"
      "它证明的是：具有所示属性的所列密钥已无法在所列令牌中找到；除非该密钥另有存在，数据的密文副本不可读取"
      "。");
}

std::vector<std::string> key_areas_not_covered(CertificateKind kind) {
  if (is_keyring(kind)) return keyring_areas_not_covered(kind);
  if (kind == CertificateKind::authenticating_key) return authenticating_areas_not_covered();
  return {"plaintext and data keys that were released before the key was destroyed (see exports)",
          "copies of the token made by its vendor's means, unless listed under known copies",
          "remains of the key in memory of the token or in storage below it that the token does not show"};
}

std::vector<std::string> standards(CertificateKind kind) {
  std::vector<std::string> cited{"NIST SP 800-88r2 §4.6 (certificate of sanitization)",
                                 "NIST SP 800-88r2 §4.5.1 (verification)",
                                 "NIST SP 800-88r2 §4.5.2 (validation)",
                                 "RFC 5652 and RFC 5126 (CAdES-BES)",
                                 "RFC 3161 (time-stamp)",
                                 "RFC 9162 §2.1 (Merkle tree)"};
  const bool authenticating = kind == CertificateKind::authenticating_key;
  if (kind == CertificateKind::drive)
    cited.emplace_back("NVM Express Base Specification (Sanitize, Format NVM, Sanitize Status log)");
  if (!is_medium(kind) && !authenticating) cited.emplace_back("NIST SP 800-88r2 §3.2 (cryptographic erase)");
  if (is_keyring(kind) || authenticating)
    cited.emplace_back("NIST SP 800-57 part 1 r5 §8.3.4 (key destruction)");
  return cited;
}

std::vector<std::string> not_recorded(CertificateKind kind) {
  if (kind == CertificateKind::medium) return {"device health (SMART) before and after"};
  if (kind == CertificateKind::drive) return {"what the drive does inside while it carries out its command"};
  return {"state of caches outside the token, other than the export ledger"};
}

Json residue_statement(std::uint64_t samples, std::uint32_t ppm_95, std::uint32_t ppm_99) {
  const std::string n = std::to_string(samples), p95 = std::to_string(ppm_95), p99 = std::to_string(ppm_99);
  return both("With " + n + " random blocks read back clean, at most " + p95 +
                  " of a million blocks can still differ at 95 % "
                  "confidence, " +
                  p99 + " at 99 %.",
              "随机回读 " + n + " 个块均干净：在 95 % 置信度下，每百万块中至多 " + p95 +
                  " 块可能仍不同；99 % 置信度下至多 " + p99 + " 块。");
}

Json module_statement(CertificateKind kind, bool validated) {
  if (validated && is_keyring(kind)) {
    return both(
        "validated cryptographic module; no claim beyond Clear, because keys of a keyring could be used "
        "outside it",
        "经验证的密码模块；因密钥环中的密钥可在模块之外使用，不作高于“清除”的声明");
  }
  if (validated) return module_standing(true);
  return both("not validated module: no claim beyond Clear", "未经验证的密码模块：不作高于“清除”的声明");
}

Json module_standing(bool validated) {
  if (validated) return both("validated cryptographic module", "经验证的密码模块");
  return both("not validated module", "未经验证的密码模块");
}

Json no_method_applies() {
  return both(
      "No method of sanitization (NIST SP 800-88: Clear, Purge, Destroy) applies: the key protected no data. "
      "It "
      "made signatures or message authentication codes.",
      "不适用任何清除方法（NIST SP 800-88 "
      "之清除、净化、销毁）：该密钥不保护任何数据，仅用于产生签名或消息鉴别码。");
}

}  // namespace quietus::proof
