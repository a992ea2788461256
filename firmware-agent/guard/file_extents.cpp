#include "firmware-agent/guard/file_extents.hpp"

#include <linux/fiemap.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace quietus::agent {
namespace {

// Numbers that <linux/magic.h> may lack: zfs, bcachefs (uapi headers of their projects).
constexpr std::array<unsigned long, 5> kCopyOnWrite{BTRFS_SUPER_MAGIC, F2FS_SUPER_MAGIC, NILFS_SUPER_MAGIC,
                                                    0x2fc12fc1, 0xca451a4e};

constexpr std::uint32_t kExtentsAtOnce = 128;
constexpr int kMostRounds = 8192;

struct ExtentBatch {
  alignas(struct fiemap) std::array<unsigned char, sizeof(struct fiemap) +
                                                       kExtentsAtOnce * sizeof(struct fiemap_extent)> bytes{};
  struct fiemap* head() { return reinterpret_cast<struct fiemap*>(bytes.data()); }
};

enum class Sharing { none, shared, unknown };

Sharing sharing_of(int fd) {
  ExtentBatch batch;
  std::uint64_t from = 0;
  for (int round = 0; round < kMostRounds; ++round) {
    batch.bytes.fill(0);
    auto* map = batch.head();
    map->fm_start = from;
    map->fm_length = FIEMAP_MAX_OFFSET - from;
    map->fm_flags = FIEMAP_FLAG_SYNC;
    map->fm_extent_count = kExtentsAtOnce;
    if (ioctl(fd, FS_IOC_FIEMAP, map) != 0) return Sharing::unknown;
    if (map->fm_mapped_extents == 0) return Sharing::none;
    for (std::uint32_t i = 0; i < map->fm_mapped_extents; ++i) {
      const auto& extent = map->fm_extents[i];
      if ((extent.fe_flags & FIEMAP_EXTENT_SHARED) != 0) return Sharing::shared;
      if ((extent.fe_flags & FIEMAP_EXTENT_LAST) != 0) return Sharing::none;
      from = extent.fe_logical + extent.fe_length;
    }
  }
  return Sharing::unknown;
}

}  // namespace

void survey_file(int fd, std::vector<std::string>& reasons) {
  struct stat about{};
  struct statfs where{};
  if (fstat(fd, &about) != 0 || fstatfs(fd, &where) != 0) {
    reasons.push_back(std::string("the file cannot be asked: ") + strerror(errno));
    return;
  }
  if (about.st_nlink != 1) reasons.push_back("the file has " + std::to_string(about.st_nlink) + " names");
  if (about.st_size % 512 != 0) reasons.emplace_back("its size is not a whole number of 512-byte sectors");
  const auto type = static_cast<unsigned long>(where.f_type);
  if (std::ranges::find(kCopyOnWrite, type) != kCopyOnWrite.end()) {
    reasons.emplace_back("its file system writes to new places instead of overwriting");
  }
  if (type == TMPFS_MAGIC || type == RAMFS_MAGIC)
    return;  // extents cannot be shared there, and cannot be listed
  switch (sharing_of(fd)) {
    case Sharing::none:
      break;
    case Sharing::shared:
      reasons.emplace_back("it shares blocks with another file (reflink)");
      break;
    case Sharing::unknown:
      reasons.emplace_back("its file system does not say whether it shares blocks");
      break;
  }
}

}  // namespace quietus::agent
