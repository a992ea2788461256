// What a time-stamp token signs: TSTInfo (RFC 3161 §2.4.2). Used by time_stamp.cpp and its fuzzer.
#pragma once

#include <optional>

#include "quietus/bytes.hpp"
#include "quietus/result.hpp"

namespace quietus::proof {

/// Views into the bytes it was read from.
struct StampInfo {
  BytesView imprint;  ///< MessageImprint, whole element
  std::int64_t time_ms = 0;
  std::optional<BytesView> nonce;  ///< INTEGER, whole element
};

Result<StampInfo> read_stamp_info(BytesView content);

}  // namespace quietus::proof
