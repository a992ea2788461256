// Known data spread over a namespace before a firmware command and looked for afterwards: a drive that says
// "completed" and kept its data is found out.
#pragma once

#include <cstdint>
#include <vector>

#include "quietus/block_device.hpp"

namespace quietus::nvme {

inline constexpr std::size_t kMarkers = 64;
inline constexpr std::size_t kMarkerBytes = 4096;

/// Drawn anew for each operation. The content of a marker is the AES-256-CTR key stream of `seed` at the
/// marker's own offset, so that no drive can fold them together and anybody can make them again.
struct Markers {
  Digest seed;
  std::vector<std::uint64_t> offsets;  ///< ascending, first and last place of the namespace among them
};
/// `invalid_input` when the namespace is too small for one, or its blocks do not divide a marker.
Result<Markers> place_markers(const Digest& seed, std::uint64_t size_bytes, std::uint32_t block_bytes);

/// Writes, flushes, reads back: `verification_failed` when one is not there then, since its absence
/// afterwards would prove nothing.
Status write_markers(BlockDevice& device, const Markers& markers);

struct MarkerSearch {
  std::uint64_t looked_at = 0;   ///< places that could be read
  std::uint64_t surviving = 0;   ///< places where any 16 bytes of the marker are still where they were
  std::uint64_t unreadable = 0;  ///< neither there nor gone
  Digest read_digest;            ///< SHA-256 of what was read, in order
  /// Everything was looked at and nothing was found.
  [[nodiscard]] bool gone() const { return looked_at > 0 && surviving == 0 && unreadable == 0; }
};
Result<MarkerSearch> search_markers(BlockDevice& device, const Markers& markers);

}  // namespace quietus::nvme
