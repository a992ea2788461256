// How the parts of a certificate are held against each other; not for other rooms.
#pragma once

#include <string>

#include "quietus/result.hpp"

namespace quietus::proof {

inline std::unexpected<Error> apart(const std::string& why) {
  return fail(ErrorKind::verification_failed, "the certificate's sources do not belong together: " + why);
}

/// Reads downwards: each line is one thing that must hold.
class Joins {
 public:
  Joins& require(bool holds, const char* what) {
    if (!holds && missing_ == nullptr) missing_ = what;
    return *this;
  }
  [[nodiscard]] Status status() const {
    if (missing_ != nullptr) return apart(missing_);
    return {};
  }

 private:
  const char* missing_ = nullptr;
};

}  // namespace quietus::proof
