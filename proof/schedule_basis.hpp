// What a certificate without approvals rests on: entries of the ledger, opened and held against what went.
// Everything a certificate says about them is taken from their bodies. Whose word that is: of an entry that
// scheduled keys a stranger sees keyring, numbers and dates, and they are checked; that the person named in
// it was there is the key server's word. Of an order that left keys unshown a stranger sees that it failed,
// and for which holding, before the completion. That it was about these keys is the key server's word: the
// entry names no keys, and neither the order nor its signatures are here.
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
/// An order's epoch was begun and not shown; what it had left goes without it. Which keys those are stands in
/// ScheduleBasis::Part::numbers alone.
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
