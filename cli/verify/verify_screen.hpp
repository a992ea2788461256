// What `quietus verify` says on a screen, of one bundle and of a whole case.
#pragma once

#include "cli/terminal/context.hpp"
#include "cli/terminal/exit_code.hpp"
#include "proof/verify_case.hpp"

namespace quietus::cli {

ExitCode exit_code_of(proof::BundleVerdict verdict);
std::string_view verdict_text(proof::BundleVerdict verdict, const Context& context);
void print_report(const proof::VerifyReport& report, const Context& context);

/// How the decisions of a log came out when they were made again.
struct ReplayedLog {
  std::string name;
  bool identical = false;
  std::string text;  ///< "214 decided again alike", or why not
};
void print_case(const proof::CaseReport& report, const std::vector<ReplayedLog>& replayed,
                proof::BundleVerdict verdict, const Context& context);

}  // namespace quietus::cli
