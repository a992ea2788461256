// The rows of a record table have one encoding each: what decodes encodes to the same bytes, within the
// bounds.
#include <algorithm>
#include <cstdlib>

#include "kms/records/blobs.hpp"
#include "kms/records/record_keys.hpp"

using namespace quietus;
using namespace quietus::records;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void extent(BytesView bytes) {
  for (std::uint32_t i = 0; i < kExtentPages; ++i) require(page_in_extent(bytes, i).size() % kPageBytes == 0);
  const auto pages = extent_from(bytes);
  if (!pages) return;
  require(pages->size() <= kExtentPages);
  require(std::ranges::equal(encode_extent(*pages), bytes));
  const auto page = page_from(pages->front());
  const Bytes header = encode_page_header(page->epoch, page->appended ? page->salt : BytesView());
  require(std::ranges::equal(header, pages->front().first(kPageHeaderBytes)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const BytesView bytes(data, size);
  if (const auto head = head_from(bytes)) {
    require(head->given <= RecordKeys::kMaxKeys && std::ranges::equal(encode(*head), bytes));
  }
  if (const auto top = top_from(bytes)) {
    require(top->live <= top->given && std::ranges::equal(encode(*top), bytes));
  }
  extent(bytes);
  const KeyringId table = KeyringId::parse("t").value();
  if (const auto place = extent_place(table, as_text(bytes))) {
    require(extent_key(table, place->extent, place->slot) == as_text(bytes));
  }
  return 0;
}
