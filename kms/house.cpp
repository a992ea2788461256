#include "kms/house.hpp"

#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>

#include "base/encoding.hpp"
#include "base/json.hpp"
#include "base/log.hpp"
#include "base/process.hpp"
#include "kms/pkcs11/pkcs11_hsm.hpp"
#include "kms/pkcs11/profile.hpp"
#include "kms/pkcs11/watchdog.hpp"

namespace quietus::kms {
namespace {

std::atomic<bool> lost = false, refused = false;

void lose_token(const std::string& why) {
  log(LogLevel::error, "the token is lost", {{"why", why}});
  lost = true;
  request_stop();
}

/// No destructor runs: another thread is inside the library and will not come out.
void end_at_once(const std::string& why) {
  lose_token(why);
  ::_exit(kExitRestart);
}

/// One for the process, from its first use of the library on.
void watch_calls(int deadline_ms) {
  static const pkcs11::Watchdog watchdog(std::chrono::milliseconds(deadline_ms), end_at_once);
}

Result<HsmKeyRef> signing_ref(Store& store, const char* name) {
  QUIETUS_TRY(row, store.row("meta", std::string("signing/") + name));
  if (!row) {
    return fail(ErrorKind::not_found, std::string("the token has no ") + name + " key yet",
                "run `quietus-kms init --config FILE` first");
  }
  QUIETUS_TRY(bytes, from_hex(as_text(*row)));
  HsmKeyRef ref;
  if (bytes.size() != ref.cka_id.size())
    return fail(ErrorKind::corrupt, "the record of a signing key is damaged");
  std::copy(bytes.begin(), bytes.end(), ref.cka_id.begin());
  return ref;
}

Result<Pkcs11Settings> token_settings(const Settings& settings) {
  Pkcs11Settings token;
  QUIETUS_TRY(profile, pkcs11::load_profile(settings.hsm.profile));
  QUIETUS_TRY(pin, read_credential(settings.hsm.pin_file));
  token.module_path = settings.hsm.module;
  token.token_label = settings.hsm.token_label;
  token.token_serial = settings.hsm.token_serial;
  token.allow_untested = settings.hsm.allow_untested;
  token.pin = std::move(pin);
  token.profile = profile;
  token.token_directory = settings.hsm.token_directory;
  token.on_lost = lose_token;
  return token;
}

}  // namespace

Result<std::unique_ptr<Hsm>> attach_token(const Settings& settings) {
  QUIETUS_TRY(token, token_settings(settings));
  watch_calls(settings.hsm.call_deadline_ms);
  return Pkcs11Hsm::attach(token);
}

Status check_token_files(const Settings& settings) {
  QUIETUS_CHECK(token_settings(settings));
  return {};
}

bool token_lost() { return lost; }

void refuse_pin() {
  refused = true;
  request_stop();
}
bool pin_refused() { return refused; }

Result<std::unique_ptr<store::SqliteStore>> open_store(const Settings& settings) {
  return store::SqliteStore::open(settings.state_dir + "/ledger.sqlite");
}

Result<SigningRefs> signing_refs(Store& store) {
  QUIETUS_TRY(mandate, signing_ref(store, "mandate"));
  QUIETUS_TRY(certificate, signing_ref(store, "certificate"));
  QUIETUS_TRY(checkpoint, signing_ref(store, "checkpoint"));
  return SigningRefs{mandate, certificate, checkpoint};
}

int report(const Error& error) {
  std::fprintf(stderr, "quietus-kms: %s\n", error.message.c_str());
  if (!error.next_step.empty()) std::fprintf(stderr, "  next: %s\n", error.next_step.c_str());
  switch (error.kind) {
    case ErrorKind::invalid_input:
      return kExitUsage;
    case ErrorKind::unauthenticated:
      return kExitRefused;
    case ErrorKind::unavailable:
      return kExitRestart;
    default:
      return 1;
  }
}

int report_as_cli(const Error& error) {
  switch (report(error)) {
    case kExitUsage:
      return kExitUsage;
    case kExitRefused:
      return 4;
    case kExitRestart:
      return 5;
    default:
      return 1;
  }
}

}  // namespace quietus::kms
