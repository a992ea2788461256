#include "firmware-agent/inventory/media_list.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "base/utf8.hpp"

namespace quietus::agent {
namespace {

namespace fs = std::filesystem;

/// First word of a small file of /sys; "" when it cannot be read.
std::string word_of(const fs::path& file) {
  std::ifstream stream(file);
  std::string word;
  stream >> word;
  return word;
}

std::vector<fs::path> sorted_entries(const fs::path& folder, std::error_code& error) {
  std::vector<fs::path> entries;
  for (fs::directory_iterator it(folder, error), end; !error && it != end && entries.size() < 65536;
       it.increment(error)) {
    entries.push_back(it->path());
  }
  std::ranges::sort(entries);
  return entries;
}

std::uint32_t partitions_in(const fs::path& node) {
  std::error_code error;
  std::uint32_t count = 0;
  for (const auto& entry : sorted_entries(node, error)) {
    if (fs::exists(entry / "partition", error)) ++count;
  }
  return count;
}

ListedMedium listed(const fs::path& node) {
  std::string name = node.filename();
  std::ranges::replace(name, '!', '/');  // "cciss!c0d0" is /dev/cciss/c0d0
  return {"/dev/" + name, word_of(node / "queue/rotational") == "1", word_of(node / "removable") == "1",
          partitions_in(node)};
}

bool is_image(const fs::path& file) {
  std::error_code error;
  return file.extension() == ".img" && is_utf8(file.string()) &&
         fs::symlink_status(file, error).type() == fs::file_type::regular;
}

}  // namespace

Result<std::vector<ListedMedium>> list_media(const std::vector<std::string>& image_dirs,
                                             const std::string& sysfs_block) {
  std::vector<ListedMedium> media;
  std::error_code error;
  const auto nodes = sorted_entries(sysfs_block, error);
  if (error) return fail(ErrorKind::io, sysfs_block + " cannot be listed: " + error.message());
  for (const auto& node : nodes) {
    const auto sectors = word_of(node / "size");
    if (sectors.empty() || sectors == "0") continue;  // nothing in the drive, nothing behind the loop
    if (word_of(node / "hidden") == "1") continue;    // a path to an NVMe namespace that is listed itself
    media.push_back(listed(node));
  }
  for (const auto& folder : image_dirs) {
    std::error_code ignored;  // a folder that is not there has no images
    for (const auto& file : sorted_entries(fs::path(folder).lexically_normal(), ignored)) {
      if (is_image(file)) media.push_back({file.string(), false, false, 0});
    }
  }
  if (media.size() > kMostMedia) media.resize(kMostMedia);
  return media;
}

}  // namespace quietus::agent
