// What the tests of this room make again and again: one world of keys, bundles of it, and short forms of
// answers.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/bundle_maker.hpp"

namespace quietus::proof {

inline constexpr std::int64_t kHour = 3'600'000, kDay = 24 * kHour;  // milliseconds

inline test::SigningWorld& world() {
  static test::SigningWorld made = test::SigningWorld::make();
  return made;
}
inline std::vector<X509Certificate> chain() { return {world().service.certificate()}; }

inline test::BundleMaker& maker() {
  static test::BundleMaker made(test::SigningWorld::make());
  return made;
}
inline const BundleFiles& keys_bundle() {
  static const BundleFiles files = maker().bundle(maker().keyring_input());
  return files;
}
inline const BundleFiles& scheduled_bundle() {
  static const BundleFiles files = maker().bundle(maker().scheduled_input());
  return files;
}
inline const Bytes kContent = to_bytes(R"({"type":"quietus.certificate-of-destruction/1"})");

inline KeyRanges ranges(std::string_view text) { return *KeyRanges::parse(text); }

/// Why no certificate is made.
inline std::string refusal(const CertificateInput& input) {
  const auto made = make_certificate(input);
  return made ? "made" : made.error().message;
}

/// One of the list's texts, in English where there are two languages, has this part.
inline bool says(const Json& list, std::string_view part) {
  return std::ranges::any_of(*list.array(), [&](const Json& item) {
    const Json* text = item.find("en");
    return (text == nullptr ? item : *text).string()->find(part) != std::string::npos;
  });
}

/// A line for each check that did not hold.
inline std::string failures(const VerifyReport& report) {
  std::string out;
  for (const auto& check : report.checks) {
    if (!check.ok) out += check.id + ": " + check.detail + "\n";
  }
  return out;
}

}  // namespace quietus::proof
