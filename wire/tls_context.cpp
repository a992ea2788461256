#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include "base/file.hpp"
#include "wire/tls.hpp"
#include "wire/tls_chain.hpp"

namespace quietus::wire {

namespace {

// OpenSSL would ask for a passphrase on the terminal otherwise.
int no_passphrase(char*, int, int, void*) { return 0; }

Result<TlsContext> fresh_context(const SSL_METHOD* method) {
  TlsContext context(SSL_CTX_new(method), SSL_CTX_free);
  if (!context) return fail(ErrorKind::internal, "OpenSSL gave no TLS context");
  SSL_CTX_set_min_proto_version(context.get(), TLS1_3_VERSION);
  SSL_CTX_set_max_proto_version(context.get(), TLS1_3_VERSION);
  // No resumption: each connection proves its certificate anew, against the revocation lists of that moment.
  SSL_CTX_set_options(context.get(), SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_num_tickets(context.get(), 0);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_default_passwd_cb(context.get(), no_passphrase);
  return context;
}

Status private_file(const std::string& path) {
  struct stat facts = {};
  if (stat(path.c_str(), &facts) != 0) return io_error("looking at the private key", path);
  if ((facts.st_mode & 077) != 0) {
    return fail(ErrorKind::invalid_input, "the private key " + path + " can be read by others",
                "chmod 600 " + path);
  }
  return {};
}

Status use_identity(SSL_CTX* context, const std::string& certificate, const std::string& key) {
  QUIETUS_CHECK(private_file(key));
  if (SSL_CTX_use_certificate_chain_file(context, certificate.c_str()) != 1) {
    return fail(ErrorKind::invalid_input, "no certificate in " + certificate,
                "it must be PEM, own certificate first");
  }
  if (SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) != 1) {
    return fail(ErrorKind::invalid_input, "no usable private key in " + key,
                "it must be unencrypted PEM and belong to " + certificate);
  }
  if (SSL_CTX_check_private_key(context) != 1) {
    return fail(ErrorKind::invalid_input, key + " is not the key of " + certificate);
  }
  return {};
}

// RFC 5280 §4.2.1.12: without the extension a certificate would do for anything, also a person's one.
int server_certificate_only(int ok, X509_STORE_CTX* state) {
  if (ok != 1 || X509_STORE_CTX_get_error_depth(state) != 0) return ok;
  X509* leaf = X509_STORE_CTX_get_current_cert(state);
  const bool said_so = (X509_get_extension_flags(leaf) & EXFLAG_XKUSAGE) != 0 &&
                       (X509_get_extended_key_usage(leaf) & XKU_SSL_SERVER) != 0;
  if (!said_so) X509_STORE_CTX_set_error(state, X509_V_ERR_INVALID_PURPOSE);
  return said_so ? 1 : 0;
}

Status load_trust(SSL_CTX* context, const std::string& path) {
  QUIETUS_TRY(certificates, read_certificates(path));
  X509_STORE* store = SSL_CTX_get_cert_store(context);
  for (const auto& certificate : certificates) {
    if (X509_STORE_add_cert(store, certificate.get()) != 1) {
      return fail(ErrorKind::invalid_input, "a certificate of " + path + " cannot be trusted");
    }
  }
  return {};
}

Status load_revocations(SSL_CTX* context, const std::vector<std::string>& paths) {
  if (paths.empty()) return {};
  X509_STORE* store = SSL_CTX_get_cert_store(context);
  for (const auto& path : paths) {
    QUIETUS_TRY(list, read_crl(path));
    if (X509_STORE_add_crl(store, list.get()) != 1) {
      return fail(ErrorKind::invalid_input, "the revocation list " + path + " cannot be used");
    }
  }
  X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK);  // of the leaf: intermediates are the root's business
  return {};
}

}  // namespace

Result<TlsContext> client_tls(const ClientSettings& settings) {
  QUIETUS_TRY(context, fresh_context(TLS_client_method()));
  if (settings.ca_file.empty()) {
    return fail(ErrorKind::invalid_input, "https needs the file of a certificate authority to believe");
  }
  QUIETUS_CHECK(load_trust(context.get(), settings.ca_file));
  if (!settings.certificate_file.empty()) {
    QUIETUS_CHECK(use_identity(context.get(), settings.certificate_file, settings.key_file));
  }
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, server_certificate_only);
  return context;
}

Status expect_server(SSL* connection, const std::string& host) {
  X509_VERIFY_PARAM* expected = SSL_get0_param(connection);
  X509_VERIFY_PARAM_set_hostflags(expected,
                                  X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  if (X509_VERIFY_PARAM_set1_ip_asc(expected, host.c_str()) == 1) return {};
  const bool set = X509_VERIFY_PARAM_set1_host(expected, host.c_str(), 0) == 1 &&
                   SSL_set_tlsext_host_name(connection, const_cast<char*>(host.c_str())) == 1;
  if (!set) return fail(ErrorKind::invalid_input, "not a host name: " + host);
  return {};
}

Result<TlsContext> server_tls(const ServerTls& settings) {
  QUIETUS_TRY(context, fresh_context(TLS_server_method()));
  QUIETUS_CHECK(use_identity(context.get(), settings.certificate_file, settings.key_file));
  if (settings.client_ca_files.empty()) {
    return fail(ErrorKind::invalid_input,
                "a server needs the files of the authorities whose clients it knows");
  }
  for (const auto& path : settings.client_ca_files) QUIETUS_CHECK(load_trust(context.get(), path));
  QUIETUS_CHECK(load_revocations(context.get(), settings.crl_files));
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, three_link_chain);
  return context;
}

}  // namespace quietus::wire
