#include "tests/unit/seal/hostile_sealer.hpp"

#include <catch2/catch.hpp>

#include "base/crypto.hpp"
#include "seal/field_codec.hpp"

namespace quietus::seal::test {

RecordCipher HostileSealer::next_cipher(KeySlot& slot) {
  DataKey key = keyring_.make();
  slot.recipients = {key.wrapped};
  auto cipher = RecordCipher::make(std::move(key.plaintext), slot.prefix);
  REQUIRE(cipher);
  return std::move(*cipher);
}

void HostileSealer::put(Frame frame, BytesView fields, const Result<Bytes>& sealed) {
  REQUIRE(sealed);
  const auto frame_bytes = encode_frame(frame);
  bytes_.insert(bytes_.end(), frame_bytes.begin(), frame_bytes.end());
  bytes_.insert(bytes_.end(), fields.begin(), fields.end());
  bytes_.insert(bytes_.end(), sealed->begin(), sealed->end());
}

HostileSealer::HostileSealer() : bytes_(encode_preamble()) {
  HeaderRecord record{test_header(), {}};
  envelope_ = next_cipher(record.slot);
  const auto fields = encode_header(record);
  REQUIRE(fields);
  const Frame frame = frame_of(RecordType::header, fields->size() + kTagBytes);
  const std::size_t body_at = bytes_.size() + kFrameBytes;
  put(frame, *fields,
      envelope_.seal(RecordType::header, 0, bind_fields(encode_preamble(), frame, *fields), {}));
  chain_ = extend_chain(sha256(encode_preamble()), frame, BytesView(bytes_).subspan(body_at));
}

HostileSealer& HostileSealer::file(const std::string& path, std::uint32_t mode) {
  FileRecord record{files_++, {}};
  cipher_ = next_cipher(record.slot);
  const auto fields = encode_file(record);
  REQUIRE(fields);
  const Bytes info = FieldWriter()
                         .number(static_cast<std::uint16_t>(path.size()))
                         .raw(as_bytes(path))
                         .number(mode)
                         .number(std::uint64_t{0})
                         .take();
  const Frame frame = frame_of(RecordType::file, fields->size() + info.size() + kTagBytes);
  const std::size_t body_at = bytes_.size() + kFrameBytes;
  put(frame, *fields, cipher_.seal(RecordType::file, 0, bind_fields(chain_.view(), frame, *fields), info));
  binding_ = extend_chain(chain_, frame, BytesView(bytes_).subspan(body_at));
  return *this;
}

HostileSealer& HostileSealer::segment(RecordType type, std::uint32_t counter, BytesView plaintext) {
  put(frame_of(type, plaintext.size() + kTagBytes), {},
      cipher_.seal(type, counter, binding_.view(), plaintext));
  return *this;
}

HostileSealer& HostileSealer::file_end(const FileReceipt& receipt) {
  const Bytes clear = encode_file_end(receipt);
  const Frame frame = frame_of(RecordType::file_end, clear.size() + kTagBytes);
  const std::size_t body_at = bytes_.size() + kFrameBytes;
  put(frame, {}, cipher_.seal(RecordType::file_end, 0, binding_.view(), clear));
  chain_ = extend_chain(binding_, frame, BytesView(bytes_).subspan(body_at));
  return *this;
}

HostileSealer& HostileSealer::trailer(std::uint64_t files, std::uint64_t plaintext_bytes) {
  const Bytes totals = encode_trailer(files, plaintext_bytes);
  put(frame_of(RecordType::trailer, totals.size() + kTagBytes), {},
      envelope_.seal(RecordType::trailer, 0, chain_.view(), totals));
  return *this;
}

}  // namespace quietus::seal::test
