#include "lab/certificate_builder.hpp"

#include "base/crypto.hpp"

namespace quietus::lab {
namespace ssl = proof::ssl;
using proof::X509Certificate;

namespace {

constexpr std::size_t kSerialBytes = 16;

ssl::Integer random_serial() {
  Bytes bytes = random_bytes(kSerialBytes);
  bytes[0] =
      static_cast<std::uint8_t>((bytes[0] & 0x3f) | 0x40);  // positive, never short (RFC 5280 §4.1.2.2)
  const ssl::BigNumber number(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
  return ssl::Integer(BN_to_ASN1_INTEGER(number.get(), nullptr));
}

bool set_time(ASN1_TIME* field, UnixMs time) {
  return ASN1_TIME_set(field, static_cast<time_t>(time.value / 1000)) != nullptr;
}

bool add_extension(X509* certificate, X509V3_CTX* context, int nid, const std::string& value) {
  if (value.empty()) return true;
  const ssl::Extension extension(X509V3_EXT_conf_nid(nullptr, context, nid, value.c_str()));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool add_extensions(X509* certificate, X509* issuer, const Profile& profile) {
  X509V3_CTX context{};
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  std::string constraints = profile.authority ? "critical,CA:TRUE" : "critical,CA:FALSE";
  if (profile.path_length >= 0) constraints += ",pathlen:" + std::to_string(profile.path_length);
  return add_extension(certificate, &context, NID_basic_constraints, constraints) &&
         add_extension(certificate, &context, NID_key_usage, profile.key_usage) &&
         add_extension(certificate, &context, NID_ext_key_usage, profile.extended_key_usage) &&
         add_extension(certificate, &context, NID_subject_alt_name, profile.alternative_names) &&
         add_extension(certificate, &context, NID_subject_key_identifier, "hash") &&
         (issuer == certificate ||
          add_extension(certificate, &context, NID_authority_key_identifier, "keyid:always"));
}

bool set_subject(X509* certificate, const Profile& profile) {
  X509_NAME* name = X509_get_subject_name(certificate);
  return std::ranges::all_of(profile.subject, [&](const auto& entry) {
    const auto* text = reinterpret_cast<const unsigned char*>(entry.second.data());
    return X509_NAME_add_entry_by_NID(name, entry.first, MBSTRING_UTF8, text,
                                      static_cast<int>(entry.second.size()), -1, 0) == 1;
  });
}

const EVP_MD* digest_for(EVP_PKEY* key) { return EVP_PKEY_get_bits(key) > 256 ? EVP_sha384() : EVP_sha256(); }

}  // namespace

Result<X509Certificate> build_certificate(const Profile& profile, EVP_PKEY* subject_key, const Issuer& issuer,
                                          const Validity& validity) {
  const ssl::Certificate x509(X509_new());
  X509* issuer_x509 = issuer.certificate == nullptr ? x509.get() : issuer.certificate->native();
  const ssl::Integer serial = random_serial();
  if (!x509 || !serial || X509_set_version(x509.get(), X509_VERSION_3) != 1 ||
      X509_set_serialNumber(x509.get(), serial.get()) != 1 || !set_subject(x509.get(), profile) ||
      X509_set_issuer_name(x509.get(), X509_get_subject_name(issuer_x509)) != 1 ||
      X509_set_pubkey(x509.get(), subject_key) != 1 ||
      !set_time(X509_getm_notBefore(x509.get()), validity.not_before) ||
      !set_time(X509_getm_notAfter(x509.get()), validity.not_after) ||
      !add_extensions(x509.get(), issuer_x509, profile) ||
      X509_sign(x509.get(), issuer.key, digest_for(issuer.key)) <= 0) {
    return ssl::error(ErrorKind::invalid_input, "the certificate cannot be issued");
  }
  return X509Certificate::parse(ssl::to_der<X509>(&i2d_X509, x509.get()));
}

Result<X509Certificate> issue_for(const Profile& profile, BytesView spki, const Issuer& issuer,
                                  const Validity& validity) {
  const unsigned char* next = spki.data();
  const ssl::Key key(d2i_PUBKEY(nullptr, &next, static_cast<long>(spki.size())));
  if (!key) return ssl::error(ErrorKind::invalid_input, "not a public key");
  return build_certificate(profile, key.get(), issuer, validity);
}

Result<Bytes> build_crl(const Issuer& issuer, const std::vector<X509Certificate>& revoked, UnixMs this_update,
                        UnixMs next_update, std::int64_t number) {
  const ssl::Crl crl(X509_CRL_new());
  const ssl::Time from(ASN1_TIME_new()), to(ASN1_TIME_new());
  const ssl::Integer crl_number(ASN1_INTEGER_new());
  if (!set_time(from.get(), this_update) || !set_time(to.get(), next_update) ||
      X509_CRL_set_version(crl.get(), X509_CRL_VERSION_2) != 1 ||
      X509_CRL_set_issuer_name(crl.get(), X509_get_subject_name(issuer.certificate->native())) != 1 ||
      X509_CRL_set1_lastUpdate(crl.get(), from.get()) != 1 ||
      X509_CRL_set1_nextUpdate(crl.get(), to.get()) != 1) {
    return ssl::error(ErrorKind::internal, "no revocation list");
  }
  for (const auto& certificate : revoked) {
    ssl::Handle<X509_REVOKED, X509_REVOKED_free> entry(X509_REVOKED_new());
    X509_REVOKED_set_serialNumber(entry.get(), X509_get_serialNumber(certificate.native()));
    X509_REVOKED_set_revocationDate(entry.get(), from.get());
    if (X509_CRL_add0_revoked(crl.get(), entry.release()) != 1)
      return ssl::error(ErrorKind::internal, "no list entry");
  }
  X509V3_CTX context{};
  X509V3_set_ctx(&context, issuer.certificate->native(), nullptr, nullptr, crl.get(), 0);
  const ssl::Extension key_id(
      X509V3_EXT_conf_nid(nullptr, &context, NID_authority_key_identifier, "keyid:always"));
  ASN1_INTEGER_set_int64(crl_number.get(), number);
  if (!key_id || X509_CRL_add_ext(crl.get(), key_id.get(), -1) != 1 ||
      X509_CRL_add1_ext_i2d(crl.get(), NID_crl_number, crl_number.get(), 0, 0) != 1 ||
      X509_CRL_sort(crl.get()) != 1 || X509_CRL_sign(crl.get(), issuer.key, digest_for(issuer.key)) <= 0) {
    return ssl::error(ErrorKind::internal, "the revocation list cannot be signed");
  }
  return ssl::to_der<X509_CRL>(&i2d_X509_CRL, crl.get());
}

}  // namespace quietus::lab
