// A person's card or token as their signing key, through the PKCS#11 library that came with it
// (docs/decisions/person-cards.md). The key never leaves the card; a PIN is tried once.
#pragma once

#include <memory>
#include <string>

#include "cli/person_key.hpp"

namespace quietus::cli {

/// `not_found` when the library, the card or the key is not there; `unauthenticated` when the PIN is refused,
/// or one wrong try would lock the card.
Result<std::unique_ptr<PersonKey>> open_person_card(const Card& card);

}  // namespace quietus::cli
