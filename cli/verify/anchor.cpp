#include "cli/verify/anchor.hpp"

#include "base/file.hpp"

namespace quietus::cli {

namespace {

Result<proof::Anchor> parsed(const std::string& root) {
  if (root.starts_with("sha256:")) return proof::parse_anchor(as_bytes(root));
  QUIETUS_TRY(bytes, read_file(root, 1 << 16));
  return proof::parse_anchor(bytes);
}

}  // namespace

Result<std::optional<proof::Anchor>> anchor_of(const std::string& root, const std::string& option) {
  if (root.empty()) return std::optional<proof::Anchor>();
  auto anchor = parsed(root);
  if (!anchor)
    return fail(ErrorKind::invalid_input, option + ": " + anchor.error().message,
                "a certificate file or sha256:HEX");
  return std::optional(*anchor);
}

Result<std::vector<proof::WitnessKey>> witness_keys_of(const std::vector<std::string>& texts) {
  std::vector<proof::WitnessKey> keys;
  for (const auto& text : texts) {
    auto key = proof::parse_witness_key(text);
    if (!key)
      return fail(ErrorKind::invalid_input, "--witness-key: " + key.error().message,
                  "NAME+ID+KEY, as the witness's operator gave it to you");
    keys.push_back(std::move(*key));
  }
  return keys;
}

}  // namespace quietus::cli
