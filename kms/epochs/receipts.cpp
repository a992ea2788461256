#include "kms/epochs/receipts.hpp"

#include <algorithm>
#include <array>

#include "base/crypto.hpp"
#include "kms/epochs/domain.hpp"
#include "kms/epochs/epoch_state.hpp"

namespace quietus::epochs {

namespace {

constexpr std::string_view kMagic = "QRC1";
constexpr std::size_t kNumberBytes = 4;

std::array<std::uint8_t, kNumberBytes> big_endian(std::uint32_t value) {
  return {static_cast<std::uint8_t>(value >> 24), static_cast<std::uint8_t>(value >> 16),
          static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value)};
}

std::uint32_t from_big_endian(BytesView four) {
  return static_cast<std::uint32_t>(four[0]) << 24 | static_cast<std::uint32_t>(four[1]) << 16 |
         static_cast<std::uint32_t>(four[2]) << 8 | four[3];
}

}  // namespace

Digest salt_of(const Digest& seed, KeyNumber number) {
  Sha256 hash;
  hash.update(as_bytes("quietus.receipt-salt/1"));
  hash.update(seed.view());
  hash.update(big_endian(number.value));
  return hash.finish();
}

std::vector<SaltedNumber> salted_numbers(const Receipts& receipts) {
  std::vector<SaltedNumber> salted;
  salted.reserve(receipts.numbers.size());
  for (const KeyNumber number : receipts.numbers) salted.push_back({number, salt_of(receipts.seed, number)});
  return salted;
}

std::string receipts_key(const KeyringId& keyring, std::uint64_t to_epoch) {
  return state_key(keyring, to_epoch);
}

std::string receipts_prefix(const KeyringId& keyring) { return keyring.text() + "/"; }

Bytes encode(const Receipts& receipts) {
  Bytes out = to_bytes(kMagic);
  out.reserve(kMagic.size() + receipts.seed.value.size() + kNumberBytes * receipts.numbers.size());
  out.insert(out.end(), receipts.seed.value.begin(), receipts.seed.value.end());
  for (const KeyNumber number : receipts.numbers) {
    const auto bytes = big_endian(number.value);
    out.insert(out.end(), bytes.begin(), bytes.end());
  }
  return out;
}

Result<Receipts> decode_receipts(BytesView bytes) {
  Receipts receipts;
  const std::size_t head = kMagic.size() + receipts.seed.value.size();
  const bool fits = bytes.size() >= head && (bytes.size() - head) % kNumberBytes == 0 &&
                    (bytes.size() - head) / kNumberBytes <= Domain::kMaxDeletion;
  if (!fits || as_text(bytes.first(kMagic.size())) != kMagic)
    return fail(ErrorKind::corrupt, "the kept receipts are damaged");
  std::ranges::copy(bytes.subspan(kMagic.size(), receipts.seed.value.size()), receipts.seed.value.begin());
  for (std::size_t at = head; at < bytes.size(); at += kNumberBytes) {
    const KeyNumber number{from_big_endian(bytes.subspan(at, kNumberBytes))};
    if (!receipts.numbers.empty() && number <= receipts.numbers.back())
      return fail(ErrorKind::corrupt, "the kept receipts are not in order");
    receipts.numbers.push_back(number);
  }
  return receipts;
}

Result<Receipts> load_receipts(Store& store, const KeyringId& keyring, std::uint64_t to_epoch) {
  QUIETUS_TRY(row, store.row("receipts", receipts_key(keyring, to_epoch)));
  if (!row)
    return fail(ErrorKind::not_found,
                "keyring " + keyring.text() + " keeps no receipts of epoch " + std::to_string(to_epoch));
  return decode_receipts(*row);
}

}  // namespace quietus::epochs
