// The drive model over the disk image that an agent holds open: its blocks are the image's bytes, time is
// real, and what the drive remembers outlives the agent's session.
#pragma once

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>

#include "firmware-agent/evidence/firmware_run.hpp"
#include "tests/support/nvme_drive/drive_model.hpp"

namespace quietus::test {

/// One per drive, shared by all its descriptors.
struct DriveMemory {
  DriveOptions options;
  std::string saved;
  std::atomic<std::uint32_t> sanitizes = 0;  // a test looks while the agent's run is at work
};

class ImageDrive final : public nvme::NvmeAdmin {
 public:
  ImageDrive(std::shared_ptr<DriveMemory> memory, std::span<std::uint8_t> content)
      : memory_(std::move(memory)), content_(content), model_(memory_->options, content) {
    if (!memory_->saved.empty()) model_.restore(memory_->saved, now_ms());
  }
  ~ImageDrive() override { munmap(content_.data(), content_.size()); }
  ImageDrive(const ImageDrive&) = delete;
  ImageDrive& operator=(const ImageDrive&) = delete;

  [[nodiscard]] Result<nvme::Completion> submit(const nvme::Command& command,
                                                std::span<std::uint8_t> buffer) override {
    const auto reply = model_.admin(command.opcode, command.nsid, command.cdw, now_ms());
    memory_->saved = model_.save(now_ms());
    memory_->sanitizes += std::exchange(model_.sanitizes, 0);
    std::copy_n(reply.data.begin(), std::min(reply.data.size(), buffer.size()), buffer.begin());
    return nvme::Completion{reply.result, reply.status};
  }

 private:
  static std::int64_t now_ms() {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
  }
  std::shared_ptr<DriveMemory> memory_;
  std::span<std::uint8_t> content_;
  DriveModel model_;
};

/// A drive erases itself whatever the descriptor that its command comes through may do to its blocks.
inline agent::OpenAdminQueue admin_queue_of(std::shared_ptr<DriveMemory> memory) {
  return [memory](int descriptor) -> Result<agent::AdminQueue> {
    const Fd own(open(("/proc/self/fd/" + std::to_string(descriptor)).c_str(), O_RDWR | O_CLOEXEC));
    const auto size = static_cast<std::size_t>(lseek(own.get(), 0, SEEK_END));
    void* at = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, own.get(), 0);
    if (at == MAP_FAILED) return fail(ErrorKind::io, "mmap");
    return agent::AdminQueue{
        std::make_unique<ImageDrive>(memory, std::span(static_cast<std::uint8_t*>(at), size)), 1};
  };
}

}  // namespace quietus::test
