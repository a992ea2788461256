// Who a controller and a namespace are and what they can do (NVM Express Base Specification, Identify
// Controller data structure; NVM Command Set Specification, Identify Namespace data structure).
#pragma once

#include <string>
#include <vector>

#include "firmware-agent/nvme/commands.hpp"
#include "quietus/bytes.hpp"

namespace quietus::nvme {

/// Text is printable ASCII without surrounding spaces; what a drive says otherwise is replaced by '?'.
struct Controller {
  std::string serial, model, firmware, subsystem;  ///< `subsystem`: SUBNQN
  std::uint16_t controller_id = 0;
  std::uint32_t version = 0;
  std::uint32_t namespaces = 0;  ///< NN: largest number of them
  // CMIC
  bool several_ports = false, several_controllers = false;
  // OACS
  bool can_format = false, can_manage_namespaces = false;
  // SANICAP
  bool can_crypto_erase = false, can_block_erase = false, can_overwrite = false;
  bool keeps_allocated = false;          ///< false: "No-Deallocate After Sanitize" is inhibited
  std::uint8_t no_deallocate_media = 0;  ///< NODMMAS, 31:30
  // FNA
  bool format_hits_all = false, format_erase_hits_all = false, format_can_crypto = false;
  bool volatile_write_cache = false;
  std::uint8_t rpmb_units = 0;
  std::uint64_t unallocated_bytes = 0;  ///< UNVMCAP, at most 2^64-1

  [[nodiscard]] bool can(SanitizeAction action) const;
};

struct Namespace {
  std::uint64_t size_blocks = 0;
  std::uint32_t block_bytes = 0;
  std::uint16_t metadata_bytes = 0;
  bool shared = false;       ///< NMIC bit 0
  std::string nguid, eui64;  ///< lower-case hex, empty when the namespace has none
  CurrentFormat format;
};

/// `corrupt` when the bytes are not 4096, or say what cannot be (no such LBA format, blocks below 512 bytes
/// or above 1 MiB).
Result<Controller> decode_controller(BytesView bytes);
Result<Namespace> decode_namespace(BytesView bytes);
/// Ids in ascending order up to the first zero; `corrupt` when they are not.
Result<std::vector<std::uint32_t>> decode_namespace_list(BytesView bytes);

/// Ask and decode. Errors as of NvmeAdmin; `unavailable` for a path that failed, `io` when the drive refuses.
Result<Controller> ask_controller(NvmeAdmin& drive);
Result<Namespace> ask_namespace(NvmeAdmin& drive, std::uint32_t nsid);
Result<std::vector<std::uint32_t>> ask_namespaces(NvmeAdmin& drive);
/// Sends a command that reads; the drive must answer with success.
Result<Bytes> ask(NvmeAdmin& drive, const Command& command);

}  // namespace quietus::nvme
