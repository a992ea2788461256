// Transcripts and intents come from files: what can be read is written back to the same bytes, and can be
// played.
#include <cstdlib>

#include "firmware-agent/nvme/intent.hpp"
#include "firmware-agent/nvme/replay.hpp"
#include "firmware-agent/nvme/retrace.hpp"

using namespace quietus;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = as_text({data, size});
  if (const auto intent = nvme::read_intent(text); intent && nvme::write_intent(*intent) != text)
    std::abort();
  auto exchanges = nvme::parse_transcript(text);
  if (!exchanges) return 0;
  nvme::ReplayedDrive drive(*exchanges);
  for (const auto& exchange : *exchanges) {
    if (exchange.answer && exchange.data.size() != exchange.command.transfer_bytes) std::abort();
    Bytes buffer(exchange.command.transfer_bytes);
    const auto answer = drive.submit(exchange.command, buffer);
    if (answer.has_value() != exchange.answer.has_value()) std::abort();
    if (answer && (*answer != *exchange.answer || buffer != exchange.data)) std::abort();
  }
  if (drive.left() != 0) std::abort();
  const auto shorter = nvme::without_repeats(text);
  if (!shorter || nvme::without_repeats(*shorter) != *shorter) std::abort();
  for (const auto* command : {"sanitize-block", "format-crypto"}) {
    const auto whole = nvme::retrace(text, command);
    if (whole && whole->outcome == nvme::Outcome::succeeded && whole->answer.empty() && command[0] == 'f')
      std::abort();
  }
  return 0;
}
