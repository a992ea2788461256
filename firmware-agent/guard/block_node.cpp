#include "firmware-agent/guard/block_node.hpp"

#include <linux/major.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <filesystem>

#include "firmware-agent/guard/kernel_tables.hpp"

namespace quietus::agent {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostNodes = 16384;
constexpr std::size_t kAttributeBytes = 4096;

std::string sysfs_path(std::uint64_t device) {
  return "/sys/dev/block/" + std::to_string(major(device)) + ":" + std::to_string(minor(device));
}

/// What a disk says about itself is text from outside: printable ASCII, single spaces, 128 characters at
/// most.
std::string printable(std::string_view text) {
  std::string clean;
  for (const char c : text) {
    const bool good = c > ' ' && c <= '~';
    if (good) clean += c;
    if (!good && !clean.empty() && clean.back() != ' ') clean += ' ';
  }
  while (!clean.empty() && clean.back() == ' ') clean.pop_back();
  clean.resize(std::min<std::size_t>(clean.size(), 128));
  return clean;
}

Result<std::uint64_t> parse_device_number(const std::string& text) {
  unsigned major_number = 0, minor_number = 0;
  if (std::sscanf(text.c_str(), "%u:%u", &major_number, &minor_number) != 2) {
    return fail(ErrorKind::corrupt, "device number '" + printable(text) + "'");
  }
  return makedev(major_number, minor_number);
}

/// A folder that is not there has no names; one that cannot be read to its end is an error, never an empty
/// one.
Result<std::vector<std::string>> folder_names(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    if (names.size() == kMostNodes)
      return fail(ErrorKind::unavailable, folder.string() + " has more entries than were looked at");
    names.push_back(it->path().filename());
  }
  if (error && error != std::errc::no_such_file_or_directory)
    return fail(ErrorKind::unavailable, folder.string() + " cannot be listed: " + error.message());
  std::ranges::sort(names);
  return names;
}

}  // namespace

Result<BlockNode> BlockNode::at(const std::string& folder) {
  std::error_code error;
  const auto real = fs::canonical(folder, error);
  if (error) return fail(ErrorKind::not_found, "the kernel shows no block device at " + folder);
  BlockNode node;
  node.folder_ = real;
  node.name_ = real.filename();
  node.partition_ = fs::exists(real / "partition", error);
  QUIETUS_TRY(number, parse_device_number(node.attribute("dev")));
  node.device_number_ = number;
  return node;
}

Result<BlockNode> BlockNode::of(std::uint64_t device_number) { return at(sysfs_path(device_number)); }

Result<std::vector<BlockNode>> BlockNode::all() {
  std::vector<BlockNode> nodes;
  QUIETUS_TRY(names, folder_names("/sys/dev/block"));
  for (const auto& name : names) {
    auto node = at("/sys/dev/block/" + name);
    if (node) nodes.push_back(std::move(*node));  // one that went away meanwhile is no longer there
  }
  if (nodes.empty()) return fail(ErrorKind::unavailable, "/sys shows no block device at all");
  return nodes;
}

bool BlockNode::is_loop() const { return major(device_number_) == LOOP_MAJOR && !partition_; }

Result<BlockNode> BlockNode::disk() const {
  if (!partition_) return *this;
  return at(fs::path(folder_).parent_path());
}

Result<std::vector<BlockNode>> BlockNode::partitions() const {
  std::vector<BlockNode> nodes;
  if (partition_) return nodes;
  std::error_code error;
  QUIETUS_TRY(names, folder_names(folder_));
  for (const auto& name : names) {
    if (!fs::exists(fs::path(folder_) / name / "partition", error)) continue;
    auto node = at(fs::path(folder_) / name);
    if (node) nodes.push_back(std::move(*node));
  }
  return nodes;
}

Result<std::vector<std::string>> BlockNode::entries(const std::string& folder) const {
  return folder_names(fs::path(folder_) / folder);
}

std::string BlockNode::attribute(const std::string& name) const {
  const auto text = read_kernel_text(fs::path(folder_) / name, kAttributeBytes);
  return text ? printable(*text) : std::string{};
}

std::string BlockNode::first_of(std::initializer_list<const char*> attributes) const {
  const auto whole = disk();
  if (!whole) return {};
  for (const auto* name : attributes) {
    auto value = whole->attribute(name);
    if (!value.empty()) return value;
  }
  return {};
}

std::string BlockNode::model() const { return first_of({"device/model"}); }
std::string BlockNode::wwn() const { return first_of({"wwid", "device/wwid"}); }
std::string BlockNode::firmware() const { return first_of({"device/firmware_rev", "device/rev"}); }

std::string BlockNode::serial() const {
  auto serial = first_of({"device/serial", "serial", "device/vpd_pg80"});
  // Two partitions of one size on one disk are two media.
  if (partition_) serial += " partition " + attribute("partition") + " at sector " + attribute("start");
  return serial;
}

Result<std::vector<BlockNode>> BlockNode::below() const {
  std::vector<BlockNode> nodes;
  QUIETUS_TRY(names, slaves());
  for (const auto& name : names) {
    QUIETUS_TRY(node, at(fs::path(folder_) / "slaves" / name));
    nodes.push_back(std::move(node));
  }
  QUIETUS_TRY(whole, disk());
  if (partition_) nodes.push_back(std::move(whole));
  return nodes;
}

Result<std::set<std::uint64_t>> devices_below(std::uint64_t device_number) {
  std::set<std::uint64_t> seen;
  std::vector<std::uint64_t> open{device_number};
  while (!open.empty()) {
    if (seen.size() == kMostNodes)
      return fail(ErrorKind::unavailable, "more block devices stand on each other than were looked at");
    const auto device = open.back();
    open.pop_back();
    if (!seen.insert(device).second) continue;
    const auto node = BlockNode::of(device);
    if (!node) continue;  // a file system in memory or over the network stands on no block device
    QUIETUS_TRY(below, node->below());
    for (const auto& lower : below) open.push_back(lower.device_number());
    const auto backing = read_kernel_text("/sys/dev/block/" + std::to_string(major(device)) + ":" +
                                              std::to_string(minor(device)) + "/loop/backing_file",
                                          kAttributeBytes);
    struct stat about{};
    if (backing && stat(backing->substr(0, backing->find('\n')).c_str(), &about) == 0) {
      open.push_back(S_ISBLK(about.st_mode) ? about.st_rdev : about.st_dev);
    }
  }
  return seen;
}

}  // namespace quietus::agent
