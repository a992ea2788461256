// What a key's object says of itself. Asked of the token each time: certificates rest on it.
#include <algorithm>
#include <array>

#include "kms/pkcs11/objects.hpp"
#include "quietus/pkcs11_numbers.hpp"

namespace quietus::pkcs11 {

static_assert(cko::public_key == CKO_PUBLIC_KEY && cko::private_key == CKO_PRIVATE_KEY &&
              cko::secret_key == CKO_SECRET_KEY);
static_assert(ckk::ec == CKK_EC && ckk::generic_secret == CKK_GENERIC_SECRET && ckk::aes == CKK_AES);

namespace {

struct Flag {
  CK_ATTRIBUTE_TYPE type;
  bool& value;
};

std::array<Flag, 8> flags_of(HsmKeyAttributes& key) {
  return {{{CKA_TOKEN, key.token},
           {CKA_SENSITIVE, key.sensitive},
           {CKA_EXTRACTABLE, key.extractable},
           {CKA_ALWAYS_SENSITIVE, key.always_sensitive},
           {CKA_NEVER_EXTRACTABLE, key.never_extractable},
           {CKA_COPYABLE, key.copyable},
           {CKA_MODIFIABLE, key.modifiable},
           {CKA_LOCAL, key.local}}};
}

std::array<Flag, 7> flags_of(HsmKeyUsage& usage) {
  return {{{CKA_ENCRYPT, usage.encrypt},
           {CKA_DECRYPT, usage.decrypt},
           {CKA_WRAP, usage.wrap},
           {CKA_UNWRAP, usage.unwrap},
           {CKA_SIGN, usage.sign},
           {CKA_VERIFY, usage.verify},
           {CKA_DERIVE, usage.derive}}};
}

/// An object's attributes, and the id that it carries at the same moment.
struct Described {
  Bytes id;
  HsmKeyAttributes attributes;
};

/// All in one call: each call costs SoftHSM two files to open. nullopt when the token does not know one of
/// them, or has none of it to show; then they are asked for one by one.
std::optional<Described> describe_at_once(Token& token, Lease& lease, const KeyHandle& key) {
  if (key.object_class != CKO_SECRET_KEY) return std::nullopt;  // a private key has no CKA_VALUE_LEN
  HsmKeyAttributes read;
  HsmKeyUsage usage;
  std::array<CK_BBOOL, 15> octets{};
  std::array<CK_ULONG, 2> numbers{};
  std::array<std::uint8_t, 64> id;
  std::array<char, Pkcs11Hsm::kMaxLabelBytes> label;
  std::vector<Flag> flags;
  std::ranges::copy(flags_of(read), std::back_inserter(flags));
  std::ranges::copy(flags_of(usage), std::back_inserter(flags));
  std::vector<CK_ATTRIBUTE> wanted;
  for (std::size_t i = 0; i < flags.size(); ++i) wanted.push_back({flags[i].type, &octets[i], 1});
  wanted.push_back({CKA_KEY_TYPE, &numbers[0], sizeof numbers[0]});
  wanted.push_back({CKA_VALUE_LEN, &numbers[1], sizeof numbers[1]});
  const std::vector<CK_ATTRIBUTE> fixed = wanted;
  wanted.push_back({CKA_ID, id.data(), id.size()});
  wanted.push_back({CKA_LABEL, label.data(), label.size()});
  if (token.module->C_GetAttributeValue(lease.handle(), key.object, wanted.data(), wanted.size()) != CKR_OK)
    return std::nullopt;
  const CK_ULONG id_size = wanted[fixed.size()].ulValueLen, label_size = wanted[fixed.size() + 1].ulValueLen;
  const bool whole = std::ranges::equal(fixed, std::span(wanted).first(fixed.size()), {},
                                        &CK_ATTRIBUTE::ulValueLen, &CK_ATTRIBUTE::ulValueLen);
  if (!whole || id_size > id.size() || label_size > label.size()) return std::nullopt;
  for (std::size_t i = 0; i < flags.size(); ++i) flags[i].value = octets[i] != CK_FALSE;
  read.usage = usage;
  read.key_type = static_cast<std::uint32_t>(numbers[0]);
  read.value_length_bytes = static_cast<std::uint32_t>(numbers[1]);
  read.label.assign(label.data(), label_size);
  return Described{Bytes(id.begin(), id.begin() + static_cast<std::ptrdiff_t>(id_size)), std::move(read)};
}

/// What the token does not tell stays as it is: the defaults are the worst.
template <class Flags>
Status read_flags(Token& token, Lease& lease, CK_OBJECT_HANDLE object, const Flags& flags) {
  for (const auto& [type, value] : flags) {
    QUIETUS_TRY(read, read_flag(token, lease, object, type, value));
    value = read;
  }
  return {};
}

Result<HsmKeyAttributes> describe_one_by_one(Token& token, Lease& lease, const KeyHandle& key) {
  HsmKeyAttributes read;
  QUIETUS_CHECK(read_flags(token, lease, key.object, flags_of(read)));
  if (key.object_class == CKO_SECRET_KEY) {
    HsmKeyUsage usage;
    QUIETUS_CHECK(read_flags(token, lease, key.object, flags_of(usage)));
    read.usage = usage;
  }
  QUIETUS_TRY(key_type, read_number(token, lease, key.object, CKA_KEY_TYPE));
  QUIETUS_TRY(length, read_number(token, lease, key.object, CKA_VALUE_LEN));
  QUIETUS_TRY(label, read_attribute(token, lease, key.object, CKA_LABEL));
  read.key_type = static_cast<std::uint32_t>(key_type.value_or(CK_UNAVAILABLE_INFORMATION));
  read.value_length_bytes = static_cast<std::uint32_t>(length.value_or(0));
  if (label) read.label = as_text(*label);
  return read;
}

Result<Described> describe(Token& token, Lease& lease, const KeyHandle& key) {
  if (auto at_once = describe_at_once(token, lease, key)) return std::move(*at_once);
  QUIETUS_TRY(id, read_attribute(token, lease, key.object, CKA_ID));
  QUIETUS_TRY(attributes, describe_one_by_one(token, lease, key));
  return Described{id.value_or(Bytes{}), std::move(attributes)};
}

bool is_stale(const Error& error) { return error.ck_rv && is_stale_handle(*error.ck_rv); }

/// By a search, in a session that may be any.
Result<HsmKeyAttributes> search_and_describe(Token& token, const HsmKeyRef& key) {
  token.handles.forget(key);
  QUIETUS_TRY(lease, token.lease());
  QUIETUS_TRY(handle, find_key(token, lease, key));
  QUIETUS_TRY(described, describe(token, lease, handle));
  return std::move(described.attributes);
}

/// nullopt when we know no handle, or one whose object is gone or carries another id.
Result<std::optional<HsmKeyAttributes>> describe_known(Token& token, const HsmKeyRef& key) {
  const auto known = token.handles.find(key);
  if (!known) return std::optional<HsmKeyAttributes>{};
  QUIETUS_TRY(lease, token.lease());
  auto described = describe(token, lease, *known);
  if (!described && !is_stale(described.error())) return std::unexpected(std::move(described).error());
  if (!described || !is_id_of(described->id, key)) return std::optional<HsmKeyAttributes>{};
  return std::optional(std::move(described->attributes));
}

}  // namespace

bool is_id_of(BytesView cka_id, const HsmKeyRef& key) { return std::ranges::equal(cka_id, key.cka_id); }

// That a key is there, its object can say through a handle that we know; that it is not, only a search can.
Result<HsmKeyAttributes> read_key_attributes(Token& token, const HsmKeyRef& key) {
  QUIETUS_TRY(known, describe_known(token, key));
  if (known) return std::move(*known);
  auto found = search_and_describe(token, key);
  if (found || !is_stale(found.error())) return found;
  return search_and_describe(token, key);  // it went away between being found and being read
}

}  // namespace quietus::pkcs11
