#include "firmware-agent/nvme/identify.hpp"

#include <algorithm>
#include <limits>

#include "base/encoding.hpp"
#include "firmware-agent/nvme/little_endian.hpp"
#include "firmware-agent/nvme/status.hpp"

namespace quietus::nvme {
namespace {

constexpr std::uint64_t kMostBytes = std::uint64_t{1} << 53;  // a size must fit our documents

/// ASCII padded with spaces or zeros.
std::string text_at(BytesView bytes, std::size_t at, std::size_t width) {
  std::string text;
  for (const auto byte : bytes.subspan(at, width)) {
    if (byte == 0) break;
    text += byte >= 0x20 && byte < 0x7F ? static_cast<char>(byte) : '?';
  }
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return text.substr(std::min(text.find_first_not_of(' '), text.size()));
}

/// A name in the world; all zero says there is none.
std::string name_at(BytesView bytes, std::size_t at, std::size_t width) {
  const auto name = bytes.subspan(at, width);
  const bool none = std::ranges::all_of(name, [](auto byte) { return byte == 0; });
  return none ? std::string{} : hex(name);
}

bool bit(std::uint64_t word, unsigned number) { return (word >> number & 1) != 0; }

Status check_length(BytesView bytes) {
  if (bytes.size() == kIdentifyBytes) return {};
  return fail(ErrorKind::corrupt, "an Identify answer has 4096 bytes");
}

std::uint64_t saturated_at(BytesView bytes, std::size_t at) {
  return little_endian(bytes, at + 8, 8) != 0 ? std::numeric_limits<std::uint64_t>::max()
                                              : little_endian(bytes, at, 8);
}

}  // namespace

bool Controller::can(SanitizeAction action) const {
  switch (action) {
    case SanitizeAction::block_erase:
      return can_block_erase;
    case SanitizeAction::overwrite:
      return can_overwrite;
    case SanitizeAction::crypto_erase:
      return can_crypto_erase;
  }
  return false;
}

Result<Controller> decode_controller(BytesView bytes) {
  QUIETUS_CHECK(check_length(bytes));
  Controller controller;
  controller.serial = text_at(bytes, 4, 20);
  controller.model = text_at(bytes, 24, 40);
  controller.firmware = text_at(bytes, 64, 8);
  controller.subsystem = text_at(bytes, 768, 256);
  controller.controller_id = static_cast<std::uint16_t>(little_endian(bytes, 78, 2));
  controller.version = static_cast<std::uint32_t>(little_endian(bytes, 80, 4));
  controller.namespaces = static_cast<std::uint32_t>(little_endian(bytes, 516, 4));
  controller.several_ports = bit(bytes[76], 0);
  controller.several_controllers = bit(bytes[76], 1);
  const auto oacs = little_endian(bytes, 256, 2);
  controller.can_format = bit(oacs, 1);
  controller.can_manage_namespaces = bit(oacs, 3);
  const auto sanicap = little_endian(bytes, 328, 4);
  controller.can_crypto_erase = bit(sanicap, 0);
  controller.can_block_erase = bit(sanicap, 1);
  controller.can_overwrite = bit(sanicap, 2);
  controller.keeps_allocated = !bit(sanicap, 29);
  controller.no_deallocate_media = static_cast<std::uint8_t>(sanicap >> 30);
  controller.format_hits_all = bit(bytes[524], 0);
  controller.format_erase_hits_all = bit(bytes[524], 1);
  controller.format_can_crypto = bit(bytes[524], 2);
  controller.volatile_write_cache = bit(bytes[525], 0);
  controller.rpmb_units = bytes[312] & 7;
  controller.unallocated_bytes = saturated_at(bytes, 296);
  return controller;
}

Result<Namespace> decode_namespace(BytesView bytes) {
  QUIETUS_CHECK(check_length(bytes));
  Namespace found;
  found.size_blocks = little_endian(bytes, 0, 8);
  found.shared = bit(bytes[30], 0);
  found.nguid = name_at(bytes, 104, 16);
  found.eui64 = name_at(bytes, 120, 8);
  const std::uint8_t formats = bytes[25], current = bytes[26], protection = bytes[29];  // NLBAF, FLBAS, DPS
  found.format.lba_format = static_cast<std::uint8_t>((current & 0xF) | (current >> 5 & 3) << 4);
  found.format.metadata_inline = bit(current, 4);
  found.format.protection = protection & 7;
  found.format.protection_first = bit(protection, 3);
  if (found.format.lba_format > formats || found.format.lba_format > 63)
    return fail(ErrorKind::corrupt, "the namespace is in an LBA format that it does not have");
  const auto format = little_endian(bytes, 128 + 4 * std::size_t{found.format.lba_format}, 4);
  const auto exponent = format >> 16 & 0xFF;  // LBADS
  if (exponent < 9 || exponent > 20)
    return fail(ErrorKind::corrupt, "the namespace has blocks of 2^" + std::to_string(exponent) + " bytes");
  found.block_bytes = 1U << exponent;
  if (found.size_blocks > kMostBytes / found.block_bytes)
    return fail(ErrorKind::corrupt, "the namespace is larger than can be");
  found.metadata_bytes = static_cast<std::uint16_t>(format & 0xFFFF);
  return found;
}

Result<std::vector<std::uint32_t>> decode_namespace_list(BytesView bytes) {
  QUIETUS_CHECK(check_length(bytes));
  std::vector<std::uint32_t> ids;
  for (std::size_t at = 0; at < bytes.size(); at += 4) {
    const auto id = static_cast<std::uint32_t>(little_endian(bytes, at, 4));
    if (id == 0) break;
    if (!ids.empty() && id <= ids.back())
      return fail(ErrorKind::corrupt, "the list of namespaces is not in order");
    ids.push_back(id);
  }
  return ids;
}

Result<Bytes> ask(NvmeAdmin& drive, const Command& command) {
  Bytes buffer(command.transfer_bytes);
  QUIETUS_TRY(completion, drive.submit(command, buffer));
  if (is_path_failure(completion))
    return fail(ErrorKind::unavailable, "the drive cannot be reached: " + status_text(completion));
  if (!completion.ok()) return fail(ErrorKind::io, "the drive refuses: " + status_text(completion));
  return buffer;
}

Result<Controller> ask_controller(NvmeAdmin& drive) {
  QUIETUS_TRY(bytes, ask(drive, identify_controller()));
  return decode_controller(bytes);
}

Result<Namespace> ask_namespace(NvmeAdmin& drive, std::uint32_t nsid) {
  QUIETUS_TRY(bytes, ask(drive, identify_namespace(nsid)));
  return decode_namespace(bytes);
}

Result<std::vector<std::uint32_t>> ask_namespaces(NvmeAdmin& drive) {
  QUIETUS_TRY(bytes, ask(drive, identify_active_namespaces()));
  return decode_namespace_list(bytes);
}

}  // namespace quietus::nvme
