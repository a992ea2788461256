// What a medium must hold after a plan, and whether it does: content is generated again, never remembered.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "quietus/block_device.hpp"
#include "quietus/media.hpp"

namespace quietus::eraser {

/// Fills `out` with what bytes [offset, offset + out.size()) of the medium must be after `plan`.
Status fill_expected(const Plan& plan, std::uint64_t offset, std::span<std::uint8_t> out);

struct RereadResult {
  std::uint64_t blocks_asked = 0, blocks_read = 0, blocks_matching = 0, read_errors = 0;
  Digest blocks_digest;  ///< SHA-256 over the blocks that could be read, in order
  std::string failure;   ///< the first thing that was wrong, empty when all is well
  /// Something was read and every block asked for was read and matches.
  [[nodiscard]] bool all_match() const {
    return blocks_asked > 0 && read_errors == 0 && blocks_read == blocks_asked &&
           blocks_matching == blocks_asked;
  }
};

/// Reads the listed blocks from the medium and compares each. A block that cannot be read is counted and the
/// rest is still read. Errors only for what is not the medium's fault.
Result<RereadResult> reread(BlockDevice& device, const Plan& plan, std::span<const std::uint64_t> blocks,
                            std::uint32_t block_bytes);

}  // namespace quietus::eraser
