// VERIFY.txt: how a stranger checks a bundle with stock tools. Generated, so that a changed one is found out.
#pragma once

#include <string>

#include "proof/bundle.hpp"

namespace quietus::proof {

/// Which of the files under trust/ are there that need not be.
struct TrustParts {
  bool host = false, tsa_root = false, service_crl = false, witnesses = false;
};
TrustParts trust_parts(const TrustFiles& trust);

struct VerifyTextInput {
  UnixMs at;  ///< when chains must have been valid: the time-stamp's time
  bool stamped = false;
  TrustParts trust;
  bool keyring = false;      ///< keys of a keyring: there may be receipts
  bool rsa = false;          ///< checkpoints or mandates are signed with RSASSA-PSS
  std::size_t schedule = 0;  ///< entries that it rests on when nobody signed
  int format = 3;            ///< of certificate.json
  bool waivers = false;      ///< there are some
  bool predecessor = false;  ///< it takes the place of another certificate
  bool withdrawal = false;   ///< and certifies nothing else
  int edition = 2;           ///< 1: with waivers it had eleven commands; still accepted, issued no more
};

std::string verify_text(const VerifyTextInput& input);
/// In any edition that was ever issued for it.
bool is_verify_text(std::string_view text, VerifyTextInput expected);

}  // namespace quietus::proof
