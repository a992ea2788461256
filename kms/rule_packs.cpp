#include "kms/rule_packs.hpp"

#include "base/file.hpp"
#include "base/json.hpp"
#include "governance/rules/signature.hpp"
#include "proof/statement.hpp"

namespace quietus::kms {
namespace {

constexpr std::size_t kMaxSignatureBytes = 1 << 16;

std::unexpected<Error> in_file(const std::string& path, const Error& error) {
  return fail(error.kind, path + ": " + error.message, error.next_step);
}

Result<SignedStatement> signature_in(const std::string& path) {
  QUIETUS_TRY(text, read_text(path, kMaxSignatureBytes));
  auto json = Json::parse(text, kMaxSignatureBytes);
  if (!json) return in_file(path, json.error());
  auto statement = proof::statement_from_json(*json);
  if (!statement) return in_file(path, statement.error());
  return statement;
}

Result<rules::Pack> verified(const RulePackSetting& setting, const rules::PackRoot& root, UnixMs now) {
  QUIETUS_TRY(text, read_text(setting.pack, rules::kMaxPackBytes));
  auto pack = rules::read_pack(text);
  if (!pack) return in_file(setting.pack, pack.error());
  std::vector<SignedStatement> signatures;
  for (const auto& path : setting.signatures) {
    QUIETUS_TRY(signature, signature_in(path));
    signatures.push_back(std::move(signature));
  }
  const auto signers = rules::verify_signatures(*pack, signatures, root, now);
  if (!signers) return in_file(setting.pack, signers.error());
  return pack;
}

}  // namespace

Result<governance::Packs> load_packs(const Settings& settings, UnixMs now) {
  governance::Packs packs;
  if (settings.rules.packs.empty()) return packs;
  QUIETUS_TRY(pem, read_file(settings.rules.root, kMaxSignatureBytes));
  auto root = rules::parse_pack_root(pem);
  if (!root) return in_file(settings.rules.root, root.error());
  for (const auto& setting : settings.rules.packs) {
    QUIETUS_TRY(pack, verified(setting, *root, now));
    if (const Status added = packs.add(std::move(pack)); !added) return in_file(setting.pack, added.error());
  }
  return packs;
}

}  // namespace quietus::kms
