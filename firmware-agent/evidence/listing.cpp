#include "firmware-agent/evidence/listing.hpp"

#include "firmware-agent/inventory/media_list.hpp"
#include "proof/documents.hpp"

namespace quietus::agent {

Result<Json> list_with_reasons(const GuardSettings& settings) {
  QUIETUS_TRY(media, list_media(settings.image_dirs));
  Json::Array list;
  for (const auto& medium : media) {
    const auto seen = examine(medium.path, settings);
    if (!seen) {  // a medium that cannot be looked at is shown as one, not left out
      DeviceIdentity unknown;
      unknown.path = medium.path;
      list.emplace_back(Json::Object{{"guard", Json::Array{"cannot be examined: " + seen.error().message}},
                                     {"identity", proof::to_json(unknown)}});
      continue;
    }
    list.emplace_back(Json::Object{{"guard", Json::Array(seen->reasons.begin(), seen->reasons.end())},
                                   {"identity", proof::to_json(seen->identity)}});
  }
  return Json(std::move(list));
}

}  // namespace quietus::agent
