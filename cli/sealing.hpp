// A folder into a sealed file, and back.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "quietus/secret_bytes.hpp"
#include "seal/reader.hpp"
#include "seal/writer.hpp"

namespace quietus::cli {

struct FileToSeal {
  std::string path;  ///< relative, as it will be named in the sealed file
  std::uint64_t size_bytes = 0;
};
struct FolderToSeal {
  std::string root;
  std::vector<FileToSeal> files;  ///< sorted by path
  std::uint64_t size_bytes = 0;
  std::uint64_t empty_folders = 0;  ///< the format has no place for them
};
/// Regular files only: a link, device, socket or pipe is refused (it could not come back), as is a name that
/// the format refuses.
Result<FolderToSeal> list_folder(const std::string& folder);

/// The next data key. Called once for the envelope and once for each file.
using NextKey = std::function<Result<seal::DataKey>()>;
using Progress = std::function<void(std::uint64_t done_bytes)>;

struct SealedOutput {
  Digest digest;  ///< SHA-256 of the sealed file
  std::uint64_t size_bytes = 0;
  std::uint64_t files = 0;
};
/// Writes `out` whole or not at all; `conflict` when it is there. A file that changes its size meanwhile is
/// an error.
Result<SealedOutput> seal_folder(const FolderToSeal& folder, const std::string& out,
                                 const seal::Header& header, const NextKey& next_key,
                                 const Progress& progress);

/// Opens into a new folder: everything or nothing. Nothing is written outside it, whatever the sealed file
/// says.
Result<seal::SealReceipt> open_sealed_file(const std::string& file, const std::string& folder,
                                           const seal::KeyUnwrapper& unwrap, const Progress& progress);

}  // namespace quietus::cli
