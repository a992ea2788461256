// The rows of a keyring come from a database that somebody else may have written to: pages, cards, heads and
// ciphertexts have one encoding each, and what decodes encodes to the same bytes, within the bounds.
#include <algorithm>
#include <cstdlib>

#include "kms/epochs/receipts.hpp"
#include "kms/keyrings/ciphertext.hpp"
#include "kms/keyrings/key_card.hpp"
#include "kms/keyrings/sheet.hpp"

using namespace quietus;

namespace {

template <class Value>
void check_same(const Result<Value>& value, BytesView bytes) {
  if (value && !std::ranges::equal(encode(*value), bytes)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const BytesView bytes(data, size);
  const auto sheet = keyrings::decode_sheet(bytes);
  check_same(sheet, bytes);
  if (sheet && sheet->keys.size() > keyrings::kMaxSheetKeys) std::abort();
  check_same(keyrings::decode_card(bytes), bytes);
  check_same(keyrings::decode_head(bytes), bytes);
  check_same(epochs::decode_receipts(bytes), bytes);
  if (const auto read = keyrings::read_ciphertext(bytes)) {
    const Bytes header = keyrings::ciphertext_header(read->keyring, read->key);
    if (!std::ranges::equal(header, bytes.first(bytes.size() - read->sealed.size()))) std::abort();
  }
  return 0;
}
