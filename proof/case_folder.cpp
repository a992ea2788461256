// What lies in the folder of a case.
#include <algorithm>
#include <filesystem>

#include "proof/verify_case.hpp"

namespace quietus::proof {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kBundles = "bundle", kReceipts = "receipts";

bool is_folder(const fs::path& path) {
  std::error_code error;
  return fs::symlink_status(path, error).type() == fs::file_type::directory;
}

bool is_file(const fs::path& path) {
  std::error_code error;
  return fs::symlink_status(path, error).type() == fs::file_type::regular;
}

bool is_bundle(const fs::path& path) { return is_folder(path) && is_file(path / "certificate.json"); }
bool is_log(const fs::path& path) { return is_folder(path) && is_file(path / kExtractLedger); }

/// Names of what lies there, sorted; at most `most`.
Result<std::vector<std::string>> names_in(const fs::path& folder, std::size_t most) {
  std::vector<std::string> names;
  std::error_code error;
  fs::directory_iterator entries(folder, error), end;
  for (; !error && entries != end; entries.increment(error)) {
    if (names.size() == most) return fail(ErrorKind::exhausted, folder.string() + " holds too much");
    names.push_back(entries->path().filename().string());
  }
  if (error) return fail(ErrorKind::io, folder.string() + " cannot be read");
  std::ranges::sort(names);
  return names;
}

/// Everything under bundle/ is one, or wrong.
Status look_into_bundles(CaseFolder& found) {
  QUIETUS_TRY(names, names_in(fs::path(found.folder) / kBundles, kMaxCaseBundles));
  for (const auto& name : names) found.bundles.push_back(std::string(kBundles) + "/" + name);
  return {};
}

Status look_into_receipts(CaseFolder& found) {
  QUIETUS_TRY(names, names_in(fs::path(found.folder) / kReceipts, kMaxCaseReceipts));
  for (const auto& name : names)
    (name.ends_with(".json") ? found.receipts : found.others).push_back(std::string(kReceipts) + "/" + name);
  return {};
}

}  // namespace

bool is_case_folder(const std::string& folder) {
  if (fs::path path(folder); is_file(path / "certificate.json") || is_folder(path / "trust")) return false;
  if (is_folder(fs::path(folder) / kBundles)) return true;
  const auto names = names_in(folder, kMaxCaseBundles);
  return names && std::ranges::any_of(*names, [&](const std::string& name) {
           return is_bundle(fs::path(folder) / name) || is_log(fs::path(folder) / name);
         });
}

Result<CaseFolder> look_into_case(const std::string& folder) {
  CaseFolder found;
  found.folder = folder;
  QUIETUS_TRY(names, names_in(folder, kMaxCaseBundles));
  for (const auto& name : names) {
    const fs::path path = fs::path(folder) / name;
    if (name == kBundles && is_folder(path)) {
      QUIETUS_CHECK(look_into_bundles(found));
    } else if (name == kReceipts && is_folder(path)) {
      QUIETUS_CHECK(look_into_receipts(found));
    } else {
      (is_bundle(path) ? found.bundles : is_log(path) ? found.logs : found.others).push_back(name);
    }
  }
  if (found.bundles.size() > kMaxCaseBundles || found.logs.size() > kMaxCaseLogs)
    return fail(ErrorKind::exhausted, folder + " holds too many bundles or logs");
  return found;
}

}  // namespace quietus::proof
