#include "tests/unit/seal/sealed_fixture.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "base/crypto.hpp"

namespace quietus::seal::test {

TestKeyring::TestKeyring(std::string_view name) : name_(name), master_(sha256(name_ + " master key")) {}

DataKey TestKeyring::make() {
  const std::string number = std::to_string(keys_++);
  const Digest clear = sha256(name_ + " data key " + number);
  const Digest nonce = sha256(name_ + " wrap nonce " + number);
  auto master = SecretBytes::copy_of(master_.view());
  auto plaintext = SecretBytes::copy_of(clear.view());
  REQUIRE(master);
  REQUIRE(plaintext);
  const auto wrapped = aes_256_gcm_seal(*master, nonce.view().first(12), {}, clear.view());
  REQUIRE(wrapped);
  Bytes blob(nonce.value.begin(), nonce.value.begin() + 12);
  blob.insert(blob.end(), wrapped->begin(), wrapped->end());
  return {std::move(blob), std::move(*plaintext)};
}

KeyUnwrapper TestKeyring::unwrapper() const {
  return [master_key = master_](const KeyRequest& request) -> Result<SecretBytes> {
    if (request.wrapped.size() < 12) return fail(ErrorKind::corrupt, "no wrapped key");
    QUIETUS_TRY(master, SecretBytes::copy_of(master_key.view()));
    QUIETUS_TRY(clear, aes_256_gcm_open(master, request.wrapped.first(12), {}, request.wrapped.subspan(12)));
    return SecretBytes::copy_of(clear);
  };
}

PrefixSource TestKeyring::prefixes() {
  return [this] {
    NoncePrefix prefix{};
    const Digest digest = sha256(name_ + " prefix " + std::to_string(prefixes_++));
    std::copy_n(digest.value.begin(), prefix.size(), prefix.begin());
    return prefix;
  };
}

Result<std::size_t> MemorySource::read(std::span<std::uint8_t> out) {
  const std::size_t got = std::min({out.size(), rest_.size(), most_});
  std::ranges::copy(rest_.first(got), out.begin());
  rest_ = rest_.subspan(got);
  return got;
}

Bytes test_bytes(std::size_t size_bytes, std::uint32_t seed) {
  Bytes bytes(size_bytes);
  std::uint64_t state = 0x9E3779B97F4A7C15U ^ seed;
  for (auto& byte : bytes) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    byte = static_cast<std::uint8_t>(state >> 32);
  }
  return bytes;
}

TestFile test_file(std::string path, std::size_t size_bytes, std::uint32_t seed) {
  return {{std::move(path), 0640, {1'700'000'000'123 + seed}}, test_bytes(size_bytes, seed)};
}

Header test_header(std::string_view id) {
  return {*SealedFileId::parse(id), *KeyId::parse("key-loans-2026"), {1'760'000'000'000}};
}

Bytes seal_files(const std::vector<TestFile>& files, TestKeyring& keyring, const Header& header,
                 std::size_t chunk) {
  Bytes sealed;
  FunctionSink sink([&](BytesView bytes) -> Status {
    sealed.insert(sealed.end(), bytes.begin(), bytes.end());
    return {};
  });
  Writer writer(sink, keyring.prefixes());
  REQUIRE(writer.begin(header, keyring.make()));
  for (const TestFile& file : files) {
    REQUIRE(writer.begin_file(file.info, keyring.make()));
    for (BytesView rest(file.content); !rest.empty(); rest = rest.subspan(std::min(chunk, rest.size()))) {
      REQUIRE(writer.write(rest.first(std::min(chunk, rest.size()))));
    }
    const auto receipt = writer.end_file();
    REQUIRE(receipt);
    REQUIRE(*receipt == FileReceipt{file.content.size(), sha256(file.content)});
  }
  const auto receipt = writer.finish();
  REQUIRE(receipt);
  REQUIRE(receipt->files == files.size());
  REQUIRE(receipt->sealed_bytes == sealed.size());
  return sealed;
}

Bytes seal_files(const std::vector<TestFile>& files) {
  TestKeyring keyring;
  return seal_files(files, keyring, test_header());
}

namespace {

Status open_into(Reader& reader, Opened& opened) {
  QUIETUS_CHECK(reader.read_header());
  while (true) {
    QUIETUS_TRY(info, reader.next_file());
    if (!info) break;
    opened.files.push_back({*info, {}});
    Bytes& content = opened.files.back().content;
    FunctionSink sink([&](BytesView bytes) -> Status {
      content.insert(content.end(), bytes.begin(), bytes.end());
      return {};
    });
    QUIETUS_TRY(receipt, reader.read_file(sink));
    REQUIRE(receipt == FileReceipt{content.size(), sha256(content)});
  }
  QUIETUS_TRY(receipt, reader.receipt());
  opened.receipt = receipt;
  opened.complete = true;
  return {};
}

}  // namespace

Opened open_sealed(BytesView sealed, const KeyUnwrapper& unwrap, std::size_t most_per_read) {
  Opened opened;
  MemorySource source(sealed, most_per_read);
  Reader reader(source, unwrap);
  if (auto status = open_into(reader, opened); !status) opened.error = status.error().kind;
  opened.stage = reader.stage();
  REQUIRE(opened.complete == (opened.stage == Stage::done));
  return opened;
}

Opened open_sealed(BytesView sealed) { return open_sealed(sealed, TestKeyring().unwrapper()); }

std::vector<Bytes> split_records(BytesView sealed) {
  std::vector<Bytes> records{Bytes(sealed.begin(), sealed.begin() + kPreambleBytes)};
  for (BytesView rest = sealed.subspan(kPreambleBytes); !rest.empty();) {
    const auto frame = parse_frame(rest.first<kFrameBytes>());
    REQUIRE(frame);
    const auto record = rest.first(kFrameBytes + frame->body_bytes);
    records.emplace_back(record.begin(), record.end());
    rest = rest.subspan(record.size());
  }
  return records;
}

Bytes join(const std::vector<Bytes>& records) {
  Bytes all;
  for (const Bytes& record : records) all.insert(all.end(), record.begin(), record.end());
  return all;
}

}  // namespace quietus::seal::test
