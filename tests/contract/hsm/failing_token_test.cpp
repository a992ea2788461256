// SoftHSM made to fail as real tokens do: entries of its function table are replaced, its login ended, its
// files removed.
#include <catch2/catch.hpp>

#include <chrono>
#include <filesystem>

#include "tests/contract/hsm/hsm_under_test.hpp"
#include "tests/contract/hsm/raw_token.hpp"

namespace quietus::testing {

namespace {

CK_RV injected = CKR_OK;
int calls = 0;
bool sessions_dead = false;
using Generate = Replaced<&CK_FUNCTION_LIST::C_GenerateKey>;
using Encrypt = Replaced<&CK_FUNCTION_LIST::C_Encrypt>;
using Decrypt = Replaced<&CK_FUNCTION_LIST::C_Decrypt>;
using SessionInfo = Replaced<&CK_FUNCTION_LIST::C_GetSessionInfo>;
using Destroy = Replaced<&CK_FUNCTION_LIST::C_DestroyObject>;
using Random = Replaced<&CK_FUNCTION_LIST::C_GenerateRandom>;

CK_RV failing_encrypt(CK_SESSION_HANDLE, CK_BYTE*, CK_ULONG, CK_BYTE*, CK_ULONG*) {
  ++calls;
  return injected;
}
/// Ends the operation, as PKCS#11 v2.40 §5.9 has it, and lies about the outcome.
CK_RV failing_decrypt(CK_SESSION_HANDLE session, CK_BYTE* in, CK_ULONG in_size, CK_BYTE* out,
                      CK_ULONG* out_size) {
  Decrypt::real(session, in, in_size, out, out_size);
  return injected;
}
CK_RV counted_random(CK_SESSION_HANDLE session, CK_BYTE* out, CK_ULONG size) {
  ++calls;
  return Random::real(session, out, size);
}
CK_RV session_info(CK_SESSION_HANDLE session, CK_SESSION_INFO* info) {
  return sessions_dead ? CKR_SESSION_HANDLE_INVALID : SessionInfo::real(session, info);
}
CK_RV pretended_destroy(CK_SESSION_HANDLE, CK_OBJECT_HANDLE) { return CKR_OK; }

/// Makes a key, but with one promise of its template broken.
CK_ATTRIBUTE_TYPE broken_promise = 0;
CK_RV careless_generate(CK_SESSION_HANDLE session, CK_MECHANISM* mechanism, CK_ATTRIBUTE* wanted,
                        CK_ULONG count, CK_OBJECT_HANDLE* object) {
  for (CK_ULONG i = 0; i < count; ++i) {
    auto* flag = static_cast<CK_BBOOL*>(wanted[i].pValue);
    if (wanted[i].type == broken_promise) *flag = *flag == CK_TRUE ? CK_FALSE : CK_TRUE;
  }
  return Generate::real(session, mechanism, wanted, count, object);
}

struct Attached {
  std::unique_ptr<Hsm> hsm;
  int lost = 0;
  HsmKeyRef key;
  Bytes sealed;
  explicit Attached(const std::string& label) {
    auto settings = softhsm_settings(label);
    settings.on_lost = [this](const std::string&) { ++lost; };
    hsm = Pkcs11Hsm::attach(settings).value();
    key = hsm->generate_device_key("k").value();
    sealed = hsm->encrypt(key, as_bytes("x"), {}).value();
    calls = 0;
    sessions_dead = false;
  }
};

}  // namespace

TEST_CASE("one bad session is given up, not the token") {
  Attached a("faults");
  injected = GENERATE(CKR_DEVICE_ERROR, CKR_SESSION_HANDLE_INVALID, CKR_SESSION_CLOSED, CKR_TOKEN_NOT_PRESENT,
                      CKR_DEVICE_REMOVED);
  {
    Encrypt failing(failing_encrypt);
    CHECK(a.hsm->encrypt(a.key, as_bytes("x"), {}).error().kind == ErrorKind::unavailable);
  }
  CHECK(a.lost == 0);
  CHECK(a.hsm->reload_count() == 0);
  CHECK(a.hsm->encrypt(a.key, as_bytes("x"), {}));
  CHECK(a.hsm->decrypt(a.key, a.sealed, {}));
}

TEST_CASE(
    "when the login session is gone too, the token is lost once, and later calls do not touch the library") {
  Attached a("faults");
  injected = CKR_DEVICE_ERROR;
  {
    Encrypt failing(failing_encrypt);
    SessionInfo dying(session_info);
    sessions_dead = true;
    CHECK(a.hsm->encrypt(a.key, as_bytes("x"), {}).error().kind == ErrorKind::unavailable);
  }
  CHECK(a.lost == 1);
  CHECK(a.hsm->reload_count() == 1);
  CHECK(dynamic_cast<Pkcs11Hsm&>(*a.hsm).lost());
  Random counted(counted_random);
  calls = 0;
  CHECK(a.hsm->random(8).error().kind == ErrorKind::unavailable);
  CHECK(a.hsm->encrypt(a.key, as_bytes("x"), {}).error().kind == ErrorKind::unavailable);
  CHECK(a.hsm->decrypt(a.key, a.sealed, {}).error().kind == ErrorKind::unavailable);
  CHECK(a.hsm->generate_device_key("more").error().kind == ErrorKind::unavailable);
  CHECK(a.hsm->attributes(a.key).error().kind == ErrorKind::unavailable);
  CHECK(a.hsm->destroy(a.key).error().kind == ErrorKind::unavailable);
  CHECK(a.hsm->census().error().kind == ErrorKind::unavailable);
  CHECK(a.hsm->info().error().kind == ErrorKind::unavailable);
  CHECK(a.hsm->store_data("x", {}).error().kind == ErrorKind::unavailable);
  CHECK(a.hsm->load_data("x").error().kind == ErrorKind::unavailable);
  CHECK(calls == 0);
  CHECK(a.lost == 1);
}

TEST_CASE("a general error from decryption is a bad ciphertext only while its session is alive") {
  Attached a("faults");
  injected = CKR_GENERAL_ERROR;
  Decrypt failing(failing_decrypt);
  CHECK(a.hsm->decrypt(a.key, a.sealed, {}).error().kind == ErrorKind::corrupt);
  CHECK(a.hsm->reload_count() == 0);
  SessionInfo dying(session_info);
  sessions_dead = true;
  CHECK(a.hsm->decrypt(a.key, a.sealed, {}).error().kind == ErrorKind::unavailable);
  CHECK(a.hsm->reload_count() == 1);
}

TEST_CASE("codes that say nothing about the token leave it attached") {
  Attached a("faults");
  injected =
      GENERATE(CKR_GENERAL_ERROR, CKR_FUNCTION_FAILED, CKR_HOST_MEMORY, CKR_DATA_LEN_RANGE, 0x80000001UL);
  {
    Encrypt failing(failing_encrypt);
    const auto sealed = a.hsm->encrypt(a.key, as_bytes("x"), {});
    REQUIRE_FALSE(sealed);
    CHECK(sealed.error().kind == (injected == CKR_HOST_MEMORY ? ErrorKind::exhausted : ErrorKind::hsm));
    CHECK(sealed.error().ck_rv == injected);
  }
  CHECK(a.lost == 0);
  CHECK(a.hsm->encrypt(a.key, as_bytes("x"), {}));
}

TEST_CASE("a token that claims to have destroyed a key and still lists it is contradicted") {
  Attached a("faults");
  {
    Destroy pretended(pretended_destroy);
    CHECK(a.hsm->destroy(a.key).error().kind == ErrorKind::hsm);
  }
  CHECK(a.hsm->decrypt(a.key, a.sealed, {}));
  CHECK(a.hsm->destroy(a.key));
}

TEST_CASE("a key that came out otherwise than ordered is destroyed at once and not given out") {
  Attached a("faults");
  const auto before = a.hsm->census().value();
  Generate careless(careless_generate);
  broken_promise = GENERATE(CKA_SENSITIVE, CKA_EXTRACTABLE, CKA_COPYABLE, CKA_MODIFIABLE);
  CHECK(a.hsm->generate_device_key("careless").error().kind == ErrorKind::hsm);
  CHECK(a.hsm->census().value() == before);
}

TEST_CASE("a census in a session that is not logged in is refused, not empty") {
  Attached a("logout");
  RawSession raw("logout");
  REQUIRE(raw.p11->C_Logout(raw.handle) == CKR_OK);
  const auto census = a.hsm->census();
  REQUIRE_FALSE(census);
  CHECK(census.error().kind == ErrorKind::unavailable);
  CHECK(a.lost == 1);
}

TEST_CASE("after a logout a key is unavailable, never not found") {
  Attached a("logout");
  RawSession raw("logout");
  REQUIRE(raw.p11->C_Logout(raw.handle) == CKR_OK);
  const auto what = GENERATE(0, 1, 2, 3, 4);
  Error error;
  if (what == 0) error = a.hsm->attributes(a.key).error();
  if (what == 1) error = a.hsm->encrypt(a.key, as_bytes("x"), {}).error();
  if (what == 2) error = a.hsm->decrypt(a.key, a.sealed, {}).error();
  if (what == 3) error = a.hsm->destroy(a.key).error();
  if (what == 4) error = a.hsm->load_data("x").error();
  CAPTURE(what, error.message);
  CHECK(error.kind == ErrorKind::unavailable);
}

TEST_CASE("a token whose files vanish is unavailable at once, and nothing on it counts as destroyed") {
  Attached a("vanish");
  const auto second = attach_softhsm("vanish"), third = attach_softhsm("vanish"),
             fourth = attach_softhsm("vanish");
  const auto started = std::chrono::steady_clock::now();
  std::filesystem::remove_all(tokens().files_of("vanish"));
  CHECK(a.hsm->destroy(a.key).error().kind == ErrorKind::unavailable);
  CHECK(second->attributes(a.key).error().kind == ErrorKind::unavailable);
  CHECK(third->census().error().kind == ErrorKind::unavailable);
  CHECK(fourth->generate_device_key("new").error().kind == ErrorKind::unavailable);
  CHECK(a.hsm->decrypt(a.key, a.sealed, {}).error().kind == ErrorKind::unavailable);
  CHECK(a.lost == 1);
  CHECK(std::chrono::steady_clock::now() - started < std::chrono::seconds(5));
}

}  // namespace quietus::testing
