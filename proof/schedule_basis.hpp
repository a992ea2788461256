// What a certificate without approvals rests on: entries of the ledger that scheduled the keys, opened and
// held against what went. Everything a certificate says about them is taken from their bodies.
#pragma once

#include <variant>
#include <vector>

#include "base/json.hpp"
#include "quietus/certificate.hpp"

namespace quietus::proof {

inline constexpr std::size_t kMaxScheduleParts = 256;

/// A person scheduled them: who was logged in, not who signed.
struct ScheduledBy {
  Person person;
  KeyringId keyring;
  KeyRanges numbers;  ///< all that the entry names
  UnixMs due;
  std::string reason;
};
/// An order's epoch was begun and not shown; what it had left goes without it.
struct LeftUnshown {
  OrderId order;
  HoldingId holding;
  std::string reason;
};
struct OpenedCause {
  std::uint64_t index = 0;
  Digest leaf;  ///< RFC 6962 leaf hash
  UnixMs at;
  KeyRanges numbers;  ///< those that went because of it
  std::variant<ScheduledBy, LeftUnshown> what;
};

Json to_json(const ScheduleBasis& basis);
Result<ScheduleBasis> schedule_basis_from_json(const Json& json);

/// `invalid_input` or `verification_failed` for an entry that is not one of the two, or whose body is not the
/// leaf's.
Result<std::vector<OpenedCause>> open_causes(const ScheduleBasis& basis);

/// `verification_failed`: an order or an approval beside the schedule, entries about other keys, a number
/// without an entry or with two, an act before its time.
Status check_schedule(const CertificateInput& input, const std::vector<OpenedCause>& causes);

/// Time between the entry and its due date, in whole hours.
std::int64_t waited_hours(const OpenedCause& cause);

}  // namespace quietus::proof
