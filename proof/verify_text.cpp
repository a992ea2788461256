#include "proof/verify_text.hpp"

#include <string_view>
#include <vector>

#include "base/encoding.hpp"
#include "proof/bundle_layout.hpp"

namespace quietus::proof {
namespace {

constexpr std::string_view kIntroduction =
    R"(QUIETUS CERTIFICATE OF DESTRUCTION: HOW TO CHECK IT WITHOUT OUR SOFTWARE
销毁证明：如何不依赖我们的软件进行核验

FIRST compare the fingerprint printed by the first command with the one you were given ON PAPER, never with anything in
this folder. Whoever can make this folder can make everything in it. If they differ, stop: nothing below means anything.
首先，将第一条命令打印的指纹与您在【纸面】上得到的指纹逐字比对，切勿与本文件夹内的任何内容比对。能伪造本文件夹者，
亦能伪造其中一切。如不一致，请立即停止：以下结果均无意义。

Then run the commands in this folder with bash, OpenSSL 3 and coreutils. Each ends with exit status 0 when it holds.
然后在本文件夹内用 bash、OpenSSL 3 与 coreutils 依次运行下列命令。每条命令成立时退出状态为 0。

 1  fingerprint of the root certificate (compare with paper)          根证书指纹（与纸面比对）
 2  the signers' certificates come from that root                     签署者证书出自该根
 3  so does the time-stamp authority's                               时间戳机构的证书亦然
 4  certificate.json is what the signer signed                        certificate.json 即签署者所签内容
)";

constexpr std::string_view kStampLine =
    " 5  somebody else saw the signature at the stated time                第三方在所述时间见证了该签名\n";
constexpr std::string_view kNoStampLine =
    " 5  (there is no time-stamp yet: this bundle is INCOMPLETE)           （尚无时间戳：本证明包不完整）\n";

constexpr std::string_view kRest =
    R"( 6  the ledger's entry names exactly this certificate and signature   账本条目指向的正是本证书与签名
 7  each entry's body is the one that its leaf commits to             条目正文与其叶子承诺一致
 8  the ledger's checkpoints are signed                               账本检查点已签名
 9  each leaf is in the tree of its checkpoint (RFC 9162)             叶子在检查点的树中（RFC 9162）
)";

constexpr std::string_view kWitnessLine =
    R"(    and by the witnesses of trust/witness-keys.txt: compare their keys with what THEY told you
    并由 trust/witness-keys.txt 所列见证方签署：请将其公钥与见证方本人告知的比对
)";
constexpr std::string_view kTsaRootLine =
    R"(    (3 and 5 rest on trust/tsa-root.pem: compare its fingerprint with what the authority publishes)
    （3、5 以 trust/tsa-root.pem 为依据：请将其指纹与该机构公布的比对）
)";

constexpr std::string_view kStatementsLine =
    R"(10  every statement inside, people's approvals too, is signed by a certificate of that root
    其中每一份陈述（包括各人的批准）均由出自该根的证书签署
)";
constexpr std::string_view kScheduleLine =
    R"(10  certificate.json says that it rests on no approvals but on entries of the ledger, and these are the ones
    certificate.json 明示不以批准为依据，而以账本条目为依据，且即为所附条目
)";

constexpr std::string_view kWaiversLine =
    R"(    and every waiver of a rule inside was signed by a certificate of that root, good when it was entered
    其中每一项规则豁免均由出自该根的证书签署，且登记时有效
)";
/// Of the first edition, which had a command of its own for them.
constexpr std::string_view kWaiversLine1 =
    R"(11  every waiver of a rule inside was signed by a certificate of that root, good when it was entered
    其中每一项规则豁免均由出自该根的证书签署，且登记时有效
)";

constexpr std::string_view kPredecessorLine =
    R"(    and so was every word because of which it takes the place of another certificate
    因之取代另一证书的每一份声明亦然
)";
constexpr std::string_view kWithdrawalLine =
    R"(    THIS ONE TAKES ANOTHER CERTIFICATE BACK and certifies no destruction: see "predecessor" in certificate.json
    本证书用于【撤回】另一证书，不证明任何销毁：见 certificate.json 之 "predecessor"
)";

constexpr std::string_view kAdvice = R"(
Stock tools overlook some changes that `quietus verify --root …` does not: use both.
通用工具会忽略某些改动，而 `quietus verify --root …` 不会：请两者并用。

)";

