#include "kms/pkcs11/errors.hpp"

#include <array>
#include <optional>
#include <string>

namespace quietus::pkcs11 {

namespace {

constexpr CK_RV kAeadDecryptFailed =
    0x42;  // CKR_AEAD_DECRYPT_FAILED, PKCS#11 v3.0 §5.2; not in v2.40 headers

struct Row {
  std::optional<Operation> operation;  ///< nullopt = any
  CK_RV rv;
  const char* name;
  ErrorKind kind;
  const char* meaning;
  const char* next_step;
};

constexpr const char* kDoesNotUnwrap = "the wrapped key does not open";
constexpr const char* kOtherUse = "this key is for another use";
constexpr const char* kCheckPin =
    "check the PIN file by hand before the next start: the PIN was tried once and tokens lock";
constexpr const char* kRestart = "wait for the restart; check that the token and its daemon are reachable";

// Specific rows first: the first match wins.
constexpr std::array kTable{
    Row{Operation::login, CKR_PIN_INCORRECT, "CKR_PIN_INCORRECT", ErrorKind::unauthenticated,
        "the token refused the PIN", kCheckPin},
    Row{Operation::login, CKR_PIN_INVALID, "CKR_PIN_INVALID", ErrorKind::unauthenticated,
        "the token refused the PIN", kCheckPin},
    Row{Operation::login, CKR_PIN_LEN_RANGE, "CKR_PIN_LEN_RANGE", ErrorKind::unauthenticated,
        "the token refused the PIN", kCheckPin},
    Row{Operation::login, CKR_PIN_EXPIRED, "CKR_PIN_EXPIRED", ErrorKind::unauthenticated,
        "the user PIN has expired", "set a new user PIN"},
    Row{Operation::login, CKR_PIN_LOCKED, "CKR_PIN_LOCKED", ErrorKind::unauthenticated,
        "the user PIN is locked", "have the security officer set a new user PIN"},
    Row{Operation::login, CKR_USER_PIN_NOT_INITIALIZED, "CKR_USER_PIN_NOT_INITIALIZED",
        ErrorKind::unauthenticated, "the token has no user PIN yet", "have the security officer set one"},
    Row{Operation::decrypt, CKR_ENCRYPTED_DATA_INVALID, "CKR_ENCRYPTED_DATA_INVALID", ErrorKind::corrupt,
        "the ciphertext does not open", ""},
    Row{Operation::decrypt, CKR_ENCRYPTED_DATA_LEN_RANGE, "CKR_ENCRYPTED_DATA_LEN_RANGE", ErrorKind::corrupt,
        "the ciphertext does not open", ""},
    Row{Operation::decrypt, kAeadDecryptFailed, "CKR_AEAD_DECRYPT_FAILED", ErrorKind::corrupt,
        "the ciphertext does not open", ""},
    Row{Operation::decrypt, CKR_DATA_INVALID, "CKR_DATA_INVALID", ErrorKind::corrupt,
        "the ciphertext does not open", ""},
    Row{Operation::unwrap, CKR_WRAPPED_KEY_INVALID, "CKR_WRAPPED_KEY_INVALID", ErrorKind::corrupt,
        kDoesNotUnwrap, ""},
    Row{Operation::unwrap, CKR_WRAPPED_KEY_LEN_RANGE, "CKR_WRAPPED_KEY_LEN_RANGE", ErrorKind::corrupt,
        kDoesNotUnwrap, ""},
    Row{Operation::unwrap, CKR_ENCRYPTED_DATA_INVALID, "CKR_ENCRYPTED_DATA_INVALID", ErrorKind::corrupt,
        kDoesNotUnwrap, ""},
    Row{Operation::unwrap, CKR_ENCRYPTED_DATA_LEN_RANGE, "CKR_ENCRYPTED_DATA_LEN_RANGE", ErrorKind::corrupt,
        kDoesNotUnwrap, ""},
    Row{Operation::unwrap, CKR_TEMPLATE_INCONSISTENT, "CKR_TEMPLATE_INCONSISTENT", ErrorKind::hsm,
        "the wrapping key does not let keys come out like this", "use a wrapping key made by this appliance"},
    Row{Operation::wrap, CKR_KEY_UNEXTRACTABLE, "CKR_KEY_UNEXTRACTABLE", ErrorKind::hsm,
        "the token does not let this key be wrapped", ""},
    Row{Operation::wrap, CKR_KEY_NOT_WRAPPABLE, "CKR_KEY_NOT_WRAPPABLE", ErrorKind::hsm,
        "the token does not let this key be wrapped", ""},
    Row{Operation::destroy, CKR_ACTION_PROHIBITED, "CKR_ACTION_PROHIBITED", ErrorKind::hsm,
        "the token does not let this object be destroyed",
        "the object was not made by this appliance: see its attributes with pkcs11-tool -O"},
    // Never `not_found`: a token that forgot a handle has not lost the key. Only an empty search says that.
    Row{std::nullopt, CKR_KEY_HANDLE_INVALID, "CKR_KEY_HANDLE_INVALID", ErrorKind::unavailable,
        "the token forgot a handle", "try again"},
    Row{std::nullopt, CKR_OBJECT_HANDLE_INVALID, "CKR_OBJECT_HANDLE_INVALID", ErrorKind::unavailable,
        "the token forgot a handle", "try again"},
    Row{std::nullopt, CKR_WRAPPING_KEY_HANDLE_INVALID, "CKR_WRAPPING_KEY_HANDLE_INVALID",
        ErrorKind::unavailable, "the token forgot a handle", "try again"},
    Row{std::nullopt, CKR_UNWRAPPING_KEY_HANDLE_INVALID, "CKR_UNWRAPPING_KEY_HANDLE_INVALID",
        ErrorKind::unavailable, "the token forgot a handle", "try again"},
    Row{std::nullopt, CKR_DEVICE_ERROR, "CKR_DEVICE_ERROR", ErrorKind::unavailable, "the token is in trouble",
        kRestart},
    Row{std::nullopt, CKR_DEVICE_REMOVED, "CKR_DEVICE_REMOVED", ErrorKind::unavailable,
        "the token was removed", kRestart},
    Row{std::nullopt, CKR_TOKEN_NOT_PRESENT, "CKR_TOKEN_NOT_PRESENT", ErrorKind::unavailable,
        "the token is not there", kRestart},
    Row{std::nullopt, CKR_TOKEN_NOT_RECOGNIZED, "CKR_TOKEN_NOT_RECOGNIZED", ErrorKind::unavailable,
        "the token is not recognised", kRestart},
    Row{std::nullopt, CKR_SLOT_ID_INVALID, "CKR_SLOT_ID_INVALID", ErrorKind::unavailable,
        "the token's slot is gone", kRestart},
    Row{std::nullopt, CKR_SESSION_HANDLE_INVALID, "CKR_SESSION_HANDLE_INVALID", ErrorKind::unavailable,
        "the token forgot the session", kRestart},
    Row{std::nullopt, CKR_SESSION_CLOSED, "CKR_SESSION_CLOSED", ErrorKind::unavailable,
        "the token closed the session", kRestart},
    Row{std::nullopt, CKR_USER_NOT_LOGGED_IN, "CKR_USER_NOT_LOGGED_IN", ErrorKind::unavailable,
        "the token forgot the login", kRestart},
    Row{std::nullopt, CKR_CRYPTOKI_NOT_INITIALIZED, "CKR_CRYPTOKI_NOT_INITIALIZED", ErrorKind::unavailable,
        "the library was shut down", kRestart},
    Row{std::nullopt, CKR_FUNCTION_CANCELED, "CKR_FUNCTION_CANCELED", ErrorKind::unavailable,
        "the token cancelled the operation", "try again"},
    Row{std::nullopt, CKR_SESSION_COUNT, "CKR_SESSION_COUNT", ErrorKind::exhausted,
        "the token has no session left", "run fewer workers"},
    Row{std::nullopt, CKR_DEVICE_MEMORY, "CKR_DEVICE_MEMORY", ErrorKind::exhausted, "the token is full",
        "destroy keys that are no longer needed"},
    Row{std::nullopt, CKR_HOST_MEMORY, "CKR_HOST_MEMORY", ErrorKind::exhausted, "the library found no memory",
        ""},
    Row{std::nullopt, CKR_TOKEN_WRITE_PROTECTED, "CKR_TOKEN_WRITE_PROTECTED", ErrorKind::hsm,
        "the token is write-protected", "lift the write protection"},
    Row{std::nullopt, CKR_MECHANISM_INVALID, "CKR_MECHANISM_INVALID", ErrorKind::hsm,
        "the token lacks the mechanism", "use a token with AES-GCM and ECDSA"},
    Row{std::nullopt, CKR_FUNCTION_NOT_SUPPORTED, "CKR_FUNCTION_NOT_SUPPORTED", ErrorKind::hsm,
        "the token lacks the function", "use a token with AES-GCM and ECDSA"},
    Row{std::nullopt, CKR_KEY_FUNCTION_NOT_PERMITTED, "CKR_KEY_FUNCTION_NOT_PERMITTED",
        ErrorKind::invalid_input, kOtherUse, ""},
    Row{std::nullopt, CKR_KEY_TYPE_INCONSISTENT, "CKR_KEY_TYPE_INCONSISTENT", ErrorKind::invalid_input,
        "this key is for another use", ""},
    Row{std::nullopt, CKR_WRAPPING_KEY_TYPE_INCONSISTENT, "CKR_WRAPPING_KEY_TYPE_INCONSISTENT",
        ErrorKind::invalid_input, kOtherUse, ""},
    Row{std::nullopt, CKR_UNWRAPPING_KEY_TYPE_INCONSISTENT, "CKR_UNWRAPPING_KEY_TYPE_INCONSISTENT",
        ErrorKind::invalid_input, kOtherUse, ""},
    Row{std::nullopt, CKR_GENERAL_ERROR, "CKR_GENERAL_ERROR", ErrorKind::hsm, "the token failed",
        "see the log of the HSM library"},
};

constexpr const char* doing(Operation operation) {
  switch (operation) {
    case Operation::attach:
      return "attach";
    case Operation::login:
      return "login";
    case Operation::session:
      return "session";
    case Operation::inspect:
      return "inspection";
    case Operation::random:
      return "random";
    case Operation::generate:
      return "key generation";
    case Operation::find:
      return "look-up";
    case Operation::read:
      return "attribute read";
    case Operation::encrypt:
      return "encryption";
    case Operation::decrypt:
      return "decryption";
    case Operation::sign:
      return "signature";
    case Operation::mac:
      return "MAC";
    case Operation::wrap:
      return "key wrap";
    case Operation::unwrap:
      return "key unwrap";
    case Operation::destroy:
      return "destruction";
    case Operation::data:
      return "data object";
  }
  return "operation";
}

std::string hexadecimal(CK_RV rv) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  do text.insert(text.begin(), kDigits[rv & 0xF]);
  while ((rv >>= 4) != 0);
  return "0x" + text;
}

Error make(Operation operation, CK_RV rv, ErrorKind kind, std::string meaning, std::string name,
           std::string next_step) {
  return Error{
      kind, "HSM " + std::string(doing(operation)) + ": " + std::move(meaning) + " (" + std::move(name) + ")",
      std::move(next_step), rv};
}

}  // namespace

Error translate(Operation operation, CK_RV rv, const Quirks& quirks) {
  if (rv == CKR_GENERAL_ERROR && quirks.general_error_on_bad_ciphertext) {
    if (operation == Operation::decrypt)
      return make(operation, rv, ErrorKind::corrupt, "the ciphertext does not open", "CKR_GENERAL_ERROR", "");
    if (operation == Operation::unwrap)
      return make(operation, rv, ErrorKind::corrupt, kDoesNotUnwrap, "CKR_GENERAL_ERROR", "");
  }
  for (const Row& row : kTable) {
    if (row.rv != rv || (row.operation && *row.operation != operation)) continue;
    return make(operation, rv, row.kind, row.meaning, std::string(row.name) + " " + hexadecimal(rv),
                row.next_step);
  }
  return make(operation, rv, ErrorKind::hsm, "the token failed", hexadecimal(rv),
              "see the log of the HSM library");
}

}  // namespace quietus::pkcs11
