// SignedData with one signer (RFC 5652 §5) read byte for byte, for CAdES signatures and time-stamp tokens
// alike.
#pragma once

#include <vector>

#include "proof/der.hpp"
#include "proof/x509.hpp"

namespace quietus::proof {

enum class DigestAlgorithm { sha256, sha384, sha512 };

struct SignedAttribute {
  BytesView type;    ///< OBJECT IDENTIFIER, whole element
  DerElement value;  ///< the one value
};

/// Views into the bytes it was read from.
struct SignedData {
  BytesView content_type;               ///< OBJECT IDENTIFIER, whole element
  std::optional<BytesView> content;     ///< nullopt: detached
  std::vector<BytesView> certificates;  ///< DER, in their order
  BytesView issuer_and_serial;          ///< whole element
  DigestAlgorithm digest = DigestAlgorithm::sha256;
  std::vector<SignedAttribute> attributes;
  BytesView attributes_content;  ///< inside of the SET, as it is signed
  bool rsa_pss = false;          ///< signed so, else with ECDSA
  BytesView signature;           ///< ECDSA-Sig-Value, or as long as the modulus
};

/// `content_info` is a whole ContentInfo. Refuses CRLs, unsigned attributes, other algorithms than ECDSA with
/// SHA-2 and RSASSA-PSS with the one set of parameters of rsa_pss.hpp, wrong version numbers, unsorted or
/// repeated attributes, attributes with several values: all that stock tools let pass.
Result<SignedData> read_signed_data(BytesView content_info);

/// The signer is `signer`; the embedded certificates are `signer` and `chain`, each once; message-digest is
/// that of `content`; content-type and ESS signing-certificate(-v2) agree; the signature holds. `allowed`:
/// the OBJECT IDENTIFIERs of exactly the attributes that must be there.
Status verify_signed_data(const SignedData& data, BytesView content, const X509Certificate& signer,
                          const std::vector<X509Certificate>& chain,
                          const std::vector<BytesView>& expected_attributes);

/// Value of an attribute, nullopt when absent.
std::optional<DerElement> find_attribute(const SignedData& data, BytesView type);

Bytes digest_of(DigestAlgorithm algorithm, BytesView bytes);

/// OBJECT IDENTIFIERs as whole DER elements.
namespace oid {
inline constexpr std::uint8_t data[] = {0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01};
inline constexpr std::uint8_t signed_data[] = {0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
                                               0xf7, 0x0d, 0x01, 0x07, 0x02};
inline constexpr std::uint8_t content_type[] = {0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
                                                0xf7, 0x0d, 0x01, 0x09, 0x03};
inline constexpr std::uint8_t message_digest[] = {0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
                                                  0xf7, 0x0d, 0x01, 0x09, 0x04};
inline constexpr std::uint8_t signing_time[] = {0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
                                                0xf7, 0x0d, 0x01, 0x09, 0x05};
inline constexpr std::uint8_t signing_certificate_v2[] = {0x06, 0x0b, 0x2a, 0x86, 0x48, 0x86, 0xf7,
                                                          0x0d, 0x01, 0x09, 0x10, 0x02, 0x2f};
inline constexpr std::uint8_t tst_info[] = {0x06, 0x0b, 0x2a, 0x86, 0x48, 0x86, 0xf7,
                                            0x0d, 0x01, 0x09, 0x10, 0x01, 0x04};
inline constexpr std::uint8_t sha256[] = {0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01};
inline constexpr std::uint8_t sha384[] = {0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02};
inline constexpr std::uint8_t sha512[] = {0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03};
inline constexpr std::uint8_t ecdsa_sha256[] = {0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02};
inline constexpr std::uint8_t ecdsa_sha384[] = {0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x03};
inline constexpr std::uint8_t ecdsa_sha512[] = {0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x04};
}  // namespace oid

}  // namespace quietus::proof
