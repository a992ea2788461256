// A medium that misbehaves on demand, around one that does not.
#pragma once

#include <map>
#include <optional>

#include "tests/support/fake_block_device.hpp"

namespace quietus::test {

class FaultBlockDevice : public BlockDevice {
 public:
  explicit FaultBlockDevice(FakeBlockDevice& inner) : inner_(inner) {}

  int fail_call = 0;            ///< the Nth read, write or flush fails (1 = first; 0 = none)
  bool lies = false;            ///< acknowledges writes, stores nothing
  bool volatile_cache = false;  ///< writes become durable with a flush only; lose_power() drops the rest
  std::uint64_t bad_from = 0, bad_to = 0;             ///< writes and reads that touch [from, to) fail
  std::optional<std::uint64_t> shrinks_after_writes;  ///< then the medium has half its size
  int calls = 0;

  [[nodiscard]] std::uint64_t size_bytes() const override {
    const bool shrunk = shrinks_after_writes && inner_.writes.size() >= *shrinks_after_writes;
    return shrunk ? inner_.size_bytes() / 2 : inner_.size_bytes();
  }
  [[nodiscard]] std::uint32_t block_bytes() const override { return inner_.block_bytes(); }
  [[nodiscard]] Status read(std::uint64_t offset, std::span<std::uint8_t> out) override {
    if (auto status = next_call(offset, out.size()); !status) return status;
    return inner_.read(offset, out);
  }
  [[nodiscard]] Status write(std::uint64_t offset, BytesView data) override {
    if (auto status = next_call(offset, data.size()); !status) return status;
    if (lies) return {};
    if (!volatile_cache) return inner_.write(offset, data);
    pending_[offset] = Bytes(data.begin(), data.end());
    return {};
  }
  [[nodiscard]] Status flush() override {
    if (auto status = next_call(0, 0); !status) return status;
    for (const auto& [offset, data] : pending_) {
      if (auto status = inner_.write(offset, data); !status) return status;
    }
    pending_.clear();
    return {};
  }
  void lose_power() { pending_.clear(); }

 private:
  [[nodiscard]] Status next_call(std::uint64_t offset, std::size_t length) {
    if (++calls == fail_call) return fail(ErrorKind::io, "call " + std::to_string(calls) + " fails");
    if (offset < bad_to && offset + length > bad_from) return fail(ErrorKind::io, "Input/output error");
    return {};
  }

  FakeBlockDevice& inner_;
  std::map<std::uint64_t, Bytes> pending_;
};

}  // namespace quietus::test
