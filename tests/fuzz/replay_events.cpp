// A history that somebody made up, an entry a line: whatever it says, a replay comes to its end.
#include <cstdlib>

#include "governance/replay.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace quietus;
  std::string_view text = as_text({bytes, size});
  governance::Replayer replayer{governance::Packs()};
  std::uint64_t added = 0;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto json = Json::parse(text.substr(0, end));
    if (const auto event = json ? governance::event_from_json(*json) : std::unexpected(json.error())) {
      replayer.add(*event);
      ++added;
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  const auto replay = replayer.finish();
  const bool counted = replay.events <= added && replay.decided + replay.asked <= added;
  if (!counted) std::abort();
  return 0;
}
