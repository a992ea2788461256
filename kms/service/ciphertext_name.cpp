#include "kms/service/ciphertext_name.hpp"

#include "kms/keyrings/ciphertext.hpp"
#include "kms/keys/device_cipher.hpp"
#include "kms/records/record_keys.hpp"
#include "quietus/key_ranges.hpp"

namespace quietus::service {
namespace {

constexpr std::string_view kRecordMagic = "QRC1";

std::unexpected<Error> nameless() { return fail(ErrorKind::corrupt, "the ciphertext does not name its key"); }

struct NamedRecord {
  KeyringId table;
  BytesView sealed;
};

Result<NamedRecord> named_record(BytesView ciphertext) {
  const std::size_t at = kRecordMagic.size();
  if (ciphertext.size() <= at || as_text(ciphertext.first(at)) != kRecordMagic) return nameless();
  const std::size_t size = ciphertext[at];
  if (ciphertext.size() <= at + 1 + size) return nameless();
  const auto table = KeyringId::parse(as_text(ciphertext.subspan(at + 1, size)));
  if (!table) return nameless();
  return NamedRecord{*table, ciphertext.subspan(at + 1 + size)};
}

}  // namespace

Result<std::string> key_named_by(BytesView ciphertext) {
  if (const auto key = keys::key_named_by(ciphertext)) return key->text();
  if (const auto wrapped = keyrings::read_ciphertext(ciphertext))
    return key_text(wrapped->keyring, wrapped->key.number);
  QUIETUS_TRY(record, named_record(ciphertext));
  QUIETUS_TRY(number, records::number_named_by(record.sealed));
  return key_text(record.table, number);
}

Bytes name_record(const KeyringId& table, BytesView sealed) {
  Bytes named = to_bytes(kRecordMagic);
  named.reserve(named.size() + 1 + table.text().size() + sealed.size());
  named.push_back(static_cast<std::uint8_t>(table.text().size()));  // an id has at most 64 characters
  const BytesView text = as_bytes(table.text());
  named.insert(named.end(), text.begin(), text.end());
  named.insert(named.end(), sealed.begin(), sealed.end());
  return named;
}

Result<BytesView> record_of(BytesView ciphertext) {
  QUIETUS_TRY(record, named_record(ciphertext));
  return record.sealed;
}

}  // namespace quietus::service
