// What is sealed under which key, and bound to what. Private to kms/records.
//
//   HSM root ── version secret: top key, append key (both one-time)
//                 top key ──── segments, nonce = index
//                 append key ─ keys of appended pages (HKDF), the head's MAC
//               page key (one-time, listed in a segment or derived) ── page, constant nonce
//               record key ─── the caller's texts, random nonce
//
// A key that seals pages or segments seals one version of them and nothing after it, which is why constant
// nonces are safe and why every older row opens under no key that is left: the keys are the freshness.
#pragma once

#include "kms/records/sheet.hpp"

namespace quietus::records {

inline constexpr std::size_t kVersionSecretBytes = 2 * kKeyBytes;
inline BytesView top_key_of(const SecretBytes& secret) { return secret.view().first(kKeyBytes); }
inline BytesView append_key_of(const SecretBytes& secret) { return secret.view().last(kKeyBytes); }

class Seals {
 public:
  explicit Seals(const KeyringId& table);

  /// The whole row. `salt`: empty for a listed page.
  [[nodiscard]] Result<Bytes> seal_page(Gcm& gcm, BytesView key, std::uint32_t page, std::uint64_t epoch,
                                        BytesView salt, const Sheet& sheet) const;
  [[nodiscard]] Status open_page(Gcm& gcm, BytesView key, std::uint32_t page, BytesView row,
                                 Sheet& out) const;
  /// HKDF-Expand with SHA-256 (RFC 5869 §2.3; §3.3: the append key is uniform, nothing is to be extracted).
  void derive_page_key(BytesView append_key, std::uint32_t page, BytesView salt,
                       std::span<std::uint8_t> out) const;

  [[nodiscard]] Status seal_segment(Gcm& gcm, BytesView top_key, std::uint64_t epoch, std::uint32_t index,
                                    const Sheet& sheet, std::span<std::uint8_t> out) const;
  [[nodiscard]] Status open_segment(Gcm& gcm, BytesView top_key, std::uint64_t epoch, std::uint32_t index,
                                    BytesView sealed, Sheet& out) const;

  /// Binds the version's secrets to table, epoch and everything the top says.
  [[nodiscard]] Bytes secret_aad(const Top& top) const;
  /// HMAC-SHA-256 over all of the head but the MAC.
  [[nodiscard]] std::array<std::uint8_t, 32> head_mac(BytesView append_key, const Head& head) const;

  /// format ‖ number ‖ IV ‖ ciphertext ‖ tag.
  [[nodiscard]] Result<Bytes> seal_text(Gcm& gcm, BytesView record_key, KeyNumber number, BytesView plaintext,
                                        BytesView context) const;
  [[nodiscard]] Result<SecretBytes> open_text(Gcm& gcm, BytesView record_key, BytesView sealed,
                                              BytesView context) const;
  static constexpr std::size_t kTextHeaderBytes = 8, kTextOverheadBytes = kTextHeaderBytes + 12 + 16;
  /// Of a sealed text, before anything is known to be true of it.
  static Result<KeyNumber> number_of(BytesView sealed);

 private:
  Bytes page_, segment_, secret_, append_, head_, text_;  // label, length of the id, id
};

/// A fresh secret for one version.
Result<SecretBytes> draw_version_secret();

}  // namespace quietus::records
