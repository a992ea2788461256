// A handle that we know saves a search, and is believed only for as long as the token says that its object
// carries the key's id. That a key is gone, a search says and nothing else.
#include <catch2/catch.hpp>

#include <algorithm>

#include "kms/pkcs11/objects.hpp"
#include "kms/pkcs11/operations.hpp"
#include "tests/contract/hsm/hsm_under_test.hpp"
#include "tests/contract/hsm/raw_token.hpp"

namespace quietus::testing {

namespace {

int searches = 0;
CK_OBJECT_HANDLE somebody_elses = 0;
using Search = Replaced<&CK_FUNCTION_LIST::C_FindObjectsInit>;
using Generate = Replaced<&CK_FUNCTION_LIST::C_GenerateKey>;

CK_RV counted_search(CK_SESSION_HANDLE session, CK_ATTRIBUTE* wanted, CK_ULONG count) {
  ++searches;
  return Search::real(session, wanted, count);
}
CK_RV confused_generate(CK_SESSION_HANDLE session, CK_MECHANISM* mechanism, CK_ATTRIBUTE* wanted,
                        CK_ULONG count, CK_OBJECT_HANDLE* object) {
  const CK_RV rv = Generate::real(session, mechanism, wanted, count, object);
  *object = somebody_elses;
  return rv;
}

/// A second key under the id of the first, as only somebody else with the PIN can make it.
void make_twin(const RawSession& raw, const HsmKeyRef& key) {
  pkcs11::Template twin = pkcs11::device_key_template(key, "twin");
  CK_MECHANISM mechanism{CKM_AES_KEY_GEN, nullptr, 0};
  CK_OBJECT_HANDLE made = 0;
  REQUIRE(raw.p11->C_GenerateKey(raw.handle, &mechanism, twin.data(), twin.size(), &made) == CKR_OK);
}

std::ptrdiff_t listed(Hsm& hsm, const HsmKeyRef& key) {
  const Bytes id(key.cka_id.begin(), key.cka_id.end());
  const auto census = hsm.census().value();
  return std::ranges::count(census, id, &HsmObject::cka_id);
}

}  // namespace

TEST_CASE("making a key and reading its attributes search for nothing, destroying it searches once") {
  Hsm& hsm = hsm_under_test("softhsm");
  Search counted(counted_search);
  searches = 0;
  const auto key = hsm.generate_wrapping_key("known").value();
  CHECK(hsm.attributes(key)->label == "known");
  CHECK(searches == 0);
  REQUIRE(hsm.destroy(key));
  CHECK(searches == 1);
  CHECK(hsm.attributes(key).error().kind == ErrorKind::not_found);
  CHECK(searches == 2);
}

TEST_CASE("a key that somebody else destroyed is not found, although its handle was known") {
  Hsm& hsm = hsm_under_test("softhsm");
  const auto key = hsm.generate_device_key("known").value();
  REQUIRE(hsm.attributes(key));
  RawSession raw("contract");
  REQUIRE(raw.p11->C_DestroyObject(raw.handle, raw.find(key)) == CKR_OK);
  CHECK(hsm.attributes(key).error().kind == ErrorKind::not_found);
  CHECK(hsm.destroy(key).error().kind == ErrorKind::not_found);
}

TEST_CASE("destroying a key whose handle is known takes every object that carries its id") {
  Hsm& hsm = hsm_under_test("softhsm");
  const auto key = hsm.generate_device_key("one of two").value();
  make_twin(RawSession("contract"), key);
  REQUIRE(listed(hsm, key) == 2);
  REQUIRE(hsm.destroy(key));
  CHECK(listed(hsm, key) == 0);
}

TEST_CASE("a token that hands out the handle of another key is not believed") {
  Hsm& hsm = hsm_under_test("softhsm");
  const auto other = hsm.generate_device_key("other").value();
  const Bytes sealed = hsm.encrypt(other, as_bytes("x"), {}).value();
  somebody_elses = RawSession("contract").find(other);
  HsmKeyRef key;
  {
    Generate confused(confused_generate);
    key = hsm.generate_device_key("mine").value();
  }
  CHECK(hsm.attributes(key)->label == "mine");
  CHECK(hsm.decrypt(key, sealed, {}).error().kind == ErrorKind::corrupt);
  REQUIRE(hsm.destroy(key));
  CHECK(listed(hsm, key) == 0);
  CHECK(hsm.decrypt(other, sealed, {}));
}

TEST_CASE("a handle that has come to mean another key destroys nothing") {
  const auto token = pkcs11::Token::attach(softhsm_settings("contract")).value();
  const auto mine = pkcs11::generate_device_key(*token, "mine").value();
  const auto other = pkcs11::generate_device_key(*token, "other").value();
  const auto wrong = token->handles.find(other);
  REQUIRE(wrong);
  token->handles.remember(mine, *wrong, token->handles.generation());
  CHECK(pkcs11::read_key_attributes(*token, mine)->label == "mine");
  token->handles.remember(mine, *wrong, token->handles.generation());
  REQUIRE(pkcs11::destroy(*token, mine));
  CHECK(pkcs11::read_key_attributes(*token, mine).error().kind == ErrorKind::not_found);
  CHECK(pkcs11::read_key_attributes(*token, other)->label == "other");
}

}  // namespace quietus::testing
