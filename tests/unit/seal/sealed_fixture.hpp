// A keyring, a memory and a whole seal-and-open for the tests of the sealed-file format. Everything is
// deterministic.
#pragma once

#include <string>
#include <vector>

#include "quietus/bytes.hpp"
#include "seal/reader.hpp"
#include "seal/writer.hpp"

namespace quietus::seal::test {

/// Stands for the HSM: wraps data keys by AES-256-GCM under one master key (wrapped = nonce ‖ ciphertext ‖
/// tag).
class TestKeyring {
 public:
  explicit TestKeyring(std::string_view name = "golden");
  DataKey make();                  ///< the next key: SHA-256(name ‖ " data key " ‖ n)
  KeyUnwrapper unwrapper() const;  ///< counts nothing, remembers nothing
  PrefixSource prefixes();         ///< the next prefix: first bytes of SHA-256(name ‖ " prefix " ‖ n)
  Digest master() const { return master_; }

 private:
  std::string name_;
  Digest master_;
  unsigned keys_ = 0, prefixes_ = 0;
};

class MemorySource final : public ByteSource {
 public:
  explicit MemorySource(BytesView bytes, std::size_t most_per_read = 1 << 20)
      : rest_(bytes), most_(most_per_read) {}
  Result<std::size_t> read(std::span<std::uint8_t> out) override;

 private:
  BytesView rest_;
  std::size_t most_;
};

struct TestFile {
  FileInfo info;
  Bytes content;
  bool operator==(const TestFile&) const = default;
};
TestFile test_file(std::string path, std::size_t size_bytes, std::uint32_t seed = 1);
Bytes test_bytes(std::size_t size_bytes, std::uint32_t seed);
Header test_header(std::string_view id = "sealed-4f1c");

/// Seals `files`, writing each in pieces of `chunk` bytes. REQUIREs success.
Bytes seal_files(const std::vector<TestFile>& files, TestKeyring& keyring, const Header& header,
                 std::size_t chunk = 4096);
Bytes seal_files(const std::vector<TestFile>& files);

struct Opened {
  bool complete = false;
  Stage stage = Stage::preamble;
  ErrorKind error = ErrorKind::internal;
  std::vector<TestFile> files;  ///< also the one that was being delivered when it failed
  SealReceipt receipt;
};
Opened open_sealed(BytesView sealed, const KeyUnwrapper& unwrap, std::size_t most_per_read = 1 << 20);
Opened open_sealed(BytesView sealed);

/// A sealed file cut at its frames. The first piece is the preamble.
std::vector<Bytes> split_records(BytesView sealed);
Bytes join(const std::vector<Bytes>& records);

}  // namespace quietus::seal::test