constexpr std::string_view kReceipt =
    R"(This certificate is about keys of a keyring. Whoever was given a receipt for one of them lays it beside this folder as
receipt.json and runs the line below in this folder: exit status 0 when that key is one of those that were destroyed.
本证书涉及密钥环中的密钥。持有其中某个密钥之回执者，将回执以 receipt.json 之名置于本文件夹旁，并在本文件夹内运行下面一行：
退出状态为 0，即表示该密钥属于已销毁的密钥。
)";

// The text of the leaf and of the body inside a canonical *.leaf.json.
constexpr std::string_view kLeafPattern =
    R"({"body":"[0-9a-f]*","index":[0-9]*,"time":"[^"]*","type":"[^"]*"})";

std::string signers_command(const VerifyTextInput& input, const std::string& trusted) {
  return "openssl verify " + trusted +
         (input.trust.service_crl ? " -crl_check -CRLfile trust/service-crl.pem" : "") +
         " -untrusted trust/service-ca.pem trust/certificate-signer.pem " +
         "trust/checkpoint-signer.pem trust/mandate-signer.pem" + (input.trust.host ? " trust/host.pem" : "");
}

std::string cades_command(const std::string& trusted) {
  // -nointern: only the signer named in trust/ counts, not whoever is embedded.
  return "openssl cms -verify -binary -cades -purpose any -inform DER -in certificate.p7s -content "
         "certificate.json "
         "-nointern -certfile <(cat trust/certificate-signer.pem trust/service-ca.pem) -out /dev/null " +
         trusted;
}

std::string stamp_command(const std::string& trusted) {
  return "openssl ts -verify -data certificate.p7s -in certificate.tsr " +
         trusted.substr(0, trusted.find(" -no-CApath")) + " -untrusted trust/tsa-ca.pem";
}

std::string entry_command() {
  return R"sh(( for d in "\"sha256\":\"$(sha256sum <certificate.json | cut -c1-64)\"" )sh"
         R"sh("\"sha512\":\"$(sha512sum <certificate.json | cut -c1-128)\"" )sh"
         R"sh("\"p7s_sha256\":\"$(sha256sum <certificate.p7s | cut -c1-64)\""; )sh"
         R"sh(do grep -qF "$d" certificate.leaf.json || exit 1; done ))sh";
}

std::string body_command(const std::string& events) {
  const std::string leaf(kLeafPattern);
  return "( for p in " + events + R"sh(; do b=$(sed 's/^{"body":\(.*\),"leaf":)sh" + leaf +
         R"sh(,"salt":"[0-9a-f]*"}$/\1/' $p.leaf.json); )sh"
         R"sh(s=$(sed 's/.*"salt":"\([0-9a-f]*\)"}$/\1/;s/../\\x&/g' $p.leaf.json); )sh"
         R"sh(h=$( { printf "$s"; printf %s "$b"; } | sha256sum | cut -c1-64 ); )sh"
         R"sh(grep -qF ",\"leaf\":{\"body\":\"$h\"," $p.leaf.json || exit 1; done ))sh";
}

/// What `openssl dgst` has to be told when the certificate that `source` gives has an RSA key.
std::string pss_options(const std::string& source) {
  return "$(openssl x509 -noout -text " + source +
         R"sh( | sed -n 's/.*Public Key Algorithm: rsaEncryption.*/)sh"
         R"sh(-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32/p') )sh";
}

/// For the body $b of a note $n: the line of each witness holds (c2sp.org/tlog-cosignature: four octets of
/// key id, eight of time, the signature; Ed25519 over a text of two lines and the body). openssl wants to
/// know the size of what it verifies before it reads, so it gets files.
std::string witness_lines() {
  return R"sh(while read -r v; do w=${v%%+*}; k=${v#*+}; k=${k#*+}; l=$(printf '%s\n' "$n" | grep -F -- "— $w " | sed 's/.* //' | )sh"
         R"sh(base64 -d | od -An -v -tx1 | tr -d ' \n'); [ ${#l} = 152 ] || exit 1; )sh"
         R"sh({ printf 'cosignature/v1\ntime %d\n' $((16#${l:8:16})); printf '%s\n' "$n" | sed '/^$/,$d'; } >$d/text; )sh"
         R"sh(printf "$(x ${l:24})" >$d/signature; { printf "$(x 302a300506032b6570032100)"; base64 -d <<<"$k" | )sh"
         R"sh(tail -c 32; } >$d/key; openssl pkeyutl -verify -pubin -keyform DER -inkey $d/key -rawin -in $d/text )sh"
         R"sh(-sigfile $d/signature || exit 1; done <trust/witness-keys.txt; )sh";
}

