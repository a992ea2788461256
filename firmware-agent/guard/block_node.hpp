// Block devices as /sys shows them: found by device number, never by name, so that an open descriptor
// decides.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "quietus/result.hpp"

namespace quietus::agent {

/// One directory of /sys for a whole disk or a partition.
class BlockNode {
 public:
  /// `not_found` when /sys does not know the number.
  static Result<BlockNode> of(std::uint64_t device_number);
  /// Every disk and partition of /sys.
  static Result<std::vector<BlockNode>> all();

  [[nodiscard]] const std::string& name() const { return name_; }  ///< "loop0", "sda1"
  [[nodiscard]] std::uint64_t device_number() const { return device_number_; }
  [[nodiscard]] bool is_partition() const { return partition_; }
  [[nodiscard]] bool is_loop() const;
  /// The whole disk a partition belongs to; itself for a disk.
  [[nodiscard]] Result<BlockNode> disk() const;
  // `unavailable` when /sys cannot be read to its end: that is not the same as none.
  [[nodiscard]] Result<std::vector<BlockNode>> partitions() const;
  [[nodiscard]] Result<std::vector<std::string>> holders() const {
    return entries("holders");
  }  ///< names above
  [[nodiscard]] Result<std::vector<std::string>> slaves() const {
    return entries("slaves");
  }  ///< names below
  /// What it stands on directly: its slaves, and the disk of a partition.
  [[nodiscard]] Result<std::vector<BlockNode>> below() const;
  /// One attribute without surrounding white space and without anything unprintable; "" when absent.
  [[nodiscard]] std::string attribute(const std::string& name) const;

  // Who the disk says it is; partitions answer with the disk's word and their own place in it.
  [[nodiscard]] std::string model() const;
  [[nodiscard]] std::string serial() const;
  [[nodiscard]] std::string wwn() const;
  [[nodiscard]] std::string firmware() const;

 private:
  static Result<BlockNode> at(const std::string& folder);
  [[nodiscard]] Result<std::vector<std::string>> entries(const std::string& folder) const;
  [[nodiscard]] std::string first_of(std::initializer_list<const char*> attributes) const;

  std::string folder_, name_;
  std::uint64_t device_number_ = 0;
  bool partition_ = false;
};

/// The device and everything it stands on: its disk, its slaves, the disk under the file behind a loop, and
/// so on down. `unavailable` when /sys cannot say.
Result<std::set<std::uint64_t>> devices_below(std::uint64_t device_number);

}  // namespace quietus::agent
