#include <algorithm>
#include <array>

#include "proof/bundle_layout.hpp"
#include "proof/file_folder.hpp"
#include "proof/ledger_extract.hpp"

namespace quietus::proof {

namespace {

constexpr std::array<std::string_view, 6> kFiles{kExtractCheckpoint,    kExtractLedger,
                                                 trust_file::root,      trust_file::service_ca,
                                                 trust_file::people_ca, trust_file::checkpoint_signer};
constexpr std::size_t kMaxExtractFile = 1 << 20;

/// packs/<letters, digits, dots, dashes>.json
bool is_pack(std::string_view name) {
  if (!name.starts_with("packs/") || !name.ends_with(".json")) return false;
  name.remove_prefix(6);
  return name.size() <= 100 && name.front() != '.' &&
         name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_") ==
             std::string_view::npos;
}

std::size_t most_bytes(std::string_view name) {
  if (name == kExtractLedger) return kMaxExtractBytes;
  const bool known = is_pack(name) || std::ranges::find(kFiles, name) != kFiles.end();
  return known ? kMaxExtractFile : 0;
}

const FolderForm kExtractForm{
    "the extract", {"trust", "packs"}, &most_bytes, kFiles.size() + kMaxExtractPacks};

}  // namespace

Status check_extract_files(const BundleFiles& files) {
  for (const auto name : kFiles) {
    if (!files.contains(std::string(name)))
      return fail(ErrorKind::invalid_input, std::string(name) + " is missing");
  }
  return check_files(files, kExtractForm);
}

Status write_extract(const std::string& folder, const BundleFiles& files) {
  QUIETUS_CHECK(check_extract_files(files));
  return write_files(folder, files, kExtractForm);
}

Result<BundleFiles> read_extract(const std::string& folder) {
  QUIETUS_TRY(files, read_files(folder, kExtractForm));
  QUIETUS_CHECK(check_extract_files(files));
  return files;
}

}  // namespace quietus::proof
