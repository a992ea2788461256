#include "seal/reader.hpp"

#include <algorithm>
#include <utility>

namespace quietus::seal {
namespace {

/// Customer data that is overwritten when the scope ends, whatever the sink answered.
struct CleansedOnExit {
  Bytes& bytes;
  ~CleansedOnExit() { cleanse(bytes); }
};

}  // namespace

std::string_view to_string(Stage stage) {
  switch (stage) {
    case Stage::preamble:
      return "preamble";
    case Stage::header:
      return "header";
    case Stage::header_key:
      return "header_key";
    case Stage::header_tag:
      return "header_tag";
    case Stage::record:
      return "record";
    case Stage::file_key:
      return "file_key";
    case Stage::metadata:
      return "metadata";
    case Stage::path:
      return "path";
    case Stage::segment:
      return "segment";
    case Stage::sink:
      return "sink";
    case Stage::file_end:
      return "file_end";
    case Stage::trailer:
      return "trailer";
    case Stage::end_of_stream:
      return "end_of_stream";
    case Stage::done:
      return "done";
  }
  return "unknown";
}

Reader::Reader(ByteSource& source, KeyUnwrapper unwrap) : source_(source), unwrap_(std::move(unwrap)) {
  body_.reserve(kSegmentBytes + kTagBytes);
}

Reader::~Reader() = default;

/// Broken until the step has succeeded and says otherwise.
Status Reader::enter(State needed) {
  if (std::exchange(state_, State::broken) == needed) return {};
  return fail(ErrorKind::conflict, "this step of opening is out of turn, or an earlier one failed");
}

Status Reader::fill(std::span<std::uint8_t> out) {
  while (!out.empty()) {
    QUIETUS_TRY(got, source_.read(out));
    if (got == 0) return fail(ErrorKind::corrupt, "the sealed file ends too early");
    if (got > out.size()) return fail(ErrorKind::internal, "the source gave more than was asked for");
    receipt_.sealed_bytes += got;
    out = out.subspan(got);
  }
  return {};
}

/// Frame and body; the body is bounded by parse_frame before a byte of it is read.
Result<Frame> Reader::next_record() {
  std::array<std::uint8_t, kFrameBytes> bytes{};
  QUIETUS_CHECK(fill(bytes));
  QUIETUS_TRY(frame, parse_frame(bytes));
  body_.resize(frame.body_bytes);
  QUIETUS_CHECK(fill(body_));
  return frame;
}

Result<RecordCipher> Reader::unwrap(const KeySlot& slot, std::optional<std::uint64_t> file_index) {
  QUIETUS_TRY(key, unwrap_(KeyRequest{header_, file_index, slot.recipients.front()}));
  return RecordCipher::make(std::move(key), slot.prefix);
}

Status Reader::open_header(Frame frame) {
  const BytesView fields = BytesView(body_).first(body_.size() - kTagBytes);
  QUIETUS_TRY(record, parse_header(fields));
  header_ = record.header;
  stage_ = Stage::header_key;
  QUIETUS_TRY(cipher, unwrap(record.slot, std::nullopt));
  envelope_ = std::move(cipher);
  stage_ = Stage::header_tag;
  const Bytes preamble = encode_preamble();
  const Bytes aad = bind_fields(preamble, frame, fields);
  QUIETUS_CHECK(envelope_.open(RecordType::header, 0, aad, BytesView(body_).last(kTagBytes)));
  receipt_.chain = extend_chain(sha256(preamble), frame, body_);
  return {};
}

Result<Header> Reader::read_header() {
  QUIETUS_CHECK(enter(State::fresh));
  std::array<std::uint8_t, kPreambleBytes> preamble{};
  QUIETUS_CHECK(fill(preamble));
  QUIETUS_CHECK(parse_preamble(preamble));
  stage_ = Stage::header;
  QUIETUS_TRY(frame, next_record());
  if (frame.type != RecordType::header)
    return fail(ErrorKind::corrupt, "the sealed file does not begin with a header");
  QUIETUS_CHECK(open_header(frame));
  stage_ = Stage::record;
  state_ = State::between_files;
  return header_;
}

Result<FileInfo> Reader::open_file_record(Frame frame) {
  QUIETUS_TRY(parsed, parse_file(body_));
  if (parsed.record.index != receipt_.files)
    return fail(ErrorKind::corrupt, "a file is missing or out of order");
  stage_ = Stage::file_key;
  QUIETUS_TRY(cipher, unwrap(parsed.record.slot, parsed.record.index));
  cipher_ = std::move(cipher);
  stage_ = Stage::metadata;
  const BytesView body(body_);
  const Bytes aad = bind_fields(receipt_.chain.view(), frame, body.first(parsed.clear_bytes));
  QUIETUS_TRY(clear_info, cipher_.open(RecordType::file, 0, aad, body.subspan(parsed.clear_bytes)));
  const CleansedOnExit cleansed{clear_info};
  QUIETUS_TRY(info, parse_info(clear_info));
  stage_ = Stage::path;
  QUIETUS_CHECK(check_path(info.path));
  file_binding_ = extend_chain(receipt_.chain, frame, body_);
  return std::move(info);
}

Status Reader::open_trailer() {
  stage_ = Stage::trailer;
  QUIETUS_TRY(totals, envelope_.open(RecordType::trailer, 0, receipt_.chain.view(), body_));
  QUIETUS_TRY(trailer, parse_trailer(totals));
  if (trailer.files != receipt_.files || trailer.plaintext_bytes != receipt_.plaintext_bytes) {
    return fail(ErrorKind::corrupt, "the trailer counts other files than there are");
  }
  stage_ = Stage::end_of_stream;
  std::array<std::uint8_t, 1> surplus{};
  QUIETUS_TRY(got, source_.read(surplus));
  if (got != 0) return fail(ErrorKind::corrupt, "bytes follow the end of the sealed file");
  stage_ = Stage::done;
  return {};
}

Result<std::optional<FileInfo>> Reader::next_file() {
  QUIETUS_CHECK(enter(State::between_files));
  stage_ = Stage::record;
  QUIETUS_TRY(frame, next_record());
  if (frame.type == RecordType::trailer) {
    QUIETUS_CHECK(open_trailer());
    envelope_ = {};
    state_ = State::finished;
    return std::nullopt;
  }
  if (frame.type != RecordType::file)
    return fail(ErrorKind::corrupt, "a record that is neither a file nor the trailer");
  QUIETUS_TRY(info, open_file_record(frame));
  segments_ = 0;
  file_ = {};
  file_hash_.emplace();
  stage_ = Stage::segment;
  state_ = State::in_file;
  return std::move(info);
}

Status Reader::deliver_segment(RecordType type, ByteSink& sink) {
  if (segments_ == kMaxSegments)
    return fail(ErrorKind::exhausted, "the file has more segments than the format allows");
  if (body_.size() == kTagBytes && segments_ != 0) {
    return fail(ErrorKind::corrupt, "an empty last segment after others");  // one form only for each content
  }
  const auto counter = static_cast<std::uint32_t>(segments_++);
  QUIETUS_TRY(plaintext, cipher_.open(type, counter, file_binding_.view(), body_));
  const CleansedOnExit cleansed{plaintext};
  file_.size_bytes += plaintext.size();
  file_hash_->update(plaintext);
  if (plaintext.empty()) return {};
  stage_ = Stage::sink;
  QUIETUS_CHECK(sink.write(plaintext));
  stage_ = Stage::segment;
  return {};
}

Result<FileReceipt> Reader::open_file_end() {
  QUIETUS_TRY(frame, next_record());
  if (frame.type != RecordType::file_end) return fail(ErrorKind::corrupt, "a file without its end record");
  QUIETUS_TRY(clear_end, cipher_.open(RecordType::file_end, 0, file_binding_.view(), body_));
  QUIETUS_TRY(expected, parse_file_end(clear_end));
  file_.sha256 = file_hash_->finish();
  if (expected != file_)
    return fail(ErrorKind::corrupt, "a file's size or digest is not what its end record says");
  receipt_.chain = extend_chain(file_binding_, frame, body_);
  return file_;
}

Result<FileReceipt> Reader::read_file(ByteSink& sink) {
  QUIETUS_CHECK(enter(State::in_file));
  stage_ = Stage::segment;
  for (bool last = false; !last;) {
    QUIETUS_TRY(frame, next_record());
    last = frame.type == RecordType::last_segment;
    if (!last && frame.type != RecordType::segment)
      return fail(ErrorKind::corrupt, "a file ends without a last segment");
    QUIETUS_CHECK(deliver_segment(frame.type, sink));
  }
  stage_ = Stage::file_end;
  QUIETUS_TRY(file, open_file_end());
  cipher_ = {};
  ++receipt_.files;
  receipt_.plaintext_bytes += file.size_bytes;
  stage_ = Stage::record;
  state_ = State::between_files;
  return file;
}

Result<SealReceipt> Reader::receipt() const {
  if (state_ != State::finished)
    return fail(ErrorKind::conflict, "the sealed file has not been read to its end");
  return receipt_;
}

}  // namespace quietus::seal
