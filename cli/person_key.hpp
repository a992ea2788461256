// What signs for the person at the keyboard: a digest goes in, an assertion comes out. A key file,
// or a card (cli/person_card).
#pragma once

#include <memory>

#include "cli/profile.hpp"
#include "quietus/statement.hpp"

namespace quietus::cli {

class PersonKey {
 public:
  virtual ~PersonKey() = default;
  /// ECDSA over the SHA-256 digest, DER (FIPS 186-5).
  [[nodiscard]] virtual Result<Bytes> assert_digest(const Digest& digest) const = 0;
};

/// The key that the profile names.
Result<std::unique_ptr<PersonKey>> open_person_key(const Profile& profile);

/// The canonical bytes that the person has just been shown, digested here and signed with their own key.
Result<SignedStatement> sign_as_person(const Profile& profile, Bytes payload);

/// `denied` when the person says no; `invalid_input` when there is nobody to ask.
Status ask_to_sign(const Context& context);

}  // namespace quietus::cli
