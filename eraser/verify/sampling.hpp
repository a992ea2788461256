// Which blocks are re-read. The seed is half kms's, drawn when the eraser has reported, and half the agent's,
// drawn when it has seen the medium closed: whoever overwrites cannot know the sample. Anyone who has both
// can list the same blocks again.
#pragma once

#include <cstdint>
#include <vector>

#include "quietus/bytes.hpp"
#include "quietus/result.hpp"

namespace quietus::eraser {

/// Distinct block indices in ascending order: the first and the last block always, and `count` others drawn
/// without bias. Block i covers bytes [i * block_bytes, min((i + 1) * block_bytes, size_bytes)). The draw:
/// 64-bit big-endian words of the AES-256-CTR stream of `seed`, words at or above the largest multiple of the
/// number of blocks rejected, the rest taken modulo that number, repeats skipped. A medium of at most count +
/// 2 blocks is taken whole. `invalid_input` when a size is 0 or count is above 2^20.
Result<std::vector<std::uint64_t>> sample_blocks(const Digest& seed, std::uint64_t size_bytes,
                                                 std::uint32_t block_bytes, std::uint32_t count);

/// SHA-256(seed of kms ‖ nonce of the agent).
Digest sample_seed(const Digest& drawn_by_kms, const Digest& drawn_by_agent);

}  // namespace quietus::eraser
