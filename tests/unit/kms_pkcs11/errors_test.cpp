#include <catch2/catch.hpp>

#include "kms/pkcs11/errors.hpp"

namespace quietus::pkcs11 {

TEST_CASE("one code means different things in different operations") {
  const Quirks softhsm{true}, none{};
  CHECK(translate(Operation::decrypt, CKR_GENERAL_ERROR, softhsm).kind == ErrorKind::corrupt);
  CHECK(translate(Operation::decrypt, CKR_GENERAL_ERROR, none).kind == ErrorKind::hsm);
  CHECK(translate(Operation::encrypt, CKR_GENERAL_ERROR, softhsm).kind == ErrorKind::hsm);
  CHECK(translate(Operation::login, CKR_PIN_INCORRECT, none).kind == ErrorKind::unauthenticated);
  CHECK(translate(Operation::encrypt, CKR_PIN_INCORRECT, none).kind == ErrorKind::hsm);
  CHECK(translate(Operation::decrypt, CKR_ENCRYPTED_DATA_INVALID, none).kind == ErrorKind::corrupt);
  CHECK(translate(Operation::decrypt, CKR_ENCRYPTED_DATA_LEN_RANGE, none).kind == ErrorKind::corrupt);
  CHECK(translate(Operation::decrypt, 0x42, none).kind == ErrorKind::corrupt);
  CHECK(translate(Operation::unwrap, CKR_GENERAL_ERROR, softhsm).kind == ErrorKind::corrupt);
  CHECK(translate(Operation::unwrap, CKR_GENERAL_ERROR, none).kind == ErrorKind::hsm);
  CHECK(translate(Operation::wrap, CKR_GENERAL_ERROR, softhsm).kind == ErrorKind::hsm);
  CHECK(translate(Operation::mac, CKR_GENERAL_ERROR, softhsm).kind == ErrorKind::hsm);
}

TEST_CASE("what a blob can be guilty of is corrupt, what a key or a template can be guilty of is not") {
  for (const CK_RV rv : {CKR_WRAPPED_KEY_INVALID, CKR_WRAPPED_KEY_LEN_RANGE, CKR_ENCRYPTED_DATA_INVALID,
                         CKR_ENCRYPTED_DATA_LEN_RANGE})
    CHECK(translate(Operation::unwrap, rv, {}).kind == ErrorKind::corrupt);
  CHECK(translate(Operation::unwrap, CKR_TEMPLATE_INCONSISTENT, {true}).kind == ErrorKind::hsm);
  CHECK(translate(Operation::wrap, CKR_KEY_UNEXTRACTABLE, {}).kind == ErrorKind::hsm);
  CHECK(translate(Operation::wrap, CKR_KEY_NOT_WRAPPABLE, {}).kind == ErrorKind::hsm);
  for (const CK_RV rv : {CKR_KEY_FUNCTION_NOT_PERMITTED, CKR_WRAPPING_KEY_TYPE_INCONSISTENT,
                         CKR_UNWRAPPING_KEY_TYPE_INCONSISTENT, CKR_KEY_TYPE_INCONSISTENT})
    CHECK(translate(Operation::unwrap, rv, {}).kind == ErrorKind::invalid_input);
  for (const CK_RV rv : {CKR_WRAPPING_KEY_HANDLE_INVALID, CKR_UNWRAPPING_KEY_HANDLE_INVALID})
    CHECK(is_stale_handle(rv));
}

TEST_CASE("whatever the operation, these codes mean that the token or the session went away") {
  for (const Operation operation :
       {Operation::session, Operation::encrypt, Operation::decrypt, Operation::destroy, Operation::find})
    for (const CK_RV rv : {CKR_DEVICE_ERROR, CKR_DEVICE_REMOVED, CKR_TOKEN_NOT_PRESENT,
                           CKR_TOKEN_NOT_RECOGNIZED, CKR_SLOT_ID_INVALID, CKR_SESSION_HANDLE_INVALID,
                           CKR_SESSION_CLOSED, CKR_USER_NOT_LOGGED_IN, CKR_CRYPTOKI_NOT_INITIALIZED})
      CHECK(translate(operation, rv, {true}).kind == ErrorKind::unavailable);
}

TEST_CASE("no code of any operation is a success, and each error carries its code") {
  for (int operation = 0; operation <= static_cast<int>(Operation::data); ++operation)
    for (CK_RV rv = 1; rv < 0x400; ++rv) {
      const Error error = translate(static_cast<Operation>(operation), rv, {true});
      CHECK(error.ck_rv == rv);
      CHECK_FALSE(error.message.empty());
    }
  const Error vendor = translate(Operation::sign, 0x80000001UL, {});
  CHECK(vendor.kind == ErrorKind::hsm);
  CHECK(vendor.message.find("0x80000001") != std::string::npos);
}

TEST_CASE("no answer to a call means not found: a token that forgot a handle has not lost the key") {
  for (CK_RV rv = 1; rv < 0x400; ++rv)
    for (const auto operation : {Operation::decrypt, Operation::read, Operation::destroy, Operation::unwrap})
      CHECK(translate(operation, rv, {}).kind != ErrorKind::not_found);
}

}  // namespace quietus::pkcs11
