// The reader of sealed files on arbitrary bytes, and each of its parsers alone (no fuzzer makes valid tags).
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "base/crypto.hpp"
#include "seal/format.hpp"
#include "seal/reader.hpp"

namespace {

using namespace quietus;
using namespace quietus::seal;

void require(bool holds) {
  if (!holds) std::abort();
}

class InputSource final : public ByteSource {
 public:
  explicit InputSource(BytesView bytes) : rest_(bytes) {}
  Result<std::size_t> read(std::span<std::uint8_t> out) override {
    const std::size_t got = std::min(out.size(), rest_.size());
    std::copy_n(rest_.begin(), got, out.begin());
    rest_ = rest_.subspan(got);
    return got;
  }

 private:
  BytesView rest_;
};

/// The keyring of tests/golden/sealed-file, so that seeds from there are read to their end.
Result<SecretBytes> unwrap(const KeyRequest& request) {
  static const Digest master_key = sha256("golden master key");
  if (request.wrapped.size() < 12) return fail(ErrorKind::corrupt, "no wrapped key");
  QUIETUS_TRY(master, SecretBytes::copy_of(master_key.view()));
  QUIETUS_TRY(clear, aes_256_gcm_open(master, request.wrapped.first(12), {}, request.wrapped.subspan(12)));
  return SecretBytes::copy_of(clear);
}

Status read_all(Reader& reader, std::uint64_t& delivered) {
  FunctionSink sink([&](BytesView bytes) -> Status { return delivered += bytes.size(), Status{}; });
  QUIETUS_CHECK(reader.read_header());
  while (true) {
    QUIETUS_TRY(info, reader.next_file());
    if (!info) return {};
    require(check_path(info->path).has_value());
    QUIETUS_CHECK(reader.read_file(sink));
  }
}

void read_as_sealed_file(BytesView input) {
  InputSource source(input);
  Reader reader(source, unwrap);
  std::uint64_t delivered = 0;
  const bool whole = read_all(reader, delivered).has_value();
  require(whole == (reader.stage() == Stage::done));
  require(delivered <= input.size());
  const auto receipt = reader.receipt();
  require(whole == receipt.has_value());
  if (whole) require(receipt->sealed_bytes == input.size() && receipt->plaintext_bytes == delivered);
}

bool same(BytesView a, BytesView b) { return std::equal(a.begin(), a.end(), b.begin(), b.end()); }

/// What a parser accepts, the encoder gives back byte for byte: there is one form for each value.
void parse_each(BytesView input) {
  if (const auto header = parse_header(input)) {
    const auto bytes = encode_header(*header);
    require(bytes && same(*bytes, input));
  }
  if (const auto file = parse_file(input)) {
    const auto bytes = encode_file(file->record);
    require(bytes && same(*bytes, input.first(file->clear_bytes)));
  }
  if (const auto info = parse_info(input); info && check_path(info->path)) {
    const auto bytes = encode_info(*info);
    require(bytes && same(*bytes, input));
  }
  if (const auto end = parse_file_end(input)) require(same(encode_file_end(*end), input));
  if (const auto trailer = parse_trailer(input)) {
    require(same(encode_trailer(trailer->files, trailer->plaintext_bytes), input));
  }
  if (input.size() == kFrameBytes) {
    const auto frame = parse_frame(input.first<kFrameBytes>());
    if (frame) require(same(encode_frame(*frame), input));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  read_as_sealed_file({data, size});
  parse_each({data, size});
  return 0;
}
