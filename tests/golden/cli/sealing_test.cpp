// Folders into sealed files and back, on a real file system; keys made up.
#include "cli/sealing.hpp"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <filesystem>

#include "base/file.hpp"
#include "tests/support/signing_world.hpp"

namespace quietus::cli {
namespace {

namespace fs = std::filesystem;

struct Fixture {
  Fixture() {
    fs::create_directories(in + "/contracts/2026");
    write("empty.txt", "");
    write("customers.csv", std::string(200000, 'c'));
    write("contracts/2026/a.txt", "contract 合同");
  }
  void write(const std::string& name, const std::string& text) const {
    REQUIRE(write_file_atomically(in + "/" + name, as_bytes(text)));
  }
  Result<SealedOutput> seal() {
    const auto list = list_folder(in);
    if (!list) return std::unexpected(list.error());
    const seal::Header header{*seal::SealedFileId::parse("sealed-1"), *KeyId::parse("key-1"), {1}};
    return seal_folder(*list, out, header, [] { return next_key(); }, [](std::uint64_t) {});
  }
  /// The "HSM" of this test: the wrapped form is the key itself, turned around.
  static Result<seal::DataKey> next_key() {
    const Bytes key = random_bytes(32);
    auto secret = SecretBytes::copy_of(key);
    return seal::DataKey{Bytes(key.rbegin(), key.rend()), std::move(*secret)};
  }
  static Result<SecretBytes> unwrap(const seal::KeyRequest& request) {
    const Bytes key(request.wrapped.rbegin(), request.wrapped.rend());
    return SecretBytes::copy_of(key);
  }
  Result<seal::SealReceipt> open() const {
    return open_sealed_file(out, back, unwrap, [](std::uint64_t) {});
  }
  std::size_t entries(const std::string& of) const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(of), fs::directory_iterator()));
  }

  test::TemporaryFolder folder;
  std::string in = folder.path() + "/in", out = folder.path() + "/out.sealed", back = folder.path() + "/back";
};

TEST_CASE_METHOD(Fixture, "a folder comes back byte for byte, with modes and times") {
  ::chmod((in + "/customers.csv").c_str(), 0640);
  REQUIRE(seal());
  const auto receipt = open();
  REQUIRE(receipt);
  CHECK(receipt->files == 3);
  for (const char* name : {"empty.txt", "customers.csv", "contracts/2026/a.txt"}) {
    CHECK(read_text(in + "/" + name).value() == read_text(back + "/" + name).value());
  }
  struct stat before{}, after{};
  REQUIRE(::stat((in + "/customers.csv").c_str(), &before) == 0);
  REQUIRE(::stat((back + "/customers.csv").c_str(), &after) == 0);
  CHECK((after.st_mode & 07777) == 0640);
  CHECK(before.st_mtim.tv_sec == after.st_mtim.tv_sec);
}

TEST_CASE_METHOD(Fixture, "a flipped or cut sealed file leaves nothing behind") {
  REQUIRE(seal());
  auto bytes = read_file(out);
  REQUIRE(bytes);
  SECTION("one bit of the largest file") { (*bytes)[bytes->size() / 2] ^= 1; }
  SECTION("the end cut off") { bytes->resize(bytes->size() - 10); }
  REQUIRE(write_file_atomically(out, *bytes));
  const auto receipt = open();
  REQUIRE_FALSE(receipt);
  CHECK(receipt.error().kind == ErrorKind::corrupt);
  CHECK(entries(folder.path()) == 2);
}

TEST_CASE_METHOD(Fixture, "what is there already is not written over") {
  REQUIRE(seal());
  const auto again = seal();
  REQUIRE_FALSE(again);
  CHECK(again.error().kind == ErrorKind::conflict);
  fs::create_directory(back);
  REQUIRE(write_file_atomically(back + "/mine.txt", as_bytes("mine")));
  const auto opened = open();
  REQUIRE_FALSE(opened);
  CHECK(opened.error().kind == ErrorKind::conflict);
  CHECK(entries(back) == 1);
  CHECK(entries(folder.path()) == 3);
}

TEST_CASE_METHOD(Fixture, "an empty folder of the name is good to open into") {
  REQUIRE(seal());
  fs::create_directory(back);
  CHECK(open());
}

TEST_CASE_METHOD(Fixture, "a link in the folder is refused, not followed") {
  fs::create_symlink("/etc/passwd", in + "/link");
  const auto sealed = seal();
  REQUIRE_FALSE(sealed);
  CHECK(sealed.error().kind == ErrorKind::invalid_input);
  CHECK_FALSE(fs::exists(out));
}

TEST_CASE_METHOD(Fixture, "a key that does not come leaves no file") {
  const auto list = list_folder(in);
  REQUIRE(list);
  int left = 2;
  const seal::Header header{*seal::SealedFileId::parse("sealed-1"), *KeyId::parse("key-1"), {1}};
  const auto sealed = seal_folder(
      *list, out, header,
      [&]() -> Result<seal::DataKey> {
        if (left-- == 0) return fail(ErrorKind::denied, "frozen");
        return next_key();
      },
      [](std::uint64_t) {});
  REQUIRE_FALSE(sealed);
  CHECK(sealed.error().kind == ErrorKind::denied);
  CHECK(entries(folder.path()) == 1);
}

}  // namespace
}  // namespace quietus::cli