/// The ledger's line is the first after the empty one.
std::string checkpoint_command(const std::string& events, bool rsa, bool witnesses) {
  const std::string options = rsa ? pss_options("-in trust/checkpoint-signer.pem") : "";
  const std::string begin =
      witnesses
          ? R"sh(( x() { sed 's/../\\x&/g' <<<"$1"; }; d=$(mktemp -d) && trap 'rm -r $d' EXIT; for p in )sh"
          : "( for p in ";
  const std::string line = witnesses ? R"sh(sed '1,/^$/d' | head -n 1)sh" : "tail -n 1";
  return begin + events + R"sh(; do n=$(sed '1,/^$/d' $p.tlog-proof); openssl dgst -sha256 )sh" + options +
         R"sh(-verify <(openssl x509 -in trust/checkpoint-signer.pem -noout -pubkey) )sh"
         R"sh(-signature <(printf '%s\n' "$n" | )sh" +
         line +
         R"sh( | sed 's/.* //' | base64 -d | tail -c +5) )sh"
         R"sh(<(printf '%s\n' "$n" | sed '/^$/,$d') || exit 1; )sh" +
         (witnesses ? witness_lines() : "") + "done )";
}

/// From leaf $h at index $f of a tree whose last index is $t to the root $r, along `hashes`, each of which
/// `decode` makes hexadecimal (RFC 9162 §2.1.3.2).
std::string climb(const std::string& hashes, const std::string& decode) {
  return "for e in " + hashes + "; do " + decode +
         R"sh([ $t -gt 0 ] || exit 1; )sh"
         R"sh(if [ $((f%2)) = 1 ] || [ $f = $t ]; then h=$(printf "\x01$(x "$e")$(x "$h")" | sha256sum | cut -c1-64); )sh"
         R"sh(while [ $((f%2)) = 0 ] && [ $f != 0 ]; do f=$((f/2)); t=$((t/2)); done; )sh"
         R"sh(else h=$(printf "\x01$(x "$h")$(x "$e")" | sha256sum | cut -c1-64); fi; f=$((f/2)); t=$((t/2)); done; )sh"
         R"sh([ $t = 0 ] && [ "$h" = "$r" ] || exit 1)sh";
}

std::string inclusion_command(const std::string& events) {
  const std::string leaf(kLeafPattern);
  return R"sh(( x() { sed 's/../\\x&/g' <<<"$1"; }; u() { base64 -d <<<"$1" | od -An -v -tx1 | tr -d ' \n'; }; )sh"
         "for p in " +
         events + R"sh(; do l=$(sed 's/^.*,"leaf":\()sh" + leaf +
         R"sh(\),"salt":"[0-9a-f]*"}$/\1/' $p.leaf.json); )sh"
         R"sh(h=$( { printf '\0'; printf %s "$l"; } | sha256sum | cut -c1-64 ); )sh"
         R"sh(f=$(sed -n 's/^index //p' $p.tlog-proof); n=$(sed '1,/^$/d' $p.tlog-proof); )sh"
         R"sh(grep -qF "\"index\":$f," <<<"$l" || exit 1; )sh"
         R"sh(t=$(( $(sed -n 2p <<<"$n") - 1 )); r=$(u "$(sed -n 3p <<<"$n")"); )sh"
         R"sh([ $f -le $t ] || exit 1; )sh" +
         climb(R"sh($(sed '1,2d;/^$/,$d' $p.tlog-proof))sh", R"sh(e=$(u "$e"); )sh") + "; done )";
}

