// Opening what every command of quietus-kms needs: hardening, token, database. Shared by init, run and probe.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "kms/service/service.hpp"
#include "kms/settings.hpp"
#include "kms/store/sqlite_store.hpp"
#include "quietus/hsm.hpp"

namespace quietus::kms {

inline constexpr int kExitUsage = 3;
inline constexpr int kExitRestart = 75;  ///< EX_TEMPFAIL: the token was lost, start me again
/// EX_NOPERM: the token refuses the PIN. Starting again would try it again, and tokens lock.
inline constexpr int kExitRefused = 77;

/// Logs in once; a wrong PIN is never tried again. A lost token requests the process's stop; a call into the
/// library that outlives settings.hsm.call_deadline_ms ends the process at once with kExitRestart.
Result<std::unique_ptr<Hsm>> attach_token(const Settings& settings);
/// Whether attach_token has what it needs from our own files (profile, PIN); touches no library.
Status check_token_files(const Settings& settings);
/// Set when the token is lost: the process must end with kExitRestart.
bool token_lost();

/// quietus-kms attach: attaches the token once and ends.
int attach(const Settings& settings);
/// Lets fresh processes try (`quietus-kms attach`), with growing pauses, until one succeeds: this process has
/// not touched the library by then, so its own attachment is its first. `pause` hears how many seconds pass
/// until the next try. False when this process is asked to stop. Errors that trying again cannot mend:
/// `unauthenticated` (the PIN), `invalid_input`.
Result<bool> wait_for_token(const Settings& settings, const std::function<void(int pause_s)>& pause);

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

/// A process of ours found the PIN refused: the next one must not try. Requests the stop of this one.
void refuse_pin();
bool pin_refused();

/// Prints message and next step on standard error; returns the exit code for the kind.
int report(const Error& error);
/// The same, with the exit codes of the CLI, which starts this program in its own place: 3 usage, 4 PIN
/// refused, 5 unavailable, 1 anything else.
int report_as_cli(const Error& error);

}  // namespace quietus::kms
