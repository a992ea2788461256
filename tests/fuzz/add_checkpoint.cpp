// What a stranger sends to a witness: refused, or understood and written again the same.
#include <cstdlib>

#include "base/crypto.hpp"
#include "proof/add_checkpoint.hpp"
#include "proof/cosignature.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace quietus;
  const std::string_view text = as_text({bytes, size});
  const auto key = proof::parse_witness_key(text);
  if (key && to_string(*key) != text) std::abort();
  const auto request = proof::parse_add_checkpoint(text);
  if (!request) return 0;
  std::string note = request->note.body + "\n";
  for (const auto& signature : request->note.signatures) note += proof::note_signature_line(signature);
  if (proof::write_add_checkpoint(request->old_size, request->proof, note) != text) std::abort();
  static const proof::WitnessKey nobody{"nobody", {}};
  if (proof::verify_cosignature(request->note, nobody)) std::abort();
  return 0;
}
