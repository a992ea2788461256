// One function per group of commands, one file each.
#pragma once

#include <string_view>

#include "cli/terminal/command_line.hpp"
#include "cli/terminal/context.hpp"

namespace quietus::cli {

void add_lab_commands(Command top, const Context& context);
void add_case_commands(Command top, const Context& context);
void add_transfer_commands(Command cases, const Context& context);  ///< into `quietus case`
void add_holding_commands(Command top, const Context& context);
void add_class_commands(Command holding, const Context& context);  ///< into `quietus holding`
void add_attest_commands(Command top, const Context& context);
void add_nda_commands(Command top, const Context& context);
void add_fitness_commands(Command top, const Context& context);
void add_finding_commands(Command top, const Context& context);
void add_today_commands(Command top, const Context& context);
void add_keyring_commands(Command top, const Context& context);
void add_key_commands(Command top, const Context& context);
void add_key_signing_commands(Command key, const Context& context);  ///< below `key`
void add_seal_commands(Command top, const Context& context);
void add_order_commands(Command top, const Context& context);
void add_question_commands(Command top, const Context& context);
void add_check_commands(Command top, const Context& context);
void add_dispose_commands(Command top, const Context& context);
void add_certificate_commands(Command top, const Context& context);
void add_bundle_commands(Command top, const Context& context);
void add_audit_commands(Command top, const Context& context);
void add_extract_commands(Command audit, const Context& context);
void add_ledger_commands(Command audit, const Context& context);
void add_cosign_commands(Command audit, const Context& context);
void add_sample_commands(Command audit, const Context& context);
void add_pack_commands(Command top, const Context& context);
void add_hsm_commands(Command top, const Context& context);
void add_backup_commands(Command top, const Context& context);

extern const std::string_view kMeasures;        ///< docs/measures.json
extern const std::string_view kSoftHsmProfile;  ///< hsm-config/softhsm2.json

}  // namespace quietus::cli
