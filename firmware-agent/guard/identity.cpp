#include "firmware-agent/guard/identity.hpp"

#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include "firmware-agent/guard/block_node.hpp"
#include "firmware-agent/guard/loop_device.hpp"

namespace quietus::agent {
namespace {

std::unexpected<Error> no_answer(const char* question) {
  return fail(ErrorKind::io, std::string(question) + ": " + strerror(errno));
}

Result<DeviceIdentity> identify_block(int fd, const struct stat& about, DeviceIdentity identity) {
  int sector = 0;
  if (ioctl(fd, BLKGETSIZE64, &identity.size_bytes) != 0) return no_answer("BLKGETSIZE64");
  if (ioctl(fd, BLKSSZGET, &sector) != 0 || sector < 512) return no_answer("BLKSSZGET");
  if (ioctl(fd, BLKGETDISKSEQ, &identity.disk_sequence) != 0) return no_answer("BLKGETDISKSEQ");
  identity.logical_block_bytes = static_cast<std::uint32_t>(sector);
  identity.device_number = about.st_rdev;
  QUIETUS_TRY(node, BlockNode::of(about.st_rdev));
  identity.model = node.model();
  identity.serial = node.serial();
  identity.wwn = node.wwn();
  identity.firmware = node.firmware();
  if (!node.is_loop()) return identity;
  QUIETUS_TRY(backing, loop_backing(fd, node.name()));
  identity.kind = MediumKind::loop_device;
  identity.backing_device = backing.device;
  identity.backing_inode = backing.inode;
  identity.backing_path = backing.path;
  return identity;
}

}  // namespace

Result<DeviceIdentity> identify(int fd, const std::string& path) {
  struct stat about{};
  if (fstat(fd, &about) != 0) return no_answer("fstat");
  DeviceIdentity identity;
  identity.path = path;
  if (S_ISBLK(about.st_mode)) return identify_block(fd, about, std::move(identity));
  if (!S_ISREG(about.st_mode)) {
    return fail(ErrorKind::invalid_input, path + " is neither a block device nor a regular file");
  }
  identity.kind = MediumKind::disk_image;
  identity.size_bytes = static_cast<std::uint64_t>(about.st_size);
  identity.device_number = about.st_dev;
  identity.backing_device = about.st_dev;
  identity.backing_inode = about.st_ino;
  identity.backing_path = path;
  return identity;
}

}  // namespace quietus::agent
