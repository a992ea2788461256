// Batches of key operations as a client sends them: whatever is taken lies inside the request and within its
// bounds.
#include <cstdlib>

#include "kms/service/items.hpp"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

bool inside(quietus::BytesView part, quietus::BytesView whole) {
  return part.empty() ||
         (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const quietus::BytesView frames(data, size);
  const auto items = quietus::service::read_items(frames);
  if (!items) {
    require(items.error().kind == quietus::ErrorKind::invalid_input);
    return 0;
  }
  require(!items->empty() && items->size() <= quietus::service::kMaxItems);
  std::size_t taken = 0;
  for (const auto& item : *items) {
    require(item.key.size() <= 64 && inside(quietus::as_bytes(item.key), frames));
    require(item.associated_data.size() <= 4096 && inside(item.associated_data, frames));
    require(inside(item.data, frames));
    taken += 8 + item.key.size() + item.associated_data.size() + item.data.size();
  }
  require(taken == size);
  return 0;
}
