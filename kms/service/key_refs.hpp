// From a key's id to its object in the token.
#pragma once

#include "kms/service/records.hpp"
#include "kms/service/service.hpp"

namespace quietus::service {

/// The recorded reference, from memory when it was asked for before: a key's object never changes; if a crash
/// came between the making and the recording, the object that carries the key's id as its label is adopted
/// and recorded. `not_found` when there is none.
Result<HsmKeyRef> key_ref(Service& service, const KeyId& key);

/// When kms starts, before it serves: public halves of pairs whose making a crash interrupted. While the
/// token is kept still for the proof of a destruction they stay, until another start.
Status remove_half_made_keys(Service& service);

}  // namespace quietus::service
