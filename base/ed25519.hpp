// Ed25519 (RFC 8032): what witnesses sign with.
#pragma once

#include <array>
#include <memory>
#include <string>

#include "quietus/bytes.hpp"
#include "quietus/result.hpp"

namespace quietus {

using Ed25519PublicKey = std::array<std::uint8_t, 32>;

/// `verification_failed` when it does not hold.
Status verify_ed25519(const Ed25519PublicKey& key, BytesView message, BytesView signature);

/// A signing key held in a file: PKCS#8 PEM, mode 0600 enforced.
class Ed25519Key {
 public:
  static Result<Ed25519Key> load(const std::string& path);
  static Result<Ed25519Key> generate();
  Status save(const std::string& path) const;  ///< 0600, refuses to overwrite
  [[nodiscard]] Ed25519PublicKey public_key() const;
  [[nodiscard]] Result<Bytes> sign(BytesView message) const;  ///< 64 bytes

  Ed25519Key(Ed25519Key&&) noexcept;
  Ed25519Key& operator=(Ed25519Key&&) noexcept;
  ~Ed25519Key();

 private:
  Ed25519Key();
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace quietus
