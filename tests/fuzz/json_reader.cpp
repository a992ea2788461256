// Whatever the strict reader takes, the writer gives in a form that the reader takes as canonical and as the
// same value.
#include <cstdlib>

#include "base/json.hpp"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using quietus::Json;
  const std::string_view text = quietus::as_text({data, size});
  const auto json = Json::parse(text);
  const auto canonical = Json::parse_canonical(text);
  if (!json) {
    require(json.error().message.size() < 200);
    require(!canonical);
    return 0;
  }
  const std::string written = json->write();
  require(Json::parse_canonical(written).value() == *json);
  require(Json::parse(json->write_pretty()).value() == *json);
  require(canonical.has_value() == (written == text));
  return 0;
}
