#include "proof/time_stamp.hpp"

#include "base/crypto.hpp"
#include "base/encoding.hpp"
#include "proof/chain_cache.hpp"
#include "proof/signed_data.hpp"
#include "proof/stamp_info.hpp"

namespace quietus::proof {
namespace {

constexpr std::size_t kMinNonceBytes = 8, kMaxNonceBytes = 16;

std::unexpected<Error> bad_time_stamp(const char* why) {
  return fail(ErrorKind::verification_failed, std::string("time-stamp: ") + why);
}

/// Positive INTEGER of these bytes, shortest form.
Bytes der_integer(BytesView bytes) {
  Bytes content(bytes.begin(), bytes.end());
  while (content.size() > 1 && content.front() == 0) content.erase(content.begin());
  if (content.empty() || (content.front() & 0x80) != 0) content.insert(content.begin(), 0);
  return der_element(der::integer, content);
}

Bytes sha256_imprint(BytesView data, bool with_null) {
  Bytes algorithm(std::begin(oid::sha256), std::end(oid::sha256));
  if (with_null) algorithm.insert(algorithm.end(), {der::null, 0});
  Bytes content = der_element(der::sequence, algorithm);
  const Bytes hash = der_element(der::octet_string, sha256(data).view());
  content.insert(content.end(), hash.begin(), hash.end());
  return der_element(der::sequence, content);
}

/// The token out of a TimeStampResp that says "granted" and nothing else (RFC 3161 §2.4.2): free text beside
/// the status is signed by nobody.
Result<BytesView> read_token(BytesView response_der) {
  QUIETUS_TRY(outer, read_only_element(response_der, der::sequence));
  DerReader reader(outer.content);
  QUIETUS_TRY(status, reader.next(der::sequence));
  if (reader.empty()) return bad_time_stamp("the authority refused");
  QUIETUS_TRY(code, read_only_element(status.content, der::integer));
  if (code.content.size() != 1 || code.content[0] != 0) return bad_time_stamp("not granted as asked");
  QUIETUS_TRY(token, reader.next(der::sequence));
  QUIETUS_CHECK(reader.finish());
  return token.whole;
}

/// With and without signing-time: authorities do either, and it is signed.
std::vector<BytesView> stamp_attributes(const SignedData& data) {
  std::vector<BytesView> types{oid::content_type, oid::message_digest, oid::signing_certificate_v2};
  if (find_attribute(data, oid::signing_time)) types.emplace_back(oid::signing_time);
  return types;
}

}  // namespace

Result<StampInfo> read_stamp_info(BytesView content) {
  QUIETUS_TRY(outer, read_only_element(content, der::sequence));
  DerReader reader(outer.content);
  StampInfo info;
  QUIETUS_TRY(version, reader.next(der::integer));
  if (version.content.size() != 1 || version.content[0] != 1) return bad_time_stamp("an odd version number");
  QUIETUS_CHECK(reader.next(der::object_identifier));  // the authority's policy
  QUIETUS_TRY(imprint, reader.next(der::sequence));
  info.imprint = imprint.whole;
  QUIETUS_CHECK(reader.next(der::integer));  // serial number
  QUIETUS_TRY(time, reader.next(der::generalized_time));
  QUIETUS_TRY(time_ms, read_der_time_ms(time));
  info.time_ms = time_ms;
  QUIETUS_CHECK(reader.next_if(der::sequence));  // accuracy
  QUIETUS_CHECK(reader.next_if(der::boolean));   // ordering
  QUIETUS_TRY(nonce, reader.next_if(der::integer));
  if (nonce) info.nonce = nonce->whole;
  QUIETUS_CHECK(reader.next_if(der::context_0));  // the authority's name; its certificate says who it is
  QUIETUS_CHECK(reader.finish());                 // no extensions
  return info;
}

Result<Bytes> make_time_stamp_request(BytesView data, BytesView nonce, bool with_certificates) {
  if (nonce.size() < kMinNonceBytes || nonce.size() > kMaxNonceBytes) {
    return fail(ErrorKind::invalid_input, "a time-stamp request's nonce has 8 to 16 bytes");
  }
  const std::uint8_t version = 1, yes = 0xff;
  Bytes content = der_element(der::integer, {&version, 1});
  const auto append = [&](const Bytes& part) { content.insert(content.end(), part.begin(), part.end()); };
  append(sha256_imprint(data, true));
  append(der_integer(nonce));
  if (with_certificates) append(der_element(der::boolean, {&yes, 1}));
  return der_element(der::sequence, content);
}

Result<UnixMs> verify_time_stamp(BytesView response_der, BytesView data, const std::optional<Bytes>& nonce,
                                 const TimeStampTrust& trust, ChainCache* cache) {
  if (response_der.size() > kMaxTimeStampBytes)
    return fail(ErrorKind::exhausted, "the time-stamp is too large");
  QUIETUS_TRY(token, read_token(response_der));
  QUIETUS_TRY(signed_data, read_signed_data(token));
  if (!signed_data.content || !equal(signed_data.content_type, oid::tst_info))
    return bad_time_stamp("not a time-stamp token");
  QUIETUS_CHECK(verify_signed_data(signed_data, *signed_data.content, trust.authority, {trust.intermediate},
                                   stamp_attributes(signed_data)));
  QUIETUS_TRY(info, read_stamp_info(*signed_data.content));
  if (!equal(info.imprint, sha256_imprint(data, true)) && !equal(info.imprint, sha256_imprint(data, false))) {
    return bad_time_stamp("it stamps something else");
  }
  if (nonce && (!info.nonce || !equal(*info.nonce, der_integer(*nonce))))
    return bad_time_stamp("it answers another request");
  const UnixMs at{info.time_ms};
  QUIETUS_CHECK(
      cache != nullptr
          ? cache->verify_chain(trust.authority, trust.intermediate, trust.root, at, Purpose::time_stamp)
          : verify_chain(trust.authority, {trust.intermediate}, trust.root, at, Purpose::time_stamp));
  return UnixMs{info.time_ms};
}

}  // namespace quietus::proof
