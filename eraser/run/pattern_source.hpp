// The bytes of a plan from some offset on, chunk after chunk. A key stream is generated in a second thread,
// so that it hides behind the writes.
#pragma once

#include <memory>

#include "quietus/bytes.hpp"
#include "quietus/media.hpp"
#include "quietus/result.hpp"

namespace quietus::eraser {

class PatternSource {
 public:
  virtual ~PatternSource() = default;
  /// The next chunk (shorter at the end of the medium, empty past it), aligned for O_DIRECT, valid until the
  /// next call.
  [[nodiscard]] virtual Result<BytesView> next() = 0;
};

/// Begins at `offset`; every chunk but the last has `chunk_bytes`.
std::unique_ptr<PatternSource> make_pattern_source(const Plan& plan, std::uint64_t offset,
                                                   std::size_t chunk_bytes);

}  // namespace quietus::eraser
