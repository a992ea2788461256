// The positive control of a destruction: a key made for the purpose, and a sample under it and under the
// target. A look-up that finds nothing proves nothing unless the same process finds the canary and opens its
// sample.
#pragma once

#include <string>
#include <string_view>

#include "quietus/hsm.hpp"
#include "quietus/ids.hpp"
#include "quietus/key.hpp"

namespace quietus::keys {

/// What a key is for, and so what a sample under it is: a sealed text, a throw-away wrapped key, a MAC, or
/// the public half, by which whatever a key signs shows whether it is this one.
enum class KeyKind { cipher, wrapping, mac, signing_p256, signing_p384 };
KeyKind kind_of(KeyAlgorithm algorithm);
inline bool is_pair(KeyKind kind) { return kind == KeyKind::signing_p256 || kind == KeyKind::signing_p384; }

std::string canary_label(const KeyId& target);
bool is_canary_label(std::string_view label);

Result<HsmKeyRef> generate_key(Hsm& hsm, KeyKind kind, const std::string& label);

/// A sample says nothing secret: its plaintext and associated data follow from the key's id on the token, and
/// the key in a wrapped sample never protects anything.
Result<Bytes> make_sample(Hsm& hsm, const HsmKeyRef& key, KeyKind kind = KeyKind::cipher);
/// true: opens to what it must be; a wrapped sample opens when it can be unwrapped, a MAC when it is made
/// again, a public half when a fresh signature holds under it. false: the token has no
/// such key. Everything else is an error, `corrupt` included: a key answered, and nobody knows which.
Result<bool> sample_opens(Hsm& hsm, const HsmKeyRef& key, BytesView sample, KeyKind kind = KeyKind::cipher);
/// Whether `sample`, made under `made_under`, opens under the key `other`. A key that is not for decryption
/// (for unwrapping) opens nothing.
Result<bool> opens_under_other(Hsm& hsm, const HsmKeyRef& other, const HsmKeyRef& made_under,
                               BytesView sample, KeyKind kind = KeyKind::cipher);

}  // namespace quietus::keys
