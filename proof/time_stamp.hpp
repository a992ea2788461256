// RFC 3161 time-stamps over SHA-256, requests and strictly read responses.
#pragma once

#include <optional>

#include "proof/x509.hpp"

namespace quietus::proof {

class ChainCache;

inline constexpr std::size_t kMaxTimeStampBytes = 1 << 16;

/// TimeStampReq (DER) for SHA-256 of `data`. `nonce`: 8..16 random bytes. `with_certificates`: certReq.
Result<Bytes> make_time_stamp_request(BytesView data, BytesView nonce, bool with_certificates = true);

/// Whom to believe: the authority's certificate, the intermediate that issued it, the root.
struct TimeStampTrust {
  X509Certificate authority, intermediate, root;
};

/// `response_der` is the whole TimeStampResp. Returns genTime. `verification_failed` unless: DER byte for
/// byte, granted, exactly one signer and it is `authority`, embedded certificates are authority and
/// intermediate and nothing more, ESS names the authority, chain valid at genTime, SHA-256 imprint of `data`,
/// the nonce is the given one (nullopt: not compared, as for a stored stamp), no unsigned attribute, no
/// extension. With a cache the chain is asked for there.
Result<UnixMs> verify_time_stamp(BytesView response_der, BytesView data, const std::optional<Bytes>& nonce,
                                 const TimeStampTrust& trust, ChainCache* cache = nullptr);

}  // namespace quietus::proof
