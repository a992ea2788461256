// quietus-verify: what an auditor keeps for twenty years. One file, statically linked, without network, HSM,
// server or database: a verdict over what lies in a folder, and the ledger decided again.
#include <openssl/crypto.h>

#include <array>

#include "cli/terminal/program.hpp"
#include "cli/verify/commands.hpp"

int main(int argc, char** argv) {
  using namespace quietus::cli;
  // A configuration file of the machine that it happens to run on could load code into it, or change what is
  // accepted.
  if (OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr) != 1)
    return static_cast<int>(ExitCode::internal);
  static constexpr std::array kCommands = {&add_verifier, &add_replay_commands};
  const Program program{
      "quietus-verify",
      "Check a certificate, a bundle, a whole case, a receipt or a ledger; asks nobody (核验).", false,
      kCommands};
  return run_program(program, argc, argv);
}
