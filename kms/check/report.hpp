// What a check found, for people and for programs.
#pragma once

#include <string>
#include <vector>

#include "base/json.hpp"
#include "kms/pkcs11/profile.hpp"
#include "quietus/hsm.hpp"

namespace quietus::kms {

inline constexpr const char* kDestroyMeaningUnknown =
    "NOT STATED YET: ask the vendor whether C_DestroyObject overwrites the key, and which backups keep it.";

enum class Outcome { pass, not_offered, failed };

struct CheckResult {
  std::string name, what;
  Outcome outcome = Outcome::failed;
  std::string why;  ///< of a failure
};

struct CheckReport {
  std::string module;
  HsmInfo info;
  HsmCapabilities capabilities;
  std::vector<CheckResult> results;
  pkcs11::Profile drafted;
};

bool nothing_failed(const CheckReport& report);
Json to_json(const CheckReport& report);
std::string to_text(const CheckReport& report);

}  // namespace quietus::kms
