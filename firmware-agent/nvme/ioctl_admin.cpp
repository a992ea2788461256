#include "firmware-agent/nvme/ioctl_admin.hpp"

#include <linux/nvme_ioctl.h>
#include <sys/ioctl.h>

#include <cerrno>
#include <cstring>

namespace quietus::nvme {
namespace {

std::unexpected<Error> no_answer(int error) {
  const std::string text = std::string("no answer from the drive: ") + strerror(error);
  switch (error) {
    case EACCES:
    case EPERM:
      return fail(ErrorKind::denied, text);
    case ETIMEDOUT:
      return fail(ErrorKind::timed_out, text);
    case ENOTTY:
    case EINVAL:
    case EFAULT:
      return fail(ErrorKind::invalid_input, text);
    default:
      return fail(ErrorKind::unavailable, text);
  }
}

}  // namespace

Result<Completion> IoctlAdmin::submit(const Command& command, std::span<std::uint8_t> buffer) {
  if (buffer.size() != command.transfer_bytes)
    return fail(ErrorKind::invalid_input, "the buffer does not fit the command");
  nvme_admin_cmd request{};
  request.opcode = command.opcode;
  request.nsid = command.nsid;
  request.addr = reinterpret_cast<std::uintptr_t>(buffer.data());
  request.data_len = command.transfer_bytes;
  request.cdw10 = command.cdw[0];
  request.cdw11 = command.cdw[1];
  request.cdw12 = command.cdw[2];
  request.cdw13 = command.cdw[3];
  request.cdw14 = command.cdw[4];
  request.cdw15 = command.cdw[5];
  request.timeout_ms = command.timeout_ms;
  // 0 or a positive NVMe status when the drive answered, -1 when the kernel did. Not repeated on EINTR: the
  // drive may have the command.
  const int status = ioctl(descriptor_, NVME_IOCTL_ADMIN_CMD, &request);
  if (status < 0) return no_answer(errno);
  return Completion{request.result, static_cast<std::uint16_t>(status)};
}

Result<std::uint32_t> IoctlAdmin::namespace_id() const {
  const int id = ioctl(descriptor_, NVME_IOCTL_ID);
  if (id <= 0) return fail(ErrorKind::invalid_input, "the descriptor is not an NVMe namespace");
  return static_cast<std::uint32_t>(id);
}

}  // namespace quietus::nvme
