// Disk blocks kept back for the day the disk is full. Private to kms/store.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "base/file.hpp"
#include "quietus/result.hpp"

namespace quietus::store {

class Reserve {
 public:
  /// Makes the file and tries to fill it; a disk that has no room for it is no reason not to start.
  static Result<Reserve> open(const std::string& path, std::uint64_t size_bytes);
  Reserve(Reserve&& other) noexcept;

  Status release();
  /// `exhausted` when there is no room; nothing is then taken.
  Status restore();
  /// Restores when the file system has several times the room for it.
  void restore_if_roomy();
  [[nodiscard]] bool held() const { return held_.load(); }

 private:
  Reserve(Fd fd, std::string path, std::uint64_t size_bytes)
      : fd_(std::move(fd)), path_(std::move(path)), size_bytes_(size_bytes) {}
  Fd fd_;
  std::string path_;
  std::uint64_t size_bytes_ = 0;
  std::atomic<bool> held_{false};
};

}  // namespace quietus::store
