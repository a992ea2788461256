// quietus: speaks to kms, signs with the person's key, verifies without either.
#include <array>

#include "cli/commands.hpp"
#include "cli/terminal/program.hpp"
#include "cli/verify/commands.hpp"

int main(int argc, char** argv) {
  using namespace quietus::cli;
  static constexpr std::array kCommands = {
      &add_today_commands,  &add_case_commands,    &add_holding_commands,     &add_attest_commands,
      &add_nda_commands,    &add_fitness_commands, &add_finding_commands,     &add_keyring_commands,
      &add_key_commands,    &add_seal_commands,    &add_order_commands,       &add_question_commands,
      &add_check_commands,  &add_dispose_commands, &add_certificate_commands, &add_bundle_commands,
      &add_verify_commands, &add_replay_commands,  &add_audit_commands,       &add_pack_commands,
      &add_hsm_commands,    &add_backup_commands,  &add_lab_commands};
  const Program program{"quietus",
                        "Keys in an HSM, data under keys, a destruction that ends in a certificate.", true,
                        kCommands};
  return run_program(program, argc, argv);
}
