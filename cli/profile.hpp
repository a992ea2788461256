// The person at the keyboard: where kms is, whom to trust, their own key and certificate.
#pragma once

#include <string>

#include "base/crypto.hpp"
#include "cli/context.hpp"
#include "proof/x509.hpp"
#include "quietus/order.hpp"

namespace quietus::cli {

/// quietus.json: {"url","trust","certificate","key"}; paths relative to the file.
struct Profile {
  std::string url, trust, certificate, key;
  proof::X509Certificate person_certificate;
  Person person;  ///< as the certificate names them
};

/// `invalid_input` when no profile was named, or it does not say what it should.
Result<Profile> load_profile(const Context& context);

}  // namespace quietus::cli
