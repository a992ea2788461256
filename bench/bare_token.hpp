// PKCS#11 as bare as it gets, on the token and in the process of ours: what the figures are compared with.
#pragma once

#include <p11-kit/pkcs11.h>

#include <array>

#include "quietus/hsm.hpp"

namespace quietus::bench {

/// A session of its own. The process is logged in already: a login belongs to the process (PKCS#11 v2.40
/// §5.6).
class BareSession {
 public:
  explicit BareSession(const std::string& token_label);
  ~BareSession();
  BareSession(const BareSession&) = delete;
  BareSession& operator=(const BareSession&) = delete;

  [[nodiscard]] CK_OBJECT_HANDLE find(const HsmKeyRef& key) const;
  /// C_EncryptInit and C_Encrypt, AES-GCM, 96-bit IV counted up, 128-bit tag, no associated data.
  void encrypt(CK_OBJECT_HANDLE key, BytesView plaintext);
  /// Private AES-256 token objects that do nothing but be there.
  void fill(std::size_t objects);

 private:
  CK_FUNCTION_LIST* const p11_;
  CK_SESSION_HANDLE session_ = 0;
  std::array<CK_BYTE, Hsm::kGcmIvBytes> iv_{};
  Bytes ciphertext_ = Bytes((std::size_t{64} << 10) + Hsm::kGcmTagBytes);
};

/// Seconds that this process has spent inside the library's calls, and how many there were, since start().
/// Counts for as long as it lives; one at a time.
class CallMeter {
 public:
  CallMeter();
  ~CallMeter();
  CallMeter(const CallMeter&) = delete;
  CallMeter& operator=(const CallMeter&) = delete;

  void start();
  [[nodiscard]] double seconds() const;
  [[nodiscard]] std::uint64_t calls() const;
  /// "2046 C_UnwrapKey 41.2 ms, ...": where most of it went.
  [[nodiscard]] std::string largest(std::size_t count) const;

 private:
  CK_FUNCTION_LIST* const p11_;
  const CK_FUNCTION_LIST real_;
};

}  // namespace quietus::bench
