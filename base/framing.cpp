#include "base/framing.hpp"

namespace quietus {
namespace {

void append_length(Bytes& out, std::size_t value) {
  for (const unsigned shift : {24U, 16U, 8U, 0U}) out.push_back(static_cast<std::uint8_t>(value >> shift));
}

std::size_t length_at(BytesView bytes) {
  return std::size_t{bytes[0]} << 24U | std::size_t{bytes[1]} << 16U | std::size_t{bytes[2]} << 8U | bytes[3];
}

}  // namespace

Bytes encode_frame(const Frame& frame) {
  Bytes out{frame.type};
  for (const Bytes& field : frame.fields) {
    append_length(out, field.size());
    out.insert(out.end(), field.begin(), field.end());
  }
  return out;
}

Result<Frame> decode_frame(BytesView bytes) {
  if (bytes.empty()) return fail(ErrorKind::invalid_input, "message without a type");
  if (bytes.size() > kMaxFrameBytes) return fail(ErrorKind::exhausted, "message too long");
  Frame frame;
  frame.type = bytes[0];
  bytes = bytes.subspan(1);
  while (!bytes.empty()) {
    if (frame.fields.size() == kMaxFrameFields)
      return fail(ErrorKind::exhausted, "message with too many fields");
    if (bytes.size() < kLengthBytes) return fail(ErrorKind::invalid_input, "message ends within a length");
    const std::size_t length = length_at(bytes);
    bytes = bytes.subspan(kLengthBytes);
    if (length > bytes.size()) return fail(ErrorKind::invalid_input, "field longer than its message");
    frame.fields.emplace_back(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(length));
    bytes = bytes.subspan(length);
  }
  return frame;
}

}  // namespace quietus
