// A sealer who owns keys but keeps no rule: makes authentic records of any content in any order.
#pragma once

#include "tests/unit/seal/sealed_fixture.hpp"

namespace quietus::seal::test {

class HostileSealer {
 public:
  HostileSealer();  ///< begins with preamble and header
  HostileSealer& file(const std::string& path, std::uint32_t mode = 0600);
  HostileSealer& segment(RecordType type, std::uint32_t counter, BytesView plaintext);
  HostileSealer& file_end(const FileReceipt& receipt);
  HostileSealer& trailer(std::uint64_t files, std::uint64_t plaintext_bytes);
  const Bytes& bytes() const { return bytes_; }

 private:
  void put(Frame frame, BytesView fields, const Result<Bytes>& sealed);
  RecordCipher next_cipher(KeySlot& slot);

  TestKeyring keyring_;
  Bytes bytes_;
  std::uint64_t files_ = 0;
  RecordCipher envelope_, cipher_;
  Digest chain_, binding_;
};

}  // namespace quietus::seal::test
