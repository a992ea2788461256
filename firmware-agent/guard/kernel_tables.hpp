// The kernel's own lists of what is in use, as text in and values out.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "quietus/result.hpp"

namespace quietus::agent {

struct Mount {
  std::uint64_t device = 0;  ///< as st_dev
  std::string mount_point, source;
};

/// proc_pid_mountinfo(5). Lines that cannot be read are an error: unknown counts as in use.
Result<std::vector<Mount>> parse_mountinfo(std::string_view text);
/// Paths of /proc/swaps.
Result<std::vector<std::string>> parse_swaps(std::string_view text);

Result<std::vector<Mount>> mounts_now();
Result<std::vector<std::string>> swaps_now();

/// "/a\040b" -> "/a b" (octal escapes of both tables).
std::string unescape_octal(std::string_view text);

/// A file of /proc or /sys, whole, at most max_bytes: their size is not known before they are read.
Result<std::string> read_kernel_text(const std::string& path, std::size_t max_bytes = 8 << 20);

}  // namespace quietus::agent
