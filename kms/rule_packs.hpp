// The statutory rule packs that the configuration names, verified under the pinned root of packs.
#pragma once

#include "governance/packs.hpp"
#include "kms/settings.hpp"

namespace quietus::kms {

/// The house's own rules alone when no pack is configured. Whatever is wrong with one that is (bytes,
/// fixtures, signatures at `now`) is an error that names its file: a case must not find its rules missing
/// because a file was damaged in silence.
Result<governance::Packs> load_packs(const Settings& settings, UnixMs now);

}  // namespace quietus::kms
