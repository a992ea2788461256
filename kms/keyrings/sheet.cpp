#include "kms/keyrings/sheet.hpp"

#include "kms/keyrings/packing.hpp"

namespace quietus::keyrings {

namespace {

constexpr std::string_view kMagic = "QWK1";
constexpr std::uint8_t kRecipients = 1;

WrappedKey take_key(Unpacker& from) {
  WrappedKey key;
  key.id.number.value = from.number<std::uint32_t>();
  key.id.version = from.number<std::uint32_t>();
  const BytesView wrapped = from.bytes(kWrappedBytes);
  key.wrapped.assign(wrapped.begin(), wrapped.end());
  from.require(key.id.number.value > 0 && key.id.version > 0);
  return key;
}

void take_keys(Unpacker& from, Sheet& sheet) {
  const std::size_t count = from.number<std::uint16_t>();
  from.require(count <= kMaxSheetKeys);
  from.require(sheet.kind == Sheet::Kind::page || count == 1);
  for (std::size_t i = 0; i < count && !from.failed(); ++i) {
    WrappedKey key = take_key(from);
    from.require(sheet.keys.empty() || sheet.keys.back().id < key.id);
    from.require(key.id.number < sheet.next_number);
    sheet.keys.push_back(std::move(key));
  }
}

}  // namespace

Bytes encode(const Sheet& sheet) {
  Packer out;
  out.bytes(as_bytes(kMagic)).number(static_cast<std::uint8_t>(sheet.kind)).text(sheet.keyring.text());
  out.number(sheet.epoch).number(sheet.next_number.value);
  out.number(kRecipients).ref(sheet.recipient.root).number(sheet.recipient.mechanism);
  out.text(sheet.recipient.module);
  out.number(static_cast<std::uint8_t>(kWrappedBytes)).number(static_cast<std::uint16_t>(sheet.keys.size()));
  for (const WrappedKey& key : sheet.keys)
    out.number(key.id.number.value).number(key.id.version).bytes(key.wrapped);
  return out.take();
}

Result<Sheet> decode_sheet(BytesView bytes) {
  Unpacker from(bytes);
  Sheet sheet;
  from.expect(kMagic);
  const auto kind = from.number<std::uint8_t>();
  from.require(kind <= 1);
  sheet.kind = kind == 1 ? Sheet::Kind::addition : Sheet::Kind::page;
  const auto keyring = KeyringId::parse(from.text());
  from.require(keyring.has_value());
  if (keyring) sheet.keyring = *keyring;
  sheet.epoch = from.number<std::uint64_t>();
  sheet.next_number.value = from.number<std::uint32_t>();
  from.require(sheet.epoch > 0 && sheet.next_number.value > 0 && sheet.next_number.value <= kMaxNumber + 1);
  from.require(from.number<std::uint8_t>() == kRecipients);
  sheet.recipient.root = from.ref();
  sheet.recipient.mechanism = from.number<std::uint32_t>();
  sheet.recipient.module = from.text();
  from.require(sheet.recipient.mechanism == kAesKeyWrap);
  from.require(from.number<std::uint8_t>() == kWrappedBytes);
  take_keys(from, sheet);
  if (!from.finished()) return fail(ErrorKind::corrupt, "a row of wrapped keys is damaged");
  return sheet;
}

}  // namespace quietus::keyrings
