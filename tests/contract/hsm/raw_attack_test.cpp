#include <catch2/catch.hpp>

#include "tests/contract/hsm/hsm_under_test.hpp"
#include "tests/contract/hsm/raw_token.hpp"

namespace quietus::testing {

TEST_CASE(
    "with the PIN and pkcs11.h, our keys can neither be copied, changed, read, wrapped nor used for more") {
  Hsm& hsm = hsm_under_test("softhsm");
  const auto key = hsm.generate_device_key("attacked");
  const auto other = hsm.generate_device_key("wrapping");
  RawSession raw("contract");
  const CK_OBJECT_HANDLE object = raw.find(*key), wrapping = raw.find(*other);
  REQUIRE(object != 0);

  CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
  CK_ATTRIBUTE session_copy{CKA_TOKEN, &no, 1};
  CK_OBJECT_HANDLE copy = 0;
  CHECK(raw.p11->C_CopyObject(raw.handle, object, &session_copy, 1, &copy) == CKR_ACTION_PROHIBITED);
  CHECK(raw.p11->C_CopyObject(raw.handle, object, nullptr, 0, &copy) != CKR_OK);

  for (const CK_ATTRIBUTE_TYPE type :
       {CKA_EXTRACTABLE, CKA_COPYABLE, CKA_MODIFIABLE, CKA_WRAP, CKA_SIGN, CKA_DERIVE})
    CHECK(raw.set_flag(object, type, true) != CKR_OK);
  CHECK(raw.set_flag(object, CKA_SENSITIVE, false) != CKR_OK);

  std::uint8_t value[64];
  CK_ATTRIBUTE read{CKA_VALUE, value, sizeof value};
  CHECK(raw.p11->C_GetAttributeValue(raw.handle, object, &read, 1) == CKR_ATTRIBUTE_SENSITIVE);

  CK_MECHANISM wrap{CKM_AES_KEY_WRAP, nullptr, 0};
  CK_ULONG size = sizeof value;
  CHECK(raw.p11->C_WrapKey(raw.handle, &wrap, wrapping, object, value, &size) != CKR_OK);
  CK_MECHANISM mac{CKM_AES_CMAC, nullptr, 0};
  CHECK(raw.p11->C_SignInit(raw.handle, &mac, object) != CKR_OK);
  CK_ATTRIBUTE uses[] = {{CKA_WRAP, &yes, 1},
                         {CKA_UNWRAP, &yes, 1},
                         {CKA_SIGN, &yes, 1},
                         {CKA_VERIFY, &yes, 1},
                         {CKA_DERIVE, &yes, 1}};
  for (CK_ATTRIBUTE& use : uses) {
    REQUIRE(raw.p11->C_GetAttributeValue(raw.handle, object, &use, 1) == CKR_OK);
    CHECK(yes == CK_FALSE);
    yes = CK_TRUE;
  }
}

TEST_CASE("an object destroyed behind our back is noticed through the stale handle") {
  Hsm& hsm = hsm_under_test("softhsm");
  const auto key = hsm.generate_device_key("taken away");
  const Bytes sealed = hsm.encrypt(*key, as_bytes("x"), {}).value();
  RawSession raw("contract");
  REQUIRE(raw.p11->C_DestroyObject(raw.handle, raw.find(*key)) == CKR_OK);
  CHECK(hsm.decrypt(*key, sealed, {}).error().kind == ErrorKind::not_found);
  CHECK(hsm.reload_count() == 0);
}

TEST_CASE(
    "when a crash leaves two versions of a data object, the newer one counts and the next store clears up") {
  Hsm& hsm = hsm_under_test("softhsm");
  REQUIRE(hsm.store_data("twice", as_bytes("old")));
  const auto once = hsm.census().value();
  RawSession raw("contract");
  CK_ULONG object_class = CKO_DATA;
  CK_BBOOL yes = CK_TRUE;
  std::string label = "twice", application = "quietus";
  Bytes value{0, 0, 0, 0, 0, 0, 0, 9, 'n', 'e', 'w'};
  CK_ATTRIBUTE second[] = {{CKA_CLASS, &object_class, sizeof object_class},
                           {CKA_TOKEN, &yes, 1},
                           {CKA_PRIVATE, &yes, 1},
                           {CKA_LABEL, label.data(), label.size()},
                           {CKA_APPLICATION, application.data(), application.size()},
                           {CKA_VALUE, value.data(), value.size()}};
  CK_OBJECT_HANDLE made = 0;
  REQUIRE(raw.p11->C_CreateObject(raw.handle, second, std::size(second), &made) == CKR_OK);
  CHECK(hsm.census()->size() == once.size() + 1);
  CHECK(as_text(**hsm.load_data("twice")) == "new");
  REQUIRE(hsm.store_data("twice", as_bytes("newest")));
  CHECK(as_text(**hsm.load_data("twice")) == "newest");
  CHECK(hsm.census().value() == once);
}

TEST_CASE("a data object without a whole sequence number is corrupt, not empty") {
  Hsm& hsm = hsm_under_test("softhsm");
  RawSession raw("contract");
  CK_ULONG object_class = CKO_DATA;
  CK_BBOOL yes = CK_TRUE;
  std::string label = "torn", application = "quietus";
  Bytes value{0, 0, 0};
  CK_ATTRIBUTE torn[] = {{CKA_CLASS, &object_class, sizeof object_class},
                         {CKA_TOKEN, &yes, 1},
                         {CKA_PRIVATE, &yes, 1},
                         {CKA_LABEL, label.data(), label.size()},
                         {CKA_APPLICATION, application.data(), application.size()},
                         {CKA_VALUE, value.data(), value.size()}};
  CK_OBJECT_HANDLE made = 0;
  REQUIRE(raw.p11->C_CreateObject(raw.handle, torn, std::size(torn), &made) == CKR_OK);
  CHECK(hsm.load_data("torn").error().kind == ErrorKind::corrupt);
  CHECK(hsm.store_data("torn", as_bytes("x")).error().kind == ErrorKind::corrupt);
  REQUIRE(raw.p11->C_DestroyObject(raw.handle, made) == CKR_OK);
}

}  // namespace quietus::testing
