// A frame has one encoding: what decodes encodes to the same bytes, within the bounds.
#include <algorithm>
#include <cstdlib>

#include "base/framing.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const quietus::BytesView bytes(data, size);
  const auto frame = quietus::decode_frame(bytes);
  if (!frame) return 0;
  if (frame->fields.size() > quietus::kMaxFrameFields || size > quietus::kMaxFrameBytes) std::abort();
  if (!std::ranges::equal(quietus::encode_frame(*frame), bytes)) std::abort();
  return 0;
}
