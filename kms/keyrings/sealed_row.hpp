// A row that only its keyring can have written: body ‖ HMAC-SHA-256 under a token key of the keyring. The
// body's magic tells pages, cards and heads apart, so that none passes for another.
#pragma once

#include "quietus/bytes.hpp"
#include "quietus/hsm.hpp"

namespace quietus::keyrings {

Result<Bytes> seal_row(Hsm& hsm, const HsmKeyRef& mac_key, Bytes body);
/// The body. `corrupt` when the HMAC is another.
Result<Bytes> open_row(Hsm& hsm, const HsmKeyRef& mac_key, BytesView row);
/// The body of a row whose HMAC nobody has looked at yet.
Result<BytesView> body_of(BytesView row);

}  // namespace quietus::keyrings
