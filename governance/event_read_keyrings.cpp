#include "governance/event_reader.hpp"

namespace quietus::governance {

namespace {

class KeyringBodyReader : public MemberReader {
 public:
  using MemberReader::MemberReader;

  KeyringCreated created() {
    return {id<HoldingId>("holding"), keyring(),
            one_of(reader_, "key_class", std::array{KeyClass::wrapped, KeyClass::record})};
  }
  KeysAdded added() {
    KeysAdded e;
    e.keyring = keyring();
    e.origin = one_of(reader_, "origin", std::array{KeyOrigin::made, KeyOrigin::imported});
    e.first = count32("first");
    e.count = count32("count");
    e.purpose = reader_.parsed(reader_.text("purpose", 64), &key_purpose_from);
    e.state = one_of(reader_, "state", std::array{KeyState::active, KeyState::pre_active});
    return e;
  }
  KeysRotated rotated() { return {keyring(), keys("numbers")}; }
  KeysChanged changed() {
    constexpr std::array kChanges = {KeyChange::activate, KeyChange::deactivate, KeyChange::suspend,
                                     KeyChange::resume, KeyChange::compromise};
    return {keyring(), keys("numbers"), one_of(reader_, "change", kChanges), reason()};
  }
  DestructionScheduled scheduled() { return {keyring(), keys("numbers"), time("due"), reason()}; }
  DestructionCancelled cancelled() { return {keyring(), keys("numbers"), reason()}; }
  KeyringShredding shredding() {
    return {keyring(), count("from_epoch"), cause(), reader_.digest("numbers_digest"), count("count")};
  }
  KeyringActBegun act_begun() { return {keyring(), reader_.boolean("resumed")}; }
  KeyringShredded shredded() {
    return {keyring(),          count("from_epoch"),        count("to_epoch"), count("destroyed"),
            count("survivors"), reader_.digest("evidence"), object("detail")};
  }
  KeyringShreddingFailed failed() { return {keyring(), reason()}; }
  KeyUsesReserved reserved() {
    return {id<HoldingId>("holding"), reader_.text("subject", 64),
            one_of(reader_, "verb", std::array{Verb::seal, Verb::open, Verb::release_data_key}),
            count("uses"), reader_.boolean("scheduled")};
  }
  KeysDestroyed destroyed() {
    return {id<HoldingId>("holding"), keyring(), count("from_epoch"), reader_.digest("evidence"),
            object("detail")};
  }
  KeysCertified certified() {
    return {id<HoldingId>("holding"), keyring(), count("from_epoch"), reader_.text("certificate_id"),
            object("detail")};
  }

 private:
  KeyringId keyring() { return id<KeyringId>("keyring"); }
  std::optional<OrderId> cause() {
    ObjectReader members(reader_.member("cause"), "cause");
    std::optional<OrderId> order;
    if (const std::string text = members.optional_text("order", 64); !text.empty()) {
      order = members.parsed(text, &OrderId::parse);
    } else if (members.text("schedule", 8) != "due") {
      members.reject("it is neither an order nor a schedule that is due");
    }
    if (const Status status = members.finish(); !status) reader_.reject(status.error().message);
    return order;
  }
};

constexpr std::array<Reading<KeyringBodyReader>, kKeyringEvents> kKeyringReadings = {{
    {"keyring.created", &read_as<&KeyringBodyReader::created>},
    {"keys.added", &read_as<&KeyringBodyReader::added>},
    {"keys.rotated", &read_as<&KeyringBodyReader::rotated>},
    {"keys.changed", &read_as<&KeyringBodyReader::changed>},
    {"keys.destruction_scheduled", &read_as<&KeyringBodyReader::scheduled>},
    {"keys.destruction_cancelled", &read_as<&KeyringBodyReader::cancelled>},
    {"keyring.shredding", &read_as<&KeyringBodyReader::shredding>},
    {"keyring.act_begun", &read_as<&KeyringBodyReader::act_begun>},
    {"keyring.shredded", &read_as<&KeyringBodyReader::shredded>},
    {"keyring.shredding_failed", &read_as<&KeyringBodyReader::failed>},
    {"keys.used.reserved", &read_as<&KeyringBodyReader::reserved>},
    {"keys.destroyed", &read_as<&KeyringBodyReader::destroyed>},
    {"keys.certified", &read_as<&KeyringBodyReader::certified>},
}};

}  // namespace

std::optional<EventBody> read_keyring_event(std::string_view type, ObjectReader& reader) {
  return read_one_of(kKeyringReadings, type, reader);
}

}  // namespace quietus::governance
