// Class `wrapped` on a SoftHSM made to fail: no temporary object survives, and one bad unwrap does not end
// everybody's keys.
#include <catch2/catch.hpp>

#include <chrono>
#include <latch>
#include <thread>

#include "base/crypto.hpp"
#include "tests/contract/hsm/hsm_under_test.hpp"
#include "tests/contract/hsm/raw_token.hpp"

namespace quietus::testing {

namespace {

CK_RV injected = CKR_OK;
int destroyed = 0;
bool close_first = false;
std::latch* unwrapping = nullptr;
using Wrap = Replaced<&CK_FUNCTION_LIST::C_WrapKey>;
using Unwrap = Replaced<&CK_FUNCTION_LIST::C_UnwrapKey>;
using Destroy = Replaced<&CK_FUNCTION_LIST::C_DestroyObject>;
using SessionInfo = Replaced<&CK_FUNCTION_LIST::C_GetSessionInfo>;

CK_RV failing_wrap(CK_SESSION_HANDLE, CK_MECHANISM*, CK_OBJECT_HANDLE, CK_OBJECT_HANDLE, CK_BYTE*,
                   CK_ULONG*) {
  return injected;
}
CK_RV failing_unwrap(CK_SESSION_HANDLE session, CK_MECHANISM*, CK_OBJECT_HANDLE, CK_BYTE*, CK_ULONG,
                     CK_ATTRIBUTE*, CK_ULONG, CK_OBJECT_HANDLE*) {
  if (close_first) softhsm_module()->C_CloseSession(session);
  return injected;
}
CK_RV slow_unwrap(CK_SESSION_HANDLE session, CK_MECHANISM* mechanism, CK_OBJECT_HANDLE key, CK_BYTE* blob,
                  CK_ULONG size, CK_ATTRIBUTE* wanted, CK_ULONG count, CK_OBJECT_HANDLE* object) {
  unwrapping->count_down();
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  return Unwrap::real(session, mechanism, key, blob, size, wanted, count, object);
}
CK_RV failing_destroy(CK_SESSION_HANDLE, CK_OBJECT_HANDLE) {
  ++destroyed;
  return CKR_FUNCTION_FAILED;
}
CK_RV dead_session(CK_SESSION_HANDLE, CK_SESSION_INFO*) { return CKR_SESSION_HANDLE_INVALID; }

struct Attached {
  std::unique_ptr<Hsm> hsm = attach_softhsm("faults");
  HsmKeyRef wrapping = hsm->generate_wrapping_key("w").value(),
            other = hsm->generate_wrapping_key("o").value();
  Bytes wrapped = hsm->generate_wrapped_key(wrapping).value();
  HsmSessionKeyPtr key = hsm->unwrap_key(wrapping, wrapped).value();
  RawSession raw{"faults"};

