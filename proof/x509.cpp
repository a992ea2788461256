#include "proof/x509.hpp"

#include <ctime>
#include <map>

#include "base/crypto.hpp"
#include "base/encoding.hpp"
#include "proof/openssl_handles.hpp"

namespace quietus::proof {
namespace {

constexpr std::size_t kMaxDerBytes = 1 << 14, kMaxPemCertificates = 16, kMostKnown = 64;
constexpr std::string_view kPemBegin = "-----BEGIN CERTIFICATE-----";

/// One value, printable, in UTF-8; "" otherwise. A name given twice could be read two ways, so it is not read
/// at all.
std::string name_entry(const X509_NAME* name, const ASN1_OBJECT* type) {
  const int first = X509_NAME_get_index_by_OBJ(name, type, -1);
  if (first < 0 || X509_NAME_get_index_by_OBJ(name, type, first) >= 0) return {};
  unsigned char* text = nullptr;
  const int size = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, first)));
  if (size < 0) return {};
  std::string out(reinterpret_cast<const char*>(text), static_cast<std::size_t>(size));
  OPENSSL_free(text);
  const bool controls = std::ranges::any_of(out, [](char c) { return (c >= 0 && c < ' ') || c == '\x7f'; });
  return controls ? std::string() : out;
}

std::string name_entry(const X509_NAME* name, int nid) { return name_entry(name, OBJ_nid2obj(nid)); }

UnixMs time_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return {};
  return {static_cast<std::int64_t>(timegm(&parts)) * 1000};
}

std::unexpected<Error> not_one() {
  return ssl::error(ErrorKind::corrupt, "not one X.509 certificate in DER or PEM");
}

Result<ssl::Certificate> read_der(BytesView input) {
  if (input.empty() || input.size() > kMaxDerBytes) return not_one();
  auto x509 = ssl::from_der<ssl::Certificate>(&d2i_X509, &i2d_X509, input);
  if (!x509) return not_one();
  // i2d_X509 repeats the bytes it parsed; encoding the signed part afresh shows whether they were DER.
  const int cached = i2d_X509(x509.get(), nullptr);
  const ssl::Certificate fresh(X509_dup(x509.get()));
  if (!fresh || i2d_re_X509_tbs(fresh.get(), nullptr) <= 0 || i2d_X509(fresh.get(), nullptr) != cached)
    return not_one();
  if (ssl::to_der<X509>(&i2d_X509, fresh.get()) != Bytes(input.begin(), input.end())) return not_one();
  if ((X509_get_extension_flags(x509.get()) & EXFLAG_INVALID) != 0) return not_one();
  return x509;
}

}  // namespace

struct X509Certificate::State {
  ssl::Certificate x509;
  Bytes der;
};

Result<X509Certificate> X509Certificate::parse(BytesView input) {
  // The same few certificates stand in every statement and every bundle; reading one strictly costs more than
  // a signature. What bytes were read as, they are read as again.
  thread_local std::map<Digest, X509Certificate> known;
  const Digest name = sha256(input);
  if (const auto found = known.find(name); found != known.end()) return found->second;
  X509Certificate certificate;
  if (as_text(input).starts_with(kPemBegin)) {
    QUIETUS_TRY(all, parse_pem_bundle(input));
    if (all.size() != 1) return not_one();
    certificate = all.front();
  } else {
    QUIETUS_TRY(x509, read_der(input));
    certificate.state_ =
        std::make_shared<const State>(State{std::move(x509), Bytes(input.begin(), input.end())});
  }
  if (known.size() >= kMostKnown) known.clear();
  known.emplace(name, certificate);
  return certificate;
}

