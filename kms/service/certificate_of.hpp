// Which certificates there are, as the ledger has them: no record has to be opened to find one.
#pragma once

#include <string>

#include "governance/state.hpp"
#include "kms/service/records.hpp"

namespace quietus::service {

/// Id of the certificate of the order or of the schedule that took the number away, or of the one that took
/// its place; empty while there is none.
std::string certificate_of(const governance::State& state, const governance::Keyring& ring, KeyNumber number);

/// Where the certificate of that id is kept, if the holding has it.
std::optional<CertifiedLine> line_certified_as(const governance::State& state, const HoldingId& holding,
                                               const std::string& certificate_id);
/// Where the one with the latest completion is kept, if there is any.
std::optional<CertifiedLine> newest_certified(const governance::State& state, const HoldingId& holding);

}  // namespace quietus::service
