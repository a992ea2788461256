// A medium in memory. Keeps the contract of BlockDevice and remembers what was written, in order.
#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include "quietus/block_device.hpp"

namespace quietus::test {

class FakeBlockDevice : public BlockDevice {
 public:
  explicit FakeBlockDevice(std::uint64_t size_bytes, std::uint8_t fill = 0xA5)
      : content(static_cast<std::size_t>(size_bytes), fill) {}

  [[nodiscard]] std::uint64_t size_bytes() const override { return content.size(); }
  [[nodiscard]] std::uint32_t block_bytes() const override { return 512; }

  [[nodiscard]] Status read(std::uint64_t offset, std::span<std::uint8_t> out) override {
    if (auto status = check(offset, out.size()); !status) return status;
    std::copy_n(content.begin() + static_cast<std::ptrdiff_t>(offset), out.size(), out.begin());
    return {};
  }
  [[nodiscard]] Status write(std::uint64_t offset, BytesView data) override {
    if (auto status = check(offset, data.size()); !status) return status;
    std::ranges::copy(data, content.begin() + static_cast<std::ptrdiff_t>(offset));
    writes.emplace_back(offset, data.size());
    return {};
  }
  [[nodiscard]] Status flush() override { return {}; }

  Bytes content;
  std::vector<std::pair<std::uint64_t, std::size_t>> writes;  ///< offset, length

 private:
  [[nodiscard]] Status check(std::uint64_t offset, std::size_t length) const {
    const bool inside = offset <= content.size() && length <= content.size() - offset;
    if (!inside || offset % 512 != 0 || length % 512 != 0)
      return fail(ErrorKind::io, "outside or not aligned");
    return {};
  }
};

}  // namespace quietus::test
