#include "seal/writer.hpp"

#include <algorithm>
#include <utility>

namespace quietus::seal {
namespace {}  // namespace

NoncePrefix random_prefix() {
  NoncePrefix prefix;
  std::ranges::copy(random_bytes(prefix.size()), prefix.begin());
  return prefix;
}

Writer::Writer(ByteSink& sink, PrefixSource prefixes) : sink_(sink), prefixes_(std::move(prefixes)) {
  segment_.reserve(kSegmentBytes);
}

Writer::~Writer() { cleanse(segment_); }

/// Broken until the step has succeeded and says otherwise.
Status Writer::enter(State needed) {
  if (std::exchange(state_, State::broken) == needed) return {};
  return fail(ErrorKind::conflict, "this step of sealing is out of turn, or an earlier one failed",
              "seal again");
}

Status Writer::put(BytesView bytes) {
  receipt_.sealed_bytes += bytes.size();
  return sink_.write(bytes);
}

Status Writer::emit(RecordType type, BytesView body) {
  QUIETUS_CHECK(put(encode_frame(frame_of(type, body.size()))));
  return put(body);
}

Status Writer::begin(const Header& header, DataKey envelope_key) {
  QUIETUS_CHECK(enter(State::fresh));
  HeaderRecord record{header, {prefixes_(), {std::move(envelope_key.wrapped)}}};
  QUIETUS_TRY(body, encode_header(record));
  QUIETUS_TRY(cipher, RecordCipher::make(std::move(envelope_key.plaintext), record.slot.prefix));
  envelope_ = std::move(cipher);

  const Bytes preamble = encode_preamble();
  const Frame frame = frame_of(RecordType::header, body.size() + kTagBytes);
  QUIETUS_TRY(tag, envelope_.seal(RecordType::header, 0, bind_fields(preamble, frame, body), {}));
  body.insert(body.end(), tag.begin(), tag.end());
  receipt_.chain = extend_chain(sha256(preamble), frame, body);
  QUIETUS_CHECK(put(preamble));
  QUIETUS_CHECK(emit(RecordType::header, body));
  state_ = State::between_files;
  return {};
}

Status Writer::begin_file(const FileInfo& info, DataKey key) {
  QUIETUS_CHECK(enter(State::between_files));
  FileRecord record{receipt_.files, {prefixes_(), {std::move(key.wrapped)}}};
  QUIETUS_TRY(body, encode_file(record));
  QUIETUS_TRY(clear_info, encode_info(info));
  QUIETUS_TRY(cipher, RecordCipher::make(std::move(key.plaintext), record.slot.prefix));
  cipher_ = std::move(cipher);

  const Frame frame = frame_of(RecordType::file, body.size() + clear_info.size() + kTagBytes);
  const Bytes aad = bind_fields(receipt_.chain.view(), frame, body);
  QUIETUS_TRY(sealed_info, cipher_.seal(RecordType::file, 0, aad, clear_info));
  body.insert(body.end(), sealed_info.begin(), sealed_info.end());
  file_binding_ = extend_chain(receipt_.chain, frame, body);
  QUIETUS_CHECK(emit(RecordType::file, body));
  segments_ = 0;
  file_ = {};
  file_hash_.emplace();
  state_ = State::in_file;
  return {};
}

Status Writer::emit_segment(RecordType type) {
  if (segments_ == kMaxSegments)
    return fail(ErrorKind::exhausted, "the file is larger than the format allows");
  file_.size_bytes += segment_.size();
  file_hash_->update(segment_);
  const auto counter = static_cast<std::uint32_t>(segments_++);
  QUIETUS_TRY(sealed, cipher_.seal(type, counter, file_binding_.view(), segment_));
  cleanse(segment_);
  return emit(type, sealed);
}

// A full segment waits for the next byte or the end of the file: only then is known whether it is the last.
Status Writer::write(BytesView plaintext) {
  QUIETUS_CHECK(enter(State::in_file));
  while (!plaintext.empty()) {
    if (segment_.size() == kSegmentBytes) QUIETUS_CHECK(emit_segment(RecordType::segment));
    const BytesView part = plaintext.first(std::min(plaintext.size(), kSegmentBytes - segment_.size()));
    segment_.insert(segment_.end(), part.begin(), part.end());
    plaintext = plaintext.subspan(part.size());
  }
  state_ = State::in_file;
  return {};
}

Result<FileReceipt> Writer::end_file() {
  QUIETUS_CHECK(enter(State::in_file));
  QUIETUS_CHECK(emit_segment(RecordType::last_segment));
  file_.sha256 = file_hash_->finish();
  const Bytes clear_end = encode_file_end(file_);
  QUIETUS_TRY(body, cipher_.seal(RecordType::file_end, 0, file_binding_.view(), clear_end));
  receipt_.chain = extend_chain(file_binding_, frame_of(RecordType::file_end, body.size()), body);
  QUIETUS_CHECK(emit(RecordType::file_end, body));
  cipher_ = {};
  ++receipt_.files;
  receipt_.plaintext_bytes += file_.size_bytes;
  state_ = State::between_files;
  return file_;
}

Result<SealReceipt> Writer::finish() {
  QUIETUS_CHECK(enter(State::between_files));
  const Bytes totals = encode_trailer(receipt_.files, receipt_.plaintext_bytes);
  QUIETUS_TRY(body, envelope_.seal(RecordType::trailer, 0, receipt_.chain.view(), totals));
  QUIETUS_CHECK(emit(RecordType::trailer, body));
  envelope_ = {};
  state_ = State::finished;
  return receipt_;
}

}  // namespace quietus::seal
