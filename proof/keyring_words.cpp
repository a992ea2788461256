#include "proof/keyring_words.hpp"

#include "proof/certificate_words.hpp"
#include "proof/word_parts.hpp"

namespace quietus::proof {

namespace {

bool is_wrapped(CertificateKind kind) {
  return kind == CertificateKind::wrapped_keys || kind == CertificateKind::paged_keys;
}

}  // namespace

void add_keyring_rests_on(CertificateKind kind, Json::Array& words) {
  words.push_back(word_of(
      "hsm", "that the keyring's root was made in the token, could not leave it, and is no longer there",
      "密钥环的根密钥在令牌内生成、无法导出，且现已不存在"));
  if (kind == CertificateKind::paged_keys) {
    words.push_back(word_of(
        "kms",
        "which keys hung on that root, each through one page key; that the page key of a page that lost a "
        "key is used no more; and that each key that stays, or the page key that still wraps it, was "
        "read back from durable storage and opened under the next root before the old one was destroyed",
        "哪些密钥各经一个页密钥从属于该根密钥；失去密钥的页，其页密钥不再使用；每个保留的密钥，或仍包装它的"
        "页密钥，均已从持久存储回读，并在旧根密钥销毁之前以新根密钥成功打开"));
  } else {
    words.push_back(word_of(
        "kms",
        "which keys hung on that root, and that each key that stays was read back from durable "
        "storage and opened under the next root before the old one was destroyed",
        "哪些密钥从属于该根密钥；每个保留的密钥均已从持久存储回读，并在旧根密钥销毁之前以新根密钥成功打开"));
  }
  words.push_back(
      word_of("kms", "that a control key was found by the same search that did not find the destroyed root",
              "同一次查找能找到对照密钥而找不到已销毁的根密钥"));
  if (is_wrapped(kind)) {
    words.push_back(
        word_of("operator",
                "that the HSM's login (user PIN) was used by nobody but this key server while the keys lived",
                "在密钥存续期间，除本密钥服务外无人使用过 HSM 的登录口令（用户 PIN）"));
  } else {
    words.push_back(word_of("operator",
                            "that nobody read the memory of the key server while it used the keys",
                            "在密钥服务使用密钥期间，无人读取过其内存"));
  }
}

void add_keyring_adversaries(CertificateKind kind, std::optional<bool> copy_revives, Json::Array& covered,
                             Json::Array& not_covered) {
  covered.push_back(
      both("somebody who has all sealed data but never had the keys", "持有全部密文但从未持有密钥者"));
  covered.push_back(
      both("somebody who kept older backups of the database, its write-ahead logs or its replicas, but no "
           "copy of the "
           "token: the keys in them open with no key that is left",
           "保留了数据库的旧备份、预写日志或副本、但没有令牌副本者：其中的密钥已没有任何现存密钥可以打开"));
  not_covered.push_back(
      both("a token whose firmware keeps what it claims to destroy", "固件保留其声称已销毁内容的令牌"));
  if (copy_revives.value_or(true)) {
    not_covered.push_back(
        both("somebody who has a copy of the token (its folder or a backup of the HSM) from before the "
             "destruction: by this HSM's "
             "profile such a copy revives the old root, and with it the keys in older copies of the database "
             "(a profile "
             "that says nothing counts as saying so)",
             "持有销毁之前的令牌副本（其目录或 HSM 备份）者：根据本 HSM "
             "的配置档案，此种副本可使旧根密钥复活，并由此恢复数据库旧副本中的"
             "密钥（档案未作说明者视同如此说明）"));
  }
  if (is_wrapped(kind)) {
    not_covered.push_back(
        kind == CertificateKind::paged_keys
            ? both("somebody who used the HSM's login (user PIN) before the destruction: while keys and page "
                   "keys moved "
                   "to a new root, extractable "
                   "session objects of them existed for moments and could have been wrapped under a key of "
                   "his "
                   "own; and on a "
                   "token without CKA_UNWRAP_TEMPLATE a stored key could have been unwrapped as one that can "
                   "be "
                   "read. That "
                   "this did not happen is the operator's word",
                   "在销毁之前使用过 HSM 登录口令（用户 "
                   "PIN）者：密钥与页密钥迁移到新根密钥时，曾短暂存在可导出的会话对象，可能被其以自备密钥"
                   "包装导出；在不支持 CKA_UNWRAP_TEMPLATE "
                   "的令牌上，所存密钥还可能被解包为可读取的密钥。此类情形未曾发生，仅以运营者"
                   "的陈述为依据")
            : both("somebody who used the HSM's login (user PIN) before the destruction: while keys moved to "
                   "a new "
                   "root, extractable "
                   "session objects of them existed for moments and could have been wrapped under a key of "
                   "his "
                   "own; and on a "
                   "token without CKA_UNWRAP_TEMPLATE a stored key could have been unwrapped as one that can "
                   "be "
                   "read. That "
                   "this did not happen is the operator's word",
                   "在销毁之前使用过 HSM 登录口令（用户 "
                   "PIN）者：密钥迁移到新根密钥时，曾短暂存在可导出的会话对象，可能被其以自备密钥"
                   "包装导出；在不支持 CKA_UNWRAP_TEMPLATE "
                   "的令牌上，所存密钥还可能被解包为可读取的密钥。此类情形未曾发生，仅以运营者"
                   "的陈述为依据"));
    not_covered.push_back(
        both("somebody who kept data keys or plaintext that were released before (see exports)",
             "保留了此前已释放的数据密钥或明文者（见导出台账）"));
  } else {
    not_covered.push_back(
        both("somebody who read the memory of the key server before the destruction: each key was in clear "
             "there for the "
             "length of single operations",
             "在销毁之前读取过密钥服务内存者：每个密钥在单次操作期间以明文存在于该内存中"));
    not_covered.push_back(both(
        "somebody who was handed these keys, or kept data keys or plaintext released before (see exports)",
        "曾获发这些密钥，或保留了此前已释放的数据密钥或明文者（见导出台账）"));
  }
}

Json keyring_does_not_prove(CertificateKind kind) {
  if (kind == CertificateKind::paged_keys) {
    return both(
        "This certificate does not prove that the data was never decrypted or copied in clear before, nor "
        "that "
        "nobody with the HSM's login took a key out while it lived, nor that the token works as its maker "
        "says. It "
        "proves that the root that wrapped the keys' page keys, with the attributes shown, is no longer "
        "found in the named token, "
        "and that the keys that stay moved away from it before; the destroyed keys, and all that is sealed "
        "under "
        "them, are unreadable unless one of them, its page key or the root existed elsewhere.",
        "本证书不证明数据此前从未被解密或以明文复制，不证明密钥存续期间无人凭 HSM "
        "登录口令取出密钥，也不证明令牌如其制造商所述"
        "工作。它证明的是：包装这些密钥之页密钥、具有所示属性的根密钥已无法在所列令牌中找到，且保留的密钥此前"
        "均已迁出"
        "；除非这些密钥之一、"
        "其页密钥或该根密钥另有存在，已销毁的密钥及其所加密的一切均不可读取。");
  }
  if (kind == CertificateKind::wrapped_keys) {
    return both(
        "This certificate does not prove that the data was never decrypted or copied in clear before, nor "
        "that "
        "nobody with the HSM's login took a key out while it lived, nor that the token works as its maker "
        "says. It "
        "proves that the root that wrapped the keys, with the attributes shown, is no longer found in the "
        "named token, "
        "and that the keys that stay moved away from it before; the destroyed keys, and all that is sealed "
        "under "
        "them, are unreadable unless one of them or the root existed elsewhere.",
        "本证书不证明数据此前从未被解密或以明文复制，不证明密钥存续期间无人凭 HSM "
        "登录口令取出密钥，也不证明令牌如其制造商所述"
        "工作。它证明的是：包装这些密钥、具有所示属性的根密钥已无法在所列令牌中找到，且保留的密钥此前均已迁出"
        "；除非这些密钥之一或"
        "该根密钥另有存在，已销毁的密钥及其所加密的一切均不可读取。");
  }
  return both(
      "This certificate does not prove that the data was never decrypted or copied in clear before, nor that "
      "no key "
      "was read from the memory of the key server or kept by those it was handed to, nor that the token "
      "works as "
      "its maker says. It proves that the root under which the keys were sealed, with the attributes shown, "
      "is no "
      "longer found in the named token, and that the keys that stay moved away from it before; the destroyed "
      "keys, "
      "and all that is sealed under them, are unreadable unless one of them or the root existed elsewhere.",
      "本证书不证明数据此前从未被解密或以明文复制，不证明没有密钥被从密钥服务的内存中读出或被获发者保留，也不"
      "证明令牌如其制造商"
      "所述工作。它证明的是：封存这些密钥、具有所示属性的根密钥已无法在所列令牌中找到，且保留的密钥此前均已迁"
      "出；除非这些密钥之一"
      "或该根密钥另有存在，已销毁的密钥及其所加密的一切均不可读取。");
}

std::vector<std::string> keyring_areas_not_covered(CertificateKind kind) {
  return {
      is_wrapped(kind)
          ? "plaintext and data keys that were released before the keys were destroyed (see exports)"
          : "plaintext, data keys and keys that were released before the keys were destroyed (see exports)",
      "copies of the token, unless listed under known copies",
      "remains of the root in memory of the token or in storage below it that the token does not show"};
}

}  // namespace quietus::proof
