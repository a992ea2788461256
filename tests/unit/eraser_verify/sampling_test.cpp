#include "eraser/verify/sampling.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

using namespace quietus;
using namespace quietus::eraser;

namespace {
Digest seed(std::uint8_t fill) {
  Digest digest;
  digest.value.fill(fill);
  return digest;
}
}  // namespace

TEST_CASE("a sample is distinct, ascending, has exactly its size, and first and last block always") {
  for (std::uint8_t fill = 1; fill < 20; ++fill) {
    const auto blocks = sample_blocks(seed(fill), std::uint64_t{256} << 20, 4096, 300).value();
    CHECK(blocks.size() == 302);
    CHECK(blocks.front() == 0);
    CHECK(blocks.back() == 65535);
    CHECK(std::ranges::adjacent_find(blocks, std::greater_equal{}) == blocks.end());
  }
}

TEST_CASE("the same seed draws the same blocks on every machine, another seed others") {
  // Computed with `openssl enc -aes-256-ctr` from the definition in the header.
  const std::vector<std::uint64_t> known{0, 79051213, 84090541, 245785464, 248717831, 268435455};
  CHECK(sample_blocks(seed(1), std::uint64_t{1} << 40, 4096, 4).value() == known);
  CHECK(known != sample_blocks(seed(2), std::uint64_t{1} << 40, 4096, 4).value());
}

TEST_CASE("a medium no larger than the sample is read whole") {
  const auto blocks = sample_blocks(seed(3), 10 * 4096 + 512, 4096, 100).value();
  CHECK(blocks.size() == 11);
  CHECK(blocks.back() == 10);
  CHECK(sample_blocks(seed(3), 512, 4096, 100).value() == std::vector<std::uint64_t>{0});
}

TEST_CASE("nearly the whole medium can be drawn") {
  CHECK(sample_blocks(seed(4), 1000 * 512, 512, 997).value().size() == 999);
}

TEST_CASE("the draw favours no part of the medium") {
  const std::uint64_t total = 1 << 16;
  std::size_t first_half = 0, drawn = 0;
  for (std::uint8_t fill = 0; fill < 50; ++fill) {
    for (const auto block : sample_blocks(seed(fill), total * 4096, 4096, 1000).value()) {
      first_half += block < total / 2 ? 1 : 0;
      ++drawn;
    }
  }
  CHECK(first_half > drawn * 48 / 100);  // 50,000 draws: 2 % is nine standard deviations
  CHECK(first_half < drawn * 52 / 100);
}

TEST_CASE("senseless samples are refused") {
  CHECK_FALSE(sample_blocks(seed(1), 0, 4096, 10));
  CHECK_FALSE(sample_blocks(seed(1), 4096, 0, 10));
  CHECK_FALSE(sample_blocks(seed(1), std::uint64_t{1} << 40, 4096, (1 << 20) + 1));
}
