#include "proof/bundle.hpp"

#include <algorithm>
#include <charconv>

#include "base/crypto.hpp"
#include "base/encoding.hpp"
#include "proof/bundle_layout.hpp"
#include "proof/file_folder.hpp"
#include "proof/schedule_basis.hpp"
#include "proof/time_stamp.hpp"
#include "proof/verify_text.hpp"

namespace quietus::proof {
namespace {

constexpr std::string_view kScheduleStem = "schedule-";

/// One of schedule_file() with one of its two endings.
bool is_schedule_name(std::string_view name) {
  for (const std::string_view ending : {".leaf.json", ".tlog-proof"}) {
    if (!name.ends_with(ending)) continue;
    const auto stem = name.substr(0, name.size() - ending.size());
    std::size_t number = 0;
    const auto digits = stem.substr(std::min(stem.size(), kScheduleStem.size()));
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return read.ec == std::errc() && number >= 1 && number <= kMaxScheduleParts &&
           stem == schedule_file(number);
  }
  return false;
}

bool known_name(std::string_view name) {
  if (is_schedule_name(name)) return true;
  return std::ranges::count(kRequiredFiles, name) > 0 || std::ranges::count(kOptionalFiles, name) > 0;
}

Result<UnixMs> chain_time(const BundleInput& input) {
  if (input.tsr) {
    return verify_time_stamp(*input.tsr, input.p7s, std::nullopt,
                             {input.trust.tsa, input.trust.tsa_ca, input.trust.time_stamp_root()});
  }
  QUIETUS_TRY(certificate, read_certificate(input.certificate_json));
  return certificate.issued;
}

/// What assembling may know without judging: whether people may hold receipts for what is certified here, and
/// whether rules were waived.
VerifyTextInput text_input(BytesView certificate_json) {
  VerifyTextInput input;
  const auto json = Json::parse_canonical(as_text(certificate_json));
  const Json* sources = json ? json->find("sources") : nullptr;
  if (sources == nullptr) return input;
  input.keyring = sources->find("keyring") != nullptr;
  const Json* waivers = sources->find("waivers");
  const Json* type = json->find("type");
  const std::string text = type != nullptr && type->string() != nullptr ? *type->string() : "";
  if (!text.empty())
    std::from_chars(text.data() + text.rfind('/') + 1, text.data() + text.size(), input.format);
  input.withdrawal = text == kWithdrawalType;
  input.keyring = input.keyring && !input.withdrawal;
  input.waivers = waivers != nullptr && waivers->array() != nullptr && !waivers->array()->empty();
  input.predecessor = sources->find("predecessor") != nullptr;
  return input;
}

Status add_event(BundleFiles& files, const std::string& name, const ProvedEvent& event) {
  QUIETUS_TRY(leaf, encode(event.opened));
  files[name + ".leaf.json"] = std::move(leaf);
  files[name + ".tlog-proof"] = to_bytes(write_tlog_proof(event.proof));
  return {};
}

const FolderForm kForm{"the bundle",
                       {"trust"},
                       [](std::string_view name) { return known_name(name) ? kMaxBundleFileBytes : 0; },
                       kRequiredFiles.size() + kOptionalFiles.size() + 2 * kMaxScheduleParts};

}  // namespace

std::string schedule_file(std::size_t number) { return std::string(kScheduleStem) + std::to_string(number); }

Status check_file_set(const BundleFiles& files) {
  QUIETUS_CHECK(check_files(files, kForm));
  for (const auto name : kRequiredFiles) {
    if (!files.contains(std::string(name)))
      return fail(ErrorKind::invalid_input, std::string(name) + " is missing");
  }
  return {};
}

Result<X509Certificate> trusted(const BundleFiles& files, std::string_view name) {
  const auto found = files.find(std::string(name));
  if (found == files.end()) return fail(ErrorKind::invalid_input, std::string(name) + " is missing");
  QUIETUS_TRY(certificate, X509Certificate::parse(found->second));
  if (certificate.pem() != as_text(found->second))
    return fail(ErrorKind::verification_failed, std::string(name) + " is not in the one form");
  return certificate;
}

bool signs_with_rsa(const TrustFiles& trust) {
  return is_rsa_key(trust.checkpoint_signer.spki()) || is_rsa_key(trust.mandate_signer.spki());
}

Result<BundleFiles> assemble_bundle(const BundleInput& input) {
  QUIETUS_TRY(at, chain_time(input));
  BundleFiles files;
  files["certificate.json"] = input.certificate_json;
  files["certificate.p7s"] = input.p7s;
  if (input.tsr) files["certificate.tsr"] = *input.tsr;
  QUIETUS_CHECK(add_event(files, "certificate", input.issued));
  QUIETUS_CHECK(add_event(files, "completion", input.completion));
  for (std::size_t i = 0; i < input.schedule.size(); ++i)
    QUIETUS_CHECK(add_event(files, schedule_file(i + 1), input.schedule[i]));
  const auto& trust = input.trust;
  const auto add = [&](std::string_view name, const X509Certificate& certificate) {
    files[std::string(name)] = to_bytes(certificate.pem());
  };
  add(trust_file::root, trust.root);
  add(trust_file::service_ca, trust.service_ca);
  add(trust_file::people_ca, trust.people_ca);
  add(trust_file::tsa_ca, trust.tsa_ca);
  add(trust_file::tsa, trust.tsa);
  add(trust_file::certificate_signer, trust.certificate_signer);
  add(trust_file::checkpoint_signer, trust.checkpoint_signer);
  add(trust_file::mandate_signer, trust.mandate_signer);
  if (trust.host) add(trust_file::host, *trust.host);
  if (trust.tsa_root) add(trust_file::tsa_root, *trust.tsa_root);
  if (trust.service_crl) {
    QUIETUS_TRY(list, crl_pem(*trust.service_crl));
    files[std::string(trust_file::service_crl)] = to_bytes(list);
  }
  if (!trust.witnesses.empty())
    files[std::string(trust_file::witness_keys)] = to_bytes(write_witness_keys(trust.witnesses));
  VerifyTextInput text = text_input(input.certificate_json);
  text.at = at;
  text.stamped = input.tsr.has_value();
  text.trust = trust_parts(trust);
  text.rsa = signs_with_rsa(trust);
  text.schedule = input.schedule.size();
  files["VERIFY.txt"] = to_bytes(verify_text(text));
  return files;
}

Status write_bundle(const std::string& folder, const BundleFiles& files) {
  QUIETUS_CHECK(check_file_set(files));
  return write_files(folder, files, kForm);
}

Result<BundleFiles> read_bundle(const std::string& folder) {
  QUIETUS_TRY(files, read_files(folder, kForm));
  QUIETUS_CHECK(check_file_set(files));
  return files;
}

Result<Anchor> parse_anchor(BytesView input) {
  std::string text(as_text(input));
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  constexpr std::string_view prefix = "sha256:";
  if (text.starts_with(prefix)) {
    // openssl prints pairs in capitals with colons between; people copy that from paper.
    std::string digits = text.substr(prefix.size());
    if (digits.size() == 95) std::erase(digits, ':');
    std::ranges::transform(digits, digits.begin(),
                           [](char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c; });
    QUIETUS_TRY(digest, digest_from_hex(digits));
    return Anchor{digest};
  }
  QUIETUS_TRY(certificate, X509Certificate::parse(input));
  return Anchor{certificate.fingerprint()};
}

}  // namespace quietus::proof
