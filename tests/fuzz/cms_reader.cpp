// The strict reader of SignedData: what it takes is DER all the way, and every view lies inside the input.
#include <cstdlib>

#include "proof/cms.hpp"
#include "proof/signed_data.hpp"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

bool inside(quietus::BytesView part, quietus::BytesView whole) {
  return part.empty() ||
         (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace quietus;
  const BytesView input(bytes, size);
  const auto data = proof::read_signed_data(input);
  if (!data) {
    require(data.error().kind == ErrorKind::verification_failed);
    return 0;
  }
  require(inside(data->content_type, input) && inside(data->signature, input));
  require(inside(data->attributes_content, input) && inside(data->issuer_and_serial, input));
  std::size_t attributes_bytes = 0;
  for (const auto& attribute : data->attributes)
    attributes_bytes += attribute.type.size() + attribute.value.whole.size();
  require(attributes_bytes <= data->attributes_content.size());
  // With the input's own certificates as expectation the deeper checks are reached.
  std::vector<proof::X509Certificate> certificates;
  for (const auto& der : data->certificates) {
    require(inside(der, input));
    if (auto certificate = proof::X509Certificate::parse(der)) certificates.push_back(*certificate);
  }
  for (std::size_t i = 0; i < certificates.size(); ++i) {
    std::vector<proof::X509Certificate> chain = certificates;
    chain.erase(chain.begin() + static_cast<std::ptrdiff_t>(i));
    (void)proof::verify_cades_bes(input, as_bytes("fuzz"), certificates[i], chain);
  }
  return 0;
}
