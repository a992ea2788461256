#include "kms/keyrings/key_card.hpp"

#include "kms/keyrings/packing.hpp"

namespace quietus::keyrings {

namespace {

constexpr std::string_view kCardMagic = "QKC2", kHeadMagic = "QKH2", kOldHeadMagic = "QKH1";

void take_keyring(Unpacker& from, KeyringId& id) {
  const auto parsed = KeyringId::parse(from.text());
  from.require(parsed.has_value());
  if (parsed) id = *parsed;
}

VersionCard take_version(Unpacker& from) {
  VersionCard version;
  version.created = from.time();
  const auto imported = from.number<std::uint8_t>();
  from.require(imported <= 1);
  version.imported = imported == 1;
  version.encryptions_reserved = from.number<std::uint64_t>();
  return version;
}

}  // namespace

Bytes encode(const KeyCard& card) {
  Packer out;
  out.bytes(as_bytes(kCardMagic)).text(card.keyring.text()).number(card.number.value);
  out.number(static_cast<std::uint8_t>(card.purpose));
  out.time(card.created).time(card.last_use).number(card.ending_epoch);
  out.number(static_cast<std::uint16_t>(card.versions.size()));
  for (const VersionCard& version : card.versions)
    out.time(version.created)
        .number(static_cast<std::uint8_t>(version.imported ? 1 : 0))
        .number(version.encryptions_reserved);
  return out.take();
}

Result<KeyCard> decode_card(BytesView bytes) {
  Unpacker from(bytes);
  KeyCard card;
  from.expect(kCardMagic);
  take_keyring(from, card.keyring);
  card.number.value = from.number<std::uint32_t>();
  const auto purpose = from.number<std::uint8_t>();
  from.require(card.number.value > 0 && card.number.value <= kMaxNumber);
  from.require(purpose <= static_cast<std::uint8_t>(KeyPurpose::mac));
  if (!from.failed()) card.purpose = static_cast<KeyPurpose>(purpose);
  card.created = from.time();
  card.last_use = from.time();
  card.ending_epoch = from.number<std::uint64_t>();
  const std::size_t versions = from.number<std::uint16_t>();
  from.require(versions > 0 && versions <= kMaxSheetKeys);
  for (std::size_t i = 0; i < versions && !from.failed(); ++i) card.versions.push_back(take_version(from));
  if (!from.finished()) return fail(ErrorKind::corrupt, "the card of a key is damaged");
  return card;
}

Bytes encode(const KeyringHead& head) {
  Packer out;
  out.bytes(as_bytes(kHeadMagic)).text(head.keyring.text()).time(head.created).ref(head.mac_key);
  out.ref(head.root.ref).number(head.root.epoch).time(head.root.created);
  return out.take();
}

Result<KeyringHead> decode_head(BytesView bytes) {
  if (as_text(bytes).starts_with(kOldHeadMagic))
    return fail(ErrorKind::corrupt,
                "the keyring is of format 1, which had no pages and is not read any more");
  Unpacker from(bytes);
  KeyringHead head;
  from.expect(kHeadMagic);
  take_keyring(from, head.keyring);
  head.created = from.time();
  head.mac_key = from.ref();
  head.root.ref = from.ref();
  head.root.epoch = from.number<std::uint64_t>();
  head.root.created = from.time();
  from.require(head.root.epoch > 0);
  if (!from.finished()) return fail(ErrorKind::corrupt, "the head of a keyring is damaged");
  return head;
}

}  // namespace quietus::keyrings
