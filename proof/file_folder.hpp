// A folder that somebody hands over: known files and nothing else. Private to proof.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "proof/bundle.hpp"

namespace quietus::proof {

struct FolderForm {
  std::string_view what;                             ///< "the bundle", for people
  std::vector<std::string_view> folders;             ///< the only ones inside, one level
  std::size_t (*most_bytes)(std::string_view name);  ///< of a file that belongs there; 0: it does not
  std::size_t most_files = 0;
};

/// `invalid_input`: a file that does not belong there; `exhausted`: one too large, or too many.
Status check_files(const BundleFiles& files, const FolderForm& form);
/// Into a new or empty folder (`conflict` otherwise).
Status write_files(const std::string& folder, const BundleFiles& files, const FolderForm& form);
/// Regular files only: links and whatever else there is are refused.
Result<BundleFiles> read_files(const std::string& folder, const FolderForm& form);

}  // namespace quietus::proof
