#include "kms/records/seals.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <cstdlib>

#include "base/crypto.hpp"
#include "base/gcm_iv.hpp"
#include "kms/records/record_keys.hpp"

namespace quietus::records {

namespace {

constexpr std::array<std::uint8_t, kNonceBytes> kOneTimeNonce{};
constexpr std::array<std::uint8_t, 4> kTextFormat = {'Q', 'R', 'K', 1};

Bytes binding(std::string_view label, const KeyringId& table) {
  Bytes out = to_bytes(label);
  out.push_back(static_cast<std::uint8_t>(table.text().size()));
  const auto id = as_bytes(table.text());
  out.insert(out.end(), id.begin(), id.end());
  return out;
}

std::array<std::uint8_t, 4> word(std::uint32_t value) {
  std::array<std::uint8_t, 4> out;
  store_word(out, value);
  return out;
}

std::array<std::uint8_t, kNonceBytes> counter_nonce(std::uint32_t index) {
  std::array<std::uint8_t, kNonceBytes> nonce{};
  store_word(std::span(nonce).last(4), index);
  return nonce;
}

std::array<std::uint8_t, 8> long_word(std::uint64_t value) {
  std::array<std::uint8_t, 8> out;
  store_word(out, static_cast<std::uint32_t>(value >> 32U));
  store_word(std::span(out).last(4), static_cast<std::uint32_t>(value));
  return out;
}

void hmac_sha256(BytesView key, BytesView data, std::span<std::uint8_t> out) {
  unsigned int size = 0;
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), data.data(), data.size(), out.data(),
           &size) == nullptr ||
      size != out.size())
    std::abort();
}

void append(Bytes& out, BytesView part) { out.insert(out.end(), part.begin(), part.end()); }

Status check_blanks(const Sheet& sheet) {
  for (std::uint32_t i = 0; i < kSheetKeys; ++i) {
    const bool held = (sheet.present() & sheet.marks()) >> i & 1U;
    if (!held && std::ranges::any_of(sheet.key(i), [](std::uint8_t byte) { return byte != 0; }))
      return fail(ErrorKind::corrupt, "a page keeps a key that it says is gone");
  }
  return {};
}

}  // namespace

Seals::Seals(const KeyringId& table)
    : page_(binding("quietus.record-page/1", table)),
      segment_(binding("quietus.record-segment/1", table)),
      secret_(binding("quietus.record-top/1", table)),
      append_(binding("quietus.record-append/1", table)),
      head_(binding("quietus.record-head/1", table)),
      text_(binding("quietus.record-text/1", table)) {}

Result<Bytes> Seals::seal_page(Gcm& gcm, BytesView key, std::uint32_t page, std::uint64_t epoch,
                               BytesView salt, const Sheet& sheet) const {
  Bytes row = encode_page_header(epoch, salt);
  row.resize(kPageBytes);
  const auto at = word(page);
  QUIETUS_CHECK(gcm.seal(key, kOneTimeNonce, {page_, at, BytesView(row).first(kPageHeaderBytes)},
                         sheet.view(), std::span(row).subspan(kPageHeaderBytes)));
  return row;
}

Status Seals::open_page(Gcm& gcm, BytesView key, std::uint32_t page, BytesView row, Sheet& out) const {
  QUIETUS_TRY(parts, page_from(row));
  const auto at = word(page);
  QUIETUS_CHECK(gcm.open(key, kOneTimeNonce, {page_, at, row.first(kPageHeaderBytes)}, parts.sealed,
                         out.mutable_view()));
  return check_blanks(out);
}

void Seals::derive_page_key(BytesView append_key, std::uint32_t page, BytesView salt,
                            std::span<std::uint8_t> out) const {
  Bytes info = append_;
  append(info, word(page));
  append(info, salt);
  info.push_back(1);  // the counter of T(1)
  hmac_sha256(append_key, info, out);
}

Status Seals::seal_segment(Gcm& gcm, BytesView top_key, std::uint64_t epoch, std::uint32_t index,
                           const Sheet& sheet, std::span<std::uint8_t> out) const {
  return gcm.seal(top_key, counter_nonce(index), {segment_, long_word(epoch), word(index)}, sheet.view(),
                  out);
}

Status Seals::open_segment(Gcm& gcm, BytesView top_key, std::uint64_t epoch, std::uint32_t index,
                           BytesView sealed, Sheet& out) const {
  return gcm.open(top_key, counter_nonce(index), {segment_, long_word(epoch), word(index)}, sealed,
                  out.mutable_view());
}

Bytes Seals::secret_aad(const Top& top) const {
  Bytes aad = secret_;
  append(aad, long_word(top.epoch));
  append(aad, digest_of(top).view());
  return aad;
}

std::array<std::uint8_t, 32> Seals::head_mac(BytesView append_key, const Head& head) const {
  Bytes covered = head_;
  Bytes bytes = encode(head);
  append(covered, BytesView(bytes).first(bytes.size() - head.mac.size()));
  std::array<std::uint8_t, 32> mac;
  hmac_sha256(append_key, covered, mac);
  return mac;
}

Result<Bytes> Seals::seal_text(Gcm& gcm, BytesView record_key, KeyNumber number, BytesView plaintext,
                               BytesView context) const {
  Bytes out(kTextOverheadBytes + plaintext.size());
  const std::span<std::uint8_t> all(out);
  std::ranges::copy(kTextFormat, out.begin());
  store_word(all.subspan(4), number.value);
  const GcmIv nonce = next_gcm_iv();
  std::ranges::copy(nonce, all.subspan(kTextHeaderBytes).begin());
  QUIETUS_CHECK(gcm.seal(record_key, nonce, {text_, all.first(kTextHeaderBytes), context}, plaintext,
                         all.subspan(kTextHeaderBytes + kNonceBytes)));
  return out;
}

Result<SecretBytes> Seals::open_text(Gcm& gcm, BytesView record_key, BytesView sealed,
                                     BytesView context) const {
  QUIETUS_CHECK(number_of(sealed));
  QUIETUS_TRY(plaintext, SecretBytes::allocate(sealed.size() - kTextOverheadBytes));
  QUIETUS_CHECK(gcm.open(record_key, sealed.subspan(kTextHeaderBytes, kNonceBytes),
                         {text_, sealed.first(kTextHeaderBytes), context},
                         sealed.subspan(kTextHeaderBytes + kNonceBytes), plaintext.mutable_view()));
  return std::move(plaintext);
}

Result<KeyNumber> Seals::number_of(BytesView sealed) {
  if (sealed.size() < kTextOverheadBytes ||
      sealed.size() > kTextOverheadBytes + RecordKeys::kMaxPlaintextBytes ||
      !std::ranges::equal(sealed.first(kTextFormat.size()), kTextFormat))
    return fail(ErrorKind::corrupt, "the bytes are not a text sealed under a record key");
  return KeyNumber{load_word(sealed.subspan(4))};
}

Result<SecretBytes> draw_version_secret() {
  QUIETUS_TRY(secret, SecretBytes::allocate(kVersionSecretBytes));
  draw_keys(secret.mutable_view());
  return std::move(secret);
}

}  // namespace quietus::records
