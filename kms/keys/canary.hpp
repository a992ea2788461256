// The positive control of a destruction: a key made for the purpose, and a sample under it and under the
// target. A look-up that finds nothing proves nothing unless the same process finds the canary and opens its
// sample.
#pragma once

#include <string>
#include <string_view>

#include "quietus/hsm.hpp"
#include "quietus/ids.hpp"

namespace quietus::keys {

std::string canary_label(const KeyId& target);
bool is_canary_label(std::string_view label);

/// A sample says nothing secret: its plaintext and associated data follow from the key's id on the token.
Result<Bytes> make_sample(Hsm& hsm, const HsmKeyRef& key);
/// true: opens to what it must be. false: the token has no such key. Everything else is an error, `corrupt`
/// included: a key answered, and nobody knows which.
Result<bool> sample_opens(Hsm& hsm, const HsmKeyRef& key, BytesView sample);
/// Whether `sample`, made under `made_under`, opens under the key `other`. A key that is not for decryption
/// opens nothing.
Result<bool> opens_under_other(Hsm& hsm, const HsmKeyRef& other, const HsmKeyRef& made_under,
                               BytesView sample);

}  // namespace quietus::keys
