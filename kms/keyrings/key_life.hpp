// The life of a key in a keyring: which change of state leads where, and what a state allows
// (NIST SP 800-57 part 1 r5 §7, KMIP 2.1 §11). Pure.
#pragma once

#include "kms/keyrings/key_card.hpp"

namespace quietus::keyrings {

enum class KeyChange { activate, suspend, resume, deactivate, compromise, schedule, cancel };

/// The card after the change; `conflict` when the state does not allow it. `due`: for `schedule` only.
Result<KeyCard> changed(KeyCard card, KeyChange change, UnixMs due = {});

/// Taken away by an epoch, or being taken: no use ever again.
bool is_ending(KeyState state);
/// `conflict` when the key may not protect anything new (encrypt), or may not even process what it protected.
Status may_protect(const KeyCard& card);
Status may_process(const KeyCard& card);

}  // namespace quietus::keyrings
