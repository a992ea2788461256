#include "eraser/verify/fd_block_device.hpp"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace quietus::eraser {
namespace {

std::unexpected<Error> io_at(std::string_view doing, std::uint64_t offset, std::size_t length,
                             std::string_view why) {
  return fail(ErrorKind::io, std::string(doing) + " " + std::to_string(length) + " bytes at " +
                                 std::to_string(offset) + ": " + std::string(why));
}

std::uint32_t direct_alignment_of(int fd, bool block, std::uint32_t block_bytes) {
  if (block) return block_bytes;
#ifdef STATX_DIOALIGN
  struct statx about{};
  if (statx(fd, "", AT_EMPTY_PATH, STATX_DIOALIGN, &about) == 0 && (about.stx_mask & STATX_DIOALIGN) != 0 &&
      about.stx_dio_offset_align != 0) {
    return about.stx_dio_offset_align;
  }
#endif
  return AlignedBuffer::kAlignment;
}

}  // namespace

Result<std::unique_ptr<FdBlockDevice>> FdBlockDevice::adopt(Fd fd) {
  struct stat about{};
  if (fstat(fd.get(), &about) != 0)
    return fail(ErrorKind::io, std::string("fstat of a medium: ") + strerror(errno));
  const bool block = S_ISBLK(about.st_mode);
  if (!block && !S_ISREG(about.st_mode)) {
    return fail(ErrorKind::invalid_input, "a medium is neither a block device nor a regular file");
  }
  int sector = 512;
  if (block && (ioctl(fd.get(), BLKSSZGET, &sector) != 0 || sector < 512)) {
    return fail(ErrorKind::io, std::string("BLKSSZGET: ") + strerror(errno));
  }
  const auto block_bytes = static_cast<std::uint32_t>(sector);
  const bool direct = (fcntl(fd.get(), F_GETFL) & O_DIRECT) != 0;
  const auto alignment = direct_alignment_of(fd.get(), block, block_bytes);
  return std::unique_ptr<FdBlockDevice>(
      new FdBlockDevice(std::move(fd), block, direct, block_bytes, alignment));
}

std::uint64_t FdBlockDevice::size_bytes() const {
  if (block_) {
    std::uint64_t size = 0;
    return ioctl(fd_.get(), BLKGETSIZE64, &size) == 0 ? size : 0;
  }
  struct stat about{};
  return fstat(fd_.get(), &about) == 0 ? static_cast<std::uint64_t>(about.st_size) : 0;
}

Status FdBlockDevice::check_range(std::uint64_t offset, std::size_t length) const {
  const auto size = size_bytes();
  if (offset > size || length > size - offset) {
    return io_at("access to", offset, length, "beyond the end, which is at " + std::to_string(size));
  }
  if (offset % block_bytes_ != 0 || length % block_bytes_ != 0) {
    return io_at("access to", offset, length, "not aligned to " + std::to_string(block_bytes_));
  }
  return {};
}

bool FdBlockDevice::aligned(std::uint64_t offset, std::size_t length) const {
  return offset % direct_alignment_ == 0 && length % direct_alignment_ == 0;
}

Status FdBlockDevice::set_direct(bool on) const {
  const int flags = fcntl(fd_.get(), F_GETFL);
  if (flags < 0 || fcntl(fd_.get(), F_SETFL, on ? flags | O_DIRECT : flags & ~O_DIRECT) != 0) {
    return fail(ErrorKind::io, std::string("O_DIRECT could not be switched: ") + strerror(errno));
  }
  return {};
}

Status FdBlockDevice::read_piece(std::uint64_t offset, std::span<std::uint8_t> out) {
  std::size_t done = 0;
  while (done < out.size()) {
    const auto got =
        pread(fd_.get(), bounce_.span().data() + done, out.size() - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return io_at("read of", offset + done, out.size() - done, strerror(errno));
    if (got == 0) return io_at("read of", offset + done, out.size() - done, "end of medium");
    done += static_cast<std::size_t>(got);
  }
  std::memcpy(out.data(), bounce_.span().data(), out.size());
  return {};
}

Status FdBlockDevice::write_piece(std::uint64_t offset, BytesView data) {
  const bool usable = reinterpret_cast<std::uintptr_t>(data.data()) % AlignedBuffer::kAlignment == 0;
  if (!usable) std::memcpy(bounce_.span().data(), data.data(), data.size());
  const std::uint8_t* from = usable ? data.data() : bounce_.span().data();
  std::size_t done = 0;
  while (done < data.size()) {
    const auto put = pwrite(fd_.get(), from + done, data.size() - done, static_cast<off_t>(offset + done));
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return io_at("write of", offset + done, data.size() - done, strerror(errno));
    if (put == 0) return io_at("write of", offset + done, data.size() - done, "nothing was accepted");
    done += static_cast<std::size_t>(put);
  }
  return {};
}

Status FdBlockDevice::read(std::uint64_t offset, std::span<std::uint8_t> out) {
  QUIETUS_CHECK(check_range(offset, out.size()));
  while (!out.empty()) {
    const auto length = std::min(out.size(), kTransferBytes);
    const bool detour = direct_ && !aligned(offset, length);  // the tail of a file system with larger blocks
    if (detour) QUIETUS_CHECK(set_direct(false));
    const auto status = read_piece(offset, out.first(length));
    if (detour) QUIETUS_CHECK(set_direct(true));
    if (!status) return status;
    out = out.subspan(length);
    offset += length;
  }
  return {};
}

Status FdBlockDevice::write(std::uint64_t offset, BytesView data) {
  QUIETUS_CHECK(check_range(offset, data.size()));
  while (!data.empty()) {
    const auto length = std::min(data.size(), kTransferBytes);
    const bool detour = direct_ && !aligned(offset, length);
    if (detour) QUIETUS_CHECK(set_direct(false));
    const auto status = write_piece(offset, data.first(length));
    if (detour) QUIETUS_CHECK(set_direct(true));
    if (!status) return status;
    data = data.subspan(length);
    offset += length;
  }
  return {};
}

Status FdBlockDevice::flush() {
  if (fsync(fd_.get()) != 0) return fail(ErrorKind::io, std::string("fsync of a medium: ") + strerror(errno));
  return {};
}

}  // namespace quietus::eraser