/// The receipt in its one form, its leaf, and the climb to the root that the certificate names.
std::string receipt_line() {
  return R"sh(( x() { sed 's/../\\x&/g' <<<"$1"; }; )sh"
         R"sh(q='^{"certificate":"\([A-Za-z0-9._-]*\)","index":\([0-9]*\),"keyring":"\([A-Za-z0-9._-]*\)","number":\([0-9]*\),)sh"
         R"sh("path":\[\([0-9a-f",]*\)\],"salt":"\([0-9a-f]\{64\}\)","type":"quietus.key-receipt\/1"}$'; )sh"
         R"sh(g() { sed -n "s/$q/\\$1/p" ../receipt.json; }; f=$(g 2); [ -n "$f" ] || exit 1; )sh"
         R"sh(grep -qF "\"certificate_id\":\"$(g 1)\"" certificate.json || exit 1; )sh"
         R"sh(t=$(( $(grep -o '"destroyed":[0-9][0-9]*' certificate.json | head -n 1 | cut -d: -f2) - 1 )); )sh"
         R"sh(r=$(grep -o '"receipts":"[0-9a-f]*"' certificate.json | head -n 1 | cut -d'"' -f4); )sh"
         R"sh([ $f -le $t ] || exit 1; h=$( { printf quietus.receipt/1; printf "$(x "$(g 6)")"; )sh"
         R"sh(printf %s.%s "$(g 3)" "$(g 4)"; } | sha256sum | cut -c1-64 ); )sh"
         R"sh(h=$(printf "\x00$(x "$h")" | sha256sum | cut -c1-64); )sh" +
         climb(R"sh($(g 5 | tr -d '"' | tr , ' '))sh", "") + " )";
}

std::string statements_command(const std::string& trusted, bool rsa) {
  const std::string options = rsa ? pss_options(R"sh(<<<"$k")sh") : "";
  return R"sh(( grep -o '{"certificate":"[^"]*","payload":"[^"]*","signature":"[^"]*"}' certificate.json | )sh"
         R"sh(while IFS='"' read -r _ _ _ c _ _ _ p _ _ _ s _; do k=$(base64 -d <<<"$c" | openssl x509 -inform DER) && )sh"
         R"sh(openssl verify )sh" +
         trusted +
         R"sh( -untrusted <(cat trust/people-ca.pem trust/service-ca.pem) <(printf '%s\n' "$k") && )sh"
         R"sh(openssl dgst -sha256 )sh" +
         options +
         R"sh(-verify <(openssl x509 -noout -pubkey <<<"$k") -signature <(base64 -d <<<"$s") )sh"
         R"sh(<(base64 -d <<<"$p") || exit 1; done ))sh";
}

std::string schedule_names(const VerifyTextInput& input) {
  return "schedule-{1.." + std::to_string(input.schedule) + "}";
}

/// Nobody signed, and the certificate must say so itself.
std::string schedule_command(const VerifyTextInput& input) {
  return R"sh(( grep -qF '"approvals":[]' certificate.json && grep -qF '"basis":"schedule"' certificate.json && )sh"
         R"sh(grep -qF '"type":"quietus.certificate-of-)sh" +
         std::string(input.withdrawal ? "withdrawal/" : "scheduled-destruction/") +
         std::to_string(input.format) + R"sh("' certificate.json && )sh" + "for p in " +
         schedule_names(input) +
         R"sh(; do )sh"
         R"sh(h=$( { printf '\0'; sed 's/^.*,"leaf":\()sh" +
         std::string(kLeafPattern) +
         R"sh(\),"salt":"[0-9a-f]*"}$/\1/' $p.leaf.json | tr -d '\n'; } | sha256sum | cut -c1-64 ); )sh"
         R"sh(grep -qF "\"leaf\":\"$h\"" certificate.json || exit 1; done ))sh";
}

/// Their form differs from that of the other statements in "entered": the time at which they had to be good.
std::string waivers_command(bool rsa) {
  const std::string options = rsa ? pss_options(R"sh(<<<"$k")sh") : "";
  return R"sh(( grep -o '{"certificate":"[^"]*","entered":"[^"]*","payload":"[^"]*","signature":"[^"]*"' )sh"
         R"sh(certificate.json | while IFS='"' read -r _ _ _ c _ _ _ e _ _ _ p _ _ _ s _; do )sh"
         R"sh(k=$(base64 -d <<<"$c" | openssl x509 -inform DER) && )sh"
         R"sh(openssl verify -attime $(date -d "$e" +%s) -CAfile trust/root.pem -no-CApath -no-CAstore )sh"
         R"sh(-untrusted trust/people-ca.pem <(printf '%s\n' "$k") && openssl dgst -sha256 )sh" +
         options +
         R"sh(-verify <(openssl x509 -noout -pubkey <<<"$k") -signature <(base64 -d <<<"$s") )sh"
         R"sh(<(base64 -d <<<"$p") || exit 1; done ))sh";
}

