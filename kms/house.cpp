#include "kms/house.hpp"

#include <atomic>
#include <cstdio>

#include "base/encoding.hpp"
#include "base/json.hpp"
#include "base/log.hpp"
#include "base/process.hpp"
#include "kms/pkcs11/pkcs11_hsm.hpp"
#include "kms/pkcs11/profile.hpp"

namespace quietus::kms {
namespace {

std::atomic<bool> lost = false;

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

}  // namespace

Result<std::unique_ptr<Hsm>> attach_token(const Settings& settings) {
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
  token.on_lost = [](const std::string& why) {
    log(LogLevel::error, "the token is lost", {{"why", why}});
    lost = true;
    request_stop();
  };
  return Pkcs11Hsm::attach(token);
}

bool token_lost() { return lost; }

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
      return 3;
    case ErrorKind::unavailable:
      return kExitRestart;
    default:
      return 1;
  }
}

}  // namespace quietus::kms
