// Which holdings an auditor looks at: drawn by a seed, so that anybody draws the same again without us.
//
// Each holding of the case that has ended gets a rank, SHA-256 of the ASCII text
//   quietus.audit-sample/1 SEED HOLDING
// with one space between its three words, SEED in lower-case hex, and no end of line. The sample are the
// `count` holdings with the lowest ranks, in that order. In a shell:
//   printf '%s' "quietus.audit-sample/1 $seed $holding" | sha256sum
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "quietus/bytes.hpp"
#include "quietus/result.hpp"

namespace quietus::cli {

/// 16 to 64 bytes in hex, as it goes into the rank. Whoever is audited must not be able to choose it.
Result<std::string> sample_seed(const std::string& hex);

Digest sample_rank(const std::string& seed, const std::string& holding);
/// At most `count` of them, lowest rank first.
std::vector<std::string> draw_sample(const std::string& seed, std::vector<std::string> holdings,
                                     std::size_t count);

/// The least share of wrong ones, in millionths, that a sample of `drawn` out of `all` meets at least once
/// with that probability: 1 - (1 - confidence)^(1/drawn), rounded up. Drawing without putting back only makes
/// it better. 0 when all were drawn, 1,000,000 when none was.
std::uint64_t detectable_ppm(std::size_t drawn, std::size_t all, int confidence_percent);

}  // namespace quietus::cli
