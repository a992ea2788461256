// Every document that is signed: what a reader takes, its writer gives back byte for byte.
#include <algorithm>
#include <cstdlib>

#include "proof/certificate.hpp"
#include "proof/documents.hpp"
#include "proof/key_receipt.hpp"
#include "proof/leaf.hpp"
#include "proof/statement.hpp"
#include "proof/subject_receipt.hpp"

namespace {

using namespace quietus;

void require(bool holds) {
  if (!holds) std::abort();
}

template <class T>
void round_trip(BytesView input, Result<T> (*decode)(BytesView)) {
  const auto value = decode(input);
  if (value) require(std::ranges::equal(proof::encode(*value), input));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const BytesView input(bytes, size);
  round_trip(input, &proof::decode_order);
  round_trip(input, &proof::decode_approval);
  round_trip(input, &proof::decode_facts);
  round_trip(input, &proof::decode_mandate);
  round_trip(input, &proof::decode_sample);
  round_trip(input, &proof::decode_evidence);
  round_trip(input, &proof::decode_eraser_report);
  round_trip(input, &proof::decode_leaf);
  round_trip(input, &proof::decode_key_receipt);
  round_trip(input, &proof::decode_subject_receipt);
  (void)proof::read_receipt(input);
  if (const auto opened = proof::decode_opened_leaf(input)) {
    require(std::ranges::equal(proof::encode(*opened).value(), input));
  }
  if (const auto certificate = proof::read_certificate(input)) {
    const auto again = proof::make_certificate(*certificate);
    // Earlier formats are read, and never made again.
    require(certificate->format == proof::kCertificateFormat ? again && std::ranges::equal(*again, input)
                                                             : !again);
  }
  if (const auto json = Json::parse(as_text(input))) (void)proof::statement_from_json(*json);
  return 0;
}
