// The person at the keyboard: where kms is, whom to trust, their own key and certificate.
#pragma once

#include <optional>
#include <string>

#include "base/crypto.hpp"
#include "cli/terminal/context.hpp"
#include "proof/x509.hpp"
#include "quietus/order.hpp"

namespace quietus::cli {

/// Where a person's signing key is, when it is not in a file.
struct Card {
  std::string module;    ///< the PKCS#11 library, absolute
  std::string key;       ///< URI of RFC 7512, e.g. pkcs11:token=Olivia;id=%01
  std::string pin_file;  ///< empty: the PIN is asked at the terminal
};

/// quietus.json: {"url","trust","certificate","key"}; paths relative to the file. "key" and "certificate"
/// open the connection; with "card": {"module","key","certificate","pin_file"?} statements are signed by the
/// card.
struct Profile {
  std::string url, trust, certificate, key;
  std::optional<Card> card;
  proof::X509Certificate person_certificate;  ///< whose key signs statements
  Person person;                              ///< as that certificate names them
};

/// `invalid_input` when no profile was named, or it does not say what it should.
Result<Profile> load_profile(const Context& context);

}  // namespace quietus::cli
