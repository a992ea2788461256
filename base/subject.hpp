// What something is about, as people write it.
#pragma once

#include <string_view>

#include "quietus/attestation.hpp"
#include "quietus/result.hpp"

namespace quietus {

/// "holding:H-7": a kind and an id. Whether there is such a thing is not asked here.
Result<Subject> subject_from(std::string_view text);

}  // namespace quietus
