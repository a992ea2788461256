#include "firmware-agent/nvme/markers.hpp"

#include <algorithm>

#include "base/crypto.hpp"

namespace quietus::nvme {
namespace {

constexpr std::size_t kCell = 16;

Result<Bytes> content_at(const Markers& markers, std::uint64_t offset) {
  Bytes content(kMarkerBytes);
  QUIETUS_CHECK(aes_256_ctr_stream(markers.seed, offset, content));
  return content;
}

/// By chance two cells are the same once in 2^128.
bool any_cell_equal(BytesView a, BytesView b) {
  for (std::size_t at = 0; at + kCell <= a.size(); at += kCell) {
    if (std::ranges::equal(a.subspan(at, kCell), b.subspan(at, kCell))) return true;
  }
  return false;
}

}  // namespace

Result<Markers> place_markers(const Digest& seed, std::uint64_t size_bytes, std::uint32_t block_bytes) {
  if (block_bytes == 0 || kMarkerBytes % block_bytes != 0)
    return fail(ErrorKind::invalid_input, "markers of 4096 bytes do not fit the namespace's blocks");
  const std::uint64_t places = size_bytes / kMarkerBytes;
  if (places == 0) return fail(ErrorKind::invalid_input, "the namespace is too small for a marker");
  Markers markers{seed, {}};
  const std::uint64_t count = std::min<std::uint64_t>(places, kMarkers);
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t place = count == 1 ? 0 : (places - 1) / (count - 1) * i;
    markers.offsets.push_back(place * kMarkerBytes);
  }
  markers.offsets.back() = (places - 1) * kMarkerBytes;
  return markers;
}

Status write_markers(BlockDevice& device, const Markers& markers) {
  for (const auto offset : markers.offsets) {
    QUIETUS_TRY(content, content_at(markers, offset));
    QUIETUS_CHECK(device.write(offset, content));
  }
  QUIETUS_CHECK(device.flush());
  for (const auto offset : markers.offsets) {
    QUIETUS_TRY(content, content_at(markers, offset));
    Bytes found(content.size());
    QUIETUS_CHECK(device.read(offset, found));
    if (found != content)
      return fail(ErrorKind::verification_failed, "a marker does not read back as it was written");
  }
  return {};
}

Result<MarkerSearch> search_markers(BlockDevice& device, const Markers& markers) {
  MarkerSearch search;
  Sha256 digest;
  for (const auto offset : markers.offsets) {
    QUIETUS_TRY(content, content_at(markers, offset));
    Bytes found(content.size());
    if (!device.read(offset, found)) {
      ++search.unreadable;
      continue;
    }
    ++search.looked_at;
    if (any_cell_equal(content, found)) ++search.surviving;
    digest.update(found);
  }
  search.read_digest = digest.finish();
  return search;
}

}  // namespace quietus::nvme
