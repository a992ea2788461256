#include "kms/keys/census_digest.hpp"

#include <algorithm>

#include "base/crypto.hpp"
#include "base/encoding.hpp"

namespace quietus::keys {

CensusSummary summarise(std::vector<HsmObject> census, const HsmKeyRef& target, const HsmKeyRef& canary) {
  std::ranges::sort(census);
  CensusSummary summary;
  summary.objects = census.size();
  Sha256 others;
  for (const HsmObject& object : census) {
    if (std::ranges::equal(object.cka_id, target.cka_id)) {
      ++summary.targets;
    } else if (std::ranges::equal(object.cka_id, canary.cka_id)) {
      ++summary.canaries;
    } else {
      const std::string line = std::to_string(object.object_class) + " " + hex(object.cka_id) + " " +
                               hex(as_bytes(object.label)) + "\n";
      others.update(as_bytes(line));
    }
  }
  summary.others = others.finish();
  return summary;
}

bool differs_by_target_only(const CensusSummary& before, const CensusSummary& after) {
  return before.targets >= 1 && after.targets == 0 && before.canaries == before.targets &&
         after.canaries == before.canaries && before.objects == after.objects + before.targets &&
         before.others == after.others;
}

}  // namespace quietus::keys