/// Events whose leaf, body and proof are in the bundle.
std::string events_of(const VerifyTextInput& input) {
  return input.schedule > 0 ? "certificate completion " + schedule_names(input) : "certificate completion";
}

std::string trusted_under(const VerifyTextInput& input, std::string_view root) {
  return "-attime " + std::to_string(input.at.value / 1000) + " -CAfile " + std::string(root) +
         " -no-CApath -no-CAstore";
}

std::vector<std::string> commands(const VerifyTextInput& input) {
  const std::string trusted = trusted_under(input, trust_file::root);
  const std::string stamps = input.trust.tsa_root ? trusted_under(input, trust_file::tsa_root) : trusted;
  const std::string events = events_of(input);
  std::vector<std::string> out{
      "openssl x509 -in trust/root.pem -noout -fingerprint -sha256", signers_command(input, trusted),
      "openssl verify " + stamps + " -untrusted trust/tsa-ca.pem trust/tsa.pem", cades_command(trusted)};
  if (input.stamped) out.push_back(stamp_command(stamps));
  for (auto& command :
       {entry_command(), body_command(events), checkpoint_command(events, input.rsa, input.trust.witnesses),
        inclusion_command(events),
        input.schedule > 0 ? schedule_command(input) : statements_command(trusted, input.rsa)}) {
    out.push_back(command);
  }
  if (!input.waivers && !input.predecessor) return out;
  // Ten are as many as anybody runs by hand.
  if (input.edition == 1)
    out.push_back(waivers_command(input.rsa));
  else
    out.back() += " && " + waivers_command(input.rsa);
  return out;
}

}  // namespace

TrustParts trust_parts(const TrustFiles& trust) {
  return {trust.host.has_value(), trust.tsa_root.has_value(), trust.service_crl.has_value(),
          !trust.witnesses.empty()};
}

bool is_verify_text(std::string_view text, VerifyTextInput expected) {
  for (const int edition : {2, 1}) {
    expected.edition = edition;
    if (text == verify_text(expected)) return true;
  }
  return false;
}

std::string verify_text(const VerifyTextInput& input) {
  std::string text(kIntroduction);
  if (input.withdrawal) text += kWithdrawalLine;
  text += input.stamped ? kStampLine : kNoStampLine;
  text += kRest;
  if (input.trust.witnesses) text += kWitnessLine;
  if (input.trust.tsa_root) text += kTsaRootLine;
  text += input.schedule > 0 ? kScheduleLine : kStatementsLine;
  if (input.waivers) text += input.edition == 1 ? kWaiversLine1 : kWaiversLine;
  if (input.predecessor) text += kPredecessorLine;
  text += kAdvice;
  if (input.keyring)
    text += std::string(kReceipt) + std::string(kReceiptMark) + "\n" + receipt_line() + "\n\n";
  text += std::string(kCommandsBegin) + "\n";
  for (const auto& command : commands(input)) text += command + "\n";
  return text + std::string(kCommandsEnd) + "\n";
}

Result<std::vector<std::string>> verify_commands(std::string_view text) {
  const std::string begin = std::string(kCommandsBegin) + "\n", end = std::string(kCommandsEnd) + "\n";
  const auto from = text.find(begin), to = text.find(end);
  if (from == std::string_view::npos || to == std::string_view::npos || to < from) {
    return fail(ErrorKind::invalid_input, "no block of commands");
  }
  std::vector<std::string> out;
  std::string_view block = text.substr(from + begin.size(), to - from - begin.size());
  while (!block.empty()) {
    const auto line_end = block.find('\n');
    out.emplace_back(block.substr(0, line_end));
    block.remove_prefix(line_end + 1);
  }
  return out;
}

Result<std::string> receipt_command(std::string_view text) {
  const std::string mark = std::string(kReceiptMark) + "\n";
  const auto from = text.find(mark);
  if (from == std::string_view::npos)
    return fail(ErrorKind::not_found, "this VERIFY.txt is not about keys of a keyring");
  text.remove_prefix(from + mark.size());
  return std::string(text.substr(0, text.find('\n')));
}

}  // namespace quietus::proof
