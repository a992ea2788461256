// verify_chain: how a certificate is believed.
#include "base/encoding.hpp"
#include "proof/openssl_handles.hpp"
#include "proof/x509.hpp"

namespace quietus::proof {
namespace {

using Store = ssl::Handle<X509_STORE, X509_STORE_free>;
using StoreContext = ssl::Handle<X509_STORE_CTX, X509_STORE_CTX_free>;

void free_stack(STACK_OF(X509) * stack) { sk_X509_free(stack); }
using Stack = ssl::Handle<STACK_OF(X509), free_stack>;

struct Rule {
  Purpose purpose;
  std::string_view name, issuer_unit, extended_key_usage;
};

// 2.25.<UUID 701c84e5-1d7f-4b98-a02b-ab2f3ae2ef3b as integer>: an arc that needs no registration (ITU-T X.667
// §7).
#define QUIETUS_ARC "2.25.149021615270395406582697400622207135547"
constexpr Rule kRules[] = {
    {Purpose::person, "person", kPeopleUnit, ""},
    {Purpose::mandate, "mandate", kServiceUnit, QUIETUS_ARC ".1"},
    {Purpose::certificate, "certificate", kServiceUnit, QUIETUS_ARC ".2"},
    {Purpose::checkpoint, "checkpoint", kServiceUnit, QUIETUS_ARC ".3"},
    {Purpose::host, "host", kServiceUnit, QUIETUS_ARC ".4"},
    {Purpose::time_stamp, "time_stamp", kTimeStampUnit, "1.3.6.1.5.5.7.3.8"},
    {Purpose::server, "server", kServiceUnit, "1.3.6.1.5.5.7.3.1"},
    {Purpose::client, "client", kServiceUnit, "1.3.6.1.5.5.7.3.2"},
};
#undef QUIETUS_ARC

const Rule& rule_for(Purpose purpose) {
  return *std::ranges::find_if(kRules, [&](const Rule& rule) { return rule.purpose == purpose; });
}

std::unexpected<Error> unfit(const X509Certificate& leaf, const std::string& why) {
  return fail(ErrorKind::verification_failed, "certificate of " + leaf.subject() + ": " + why);
}

Status check_leaf(const X509Certificate& leaf, const Rule& rule) {
  const std::string purpose(rule.name);
  if (leaf.is_ca()) return unfit(leaf, "is an authority, not a " + purpose);
  if (leaf.issuer_unit() != rule.issuer_unit) {
    return unfit(
        leaf, "was issued by unit \"" + leaf.issuer_unit() + "\", not by " + std::string(rule.issuer_unit));
  }
  const auto usages = leaf.extended_key_usages();
  const bool has_extension = X509_get_ext_by_NID(leaf.native(), NID_ext_key_usage, -1) >= 0;
  const bool exact = rule.extended_key_usage.empty()
                         ? !has_extension
                         : usages == std::vector<std::string>{std::string(rule.extended_key_usage)};
  if (!exact) return unfit(leaf, "its extended key usage is not that of a " + purpose);
  if (!leaf.signs()) return unfit(leaf, "its key usage does not allow signatures");
  if (rule.purpose == Purpose::person && !leaf.non_repudiation()) {
    return unfit(leaf, "its key usage does not commit to content");
  }
  // X509_get_key_usage answers "all" when the extension is missing; absence is not permission here.
  if (X509_get_ext_by_NID(leaf.native(), NID_key_usage, -1) < 0) return unfit(leaf, "has no key usage");
  return {};
}

Status add_crls(X509_STORE* store, const std::vector<Bytes>& crls_der) {
  for (const auto& der : crls_der) {
    const auto crl = ssl::from_der<ssl::Crl>(&d2i_X509_CRL, &i2d_X509_CRL, der);
    if (!crl || X509_STORE_add_crl(store, crl.get()) != 1) {
      return ssl::error(ErrorKind::corrupt, "a certificate revocation list cannot be read");
    }
  }
  return {};
}

Result<Store> anchored_store(const X509Certificate& root, const std::vector<Bytes>& crls_der) {
  Store store(X509_STORE_new());
  if (!store || X509_STORE_add_cert(store.get(), root.native()) != 1) {
    return ssl::error(ErrorKind::internal, "no certificate store");
  }
  QUIETUS_CHECK(add_crls(store.get(), crls_der));
  return store;
}

void set_parameters(X509_STORE_CTX* context, UnixMs at, bool with_crls) {
  unsigned long flags = X509_V_FLAG_X509_STRICT | X509_V_FLAG_TRUSTED_FIRST;
  if (with_crls) flags |= X509_V_FLAG_CRL_CHECK;
  X509_VERIFY_PARAM* parameters = X509_STORE_CTX_get0_param(context);
  X509_VERIFY_PARAM_set_flags(parameters, flags);
  X509_VERIFY_PARAM_set_time(parameters, static_cast<time_t>(at.value / 1000));
  X509_VERIFY_PARAM_set_depth(parameters, 2);
  X509_VERIFY_PARAM_set_auth_level(parameters, 2);
}

/// The path up to the root, valid at `at`, with `certificates` on it.
Status check_path(const X509Certificate& leaf, const std::vector<X509Certificate>& intermediates,
                  const X509Certificate& root, UnixMs at, const std::vector<Bytes>& crls_der,
                  int certificates) {
  QUIETUS_TRY(store, anchored_store(root, crls_der));
  const Stack untrusted(sk_X509_new_null());
  for (const auto& certificate : intermediates) sk_X509_push(untrusted.get(), certificate.native());
  const StoreContext context(X509_STORE_CTX_new());
  if (!context || X509_STORE_CTX_init(context.get(), store.get(), leaf.native(), untrusted.get()) != 1) {
    return ssl::error(ErrorKind::internal, "no verification context");
  }
  set_parameters(context.get(), at, !crls_der.empty());
  if (X509_verify_cert(context.get()) != 1) {
    const int code = X509_STORE_CTX_get_error(context.get());
    ERR_clear_error();
    return unfit(leaf,
                 std::string(X509_verify_cert_error_string(code)) + " (checked at " + rfc3339(at) + ")");
  }
  const STACK_OF(X509)* chain = X509_STORE_CTX_get0_chain(context.get());
  if (sk_X509_num(chain) == certificates &&
      X509_cmp(sk_X509_value(chain, certificates - 1), root.native()) == 0)
    return {};
  return unfit(leaf, certificates == 3 ? "the chain is not root, one intermediate, leaf"
                                       : "it does not stand right below the root");
}

}  // namespace

Result<Bytes> parse_crl(BytesView der_or_pem) {
  const ssl::Bio text(BIO_new_mem_buf(der_or_pem.data(), static_cast<int>(der_or_pem.size())));
  ssl::Crl list(PEM_read_bio_X509_CRL(text.get(), nullptr, nullptr, nullptr));
  if (!list) list = ssl::from_der<ssl::Crl>(&d2i_X509_CRL, &i2d_X509_CRL, der_or_pem);
  if (!list) return ssl::error(ErrorKind::corrupt, "a certificate revocation list cannot be read");
  ERR_clear_error();
  return ssl::to_der(&i2d_X509_CRL, list.get());
}

Result<std::string> crl_pem(BytesView der) {
  const auto list = ssl::from_der<ssl::Crl>(&d2i_X509_CRL, &i2d_X509_CRL, der);
  const ssl::Bio text(BIO_new(BIO_s_mem()));
  if (!list || !text || PEM_write_bio_X509_CRL(text.get(), list.get()) != 1)
    return ssl::error(ErrorKind::corrupt, "a certificate revocation list cannot be read");
  char* begin = nullptr;
  const long size = BIO_get_mem_data(text.get(), &begin);
  return std::string(begin, static_cast<std::size_t>(size));
}

std::string_view to_string(Purpose purpose) { return rule_for(purpose).name; }
std::string_view extended_key_usage(Purpose purpose) { return rule_for(purpose).extended_key_usage; }

Status verify_chain(const X509Certificate& leaf, const std::vector<X509Certificate>& intermediates,
                    const X509Certificate& root, UnixMs at, Purpose purpose,
                    const std::vector<Bytes>& crls_der) {
  QUIETUS_CHECK(check_path(leaf, intermediates, root, at, crls_der, 3));
  return check_leaf(leaf, rule_for(purpose));
}

Status verify_authority(const X509Certificate& authority, std::string_view unit, const X509Certificate& root,
                        UnixMs at) {
  QUIETUS_CHECK(check_path(authority, {}, root, at, {}, 2));
  if (!authority.is_ca()) return unfit(authority, "is no authority");
  if (authority.department() != unit) return unfit(authority, "is not the authority of " + std::string(unit));
  return {};
}

}  // namespace quietus::proof
