#include "eraser/verify/reread.hpp"

#include <algorithm>
#include <cstring>

#include "base/crypto.hpp"

namespace quietus::eraser {

Status fill_expected(const Plan& plan, std::uint64_t offset, std::span<std::uint8_t> out) {
  switch (plan.pattern) {
    case OverwritePattern::zeros:
      std::memset(out.data(), 0, out.size());
      return {};
    case OverwritePattern::stream:
      return aes_256_ctr_stream(plan.stream_seed, offset, out);
    case OverwritePattern::none:
      return fail(ErrorKind::invalid_input, "a drive's own command leaves no content that could be expected");
  }
  return fail(ErrorKind::invalid_input, "the plan has an unknown pattern");
}

Result<RereadResult> reread(BlockDevice& device, const Plan& plan, std::span<const std::uint64_t> blocks,
                            std::uint32_t block_bytes) {
  if (block_bytes == 0 || block_bytes > (1U << 20))
    return fail(ErrorKind::invalid_input, "sample block size");
  RereadResult result;
  result.blocks_asked = blocks.size();
  Bytes read(block_bytes), expected(block_bytes);
  Sha256 digest;
  const auto note = [&](std::string why) {
    if (result.failure.empty()) result.failure = std::move(why);
  };
  for (const auto block : blocks) {
    const std::uint64_t offset = block * block_bytes;
    if (block > plan.length_bytes / block_bytes || offset >= plan.length_bytes) {
      return fail(ErrorKind::invalid_input, "a sample block lies beyond the medium");
    }
    const auto length =
        static_cast<std::size_t>(std::min<std::uint64_t>(block_bytes, plan.length_bytes - offset));
    const auto got = std::span(read).first(length);
    if (const auto status = device.read(offset, got); !status) {
      ++result.read_errors;
      note(status.error().message);
      continue;
    }
    ++result.blocks_read;
    digest.update(got);
    const auto wanted = std::span(expected).first(length);
    QUIETUS_CHECK(fill_expected(plan, offset, wanted));
    if (std::ranges::equal(got, wanted)) {
      ++result.blocks_matching;
    } else {
      note("block at byte " + std::to_string(offset) + " does not hold what was to be written");
    }
  }
  result.blocks_digest = digest.finish();
  return result;
}

}  // namespace quietus::eraser
