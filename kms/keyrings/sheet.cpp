#include "kms/keyrings/sheet.hpp"

#include <algorithm>
#include <map>

#include "kms/keyrings/packing.hpp"

namespace quietus::keyrings {

namespace {

constexpr std::string_view kMagic = "QWK2", kOldMagic = "QWK1";
constexpr std::uint8_t kRecipients = 1;

Bytes take_wrapped(Unpacker& from) {
  const BytesView wrapped = from.bytes(kWrappedBytes);
  return {wrapped.begin(), wrapped.end()};
}

WrappedKey take_key(Unpacker& from) {
  WrappedKey key;
  key.id.number.value = from.number<std::uint32_t>();
  key.id.version = from.number<std::uint32_t>();
  key.page.value = from.number<std::uint32_t>();
  std::ranges::copy(from.bytes(kWrappedBytes), key.wrapped.begin());
  from.require(key.id.number.value > 0 && key.id.version > 0);
  return key;
}

void take_pages(Unpacker& from, Sheet& sheet) {
  const std::size_t count = from.number<std::uint16_t>();
  from.require(count <= kMaxPages);
  from.require(sheet.kind == Sheet::Kind::everybody || count == 1);
  for (std::size_t i = 0; i < count && !from.failed(); ++i) {
    PageKey page{{from.number<std::uint32_t>()}, take_wrapped(from)};
    from.require(page.page.value > 0 && page.page < sheet.next_page);
    from.require(sheet.pages.empty() || sheet.pages.back().page < page.page);
    sheet.pages.push_back(std::move(page));
  }
}

/// Each page holds at least one key and at most kPageKeys, each key lies in a page.
bool fills_its_pages(const Sheet& sheet) {
  std::map<PageNumber, std::size_t> keys;
  for (const PageKey& page : sheet.pages) keys[page.page] = 0;
  for (const WrappedKey& key : sheet.keys) {
    const auto page = keys.find(key.page);
    if (page == keys.end() || ++page->second > kPageKeys) return false;
  }
  for (const auto& [page, count] : keys)
    if (count == 0) return false;
  return true;
}

void take_keys(Unpacker& from, Sheet& sheet) {
  const std::size_t count = from.number<std::uint16_t>();
  from.require(count <= kMaxSheetKeys);
  from.require(sheet.kind == Sheet::Kind::everybody || count == 1);
  for (std::size_t i = 0; i < count && !from.failed(); ++i) {
    WrappedKey key = take_key(from);
    from.require(sheet.keys.empty() || sheet.keys.back().id < key.id);
    from.require(key.id.number < sheet.next_number);
    sheet.keys.push_back(std::move(key));
  }
  from.require(fills_its_pages(sheet));
}

}  // namespace

Bytes encode(const Sheet& sheet) {
  Packer out;
  out.bytes(as_bytes(kMagic)).number(static_cast<std::uint8_t>(sheet.kind)).text(sheet.keyring.text());
  out.number(sheet.epoch).number(sheet.next_number.value).number(sheet.next_page.value);
  out.number(kRecipients).ref(sheet.recipient.root).number(sheet.recipient.mechanism);
  out.text(sheet.recipient.module);
  out.number(static_cast<std::uint8_t>(kWrappedBytes)).number(static_cast<std::uint16_t>(sheet.pages.size()));
  for (const PageKey& page : sheet.pages) out.number(page.page.value).bytes(page.wrapped);
  out.number(static_cast<std::uint16_t>(sheet.keys.size()));
  for (const WrappedKey& key : sheet.keys)
    out.number(key.id.number.value).number(key.id.version).number(key.page.value).bytes(key.wrapped);
  return out.take();
}

Result<Sheet> decode_sheet(BytesView bytes) {
  if (as_text(bytes).starts_with(kOldMagic))
    return fail(ErrorKind::corrupt, "a row of wrapped keys is of format 1, which is not read any more");
  Unpacker from(bytes);
  Sheet sheet;
  from.expect(kMagic);
  const auto kind = from.number<std::uint8_t>();
  from.require(kind <= 1);
  sheet.kind = kind == 1 ? Sheet::Kind::addition : Sheet::Kind::everybody;
  const auto keyring = KeyringId::parse(from.text());
  from.require(keyring.has_value());
  if (keyring) sheet.keyring = *keyring;
  sheet.epoch = from.number<std::uint64_t>();
  sheet.next_number.value = from.number<std::uint32_t>();
  sheet.next_page.value = from.number<std::uint32_t>();
  from.require(sheet.next_page.value > 0);
  from.require(sheet.epoch > 0 && sheet.next_number.value > 0 && sheet.next_number.value <= kMaxNumber + 1);
  from.require(from.number<std::uint8_t>() == kRecipients);
  sheet.recipient.root = from.ref();
  sheet.recipient.mechanism = from.number<std::uint32_t>();
  sheet.recipient.module = from.text();
  from.require(sheet.recipient.mechanism == kAesKeyWrap);
  from.require(from.number<std::uint8_t>() == kWrappedBytes);
  take_pages(from, sheet);
  take_keys(from, sheet);
  if (!from.finished()) return fail(ErrorKind::corrupt, "a row of wrapped keys is damaged");
  return sheet;
}

}  // namespace quietus::keyrings
