#include "lab/pki.hpp"

#include <fcntl.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.hpp"
#include "lab/certificate_builder.hpp"
#include "proof/csr.hpp"
#include "proof/openssl_handles.hpp"

namespace quietus::lab {
namespace ssl = proof::ssl;
using proof::Purpose;
using proof::X509Certificate;

namespace {

constexpr std::int64_t kSlackMs = 300'000;

Result<ssl::Key> generate_key(const char* curve) {
  ssl::Key key(EVP_EC_gen(curve));
  if (!key) return ssl::error(ErrorKind::internal, "no key could be made");
  return key;
}

Status write_private(const std::string& path, EVP_PKEY* key) {
  const Fd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!fd) return io_error("create", path);
  const ssl::Bio bio(BIO_new_fd(fd.get(), BIO_NOCLOSE));
  if (PEM_write_bio_PKCS8PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr) != 1) {
    return ssl::error(ErrorKind::io, "write the key to " + path);
  }
  if (::fsync(fd.get()) != 0) return io_error("sync", path);
  return {};
}

}  // namespace

Validity valid_for_days(UnixMs from, int days) { return {from + -kSlackMs, from + days * kDayMs}; }

struct Authority::State {
  ssl::Key key;
  X509Certificate certificate;
  Issuer issuer() const { return {key.get(), &certificate}; }
};

Authority::Authority() = default;
Authority::Authority(Authority&&) noexcept = default;
Authority& Authority::operator=(Authority&&) noexcept = default;
Authority::~Authority() = default;

const X509Certificate& Authority::certificate() const { return state_->certificate; }

Result<Authority> Authority::create_root(const Validity& validity) {
  QUIETUS_TRY(key, generate_key("P-384"));
  Profile profile;
  profile.subject = {{NID_organizationName, kOrganization}, {NID_commonName, "Quietus laboratory root"}};
  profile.authority = true;
  profile.key_usage = "critical,keyCertSign,cRLSign";
  QUIETUS_TRY(certificate, build_certificate(profile, key.get(), {key.get(), nullptr}, validity));
  Authority authority;
  authority.state_ = std::make_unique<State>(State{std::move(key), std::move(certificate)});
  return authority;
}

Result<Authority> Authority::intermediate(const std::string& unit, const Validity& validity) const {
  QUIETUS_TRY(key, generate_key("P-256"));
  Profile profile;
  profile.subject = {{NID_organizationName, kOrganization},
                     {NID_organizationalUnitName, unit},
                     {NID_commonName, "Quietus laboratory " + unit + " CA"}};
  profile.authority = true;
  profile.path_length = 0;
  profile.key_usage = "critical,keyCertSign,cRLSign";
  QUIETUS_TRY(certificate, build_certificate(profile, key.get(), state_->issuer(), validity));
  Authority authority;
  authority.state_ = std::make_unique<State>(State{std::move(key), std::move(certificate)});
  return authority;
}

Status Authority::save(const std::string& key_path, const std::string& certificate_path) const {
  QUIETUS_CHECK(write_private(key_path, state_->key.get()));
  return write_file_atomically(certificate_path, as_bytes(state_->certificate.pem()));
}

Result<Authority> Authority::load(const std::string& key_path, const std::string& certificate_path) {
  struct stat status{};
  if (::stat(key_path.c_str(), &status) != 0) return io_error("open", key_path);
  if ((status.st_mode & 077) != 0)
    return fail(ErrorKind::invalid_input, key_path + " is readable by others", "chmod 600");
  const ssl::Bio bio(BIO_new_file(key_path.c_str(), "r"));
  ssl::Key key(bio ? PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr) : nullptr);
  if (!key) return ssl::error(ErrorKind::corrupt, "read the key of " + key_path);
  QUIETUS_TRY(pem, read_file(certificate_path, 1 << 16));
  QUIETUS_TRY(certificate, X509Certificate::parse(pem));
  if (X509_check_private_key(certificate.native(), key.get()) != 1) {
    return ssl::error(ErrorKind::invalid_input, key_path + " is not the key of " + certificate_path);
  }
  Authority authority;
  authority.state_ = std::make_unique<State>(State{std::move(key), std::move(certificate)});
  return authority;
}

