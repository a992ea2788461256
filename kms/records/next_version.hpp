// From one version to the next: what an epoch writes, and how it is checked against what it came from.
// Private to kms/records.
//
// A page that loses a key is sealed again under a fresh key. All others keep their row and their key: it
// moves into the new top, and an appended page's derived key is listed there from then on. That is safe
// because no key that ever opened a row with a deleted key is in the new top, and the old secrets die with
// the old root.
#pragma once

#include "kms/records/version.hpp"

namespace quietus::records {

/// For each page, which of its keys go.
using PageMasks = std::vector<std::uint32_t>;

/// Sorts a deletion by pages. `not_found` names a number that was never given, `invalid_input`: not sorted,
/// or one twice.
Result<PageMasks> masks_of(const Version& now, const epochs::Deletion& deletion);
/// Whether an extent loses any key.
bool is_touched(const PageMasks& masks, std::uint32_t extent);
/// `not_found` names a number that is destroyed already.
Status check_live(const Seals& seals, const Version& now, const PageMasks& masks);

Result<std::vector<Row>> make_next(const Seals& seals, Hsm& hsm, const KeyringId& table, const Version& now,
                                   const epochs::Root& next, const PageMasks& masks);

/// What was read back and found right: ready to become the version.
struct NextVersion {
  Version facts;                                         ///< without extents and slots
  std::vector<std::pair<std::uint32_t, Bytes>> extents;  ///< those that changed, and with it their slot
};
Result<NextVersion> check_next(const Seals& seals, Hsm& hsm, const KeyringId& table, const Version& now,
                               const epochs::Root& next, const PageMasks& masks, DurableRows& durable);

}  // namespace quietus::records
