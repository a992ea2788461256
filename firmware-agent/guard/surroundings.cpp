#include "firmware-agent/guard/surroundings.hpp"

#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <set>

#include "firmware-agent/guard/block_node.hpp"
#include "firmware-agent/guard/file_extents.hpp"
#include "firmware-agent/guard/kernel_tables.hpp"
#include "firmware-agent/guard/loop_device.hpp"
#include "firmware-agent/guard/nvme_subsystem.hpp"

namespace quietus::agent {
namespace {

/// The block device under a mount; file systems without one of their own (btrfs) are found by their source.
std::uint64_t device_of(const Mount& mount) {
  struct stat about{};
  if (major(mount.device) == 0 && mount.source.starts_with("/dev/") &&
      stat(mount.source.c_str(), &about) == 0 && S_ISBLK(about.st_mode)) {
    return about.st_rdev;
  }
  return mount.device;
}

std::set<std::uint64_t> own_numbers(const DeviceIdentity& identity, Surroundings& found) {
  if (identity.kind == MediumKind::disk_image) return {};
  std::set<std::uint64_t> numbers{identity.device_number};
  const auto node = BlockNode::of(identity.device_number);
  const auto partitions =
      node ? node->partitions() : Result<std::vector<BlockNode>>(std::unexpected(node.error()));
  if (!partitions) {
    found.defects.push_back("cannot tell what its partitions are: " + partitions.error().message);
    return numbers;
  }
  for (const auto& partition : *partitions) numbers.insert(partition.device_number());
  return numbers;
}

/// What a device stands on; what cannot be told is a defect, and then at least the device itself.
std::set<std::uint64_t> below_or_defect(std::uint64_t device, Surroundings& found) {
  auto below = devices_below(device);
  if (below) return std::move(*below);
  found.defects.push_back("cannot tell what other devices stand on: " + below.error().message);
  return {device};
}

bool overlap(const std::set<std::uint64_t>& a, const std::set<std::uint64_t>& b) {
  return std::ranges::any_of(a, [&](auto number) { return b.contains(number); });
}

void survey_mounts(const DeviceIdentity& identity, Surroundings& found) {
  const auto mounts = mounts_now();
  if (!mounts) {
    found.defects.push_back("cannot tell what is mounted: " + mounts.error().message);
    return;
  }
  const auto own = own_numbers(identity, found);
  std::set<std::uint64_t> disk;  // of a partition: nothing on the disk that carries / may be touched
  if (const auto node = BlockNode::of(identity.device_number);
      node && identity.kind != MediumKind::disk_image) {
    if (const auto whole = node->disk()) disk.insert(whole->device_number());
  }
  for (const auto& mount : *mounts) {
    const auto below = below_or_defect(device_of(mount), found);
    if (overlap(own, below)) {
      found.mounts.push_back("it carries the file system mounted on " + mount.mount_point);
    } else if (mount.mount_point == "/" && overlap(disk, below)) {
      found.mounts.emplace_back("it is part of the disk that carries the root file system");
    }
  }
}

void survey_swaps(const DeviceIdentity& identity, Surroundings& found) {
  const auto swaps = swaps_now();
  if (!swaps) {
    found.defects.push_back("cannot tell what is used as swap: " + swaps.error().message);
    return;
  }
  const auto own = own_numbers(identity, found);
  for (const auto& path : *swaps) {
    struct stat about{};
    if (stat(path.c_str(), &about) != 0) {
      found.defects.push_back("cannot tell where the swap " + path + " is");
      continue;
    }
    const bool block = S_ISBLK(about.st_mode);
    const bool same_file =
        !block && about.st_dev == identity.backing_device && about.st_ino == identity.backing_inode;
    if (same_file || overlap(own, below_or_defect(block ? about.st_rdev : about.st_dev, found))) {
      found.mounts.push_back("it carries the swap " + path);
    }
  }
}

void survey_holders(const DeviceIdentity& identity, Surroundings& found) {
  const auto node = BlockNode::of(identity.device_number);
  if (!node) {
    found.defects.push_back(node.error().message);
    return;
  }
  auto own =
      node->partitions().value_or(std::vector<BlockNode>{});  // own_numbers() told when they are unknown
  own.push_back(*node);
  for (const auto& part : own) {
    const auto holders = part.holders();
    if (!holders) found.defects.push_back("cannot tell what holds it: " + holders.error().message);
    for (const auto& holder : holders.value_or(std::vector<std::string>{}))
      found.holders.push_back(part.name() + " is held by " + holder);
  }
  const auto slaves = node->slaves();
  if (!slaves) found.defects.push_back("cannot tell what it is built on: " + slaves.error().message);
  for (const auto& slave : slaves.value_or(std::vector<std::string>{}))
    found.aliases.push_back("it is built on " + slave + ": erase what is below it");
}

/// Loops over the same file, loops over this very device.
void survey_loops(const DeviceIdentity& identity, Surroundings& found) {
  const auto loops = bound_loops();
  if (!loops) {
    found.defects.push_back("cannot tell what the loop devices are: " + loops.error().message);
    return;
  }
  const auto mounts = mounts_now();
  for (const auto& loop : *loops) {
    if (identity.kind != MediumKind::disk_image && loop.device_number == identity.device_number) {
      if (!loop.backing.whole_file)
        found.defects.emplace_back("the loop device shows only a part of its file");
      if (loop.backing.block_device != 0)
        found.aliases.emplace_back("the loop device stands on another block device");
      continue;
    }
    const bool same_file = identity.backing_inode != 0 && loop.backing.inode == identity.backing_inode &&
                           loop.backing.device == identity.backing_device;
    const bool over_us = identity.kind != MediumKind::disk_image && loop.backing.block_device != 0 &&
                         below_or_defect(loop.backing.block_device, found).contains(identity.device_number);
    if (!same_file && !over_us) continue;
    std::string reason = loop.path + (same_file ? " stands on the same file" : " stands on it");
    for (const auto& mount : mounts.value_or(std::vector<Mount>{})) {
      if (below_or_defect(device_of(mount), found).contains(loop.device_number)) {
        reason += " and is mounted on " + mount.mount_point;
      }
    }
    found.aliases.push_back(std::move(reason));
  }
}

/// Multipath and the like: another disk with the same name in the world.
void survey_twins(const DeviceIdentity& identity, Surroundings& found) {
  if (identity.wwn.empty() && identity.serial.empty()) return;
  const auto nodes = BlockNode::all();
  const auto own = BlockNode::of(identity.device_number);
  const auto own_disk = own ? own->disk() : own;
  if (!nodes || !own_disk) {
    found.defects.emplace_back("cannot tell whether another device is the same disk");
    return;
  }
  for (const auto& node : *nodes) {
    if (node.is_partition() || node.device_number() == own_disk->device_number()) continue;
    const bool same_wwn = !identity.wwn.empty() && node.wwn() == identity.wwn;
    const bool same_serial = !own_disk->serial().empty() && node.serial() == own_disk->serial() &&
                             node.model() == own_disk->model();
    if (same_wwn || same_serial) found.aliases.push_back(node.name() + " says it is the same disk");
  }
}

/// A second controller of the NVM subsystem, here or fitted to another host, reaches the same namespaces.
void survey_controllers(const DeviceIdentity& identity, Surroundings& found) {
  const auto node = BlockNode::of(identity.device_number);
  if (!node) return;  // survey_holders() has said so
  const auto controllers = subsystem_controllers(node->name());
  if (!controllers) {
    found.defects.push_back(controllers.error().message);
  } else if (controllers->size() > 1) {
    for (const auto& name : *controllers) found.aliases.push_back("its NVM subsystem is shared by " + name);
  }
}

void survey_state(int fd, const DeviceIdentity& identity, Surroundings& found) {
  int read_only = 0;
  if (identity.size_bytes == 0) found.defects.emplace_back("its size is 0");
  if (identity.kind == MediumKind::disk_image) return;
  if (ioctl(fd, BLKROGET, &read_only) != 0) found.defects.emplace_back("cannot tell whether it is read-only");
  if (read_only != 0) found.defects.emplace_back("it is read-only");
}

}  // namespace

std::vector<std::string> Surroundings::all() const {
  std::vector<std::string> reasons;
  for (const auto* list : {&mounts, &holders, &aliases, &defects}) {
    reasons.insert(reasons.end(), list->begin(), list->end());
  }
  return reasons;
}

Surroundings survey(int fd, const DeviceIdentity& identity) {
  Surroundings found;
  survey_state(fd, identity, found);
  survey_mounts(identity, found);
  survey_swaps(identity, found);
  survey_loops(identity, found);
  if (identity.kind != MediumKind::disk_image) {
    survey_holders(identity, found);
    survey_twins(identity, found);
    survey_controllers(identity, found);
  } else {
    survey_file(fd, found.defects);
  }
  return found;
}

}  // namespace quietus::agent
