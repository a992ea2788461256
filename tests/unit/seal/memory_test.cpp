// Counts every byte that C++ code of this program holds at once, to show that sealing needs the same for any
// size.
#include <malloc.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <new>

#include "tests/unit/seal/sealed_fixture.hpp"

namespace {

std::atomic<std::size_t> live_bytes{0}, peak_bytes{0};

void* counted(void* block) {
  if (block == nullptr) std::abort();
  const std::size_t now = live_bytes += malloc_usable_size(block);
  std::size_t peak = peak_bytes;
  while (now > peak && !peak_bytes.compare_exchange_weak(peak, now)) {
  }
  return block;
}

void release(void* block) {
  if (block != nullptr) live_bytes -= malloc_usable_size(block);
  std::free(block);
}

}  // namespace

void* operator new(std::size_t size) { return counted(std::malloc(size == 0 ? 1 : size)); }
void* operator new[](std::size_t size) { return counted(std::malloc(size == 0 ? 1 : size)); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return operator new(size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return operator new[](size); }
void operator delete(void* block) noexcept { release(block); }
void operator delete[](void* block) noexcept { release(block); }
void operator delete(void* block, std::size_t) noexcept { release(block); }
void operator delete[](void* block, std::size_t) noexcept { release(block); }

namespace quietus::seal::test {
namespace {

constexpr std::size_t kMost = 1 << 20;

std::size_t peak_while_sealing(std::size_t size_bytes) {
  TestKeyring keyring;
  FunctionSink sink([](BytesView) -> Status { return {}; });
  const Bytes block = test_bytes(100'000, 1);
  const std::size_t before = live_bytes;
  peak_bytes = before;
  Writer writer(sink);
  REQUIRE(writer.begin(test_header(), keyring.make()));
  REQUIRE(writer.begin_file({"generated.bin", 0600, {0}}, keyring.make()));
  for (std::size_t left = size_bytes; left > 0;) {
    const std::size_t part = std::min(left, block.size());
    REQUIRE(writer.write(BytesView(block).first(part)));
    left -= part;
  }
  REQUIRE(writer.end_file());
  REQUIRE(writer.finish());
  return peak_bytes - before;
}

}  // namespace

TEST_CASE("sealing 256 MiB takes no more memory than sealing 1 MiB, and less than 1 MiB") {
  const std::size_t small = peak_while_sealing(1 << 20);
  const std::size_t large = peak_while_sealing(256 << 20);
  CHECK(small > kSegmentBytes);  // the counter counts
  CHECK(large < kMost);
  CHECK(large <= small + 4096);
}

TEST_CASE("opening takes less than 1 MiB for any size") {
  const Bytes sealed = seal_files({test_file("big.bin", 32 << 20)});
  MemorySource source(sealed);
  FunctionSink sink([](BytesView) -> Status { return {}; });
  const KeyUnwrapper unwrap = TestKeyring().unwrapper();
  const std::size_t before = live_bytes;
  peak_bytes = before;
  Reader reader(source, unwrap);
  REQUIRE(reader.read_header());
  REQUIRE(reader.next_file());
  REQUIRE(reader.read_file(sink));
  const auto end = reader.next_file();
  REQUIRE(end);
  CHECK_FALSE(end->has_value());
  CHECK(peak_bytes - before < kMost);
}

}  // namespace quietus::seal::test
