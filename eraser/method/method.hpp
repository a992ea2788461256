// Erasure methods as data: what is written, which clause it implements, what it can claim and what it cannot
// reach. A new method is one row of the table in method.cpp.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "quietus/media.hpp"

namespace quietus::eraser {

struct Method {
  std::string_view id;  ///< Plan::technique_id
  OverwritePattern pattern;
  std::string_view technique;  ///< for people
  std::string_view clause;     ///< the standard that names the technique
};

/// Every method that this build can carry out.
std::span<const Method> methods();
/// nullptr when no method has the id.
const Method* find_method(std::string_view id);
/// nullptr for `none`.
const Method* method_for(OverwritePattern pattern);

/// What an overwrite by the host can claim on a medium (NIST SP 800-88r2 §3.1): derived, never typed in.
SanitizationMethod claim_for(const Method& method, MediumKind kind);

/// What the method does not reach on a medium, for the plan and the certificate. Never empty: there is always
/// something.
std::vector<std::string> areas_not_covered(const Method& method, MediumKind kind);

}  // namespace quietus::eraser
