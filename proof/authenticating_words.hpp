// The fixed sentences about a device key that signs or makes MACs: it protected no data, so nothing becomes
// unreadable. See certificate_words.hpp, which gives them out.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"

namespace quietus::proof {

void add_authenticating_adversaries(std::optional<bool> copy_revives, Json::Array& covered,
                                    Json::Array& not_covered);
Json authenticating_does_not_prove();
std::vector<std::string> authenticating_areas_not_covered();

}  // namespace quietus::proof
