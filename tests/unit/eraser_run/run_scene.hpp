// A run over a small medium, and the means to say what the medium holds afterwards.
#pragma once

#include <catch2/catch.hpp>
#include <filesystem>

#include "base/crypto.hpp"
#include "eraser/run/run.hpp"
#include "eraser/verify/reread.hpp"
#include "eraser/verify/sampling.hpp"

namespace quietus::test {

inline constexpr std::uint64_t kMiB = 1 << 20;
inline constexpr std::uint64_t kRunSize = 8 * kMiB + 4096;

struct RunScene {
  explicit RunScene(OverwritePattern pattern = OverwritePattern::stream, std::uint64_t size_bytes = kRunSize)
      : size(size_bytes), folder(std::filesystem::temp_directory_path() / random_id("quietus-run")) {
    std::filesystem::create_directories(folder);
    request.order = *OrderId::parse("O-1");
    request.holding = *HoldingId::parse("H-1");
    request.identity.size_bytes = size;
    request.plan.technique_id = pattern == OverwritePattern::zeros ? "overwrite-zeros" : "overwrite-stream";
    request.plan.pattern = pattern;
    request.plan.claim = SanitizationMethod::clear;
    request.plan.length_bytes = size;
    request.plan.clause = "clause";
    if (pattern == OverwritePattern::stream) request.plan.stream_seed.value.fill(5);
    request.mandate_digest.value.fill(1);
    request.journal_path = folder / "journal.json";
    request.tool = "test";
    request.io_mode = "memory";
    hooks.journal_every_bytes = kMiB;
  }
  ~RunScene() { std::filesystem::remove_all(folder); }
  RunScene(const RunScene&) = delete;
  RunScene& operator=(const RunScene&) = delete;

  /// The run ends after so many chunks by throwing Killed, in no order: nothing more is flushed or
  /// journalled.
  struct Killed {};
  void die_after(int chunks) {
    hooks.stop = [chunks, done = 0]() mutable -> bool {
      if (done++ == chunks) throw Killed{};
      return false;
    };
  }

  [[nodiscard]] eraser::RereadResult read_all(BlockDevice& device) const {
    const auto blocks = eraser::sample_blocks(Digest{}, size, 4096, 1 << 20).value();
    return eraser::reread(device, request.plan, blocks, 4096).value();
  }

  const std::uint64_t size;
  std::filesystem::path folder;
  eraser::RunRequest request;
  eraser::RunHooks hooks;
};

}  // namespace quietus::test
