#include "cli/audit_sample.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/crypto.hpp"
#include "base/encoding.hpp"

namespace quietus::cli {

Result<std::string> sample_seed(const std::string& text) {
  constexpr std::size_t kLeast = 16, kMost = 64;
  std::string lower = text;
  std::ranges::transform(lower, lower.begin(),
                         [](char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c; });
  const auto bytes = from_hex(lower);
  if (bytes && bytes->size() >= kLeast && bytes->size() <= kMost) return lower;
  return fail(ErrorKind::invalid_input, "the seed is 32 to 128 hex digits",
              "draw it where the audited cannot choose it: dice, or openssl rand -hex 32");
}

Digest sample_rank(const std::string& seed, const std::string& holding) {
  return sha256("quietus.audit-sample/1 " + seed + " " + holding);
}

std::vector<std::string> draw_sample(const std::string& seed, std::vector<std::string> holdings,
                                     std::size_t count) {
  std::vector<std::pair<Digest, std::string>> ranked;
  for (auto& holding : holdings) {
    const Digest rank = sample_rank(seed, holding);
    ranked.emplace_back(rank, std::move(holding));
  }
  std::ranges::sort(ranked);
  ranked.resize(std::min(count, ranked.size()));
  std::vector<std::string> drawn;
  for (auto& [rank, holding] : ranked) drawn.push_back(std::move(holding));
  return drawn;
}

std::uint64_t detectable_ppm(std::size_t drawn, std::size_t all, int confidence_percent) {
  constexpr double kMillion = 1'000'000;
  if (drawn == 0) return static_cast<std::uint64_t>(kMillion);
  if (drawn >= all) return 0;
  const double missed = 1.0 - confidence_percent / 100.0;
  return static_cast<std::uint64_t>(
      std::ceil(kMillion * (1.0 - std::pow(missed, 1.0 / static_cast<double>(drawn)))));
}

}  // namespace quietus::cli
