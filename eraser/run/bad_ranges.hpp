// Ranges of a medium that failed, as reports name them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace quietus::eraser {

/// More and the medium is given up: it is no longer a medium with bad sectors.
inline constexpr std::size_t kMostBadRanges = 64;
/// A chunk that failed is tried again in pieces of this size, to name the bad range closely.
inline constexpr std::size_t kNarrowBytes = std::size_t{64} << 10;

/// "2097152+65536: Input/output error"
std::string bad_range(std::uint64_t offset, std::size_t length, const std::string& why);
/// The ranges in one line: as many as fit, and how many more there are.
std::string joined(const std::vector<std::string>& ranges);

}  // namespace quietus::eraser
