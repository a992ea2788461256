// Opens a sealed file from a stream, in constant memory. Delivers only what its tag has vouched for.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "base/crypto.hpp"
#include "quietus/bytes.hpp"
#include "quietus/result.hpp"
#include "quietus/secret_bytes.hpp"
#include "seal/format.hpp"
#include "seal/record_cipher.hpp"
#include "seal/stream.hpp"

namespace quietus::seal {

/// Which wrapped key is to be unwrapped. The header is not yet authenticated when the first request is made:
/// it says which key to try, nothing more. Views are valid during the call.
struct KeyRequest {
  const Header& header;
  std::optional<std::uint64_t> file_index;  ///< nullopt: the envelope key
  BytesView wrapped;
};
/// Its error ends the reading and is returned as it is.
using KeyUnwrapper = std::function<Result<SecretBytes>(const KeyRequest&)>;

/// What the reader was doing: after an error, the stage that refused. Text form = enumerator name.
enum class Stage {
  preamble,       ///< magic and version
  header,         ///< frame and fields of the header
  header_key,     ///< unwrapping the envelope key
  header_tag,     ///< header authentication
  record,         ///< next file record or trailer: frame, fields, index
  file_key,       ///< unwrapping a file's data key
  metadata,       ///< decryption of name, mode, time
  path,           ///< the name's rules
  segment,        ///< framing, order or tag of a segment
  sink,           ///< the receiver failed
  file_end,       ///< size and digest of a file
  trailer,        ///< count, totals and chain
  end_of_stream,  ///< bytes after the trailer
  done,
};
std::string_view to_string(Stage stage);

/// read_header; then next_file and read_file in turn until next_file gives nullopt; then receipt(). After any
/// error, and after a call out of turn, every call fails. **What was delivered before an error is genuine in
/// itself but not the whole: keep it only when nullopt has come.**
class Reader {
 public:
  /// `source` outlives the reader.
  Reader(ByteSource& source, KeyUnwrapper unwrap);
  ~Reader();
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  /// Errors: `invalid_input` not a sealed file of this version; `corrupt` malformed, cut short or not
  /// authentic.
  [[nodiscard]] Result<Header> read_header();
  /// nullopt: the trailer held and nothing follows it. The path obeys check_path (else `invalid_input`).
  [[nodiscard]] Result<std::optional<FileInfo>> next_file();
  /// Plaintext segment by segment to `sink`, each after its tag has been checked.
  [[nodiscard]] Result<FileReceipt> read_file(ByteSink& sink);
  /// `conflict` before the end.
  [[nodiscard]] Result<SealReceipt> receipt() const;

  [[nodiscard]] Stage stage() const { return stage_; }

 private:
  enum class State { fresh, between_files, in_file, finished, broken };
  [[nodiscard]] Status enter(State needed);
  [[nodiscard]] Status fill(std::span<std::uint8_t> out);
  [[nodiscard]] Result<Frame> next_record();
  [[nodiscard]] Result<RecordCipher> unwrap(const KeySlot& slot, std::optional<std::uint64_t> file_index);
  [[nodiscard]] Status open_header(Frame frame);
  [[nodiscard]] Result<FileInfo> open_file_record(Frame frame);
  [[nodiscard]] Status open_trailer();
  [[nodiscard]] Status deliver_segment(RecordType type, ByteSink& sink);
  [[nodiscard]] Result<FileReceipt> open_file_end();

  ByteSource& source_;
  KeyUnwrapper unwrap_;
  State state_ = State::fresh;
  Stage stage_ = Stage::preamble;
  Bytes body_;  // of the current record, reused
  Header header_;
  RecordCipher envelope_;
  SealReceipt receipt_;

  RecordCipher cipher_;  // of the open file, as is all below
  Digest file_binding_;
  std::uint64_t segments_ = 0;
  FileReceipt file_;
  std::optional<Sha256> file_hash_;
};

}  // namespace quietus::seal
