#include "eraser/verify/sampling.hpp"

#include <array>
#include <limits>
#include <numeric>
#include <set>

#include "base/crypto.hpp"

namespace quietus::eraser {
namespace {

constexpr std::uint32_t kMostBlocks = 1 << 20;

/// Words of the key stream, fetched a page at a time.
class WordStream {
 public:
  explicit WordStream(const Digest& seed) : seed_(seed) {}

  Result<std::uint64_t> next() {
    if (at_ == page_.size()) {
      QUIETUS_CHECK(aes_256_ctr_stream(seed_, offset_, page_));
      offset_ += page_.size();
      at_ = 0;
    }
    std::uint64_t word = 0;
    for (int i = 0; i < 8; ++i) word = word << 8 | page_[at_++];
    return word;
  }

 private:
  Digest seed_;
  std::array<std::uint8_t, 4096> page_{};
  std::size_t at_ = 4096;
  std::uint64_t offset_ = 0;
};

}  // namespace

Result<std::vector<std::uint64_t>> sample_blocks(const Digest& seed, std::uint64_t size_bytes,
                                                 std::uint32_t block_bytes, std::uint32_t count) {
  if (size_bytes == 0 || block_bytes == 0 || count > kMostBlocks) {
    return fail(ErrorKind::invalid_input, "a sample needs a medium, a block size and at most 2^20 blocks");
  }
  const std::uint64_t total = size_bytes / block_bytes + (size_bytes % block_bytes != 0 ? 1 : 0);
  if (total <= std::uint64_t{count} + 2) {
    std::vector<std::uint64_t> all(total);
    std::iota(all.begin(), all.end(), std::uint64_t{0});
    return all;
  }
  const std::uint64_t limit = std::numeric_limits<std::uint64_t>::max() / total * total;
  WordStream words(seed);
  std::set<std::uint64_t> chosen{0, total - 1};
  while (chosen.size() < std::uint64_t{count} + 2) {
    QUIETUS_TRY(word, words.next());
    if (word < limit) chosen.insert(word % total);
  }
  return std::vector<std::uint64_t>(chosen.begin(), chosen.end());
}

Digest sample_seed(const Digest& drawn_by_kms, const Digest& drawn_by_agent) {
  Sha256 both;
  both.update(drawn_by_kms.view());
  both.update(drawn_by_agent.view());
  return both.finish();
}

}  // namespace quietus::eraser
