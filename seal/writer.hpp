// Seals files into one stream, in constant memory. Pure: bytes come by write(), leave by a ByteSink, keys are
// given.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "base/crypto.hpp"
#include "quietus/bytes.hpp"
#include "quietus/result.hpp"
#include "quietus/secret_bytes.hpp"
#include "seal/format.hpp"
#include "seal/record_cipher.hpp"
#include "seal/stream.hpp"

namespace quietus::seal {

/// A data key in both forms. `wrapped`: what the HSM made of it, 1..256 bytes, opaque here. `plaintext`: 32
/// bytes. One key is for one use: the sealed file as a whole, or one file in it.
struct DataKey {
  Bytes wrapped;
  SecretBytes plaintext;
};

/// 7 random bytes. Tests inject their own; everybody else leaves the default.
using PrefixSource = std::function<NoncePrefix()>;
NoncePrefix random_prefix();

/// begin, then for each file begin_file, write…, end_file; then finish. After any error (also a call out of
/// turn) the writer is broken and every call fails: what was written has no trailer and no reader accepts it.
class Writer {
 public:
  /// `sink` outlives the writer.
  explicit Writer(ByteSink& sink, PrefixSource prefixes = random_prefix);
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  /// `envelope_key` authenticates the header and, at the end, the whole.
  [[nodiscard]] Status begin(const Header& header, DataKey envelope_key);
  /// `invalid_input` for a path or mode that the format refuses. That no path comes twice is the caller's
  /// business.
  [[nodiscard]] Status begin_file(const FileInfo& info, DataKey key);
  /// Any number of bytes. `exhausted` beyond 2^32 segments (256 TiB).
  [[nodiscard]] Status write(BytesView plaintext);
  [[nodiscard]] Result<FileReceipt> end_file();
  [[nodiscard]] Result<SealReceipt> finish();

 private:
  enum class State { fresh, between_files, in_file, finished, broken };
  [[nodiscard]] Status enter(State needed);
  [[nodiscard]] Status emit(RecordType type, BytesView body);
  [[nodiscard]] Status emit_segment(RecordType type);
  [[nodiscard]] Status put(BytesView bytes);

  ByteSink& sink_;
  PrefixSource prefixes_;
  State state_ = State::fresh;
  RecordCipher envelope_;
  SealReceipt receipt_;

  RecordCipher cipher_;  // of the open file, as is all below
  Digest file_binding_;  // chain up to and with the file's record
  std::uint64_t segments_ = 0;
  Bytes segment_;
  FileReceipt file_;
  std::optional<Sha256> file_hash_;
};

}  // namespace quietus::seal