Result<std::vector<X509Certificate>> parse_pem_bundle(BytesView pem) {
  const auto refuse = [](const char* why) {
    return ssl::error(ErrorKind::corrupt, std::string("PEM: ") + why);
  };
  if (pem.size() > kMaxPemCertificates * 2 * kMaxDerBytes) return refuse("too long");
  const ssl::Bio bio = ssl::reader(pem);
  std::vector<X509Certificate> out;
  while (true) {
    char *name = nullptr, *header = nullptr;
    unsigned char* data = nullptr;
    long size = 0;
    if (PEM_read_bio(bio.get(), &name, &header, &data, &size) != 1) break;
    const bool plain = std::string_view(name) == "CERTIFICATE" && std::string_view(header).empty();
    const Bytes der(data, data + size);
    OPENSSL_free(name);
    OPENSSL_free(header);
    OPENSSL_free(data);
    if (!plain || out.size() == kMaxPemCertificates) return refuse("not plain certificates, or more than 16");
    QUIETUS_TRY(certificate, X509Certificate::parse(der));
    out.push_back(std::move(certificate));
  }
  const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  if (!at_end || out.empty()) return refuse("damaged, or no certificate in it");
  return out;
}

const Bytes& X509Certificate::der() const { return state_->der; }
x509_st* X509Certificate::native() const { return state_->x509.get(); }
Digest X509Certificate::fingerprint() const { return sha256(der()); }

std::string X509Certificate::pem() const {
  const ssl::Bio bio(BIO_new(BIO_s_mem()));
  return PEM_write_bio_X509(bio.get(), native()) == 1 ? ssl::contents(bio.get()) : std::string();
}

Bytes X509Certificate::spki() const {
  return ssl::to_der<X509_PUBKEY>(&i2d_X509_PUBKEY, X509_get_X509_PUBKEY(native()));
}

std::string X509Certificate::common_name() const {
  return name_entry(X509_get_subject_name(native()), NID_commonName);
}
std::string X509Certificate::department() const {
  return name_entry(X509_get_subject_name(native()), NID_organizationalUnitName);
}
std::string X509Certificate::person_id() const {
  return name_entry(X509_get_subject_name(native()), NID_userId);
}
std::string X509Certificate::organization() const {
  return name_entry(X509_get_subject_name(native()), NID_organizationName);
}
std::string X509Certificate::issuer_unit() const {
  return name_entry(X509_get_issuer_name(native()), NID_organizationalUnitName);
}

std::string X509Certificate::subject() const {
  const ssl::Bio bio(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(bio.get(), X509_get_subject_name(native()), 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
  return ssl::contents(bio.get());
}

std::string X509Certificate::serial() const { return hex(ssl::bytes_of(X509_get0_serialNumber(native()))); }
UnixMs X509Certificate::not_before() const { return time_of(X509_get0_notBefore(native())); }
UnixMs X509Certificate::not_after() const { return time_of(X509_get0_notAfter(native())); }
bool X509Certificate::is_ca() const { return X509_check_ca(native()) != 0; }

std::vector<std::string> X509Certificate::extended_key_usages() const {
  const ssl::Handle<EXTENDED_KEY_USAGE, EXTENDED_KEY_USAGE_free> usages(
      static_cast<EXTENDED_KEY_USAGE*>(X509_get_ext_d2i(native(), NID_ext_key_usage, nullptr, nullptr)));
  std::vector<std::string> out;
  for (int i = 0; usages && i < sk_ASN1_OBJECT_num(usages.get()); ++i) {
    char text[128];
    const int size = OBJ_obj2txt(text, sizeof text, sk_ASN1_OBJECT_value(usages.get(), i), 1);
    out.emplace_back(size > 0 && size < static_cast<int>(sizeof text) ? text : "?");
  }
  return out;
}

bool X509Certificate::signs() const { return (X509_get_key_usage(native()) & KU_DIGITAL_SIGNATURE) != 0; }
bool X509Certificate::self_signed() const {
  const bool holds = X509_self_signed(native(), 1) == 1;
  ERR_clear_error();
  return holds;
}
bool X509Certificate::non_repudiation() const {
  return (X509_get_key_usage(native()) & KU_NON_REPUDIATION) != 0;
}

Result<Person> person_from_certificate(const X509Certificate& certificate) {
  QUIETUS_TRY(id, PersonId::parse(certificate.person_id()));
  Person person{id, certificate.common_name(), certificate.department(), certificate.fingerprint()};
  if (person.name.empty() || person.department.empty()) {
    return fail(ErrorKind::verification_failed, "the certificate names no person and department");
  }
  return person;
}

}  // namespace quietus::proof
