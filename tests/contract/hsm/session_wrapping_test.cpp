// A wrapped key that wraps others: what stands between the root of a keyring and its keys.
#include <catch2/catch.hpp>

#include "base/crypto.hpp"
#include "tests/contract/hsm/hsm_under_test.hpp"
#include "tests/contract/hsm/raw_token.hpp"

namespace quietus::testing {

namespace {

struct Foreign : HsmSessionKey {};

struct Pages {
  Hsm& hsm;
  HsmKeyRef root;
  Bytes first_blob, second_blob;
  HsmSessionKeyPtr first, second;

  explicit Pages(Hsm& on)
      : hsm(on),
        root(hsm.generate_wrapping_key("root").value()),
        first_blob(hsm.generate_wrapped_key(root).value()),
        second_blob(hsm.generate_wrapped_key(root).value()),
        first(hsm.unwrap_wrapping_key(root, first_blob).value()),
        second(hsm.unwrap_wrapping_key(root, second_blob).value()) {}
};

bool is(const auto& result, ErrorKind kind) { return !result && result.error().kind == kind; }

CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
CK_OBJECT_CLASS secret = CKO_SECRET_KEY;
CK_KEY_TYPE aes = CKK_AES;

}  // namespace

TEST_CASE(
    "a key made under an unwrapped key comes out of it, of the same key unwrapped again, and of no other") {
  Hsm& hsm = hsm_under_test(GENERATE(from_range(hsm_kinds(Carries::wrapped_keys))));
  const Pages p(hsm);
  const Bytes blob = hsm.generate_wrapped_key(*p.first).value();
  CHECK(blob.size() == 40);
  CHECK(blob != hsm.generate_wrapped_key(*p.first).value());
  const auto key = hsm.unwrap_key(*p.first, blob);
  REQUIRE(key);
  const Bytes sealed = hsm.encrypt(**key, as_bytes("a secret"), as_bytes("aad")).value();
  const auto again = hsm.unwrap_wrapping_key(p.root, p.first_blob);
  REQUIRE(again);
  const auto same = hsm.unwrap_key(**again, blob);
  REQUIRE(same);
  CHECK(as_text(hsm.decrypt(**same, sealed, as_bytes("aad"))->view()) == "a secret");
  CHECK(is(hsm.unwrap_key(*p.second, blob), ErrorKind::corrupt));
  CHECK(is(hsm.unwrap_key(p.root, blob), ErrorKind::corrupt));
  Bytes flipped = blob;
  flipped[20] ^= 1;
  CHECK(is(hsm.unwrap_key(*p.first, flipped), ErrorKind::corrupt));
  CHECK(is(hsm.unwrap_key(*p.first, BytesView(blob).first(39)), ErrorKind::corrupt));
  CHECK(is(hsm.unwrap_wrapping_key(p.root, blob), ErrorKind::corrupt));
  CHECK(is(hsm.unwrap_wrapping_key(HsmKeyRef{{7, 7}}, p.first_blob), ErrorKind::not_found));
  CHECK(hsm.reload_count() == 0);
}

TEST_CASE(
    "a key moves from one unwrapped key to the other, and moved back it is the very bytes it came from") {
  Hsm& hsm = hsm_under_test(GENERATE(from_range(hsm_kinds(Carries::wrapped_keys))));
  const Pages p(hsm);
  const auto imported = SecretBytes::copy_of(random_bytes(32)).value();
  const Bytes blob = hsm.wrap_imported_key(*p.first, imported).value();
  const auto moved = hsm.rewrap_key(*p.first, *p.second, blob);
  REQUIRE(moved);
  CHECK(*moved != blob);
  CHECK(hsm.rewrap_key(*p.second, *p.first, *moved).value() == blob);
  CHECK(is(hsm.rewrap_key(*p.second, *p.first, blob), ErrorKind::corrupt));
  const auto key = hsm.unwrap_key(*p.second, *moved);
  REQUIRE(key);
  const Bytes sealed = hsm.encrypt(**key, as_bytes("x"), as_bytes("aad")).value();
  const BytesView view = sealed;
  CHECK(aes_256_gcm_open(imported, view.first(12), as_bytes("aad"), view.subspan(12)));
  CHECK(is(hsm.wrap_imported_key(*p.first, SecretBytes()), ErrorKind::invalid_input));
  // A page key moves from root to root, and stays the key that it is.
  const auto next = hsm.generate_wrapping_key("next").value();
  const Bytes page = hsm.rewrap_key(p.root, next, p.second_blob).value();
  const auto second = hsm.unwrap_wrapping_key(next, page);
  REQUIRE(second);
  CHECK(hsm.unwrap_key(**second, *moved));
  CHECK(hsm.rewrap_key(next, p.root, page).value() == p.second_blob);
}

TEST_CASE(
    "a session key that wraps does not encrypt, one that encrypts does not wrap, and a foreign one is not "
    "found") {
  Hsm& hsm = hsm_under_test(GENERATE(from_range(hsm_kinds(Carries::wrapped_keys))));
  const Pages p(hsm);
  const Bytes blob = hsm.generate_wrapped_key(*p.first).value();
  const auto cipher = hsm.unwrap_key(*p.first, blob).value();
  const auto imported = SecretBytes::copy_of(random_bytes(32)).value();
  CHECK(is(hsm.encrypt(*p.first, as_bytes("x"), {}), ErrorKind::invalid_input));
  CHECK(is(hsm.decrypt(*p.first, Bytes(40), {}), ErrorKind::invalid_input));
  const Foreign foreign;
  for (const auto& [key, kind] :
       {std::pair<const HsmSessionKey*, ErrorKind>{&*cipher, ErrorKind::invalid_input},
        {&foreign, ErrorKind::not_found}}) {
    CHECK(is(hsm.generate_wrapped_key(*key), kind));
    CHECK(is(hsm.wrap_imported_key(*key, imported), kind));
    CHECK(is(hsm.unwrap_key(*key, blob), kind));
    CHECK(is(hsm.rewrap_key(*key, *p.first, blob), kind));
    CHECK(is(hsm.rewrap_key(*p.first, *key, blob), kind));
  }
  for (const HsmKeyRef& other : {hsm.generate_device_key("d").value(), hsm.generate_mac_key("m").value()})
    CHECK(is(hsm.unwrap_wrapping_key(other, p.first_blob), ErrorKind::invalid_input));
  CHECK(hsm.unwrap_key(*p.first, blob));
  CHECK(hsm.reload_count() == 0);
}

TEST_CASE("session keys that wrap leave nothing in the census, and end with the fake's attachment") {
  Hsm& hsm = hsm_under_test(GENERATE(from_range(hsm_kinds(Carries::wrapped_keys))));
  const auto root = hsm.generate_wrapping_key("root").value();
  const auto before = hsm.census().value();
  {
    const auto page = hsm.unwrap_wrapping_key(root, hsm.generate_wrapped_key(root).value()).value();
    const Bytes blob = hsm.generate_wrapped_key(*page).value();
    CHECK(hsm.unwrap_key(*page, blob));
    CHECK(hsm.census().value() == before);
  }
  FakeHsm fake;
  const Pages p(fake);
  const Bytes blob = fake.generate_wrapped_key(*p.first).value();
  fake.end_sessions();
  CHECK(is(fake.unwrap_key(*p.first, blob), ErrorKind::not_found));
  CHECK(is(fake.rewrap_key(*p.first, *p.second, blob), ErrorKind::not_found));
  CHECK(fake.unwrap_wrapping_key(p.root, p.first_blob));
}

TEST_CASE(
    "with the PIN, a session key that wraps is neither changed, copied, read, wrapped out nor decrypted "
    "with") {
  const auto hsm = attach_softhsm("faults");
  const auto root = hsm->generate_wrapping_key("w").value();
  const auto page = hsm->unwrap_wrapping_key(root, hsm->generate_wrapped_key(root).value()).value();
  Bytes blob = hsm->generate_wrapped_key(*page).value();
  RawSession raw("faults");
  const auto objects = raw.find_all({{CKA_CLASS, &secret, sizeof secret}, {CKA_TOKEN, &no, 1}});
  REQUIRE(objects.size() == 1);
  const CK_OBJECT_HANDLE object = objects.front();
  for (const CK_ATTRIBUTE_TYPE type :
       {CKA_ENCRYPT, CKA_DECRYPT, CKA_SIGN, CKA_DERIVE, CKA_EXTRACTABLE, CKA_COPYABLE, CKA_MODIFIABLE})
    CHECK(raw.set_flag(object, type, true) != CKR_OK);
  CHECK(raw.set_flag(object, CKA_SENSITIVE, false) != CKR_OK);
  CK_ATTRIBUTE session_copy{CKA_TOKEN, &no, 1};
  CK_OBJECT_HANDLE made = 0;
  CHECK(raw.p11->C_CopyObject(raw.handle, object, &session_copy, 1, &made) == CKR_ACTION_PROHIBITED);
  Bytes value(64);
  CK_ATTRIBUTE read{CKA_VALUE, value.data(), value.size()};
  CHECK(raw.p11->C_GetAttributeValue(raw.handle, object, &read, 1) == CKR_ATTRIBUTE_SENSITIVE);
  CK_MECHANISM wrap{CKM_AES_KEY_WRAP, nullptr, 0}, ecb{CKM_AES_ECB, nullptr, 0};
  CK_ULONG size = value.size();
  CHECK(raw.p11->C_WrapKey(raw.handle, &wrap, object, object, value.data(), &size) == CKR_KEY_UNEXTRACTABLE);
  CHECK(raw.p11->C_DecryptInit(raw.handle, &ecb, object) == CKR_KEY_FUNCTION_NOT_PERMITTED);
  // And what it opens comes out SENSITIVE or not at all.
  CK_ATTRIBUTE readable[] = {{CKA_CLASS, &secret, sizeof secret},
                             {CKA_KEY_TYPE, &aes, sizeof aes},
                             {CKA_TOKEN, &no, 1},
                             {CKA_SENSITIVE, &no, 1},
                             {CKA_EXTRACTABLE, &yes, 1}};
  CHECK(raw.p11->C_UnwrapKey(raw.handle, &wrap, object, blob.data(), blob.size(), readable,
                             std::size(readable), &made) == CKR_TEMPLATE_INCONSISTENT);
}

namespace {

using Unwrap = Replaced<&CK_FUNCTION_LIST::C_UnwrapKey>;

/// Refuses whatever is to wrap others.
CK_RV no_wrapping_keys(CK_SESSION_HANDLE session, CK_MECHANISM* mechanism, CK_OBJECT_HANDLE key,
                       CK_BYTE* blob, CK_ULONG size, CK_ATTRIBUTE* wanted, CK_ULONG count,
                       CK_OBJECT_HANDLE* object) {
  for (CK_ULONG i = 0; i < count; ++i)
    if (wanted[i].type == CKA_WRAP && *static_cast<CK_BBOOL*>(wanted[i].pValue) == CK_TRUE)
      return CKR_TEMPLATE_INCONSISTENT;
  return Unwrap::real(session, mechanism, key, blob, size, wanted, count, object);
}

}  // namespace

TEST_CASE("a token on which an unwrapped key cannot wrap others is refused for class `wrapped` by name") {
  static_cast<void>(tokens());
  const Unwrap refusing(no_wrapping_keys);
  const auto hsm = attach_softhsm("faults");
  CHECK(hsm->capabilities().aes_key_wrap);
  CHECK_FALSE(hsm->capabilities().session_wrapping);
  const auto refused = hsm->generate_wrapping_key("x");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::hsm);
  CHECK(refused.error().message.find("class `wrapped`: a key that was unwrapped cannot wrap others") !=
        std::string::npos);
  CHECK(hsm->generate_device_key("x"));
}

}  // namespace quietus::testing
