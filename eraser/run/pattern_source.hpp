// The bytes of a plan for a stretch of the medium, chunk after chunk. A key stream is generated in a second
// thread, so that it hides behind the writes.
#pragma once

#include <memory>
#include <span>

#include "quietus/media.hpp"
#include "quietus/result.hpp"

namespace quietus::eraser {

struct PatternStretch {
  std::uint64_t from = 0, to = 0;  ///< bytes of the medium, [from, to)
  std::size_t chunk_bytes = 0;     ///< of every chunk but the last
};

class PatternSource {
 public:
  struct Chunk {
    std::span<std::uint8_t> data;  ///< empty past the end
    std::size_t buffer = 0;        ///< to be given back
  };
  virtual ~PatternSource() = default;
  /// The caller holds fewer chunks than fit into the memory, else this waits for ever.
  [[nodiscard]] virtual Result<Chunk> next() = 0;
  virtual void give_back(std::size_t buffer) = 0;
};

/// Chunks lie in `memory`, which outlives the source and has room for two at least.
std::unique_ptr<PatternSource> make_pattern_source(const Plan& plan, const PatternStretch& stretch,
                                                   std::span<std::uint8_t> memory);

}  // namespace quietus::eraser
