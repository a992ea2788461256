// TLS 1.3 for both ends, over OpenSSL: who is believed, and how that is checked. No sockets here.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/mutex.hpp"
#include "quietus/bytes.hpp"
#include "quietus/result.hpp"
#include "wire/client.hpp"
#include "wire/server.hpp"

struct ssl_ctx_st;
struct ssl_st;

namespace quietus::wire {

using TlsContext = std::shared_ptr<ssl_ctx_st>;

/// Verifies the server against `ca_file` only and wants a certificate made for servers (serverAuth).
Result<TlsContext> client_tls(const ClientSettings& settings);
/// Sets the name or IP address that the server's certificate must carry, and SNI for a name (RFC 6066 §3).
Status expect_server(ssl_st* connection, const std::string& host);

/// Client certificates are asked for, not demanded; a presented one must be leaf <- intermediate <- root of
/// `client_ca_files`, current, for TLS clients, and not on its issuer's CRL.
Result<TlsContext> server_tls(const ServerTls& settings);
/// DER of the verified peer certificate; empty when none was presented.
Bytes peer_certificate(ssl_st* connection);
/// The peer's chain again, now, under the CAs and CRLs of `context`: connections outlive revocations.
Status verify_peer_again(ssl_ctx_st* context, ssl_st* connection);

/// A server context that follows its CRL files. Thread-safe.
class FollowingTls {
 public:
  static Result<std::unique_ptr<FollowingTls>> create(ServerTls settings);
  /// The context of the files as they are now (looked at twice a second at most). Fails, and goes on failing,
  /// while one of them cannot be used: an unknown revocation state counts as revoked.
  Result<TlsContext> current() QUIETUS_EXCLUDES(mutex_);

 private:
  FollowingTls(ServerTls settings, std::string stamp, TlsContext context, std::int64_t now_ms)
      : settings_(std::move(settings)),
        context_(std::move(context)),
        stamp_(std::move(stamp)),
        looked_ms_(now_ms) {}
  const ServerTls settings_;
  Mutex mutex_;
  Result<TlsContext> context_ QUIETUS_GUARDED_BY(mutex_);
  std::string stamp_ QUIETUS_GUARDED_BY(mutex_);
  std::int64_t looked_ms_ QUIETUS_GUARDED_BY(mutex_);
};

/// What a failed handshake or a TLS alert means for the person at this end. `reason` is an OpenSSL error
/// code.
Error tls_error(unsigned long reason, const ssl_st* connection);

}  // namespace quietus::wire
