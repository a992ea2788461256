#include "proof/authenticating_words.hpp"

#include "proof/word_parts.hpp"

namespace quietus::proof {

void add_authenticating_adversaries(std::optional<bool> copy_revives, Json::Array& covered,
                                    Json::Array& not_covered) {
  covered.push_back(
      both("somebody who wants a new signature or code of this key and never had the key outside the token",
           "欲以该密钥产生新的签名或鉴别码、但从未在令牌之外持有该密钥者"));
  not_covered.push_back(
      both("a token whose firmware keeps what it claims to destroy", "固件保留其声称已销毁内容的令牌"));
  not_covered.push_back(both("signatures and codes that were made before: they still hold",
                             "此前已产生的签名和鉴别码：它们依然有效"));
  if (copy_revives.value_or(true)) {
    not_covered.push_back(
        both("somebody who has a copy of the token (its folder or a backup of the HSM) from before the "
             "destruction: by this HSM's profile such a copy revives the key (a profile that says nothing "
             "counts as saying so)",
             "持有销毁之前的令牌副本（其目录或 HSM 备份）者：根据本 HSM "
             "的配置档案，此种副本可使该密钥复活（档案未作说明者视同如此说明）"));
  }
}

Json authenticating_does_not_prove() {
  return both(
      "This certificate does not prove when signatures or codes under the key were made, nor that the token "
      "works as its maker says. It proves that the named key, with the attributes shown, is no longer found "
      "in the named token; unless the key existed elsewhere, nobody makes a new signature or code with it. "
      "It "
      "does not take back those that were made before.",
      "本证书不证明该密钥的签名或鉴别码产生于何时，也不证明令牌如其制造商所述工作。它证明的是：具有所示属性的"
      "所列密钥已无法在所列令牌中找到；除非该密钥另有存在，无人能再以其产生新的签名或鉴别码。此前已产生者不因"
      "此失效。");
}

std::vector<std::string> authenticating_areas_not_covered() {
  return {"signatures and codes that were made before the key was destroyed",
          "copies of the token made by its vendor's means, unless listed under known copies",
          "remains of the key in memory of the token or in storage below it that the token does not show"};
}

}  // namespace quietus::proof
