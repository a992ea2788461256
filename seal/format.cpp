#include "seal/format.hpp"

#include <algorithm>

#include "seal/field_codec.hpp"

namespace quietus::seal {
namespace {

constexpr std::size_t kFileEndBytes = 8 + 32;
constexpr std::size_t kTrailerBytes = 8 + 8;
constexpr std::size_t kMaxSlotBytes = 7 + 1 + kMaxRecipients * (2 + kMaxWrappedKeyBytes);
constexpr std::size_t kMaxHeaderBody = 1 + 64 + 1 + 64 + 8 + kMaxSlotBytes + kTagBytes;
constexpr std::size_t kMinInfoBytes = 2 + 4 + 8;
constexpr std::size_t kMaxFileBody = 8 + kMaxSlotBytes + kMinInfoBytes + kMaxPathBytes + kTagBytes;

struct LengthBounds {
  std::size_t least, most;
};

/// Unknown types have no bounds that a length could meet.
LengthBounds body_bounds(RecordType type) {
  switch (type) {
    case RecordType::header:
      return {kTagBytes, kMaxHeaderBody};
    case RecordType::file:
      return {kTagBytes, kMaxFileBody};
    case RecordType::segment:
      return {kSegmentBytes + kTagBytes, kSegmentBytes + kTagBytes};
    case RecordType::last_segment:
      return {kTagBytes, kSegmentBytes + kTagBytes};
    case RecordType::file_end:
      return {kFileEndBytes + kTagBytes, kFileEndBytes + kTagBytes};
    case RecordType::trailer:
      return {kTrailerBytes + kTagBytes, kTrailerBytes + kTagBytes};
  }
  return {1, 0};
}

Status check_slot(const KeySlot& slot) {
  if (slot.recipients.empty() || slot.recipients.size() > kMaxRecipients) {
    return fail(ErrorKind::invalid_input, "a data key has exactly one recipient");
  }
  for (const Bytes& wrapped : slot.recipients) {
    if (wrapped.empty() || wrapped.size() > kMaxWrappedKeyBytes) {
      return fail(ErrorKind::invalid_input, "a wrapped data key is 1 to 256 bytes");
    }
  }
  return {};
}

void put_slot(FieldWriter& out, const KeySlot& slot) {
  out.raw(slot.prefix).number(static_cast<std::uint8_t>(slot.recipients.size()));
  for (const Bytes& wrapped : slot.recipients)
    out.number(static_cast<std::uint16_t>(wrapped.size())).raw(wrapped);
}

Result<KeySlot> take_slot(FieldReader& in) {
  KeySlot slot;
  std::ranges::copy(in.raw(slot.prefix.size()), slot.prefix.begin());
  const std::size_t count = in.number<std::uint8_t>();
  if (count > kMaxRecipients) return fail(ErrorKind::corrupt, "more recipients than this version knows");
  for (std::size_t i = 0; i < count && !in.failed(); ++i) {
    const BytesView wrapped = in.raw(in.number<std::uint16_t>());
    slot.recipients.emplace_back(wrapped.begin(), wrapped.end());
  }
  if (in.failed()) return fail(ErrorKind::corrupt, "the recipient list is cut short");
  if (!check_slot(slot)) return fail(ErrorKind::corrupt, "the recipient list is out of bounds");
  return slot;
}

void put_id(FieldWriter& out, const std::string& text) {
  out.number(static_cast<std::uint8_t>(text.size())).raw(as_bytes(text));
}

/// Two's complement, so that a date before 1970 keeps its order.
std::uint64_t to_field(UnixMs time) { return static_cast<std::uint64_t>(time.value); }
UnixMs from_field(std::uint64_t field) { return {static_cast<std::int64_t>(field)}; }

}  // namespace

std::array<std::uint8_t, kFrameBytes> encode_frame(Frame frame) {
  std::array<std::uint8_t, kFrameBytes> out{static_cast<std::uint8_t>(frame.type)};
  for (std::size_t i = 0; i < 4; ++i)
    out[i + 1] = static_cast<std::uint8_t>(frame.body_bytes >> (24 - 8 * i));
  return out;
}

Result<Frame> parse_frame(std::span<const std::uint8_t, kFrameBytes> bytes) {
  FieldReader in(bytes);
  const auto type = static_cast<RecordType>(in.number<std::uint8_t>());
  const auto length = in.number<std::uint32_t>();
  const LengthBounds bounds = body_bounds(type);
  if (bounds.least > bounds.most) return fail(ErrorKind::corrupt, "a record of unknown type");
  if (length < bounds.least || length > bounds.most) {
    return fail(ErrorKind::corrupt, "a record of a length that its type cannot have");
  }
  return Frame{type, length};
}

Bytes encode_preamble() { return FieldWriter().raw(kMagic).number(kVersion).take(); }

Status parse_preamble(std::span<const std::uint8_t, kPreambleBytes> bytes) {
  FieldReader in(bytes);
  if (!std::ranges::equal(in.raw(kMagic.size()), kMagic)) {
    return fail(ErrorKind::invalid_input, "not a sealed file, or one damaged by a text transfer");
  }
  if (in.number<std::uint16_t>() != kVersion) {
    return fail(ErrorKind::invalid_input, "a sealed file of a version that is not known here");
  }
  return {};
}

Result<Bytes> encode_header(const HeaderRecord& record) {
  const Header& header = record.header;
  if (header.sealed_file_id.empty() || header.key_id.empty() || header.created.value < 0) {
    return fail(ErrorKind::invalid_input, "a sealed file needs an id, a key id and a time since 1970");
  }
  QUIETUS_CHECK(check_slot(record.slot));
  FieldWriter out;
  put_id(out, header.sealed_file_id.text());
  put_id(out, header.key_id.text());
  out.number(to_field(header.created));
  put_slot(out, record.slot);
  return out.take();
}

Result<HeaderRecord> parse_header(BytesView fields) {
  FieldReader in(fields);
  const std::string file_text(as_text(in.raw(in.number<std::uint8_t>())));
  const std::string key_text(as_text(in.raw(in.number<std::uint8_t>())));
  const UnixMs created = from_field(in.number<std::uint64_t>());
  auto file_id = SealedFileId::parse(file_text);
  auto key_id = KeyId::parse(key_text);
  if (!file_id || !key_id || created.value < 0)
    return fail(ErrorKind::corrupt, "the header's fields are malformed");
  QUIETUS_TRY(slot, take_slot(in));
  if (!in.complete()) return fail(ErrorKind::corrupt, "the header is longer than its fields");
  return HeaderRecord{{*file_id, *key_id, created}, std::move(slot)};
}

Result<Bytes> encode_file(const FileRecord& record) {
  QUIETUS_CHECK(check_slot(record.slot));
  FieldWriter out;
  out.number(record.index);
  put_slot(out, record.slot);
  return out.take();
}

Result<ParsedFile> parse_file(BytesView body) {
  FieldReader in(body);
  ParsedFile parsed;
  parsed.record.index = in.number<std::uint64_t>();
  QUIETUS_TRY(slot, take_slot(in));
  parsed.record.slot = std::move(slot);
  parsed.clear_bytes = body.size() - in.left();
  if (in.left() < kMinInfoBytes + kTagBytes)
    return fail(ErrorKind::corrupt, "a file record without its metadata");
  return parsed;
}

Result<Bytes> encode_info(const FileInfo& info) {
  QUIETUS_CHECK(check_path(info.path));
  if (info.mode > kMaxModeBits) return fail(ErrorKind::invalid_input, "the mode has bits beyond rwxrwxrwx");
  return FieldWriter()
      .number(static_cast<std::uint16_t>(info.path.size()))
      .raw(as_bytes(info.path))
      .number(info.mode)
      .number(to_field(info.mtime))
      .take();
}

Result<FileInfo> parse_info(BytesView bytes) {
  FieldReader in(bytes);
  FileInfo info;
  info.path = as_text(in.raw(in.number<std::uint16_t>()));
  info.mode = in.number<std::uint32_t>();
  info.mtime = from_field(in.number<std::uint64_t>());
  if (!in.complete() || info.mode > kMaxModeBits)
    return fail(ErrorKind::corrupt, "a file's metadata is malformed");
  return info;
}

Bytes encode_file_end(const FileReceipt& receipt) {
  return FieldWriter().number(receipt.size_bytes).raw(receipt.sha256.view()).take();
}

Result<FileReceipt> parse_file_end(BytesView bytes) {
  FieldReader in(bytes);
  FileReceipt receipt;
  receipt.size_bytes = in.number<std::uint64_t>();
  std::ranges::copy(in.raw(receipt.sha256.value.size()), receipt.sha256.value.begin());
  if (!in.complete()) return fail(ErrorKind::corrupt, "a file's end record is malformed");
  return receipt;
}

Bytes encode_trailer(std::uint64_t files, std::uint64_t plaintext_bytes) {
  return FieldWriter().number(files).number(plaintext_bytes).take();
}

Result<Trailer> parse_trailer(BytesView bytes) {
  FieldReader in(bytes);
  const auto files = in.number<std::uint64_t>();
  const auto plaintext_bytes = in.number<std::uint64_t>();
  if (!in.complete()) return fail(ErrorKind::corrupt, "the trailer is malformed");
  return Trailer{files, plaintext_bytes};
}

}  // namespace quietus::seal