  std::size_t session_keys() {
    CK_OBJECT_CLASS secret = CKO_SECRET_KEY;
    CK_BBOOL no = CK_FALSE;
    return raw.find_all({{CKA_CLASS, &secret, sizeof secret}, {CKA_TOKEN, &no, 1}}).size();
  }
};

}  // namespace

TEST_CASE("a wrap that fails leaves no extractable key behind") {
  Attached a;
  injected = GENERATE(CKR_DEVICE_ERROR, CKR_GENERAL_ERROR, CKR_KEY_UNEXTRACTABLE, CKR_HOST_MEMORY,
                      CKR_SESSION_HANDLE_INVALID);
  {
    Wrap failing(failing_wrap);
    CHECK_FALSE(a.hsm->generate_wrapped_key(a.wrapping));
    CHECK_FALSE(a.hsm->wrap_imported_key(a.wrapping, SecretBytes::copy_of(random_bytes(32)).value()));
    CHECK_FALSE(a.hsm->rewrap_key(a.wrapping, a.other, a.wrapped));
    CHECK(a.session_keys() == 1);
    const auto page = a.hsm->unwrap_wrapping_key(a.wrapping, a.wrapped).value();
    CHECK_FALSE(a.hsm->generate_wrapped_key(*page));
    CHECK_FALSE(a.hsm->wrap_imported_key(*page, SecretBytes::copy_of(random_bytes(32)).value()));
    CHECK(a.session_keys() == 2);
  }
  CHECK(a.hsm->reload_count() == 0);
  CHECK(a.hsm->encrypt(*a.key, as_bytes("x"), {}));
  CHECK(a.hsm->rewrap_key(a.wrapping, a.other, a.wrapped));
}

TEST_CASE("a temporary key that the token does not destroy ends with its session, at once") {
  Attached a;
  destroyed = 0;
  {
    Destroy failing(failing_destroy);
    CHECK(a.hsm->generate_wrapped_key(a.wrapping));
    CHECK(a.hsm->rewrap_key(a.wrapping, a.other, a.wrapped));
    CHECK(destroyed == 2);
    CHECK(a.session_keys() == 1);
  }
  CHECK(a.hsm->encrypt(*a.key, as_bytes("x"), {}));
}

TEST_CASE("a failed unwrap ends nobody else's session key") {
  Attached a;
  injected = GENERATE(CKR_GENERAL_ERROR, CKR_WRAPPED_KEY_INVALID, CKR_HOST_MEMORY, CKR_DEVICE_MEMORY,
                      CKR_FUNCTION_FAILED, CKR_DEVICE_ERROR);
  close_first = false;
  {
    Unwrap failing(failing_unwrap);
    const auto key = a.hsm->unwrap_key(a.wrapping, a.wrapped);
    REQUIRE_FALSE(key);
    const bool corrupt = injected == CKR_GENERAL_ERROR || injected == CKR_WRAPPED_KEY_INVALID;
    CHECK((key.error().kind == ErrorKind::corrupt) == corrupt);
  }
  CHECK(a.hsm->encrypt(*a.key, as_bytes("x"), {}));
  CHECK(a.hsm->reload_count() == 0);
}

TEST_CASE("when the owner session dies, its keys are not found, and the next unwrap gets a new one") {
  Attached a;
  injected = GENERATE(CKR_SESSION_HANDLE_INVALID, CKR_GENERAL_ERROR);
  close_first = true;
  {
    Unwrap failing(failing_unwrap);
    CHECK(a.hsm->unwrap_key(a.wrapping, a.wrapped).error().kind == ErrorKind::unavailable);
  }
  CHECK(a.hsm->encrypt(*a.key, as_bytes("x"), {}).error().kind == ErrorKind::not_found);
  CHECK(a.hsm->reload_count() == 0);
  const auto again = a.hsm->unwrap_key(a.wrapping, a.wrapped);
  REQUIRE(again);
  CHECK(a.hsm->encrypt(**again, as_bytes("x"), {}));
  CHECK(a.hsm->encrypt(*a.key, as_bytes("x"), {}).error().kind == ErrorKind::not_found);
}

TEST_CASE("once the token is lost, session keys are unavailable and go without touching the library") {
  Attached a;
  injected = CKR_DEVICE_ERROR;
  {
    Wrap failing(failing_wrap);
    SessionInfo dead(dead_session);
    CHECK_FALSE(a.hsm->generate_wrapped_key(a.wrapping));
  }
  REQUIRE(a.hsm->reload_count() == 1);
  Destroy counted(failing_destroy);
  destroyed = 0;
  CHECK(a.hsm->encrypt(*a.key, as_bytes("x"), {}).error().kind == ErrorKind::unavailable);
  CHECK(a.hsm->decrypt(*a.key, Bytes(40), {}).error().kind == ErrorKind::unavailable);
  CHECK(a.hsm->unwrap_key(a.wrapping, a.wrapped).error().kind == ErrorKind::unavailable);
  CHECK(a.hsm->rewrap_key(a.wrapping, a.other, a.wrapped).error().kind == ErrorKind::unavailable);
  CHECK(a.hsm->mac(a.wrapping, {}).error().kind == ErrorKind::unavailable);
  a.key.reset();
  CHECK(destroyed == 0);
}

TEST_CASE("dropping a session key does not wait for a slow token, and the key ends all the same") {
  Attached a;
  std::latch in_the_library(1);
  unwrapping = &in_the_library;
  Unwrap slow(slow_unwrap);
  HsmSessionKeyPtr second;
  std::jthread worker([&] {
    auto key = a.hsm->unwrap_key(a.wrapping, a.wrapped);
    if (key) second = *key;
  });
  in_the_library.wait();
  const auto started = std::chrono::steady_clock::now();
  a.key.reset();
  CHECK(std::chrono::steady_clock::now() - started < std::chrono::milliseconds(250));
  worker.join();
  REQUIRE(second);
  CHECK(a.session_keys() == 1);
  CHECK(a.hsm->encrypt(*second, as_bytes("x"), {}));
}

}  // namespace quietus::testing