Result<X509Certificate> Authority::issue_person(BytesView spki, const PersonId& id, const std::string& name,
                                                const std::string& department, const Validity& v) const {
  Profile profile;
  profile.subject = {{NID_organizationName, kOrganization},
                     {NID_organizationalUnitName, department},
                     {NID_commonName, name},
                     {NID_userId, id.text()}};
  profile.key_usage = "critical,digitalSignature,nonRepudiation";
  return issue_for(profile, spki, state_->issuer(), v);
}

Result<X509Certificate> Authority::issue_server(BytesView spki, const std::string& common_name,
                                                const Validity& v,
                                                const std::vector<std::string>& names) const {
  Profile profile;
  profile.subject = {{NID_organizationName, kOrganization}, {NID_commonName, common_name}};
  profile.key_usage = "critical,digitalSignature";
  profile.extended_key_usage = "serverAuth";
  for (const auto& name : names) {
    const bool address = name.find_first_not_of("0123456789.") == std::string::npos;
    profile.alternative_names +=
        (profile.alternative_names.empty() ? "" : ",") + std::string(address ? "IP:" : "DNS:") + name;
  }
  return issue_for(profile, spki, state_->issuer(), v);
}

Result<X509Certificate> Authority::issue_client(BytesView spki, const std::string& common_name,
                                                const std::string& department, const Validity& v) const {
  Profile profile;
  profile.subject = {{NID_organizationName, kOrganization},
                     {NID_organizationalUnitName, department},
                     {NID_commonName, common_name}};
  profile.key_usage = "critical,digitalSignature";
  profile.extended_key_usage = "clientAuth";
  return issue_for(profile, spki, state_->issuer(), v);
}

Result<X509Certificate> Authority::issue_signer(BytesView spki, const std::string& common_name,
                                                Purpose purpose, const Validity& v) const {
  if (purpose == Purpose::person || purpose == Purpose::server || purpose == Purpose::client) {
    return fail(ErrorKind::invalid_input, "that purpose has its own way of being issued");
  }
  Profile profile;
  profile.subject = {{NID_organizationName, kOrganization},
                     {NID_organizationalUnitName, std::string(to_string(purpose))},
                     {NID_commonName, common_name}};
  profile.key_usage = "critical,digitalSignature";
  // RFC 3161 §2.3: the time-stamping usage stands alone and is critical.
  profile.extended_key_usage = std::string(purpose == Purpose::time_stamp ? "critical," : "") +
                               std::string(extended_key_usage(purpose));
  return issue_for(profile, spki, state_->issuer(), v);
}

Result<X509Certificate> Authority::issue_from_csr(BytesView csr, Purpose purpose, const Validity& v) const {
  QUIETUS_TRY(request, proof::read_csr(csr));
  return issue_signer(request.spki, request.common_name, purpose, v);
}

Result<Bytes> Authority::issue_crl(const std::vector<X509Certificate>& revoked, UnixMs at,
                                   int next_update_days, std::int64_t number) const {
  return build_crl(state_->issuer(), revoked, at, at + next_update_days * kDayMs, number);
}

Result<Bytes> sign_digest(const FileKey& key, BytesView digest) {
  const ssl::KeyContext context(EVP_PKEY_CTX_new(static_cast<EVP_PKEY*>(key.native()), nullptr));
  std::size_t size = 0;
  if (!context || EVP_PKEY_sign_init(context.get()) != 1 ||
      EVP_PKEY_sign(context.get(), nullptr, &size, digest.data(), digest.size()) != 1) {
    return ssl::error(ErrorKind::internal, "prepare a signature");
  }
  Bytes signature(size);
  if (EVP_PKEY_sign(context.get(), signature.data(), &size, digest.data(), digest.size()) != 1) {
    return ssl::error(ErrorKind::internal, "sign");
  }
  signature.resize(size);
  return signature;
}

std::string crl_pem(BytesView der) {
  const auto crl = ssl::from_der<ssl::Crl>(&d2i_X509_CRL, &i2d_X509_CRL, der);
  const ssl::Bio bio(BIO_new(BIO_s_mem()));
  if (!crl || PEM_write_bio_X509_CRL(bio.get(), crl.get()) != 1) return {};
  return ssl::contents(bio.get());
}

}  // namespace quietus::lab
