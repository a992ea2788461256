#include "kms/pkcs11/token.hpp"

#include "base/file.hpp"
#include "base/log.hpp"
#include "kms/pkcs11/capabilities.hpp"

namespace quietus::pkcs11 {

namespace {

std::unexpected<Error> token_is_lost() {
  return fail(ErrorKind::unavailable, "the HSM token was lost", "the service restarts and attaches again");
}

std::string version(const CK_VERSION& v) { return std::to_string(v.major) + "." + std::to_string(v.minor); }

Status check_settings(const Pkcs11Settings& settings) {
  if (settings.token_label.empty() && settings.token_serial.empty())
    return fail(ErrorKind::invalid_input, "no token is configured", "set token_label or token_serial");
  if (!settings.profile.tested && !settings.allow_untested)
    return fail(ErrorKind::invalid_input,
                "the HSM profile '" + settings.profile.name + "' was written from a manual and never tried",
                "run tests/contract/hsm against the token (hsm-config/README.md), or set allow_untested");
  if (settings.profile.token_directory_sync && settings.token_directory.empty())
    return fail(ErrorKind::invalid_input,
                "the HSM profile '" + settings.profile.name +
                    "' needs the token directory, to make its files durable",
                "set token_directory");
  return {};
}

}  // namespace

Token::Token(Module loaded, CK_SLOT_ID slot, const Pkcs11Settings& settings)
    : module(loaded),
      profile(settings.profile),
      slot_(slot),
      directory_(settings.profile.token_directory_sync ? settings.token_directory : ""),
      on_lost_(settings.on_lost),
      sessions_(loaded, slot) {}

Result<std::shared_ptr<Token>> Token::attach(const Pkcs11Settings& settings) {
  QUIETUS_CHECK(check_settings(settings));
  QUIETUS_TRY(arguments, initialization_string(settings.profile, settings.token_directory));
  QUIETUS_TRY(module,
              Module::load(settings.module_path.empty() ? settings.profile.module_path : settings.module_path,
                           arguments));
  QUIETUS_TRY(slot, find_slot(module, settings.token_label, settings.token_serial));
  auto token = std::make_shared<Token>(module, slot, settings);
  QUIETUS_CHECK(token->sessions_.log_in(settings.pin));
  QUIETUS_CHECK(token->check_login(token->sessions_.parked()));
  QUIETUS_TRY(info, token_info(*token));
  token->serial_ = info.serial;
  QUIETUS_TRY(capabilities, find_capabilities(*token));
  token->capabilities = capabilities;
  return token;
}

Result<Lease> Token::lease() {
  if (lost()) return token_is_lost();
  return sessions_.lease();
}

Result<Lease> Token::lease_fresh() {
  if (lost()) return token_is_lost();
  return sessions_.lease_fresh();
}

Status Token::check_login(CK_SESSION_HANDLE session) {
  CK_SESSION_INFO info{};
  if (const CK_RV rv = module->C_GetSessionInfo(session, &info); rv != CKR_OK)
    return std::unexpected(translate(Operation::inspect, rv, {}));
  if (info.state != CKS_RW_USER_FUNCTIONS)
    return std::unexpected(translate(Operation::inspect, CKR_USER_NOT_LOGGED_IN, {}));
  return {};
}

void Token::give_up(const std::string& why) {
  if (lost_.exchange(true)) return;
  handles.forget_all();
  log(LogLevel::error, "HSM token lost", {{"why", why}});
  if (on_lost_) on_lost_(why);
}

Status Token::present(Lease& lease) {
  auto status = check_login(lease.handle());
  if (status) {
    auto info = token_info(*this);
    if (info && info->serial == serial_) return {};
    status = info ? fail(ErrorKind::unavailable, "another token is in the slot")
                  : Status(std::unexpected(std::move(info).error()));
  }
  lease.discard();
  give_up(status.error().message);
  return token_is_lost();
}

std::unexpected<Error> Token::failed(Lease& lease, Operation operation, CK_RV rv) {
  Error error = translate(operation, rv, profile.quirks);
  if (error.kind == ErrorKind::corrupt) {
    // The same code can mean that the session is dead; then it is not the ciphertext's fault.
    if (rv != CKR_GENERAL_ERROR || check_login(lease.handle())) return std::unexpected(std::move(error));
    error = translate(Operation::inspect, CKR_DEVICE_ERROR, {});
  }
  lease.discard();
  if (error.kind == ErrorKind::unavailable) {
    handles.forget_all();
    if (const Status login = check_login(sessions_.parked()); !login) give_up(error.message);
  } else if (rv == CKR_GENERAL_ERROR) {
    if (auto there = present(lease); !there) return std::unexpected(std::move(there).error());
  }
  return std::unexpected(std::move(error));
}

bool Token::lists(CK_MECHANISM_TYPE mechanism) const {
  CK_MECHANISM_INFO info{};
  return module->C_GetMechanismInfo(slot_, mechanism, &info) == CKR_OK;
}

Status Token::sync() {
  if (directory_.empty()) return {};
  const MutexLock lock(sync_mutex_);
  Status synced = sync_folder(directory_, synced_);
  if (!synced) synced.error().kind = ErrorKind::io;  // a missing folder must not read like a missing key
  return synced;
}

Result<HsmInfo> token_info(Token& token) {
  if (token.lost()) return token_is_lost();
  CK_TOKEN_INFO info{};
  if (const CK_RV rv = token.module->C_GetTokenInfo(token.slot_, &info); rv != CKR_OK) {
    Error error = translate(Operation::inspect, rv, {});
    error.kind = ErrorKind::unavailable;  // no other call can say less about a token that is there
    token.give_up(error.message);
    return std::unexpected(std::move(error));
  }
  CK_INFO library{};
  if (const CK_RV rv = token.module->C_GetInfo(&library); rv != CKR_OK)
    return std::unexpected(translate(Operation::inspect, rv, {}));
  HsmInfo result;
  result.manufacturer = unpadded(info.manufacturerID, sizeof info.manufacturerID);
  result.model = unpadded(info.model, sizeof info.model);
  result.serial = unpadded(info.serialNumber, sizeof info.serialNumber);
  result.firmware = version(info.firmwareVersion);
  result.library = unpadded(library.libraryDescription, sizeof library.libraryDescription) + " " +
                   version(library.libraryVersion);
  result.token_label = unpadded(info.label, sizeof info.label);
  result.profile = token.profile.name;
  result.destroy_meaning = token.profile.destroy_meaning;
  result.validated_module = token.profile.validated_module;
  result.copy_revives_keys = token.profile.copy_revives_keys;
  return result;
}

}  // namespace quietus::pkcs11
