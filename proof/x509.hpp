// X.509 certificates as this house uses them, and the one way a chain is believed: exactly root -> one
// intermediate -> leaf, at an explicit time, for one purpose. The intermediate's OU says what its leaves may
// be, because the root signed it.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "quietus/bytes.hpp"
#include "quietus/clock.hpp"
#include "quietus/order.hpp"
#include "quietus/result.hpp"

struct x509_st;

namespace quietus::proof {

/// What a leaf is presented for. person: issuer OU "people". time_stamp: issuer OU "time-stamp". All others:
/// "service".
enum class Purpose { person, host, mandate, certificate, checkpoint, time_stamp, server, client };
std::string_view to_string(Purpose purpose);

inline constexpr std::string_view kPeopleUnit = "people", kServiceUnit = "service",
                                  kTimeStampUnit = "time-stamp";

/// The one extended key usage a leaf of this purpose has; empty for person (which must have none).
/// mandate, certificate, checkpoint, host: arcs 1..4 under 2.25.<UUID as integer> (ITU-T X.667 §7).
std::string_view extended_key_usage(Purpose purpose);

/// Immutable, cheap to copy.
class X509Certificate {
 public:
  /// DER or one PEM block. `corrupt` unless the DER re-encodes byte for byte and nothing follows it.
  static Result<X509Certificate> parse(BytesView der_or_pem);

  [[nodiscard]] const Bytes& der() const;
  [[nodiscard]] std::string pem() const;
  [[nodiscard]] Bytes spki() const;               ///< SubjectPublicKeyInfo, DER
  [[nodiscard]] Digest fingerprint() const;       ///< SHA-256 of the DER
  [[nodiscard]] std::string common_name() const;  ///< "" when absent or given twice; the same for the others
  [[nodiscard]] std::string department() const;   ///< OU
  [[nodiscard]] std::string person_id() const;    ///< UID, 0.9.2342.19200300.100.1.1
  [[nodiscard]] std::string issuer_unit()
      const;  ///< OU of the issuer name; trustworthy only after verify_chain
  [[nodiscard]] std::string organization() const;  ///< O
  [[nodiscard]] std::string subject() const;       ///< RFC 2253, for people
  [[nodiscard]] std::string serial() const;        ///< hex
  [[nodiscard]] UnixMs not_before() const;
  [[nodiscard]] UnixMs not_after() const;
  [[nodiscard]] bool is_ca() const;
  [[nodiscard]] std::vector<std::string> extended_key_usages() const;  ///< dotted OIDs
  [[nodiscard]] bool signs() const;                                    ///< keyUsage digitalSignature
  [[nodiscard]] bool self_signed() const;                              ///< by its own key, checked
  [[nodiscard]] bool non_repudiation() const;  ///< keyUsage nonRepudiation (contentCommitment)
  [[nodiscard]] x509_st* native() const;       ///< owned by this object
  bool operator==(const X509Certificate& other) const { return der() == other.der(); }

 private:
  X509Certificate() = default;
  struct State;
  std::shared_ptr<const State> state_;
};

/// One or more PEM blocks, at most 16.
Result<std::vector<X509Certificate>> parse_pem_bundle(BytesView pem);

/// `verification_failed` unless the chain is leaf <- one of `intermediates` <- root, valid at `at`, and the
/// leaf fits `purpose` exactly. With `crls_der` not empty, a current CRL of the leaf's issuer must be among
/// them and not list it. No default paths, no other anchors, no network.
Status verify_chain(const X509Certificate& leaf, const std::vector<X509Certificate>& intermediates,
                    const X509Certificate& root, UnixMs at, Purpose purpose,
                    const std::vector<Bytes>& crls_der = {});

/// One certificate revocation list, PEM or DER, as the DER that verify_chain takes. `corrupt` when it is
/// none.
Result<Bytes> parse_crl(BytesView der_or_pem);

/// Such a list in its one PEM form.
Result<std::string> crl_pem(BytesView der);
/// Since when `leaf` is revoked: the earlier of the list's date and its invalidity date (RFC 5280 §5.3);
/// nullopt when the list does not name it. `verification_failed` for a list that is not `issuer`'s.
Result<std::optional<UnixMs>> revoked_since(const X509Certificate& leaf, const X509Certificate& issuer,
                                            BytesView crl_der);

/// An authority right below the root, of that unit: for one that nothing hangs on in what is being checked.
Status verify_authority(const X509Certificate& authority, std::string_view unit, const X509Certificate& root,
                        UnixMs at);

/// UID, CN and OU of a person's certificate; all three must be there. Call verify_chain first.
Result<Person> person_from_certificate(const X509Certificate& certificate);

}  // namespace quietus::proof
