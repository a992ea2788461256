// What a drive says of itself: the first byte chooses the structure, the rest is the answer. What decodes
// keeps its bounds.
#include <algorithm>
#include <cstdlib>

#include "firmware-agent/nvme/capability.hpp"
#include "firmware-agent/nvme/logs.hpp"

using namespace quietus;

namespace {

void must(bool holds) {
  if (!holds) std::abort();
}

void check_text(const std::string& text, std::size_t most) {
  must(text.size() <= most && std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; }));
}

void controller(BytesView bytes) {
  const auto found = nvme::decode_controller(bytes);
  must(found.has_value() == (bytes.size() == 4096));
  if (!found) return;
  check_text(found->serial, 20);
  check_text(found->model, 40);
  check_text(found->firmware, 8);
  check_text(found->subsystem, 256);
  must(nvme::capabilities(*found).size() <= 5);
}

void space(BytesView bytes) {
  const auto found = nvme::decode_namespace(bytes);
  if (!found) return;
  must(found->block_bytes >= 512 && found->block_bytes <= 1 << 20);
  must(found->size_blocks <= (std::uint64_t{1} << 53) / found->block_bytes);
  must(found->nguid.empty() || found->nguid.size() == 32);
  const auto word = nvme::format_nvm(1, nvme::FormatErase::user_data, found->format).cdw[0];
  must((word >> 9 & 7) == 1 && word >> 14 == 0);  // nothing of the drive's can reach the erase setting
}

void sanitize_log(BytesView bytes) {
  const auto log = nvme::decode_sanitize_log(bytes);
  must(log.has_value() == (bytes.size() == 512));
  if (log) must(log->passes_done < 32);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const BytesView bytes(data + 1, size - 1);
  switch (data[0] % 5) {
    case 0:
      controller(bytes);
      break;
    case 1:
      space(bytes);
      break;
    case 2:
      if (const auto ids = nvme::decode_namespace_list(bytes))
        must(ids->size() <= 1024 && std::ranges::is_sorted(*ids));
      break;
    case 3:
      sanitize_log(bytes);
      break;
    default:
      must(nvme::decode_health_log(bytes).has_value() == (bytes.size() == 512));
  }
  return 0;
}
