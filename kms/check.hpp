// quietus-kms hsm-check: what a token can do for this appliance, tried out.
#pragma once

#include <string>
#include <vector>

namespace quietus::kms {

/// Arguments after the verb. Asks before it touches the token. The answer goes to standard output, as a table
/// or as JSON; 0 when nothing that the token offers has failed, 1 otherwise.
int check(const std::vector<std::string>& arguments);

}  // namespace quietus::kms
