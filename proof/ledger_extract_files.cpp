#include <filesystem>

#include "base/file.hpp"
#include "proof/bundle_layout.hpp"
#include "proof/ledger_extract.hpp"

namespace quietus::proof {

namespace fs = std::filesystem;

namespace {

constexpr std::array<std::string_view, 6> kFiles{kExtractCheckpoint,    kExtractLedger,
                                                 trust_file::root,      trust_file::service_ca,
                                                 trust_file::people_ca, trust_file::checkpoint_signer};
constexpr std::size_t kMaxSmallFile = 1 << 20;

/// packs/<letters, digits, dots, dashes>.json
bool is_pack(std::string_view name) {
  if (!name.starts_with("packs/") || !name.ends_with(".json")) return false;
  name.remove_prefix(6);
  return name.size() <= 100 && name.front() != '.' &&
         name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_") ==
             std::string_view::npos;
}

Status check_names(const BundleFiles& files) {
  std::size_t packs = 0;
  for (const auto& [name, bytes] : files) {
    if (is_pack(name)) {
      ++packs;
    } else if (std::ranges::find(kFiles, name) == kFiles.end()) {
      return fail(ErrorKind::invalid_input, "a file that does not belong there: " + name);
    }
    const std::size_t most = name == kExtractLedger ? kMaxExtractBytes : kMaxSmallFile;
    if (bytes.size() > most) return fail(ErrorKind::exhausted, name + " is too large");
  }
  for (const auto name : kFiles) {
    if (!files.contains(std::string(name)))
      return fail(ErrorKind::invalid_input, std::string(name) + " is missing");
  }
  if (packs > kMaxExtractPacks) return fail(ErrorKind::exhausted, "too many rule packs");
  return {};
}

Status read_entry(const fs::directory_entry& entry, const std::string& folder, BundleFiles& files) {
  std::error_code error;
  const std::string name = fs::relative(entry.path(), folder, error).generic_string();
  if (entry.is_symlink(error)) return fail(ErrorKind::invalid_input, name + " is a link");
  if (entry.is_directory(error)) {
    if (name == "trust" || name == "packs") return {};
    return fail(ErrorKind::invalid_input, "a folder that does not belong there: " + name);
  }
  if (!entry.is_regular_file(error)) return fail(ErrorKind::invalid_input, name + " is no file");
  if (files.size() > kMaxExtractPacks + kFiles.size())
    return fail(ErrorKind::exhausted, "too many files for an extract");
  QUIETUS_TRY(bytes,
              read_file(entry.path().string(), name == kExtractLedger ? kMaxExtractBytes : kMaxSmallFile));
  files[name] = std::move(bytes);
  return {};
}

}  // namespace

Status write_extract(const std::string& folder, const BundleFiles& files) {
  QUIETUS_CHECK(check_names(files));
  std::error_code error;
  fs::create_directories(folder, error);
  if (error || !fs::is_empty(folder, error) || error)
    return fail(ErrorKind::conflict, folder + " is not a new or empty folder", "name another one");
  for (const char* part : {"/trust", "/packs"}) {
    fs::create_directory(folder + part, error);
    if (error) return fail(ErrorKind::io, folder + part + " cannot be made");
  }
  for (const auto& [name, bytes] : files) QUIETUS_CHECK(write_file_atomically(folder + "/" + name, bytes));
  return {};
}

Result<BundleFiles> read_extract(const std::string& folder) {
  BundleFiles files;
  std::error_code error;
  fs::recursive_directory_iterator entries(folder, error), end;
  if (error) return fail(ErrorKind::not_found, folder + " cannot be read as a folder");
  for (; !error && entries != end; entries.increment(error))
    QUIETUS_CHECK(read_entry(*entries, folder, files));
  if (error) return fail(ErrorKind::io, folder + " cannot be read");
  QUIETUS_CHECK(check_names(files));
  return files;
}

}  // namespace quietus::proof
