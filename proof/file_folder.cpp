#include "proof/file_folder.hpp"

#include <algorithm>
#include <filesystem>

#include "base/file.hpp"

namespace quietus::proof {

namespace fs = std::filesystem;

namespace {

std::unexpected<Error> stranger(const FolderForm& form, const std::string& name) {
  return fail(ErrorKind::invalid_input,
              std::string(form.what) + " holds something that does not belong there: " + name);
}

Status check_empty_folder(const std::string& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error || !fs::is_directory(folder, error)) return fail(ErrorKind::io, folder + " cannot be made");
  if (!fs::is_empty(folder, error) || error) {
    return fail(ErrorKind::conflict, folder + " is not empty", "name a new folder");
  }
  return {};
}

Status read_entry(const fs::directory_entry& entry, const std::string& folder, const FolderForm& form,
                  BundleFiles& files) {
  const std::string name = entry.path().lexically_relative(folder).generic_string();
  const auto type = entry.symlink_status().type();
  if (type == fs::file_type::directory && std::ranges::count(form.folders, name) > 0) return {};
  if (type != fs::file_type::regular || form.most_bytes(name) == 0) return stranger(form, name);
  if (files.size() >= form.most_files)
    return fail(ErrorKind::exhausted, std::string(form.what) + " has too many files");
  QUIETUS_TRY(bytes, read_file(entry.path().string(), form.most_bytes(name)));
  files[name] = std::move(bytes);
  return {};
}

}  // namespace

Status check_files(const BundleFiles& files, const FolderForm& form) {
  for (const auto& [name, bytes] : files) {
    if (form.most_bytes(name) == 0) return stranger(form, name);
    if (bytes.size() > form.most_bytes(name)) return fail(ErrorKind::exhausted, name + " is too large");
  }
  if (files.size() > form.most_files)
    return fail(ErrorKind::exhausted, std::string(form.what) + " has too many files");
  return {};
}

Status write_files(const std::string& folder, const BundleFiles& files, const FolderForm& form) {
  QUIETUS_CHECK(check_files(files, form));
  QUIETUS_CHECK(check_empty_folder(folder));
  for (const auto inside : form.folders) {
    std::error_code error;
    fs::create_directory(folder + "/" + std::string(inside), error);
    if (error) return fail(ErrorKind::io, folder + "/" + std::string(inside) + " cannot be made");
  }
  for (const auto& [name, bytes] : files) QUIETUS_CHECK(write_file_atomically(folder + "/" + name, bytes));
  return {};
}

Result<BundleFiles> read_files(const std::string& folder, const FolderForm& form) {
  BundleFiles files;
  std::error_code error;
  fs::recursive_directory_iterator entries(folder, error), end;
  if (error) return fail(ErrorKind::not_found, folder + " cannot be read as a folder");
  for (; !error && entries != end; entries.increment(error))
    QUIETUS_CHECK(read_entry(*entries, folder, form, files));
  if (error) return fail(ErrorKind::io, folder + " cannot be read");
  return files;
}

}  // namespace quietus::proof
