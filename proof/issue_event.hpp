// Which entries of the ledger a certificate belongs to. Not for other rooms.
#pragma once

#include <string_view>

#include "base/json.hpp"
#include "quietus/certificate.hpp"

namespace quietus::proof {

/// Of the entry that says that it was issued: alone, by schedule, or in the place of another.
std::string_view issue_event_of(const CertificateInput& input);
std::string_view completion_event_of(const CertificateInput& input);

/// `verification_failed` unless the body of an entry of that type is about this certificate's order, epoch or
/// predecessor, and its holding.
Status check_about(const CertificateInput& input, std::string_view type, const Json& body);

}  // namespace quietus::proof
