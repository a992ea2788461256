#include "firmware-agent/evidence/listing.hpp"

#include <fcntl.h>

#include "base/file.hpp"
#include "firmware-agent/inventory/media_list.hpp"
#include "firmware-agent/nvme/capability.hpp"
#include "proof/documents.hpp"

namespace quietus::agent {
namespace {

/// Erasure commands of the drive behind a node; empty for what has none, and for a drive that does not
/// answer.
Json::Array firmware_commands(const std::string& path, const OpenAdminQueue& open_queue) {
  const Fd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd) return {};
  const auto queue = open_queue(fd.get());
  if (!queue) return {};
  const auto controller = nvme::ask_controller(*queue->drive);
  if (!controller) return {};
  const auto names = nvme::capabilities(*controller);
  return {names.begin(), names.end()};
}

}  // namespace

Result<Json> list_with_reasons(const GuardSettings& settings, const OpenAdminQueue& open_queue) {
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
    Json one = Json::Object{{"guard", Json::Array(seen->reasons.begin(), seen->reasons.end())},
                            {"identity", proof::to_json(seen->identity)}};
    if (auto can = firmware_commands(medium.path, open_queue); !can.empty()) one["can"] = std::move(can);
    list.push_back(std::move(one));
  }
  return Json(std::move(list));
}

}  // namespace quietus::agent
