// What a destruction remembers of a census: how many objects there were, and a digest of all of them but the
// target and the canary. Small enough to be kept, exact enough to compare.
#pragma once

#include <cstdint>
#include <vector>

#include "quietus/hsm.hpp"

namespace quietus::keys {

struct CensusSummary {
  std::uint64_t objects = 0;
  std::uint64_t targets = 0, canaries = 0;  ///< objects that carry those ids
  Digest others;                            ///< over class, id and label of every other object, sorted
  bool operator==(const CensusSummary&) const = default;
};

CensusSummary summarise(std::vector<HsmObject> census, const HsmKeyRef& target, const HsmKeyRef& canary);

/// Exactly the target went, every object of it, nothing came, the canary stayed.
bool differs_by_target_only(const CensusSummary& before, const CensusSummary& after);

}  // namespace quietus::keys
