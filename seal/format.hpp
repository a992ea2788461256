// The sealed-file format, version 1: constants, records and their bytes (docs/sealed-file-format.md). Pure
// encoding; keys and tags are in seal/record_cipher.hpp, order of records in seal/writer.hpp and
// seal/reader.hpp.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "quietus/bytes.hpp"
#include "quietus/clock.hpp"
#include "quietus/ids.hpp"
#include "quietus/result.hpp"
#include "seal/path.hpp"

namespace quietus::seal {

using SealedFileId = Id<struct SealedFileTag>;
struct SealedFileTag {
  static constexpr std::string_view kName = "sealed file";
};

/// High bit and line feed show a transfer that was not binary clean.
inline constexpr std::array<std::uint8_t, 8> kMagic{0x89, 'Q', 'T', 'S', 'E', 'A', 'L', 0x0A};
inline constexpr std::uint16_t kVersion = 1;
inline constexpr std::size_t kPreambleBytes = 10;
inline constexpr std::size_t kSegmentBytes =
    64 * 1024;  ///< plaintext of every segment but the last of a file
inline constexpr std::size_t kTagBytes = 16;
inline constexpr std::size_t kDataKeyBytes = 32;
inline constexpr std::size_t kMaxWrappedKeyBytes = 256;
inline constexpr std::size_t kMaxRecipients =
    1;  ///< the format has a list from the start; today one HSM per key
inline constexpr std::uint32_t kMaxModeBits =
    0777;  ///< no set-user-id, set-group-id or sticky bit out of a file

/// The first byte of a record's frame, and the last byte of the nonce of what it encrypts.
enum class RecordType : std::uint8_t {
  header = 'H',
  file = 'F',
  segment = 'S',
  last_segment = 'L',
  file_end = 'E',
  trailer = 'T',
};

/// Frame: type (1 byte), length of the body (4 bytes, big-endian).
inline constexpr std::uint64_t kMaxSegments = std::uint64_t{1} << 32;  ///< of one file
inline constexpr std::size_t kFrameBytes = 5;
struct Frame {
  RecordType type = RecordType::header;
  std::uint32_t body_bytes = 0;
};
std::array<std::uint8_t, kFrameBytes> encode_frame(Frame frame);
/// `corrupt` for a type that is not one, or a length that this type cannot have: nothing larger than a
/// segment is ever read into memory.
Result<Frame> parse_frame(std::span<const std::uint8_t, kFrameBytes> bytes);

using NoncePrefix = std::array<std::uint8_t, 7>;

/// What the whole sealed file is. In clear, authenticated.
struct Header {
  SealedFileId sealed_file_id;  ///< random, never used twice
  KeyId key_id;                 ///< the key under which the HSM wrapped the data keys
  UnixMs created;               ///< >= 0
  bool operator==(const Header&) const = default;
};

/// What a file is called. Encrypted: names are personal data.
struct FileInfo {
  std::string path;        ///< see check_path
  std::uint32_t mode = 0;  ///< permission bits, <= 0777
  UnixMs mtime;
  bool operator==(const FileInfo&) const = default;
};

/// What a file was, known at its end.
struct FileReceipt {
  std::uint64_t size_bytes = 0;
  Digest sha256;  ///< of the plaintext
  bool operator==(const FileReceipt&) const = default;
};

/// What the sealed file was, known at its end.
struct SealReceipt {
  std::uint64_t files = 0;
  std::uint64_t plaintext_bytes = 0;
  std::uint64_t sealed_bytes = 0;
  Digest chain;  ///< stands for header, order, names and contents of all files
  bool operator==(const SealReceipt&) const = default;
};

/// One data key as its wraps (one per recipient) and the nonce prefix it is used with.
struct KeySlot {
  NoncePrefix prefix{};
  std::vector<Bytes> recipients;
  bool operator==(const KeySlot&) const = default;
};

struct HeaderRecord {
  Header header;
  KeySlot slot;
  bool operator==(const HeaderRecord&) const = default;
};
struct FileRecord {
  std::uint64_t index = 0;
  KeySlot slot;
  bool operator==(const FileRecord&) const = default;
};

Bytes encode_preamble();
/// `invalid_input` when the bytes are no sealed file or of another version.
Status parse_preamble(std::span<const std::uint8_t, kPreambleBytes> bytes);

/// Header fields without the tag. Errors: `invalid_input` for what the format cannot hold.
Result<Bytes> encode_header(const HeaderRecord& record);
Result<HeaderRecord> parse_header(BytesView fields);

/// Fields of a file record in clear, without the encrypted FileInfo that follows them in the body.
Result<Bytes> encode_file(const FileRecord& record);
struct ParsedFile {
  FileRecord record;
  std::size_t clear_bytes = 0;  ///< how much of the body the fields take; the rest is the sealed FileInfo
};
Result<ParsedFile> parse_file(BytesView body);

Result<Bytes> encode_info(const FileInfo& info);
/// Structure only is `corrupt`; the caller applies check_path.
Result<FileInfo> parse_info(BytesView bytes);

Bytes encode_file_end(const FileReceipt& receipt);
Result<FileReceipt> parse_file_end(BytesView bytes);

Bytes encode_trailer(std::uint64_t files, std::uint64_t plaintext_bytes);
struct Trailer {
  std::uint64_t files = 0;
  std::uint64_t plaintext_bytes = 0;
};
Result<Trailer> parse_trailer(BytesView bytes);

}  // namespace quietus::seal
