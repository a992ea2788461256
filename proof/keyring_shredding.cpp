#include "proof/keyring_shredding.hpp"

#include "proof/document_parts.hpp"
#include "proof/key_destruction.hpp"

namespace quietus::proof {

Json to_json(const KeyringShredding& s) {
  return Json::Object{{"begun", rfc3339(s.begun)},
                      {"class", to_string(s.key_class)},
                      {"committed", rfc3339(s.committed)},
                      {"destroyed", s.destroyed},
                      {"ended_before", s.ended_before.text()},
                      {"from_epoch", s.from_epoch},
                      {"keyring", s.keyring.text()},
                      {"known_copies", texts_json(s.known_copies)},
                      {"numbers", hex(s.numbers)},
                      {"receipts", hex(s.receipts)},
                      {"releases", to_json(s.releases)},
                      {"root", to_json(s.root)},
                      {"survivors_verified", s.survivors_verified},
                      {"to_epoch", s.to_epoch}};
}

Result<KeyringShredding> keyring_shredding_from_json(const Json& json) {
  ObjectReader reader(json, "keys of a keyring");
  KeyringShredding s;
  s.begun = read_time(reader, "begun");
  s.key_class = reader.parsed(reader.text("class"), &key_class_from);
  s.committed = read_time(reader, "committed");
  s.destroyed = read_count(reader, "destroyed");
  s.ended_before = reader.parsed(reader.text("ended_before", KeyRanges::kMaxTextBytes), &KeyRanges::parse);
  s.from_epoch = read_count(reader, "from_epoch");
  s.keyring = reader.parsed(reader.text("keyring"), &KeyringId::parse);
  s.known_copies = reader.texts("known_copies", kMaxListItems);
  s.numbers = reader.digest("numbers");
  s.receipts = reader.digest("receipts");
  s.releases = read_releases(reader, "releases");
  s.root = read_nested(reader, "root", &key_destruction_from_json);
  s.survivors_verified = read_count(reader, "survivors_verified");
  s.to_epoch = read_count(reader, "to_epoch");
  return finished(reader, std::move(s));
}

}  // namespace quietus::proof
