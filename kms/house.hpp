// Opening what every command of quietus-kms needs: hardening, token, database. Shared by init, run and probe.
#pragma once

#include <memory>
#include <string>

#include "kms/service/service.hpp"
#include "kms/settings.hpp"
#include "kms/store/sqlite_store.hpp"
#include "quietus/hsm.hpp"

namespace quietus::kms {

inline constexpr int kExitRestart = 75;  ///< EX_TEMPFAIL: the token was lost, start me again

/// Logs in once; a wrong PIN is never tried again. A lost token requests the process's stop.
Result<std::unique_ptr<Hsm>> attach_token(const Settings& settings);
/// Set by attach_token's callback: the process must end with kExitRestart.
bool token_lost();

Result<std::unique_ptr<store::SqliteStore>> open_store(const Settings& settings);

/// References of the three signing keys, as `init` recorded them. `not_found` says to run init.
struct SigningRefs {
  HsmKeyRef mandate, certificate, checkpoint;
};
Result<SigningRefs> signing_refs(Store& store);

int init(const Settings& settings);  ///< quietus-kms init
int run(const Settings& settings);   ///< quietus-kms run
int probe(
    const Settings& settings);  ///< quietus-kms probe: request on standard input, answer on standard output

/// Runs `quietus-kms probe` in a fresh process.
service::KeyProber fresh_process_prober(const Settings& settings);

/// Prints message and next step on standard error; returns the exit code for the kind.
int report(const Error& error);

}  // namespace quietus::kms
