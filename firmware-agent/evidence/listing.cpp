#include "firmware-agent/evidence/listing.hpp"

#include "firmware-agent/inventory/media_list.hpp"
#include "proof/documents.hpp"

namespace quietus::agent {

Result<Json> list_with_reasons(const GuardSettings& settings) {
  QUIETUS_TRY(media, list_media(settings.image_dirs));
  Json::Array list;
  for (const auto& medium : media) {
    const auto seen = examine(medium.path, settings);
    if (!seen) continue;
    list.emplace_back(Json::Object{{"guard", Json::Array(seen->reasons.begin(), seen->reasons.end())},
                                   {"identity", proof::to_json(seen->identity)}});
  }
  return Json(std::move(list));
}

}  // namespace quietus::agent
