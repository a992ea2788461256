// Operational rows: what is needed to go on after a restart but is not a fact. One place names the tables and
// keys.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "quietus/certificate.hpp"
#include "quietus/hsm.hpp"
#include "quietus/store.hpp"

namespace quietus::service {

/// Statements gathered while one medium is destroyed; kept until the certificate is made.
struct MediumRecord {
  std::optional<SignedStatement> facts, mandate, sample, evidence;
  std::string eraser_report;  ///< canonical JSON
  std::string transcript;     ///< of the drive's own command; empty after an overwrite
};
Row medium_row(const HoldingId& holding, const MediumRecord& record);
Result<MediumRecord> load_medium(Store& store, const HoldingId& holding);

/// State of a key's destruction (kms/keys/destruction), between its steps and until the certificate is made.
Row destruction_row(const HoldingId& holding, const Json& state);
Result<std::optional<Json>> load_destruction(Store& store, const HoldingId& holding);

/// Where the HSM keeps a key.
Row key_row(const KeyId& key, const HsmKeyRef& ref);
Result<std::optional<HsmKeyRef>> load_key(Store& store, const KeyId& key);

/// A signed certificate and what came later.
struct CertificateRecord {
  std::string certificate_id;
  OrderId order;            ///< empty of keys that went without one
  std::uint64_t epoch = 0;  ///< then whose root went with them
  std::string replaces;     ///< the certificate whose place it takes; empty for the first one
  Bytes certificate_json, p7s;
  std::optional<Bytes> tsr;
  std::uint64_t completion_index = 0;
  std::optional<Json> bundle;  ///< {"name": base64}, once stamped: from then on the same for ever
};
/// One certificate per line of an order, and one per epoch without an order: a keyring's holding has one for
/// each time that keys were taken away. And one for each of these whose place another one has taken.
struct CertifiedLine {
  HoldingId holding;
  OrderId order;
  std::uint64_t epoch = 0;  ///< of an epoch without an order
  std::string replaces{};   ///< of the certificate in the place of that one
  auto operator<=>(const CertifiedLine&) const = default;
};
Row certificate_row(const HoldingId& holding, const CertificateRecord& record);
Result<std::optional<CertificateRecord>> load_certificate(Store& store, const CertifiedLine& line);
/// All that have a record.
Result<std::vector<CertifiedLine>> certified_lines(Store& store);
/// "none", "certified" or "stamped"; "pending" is the caller's to know (destroyed, no record yet).
std::string certificate_state(Store& store, const CertifiedLine& line);

/// What a shredding has shown, from its completion until the certificate is made (proof/keyring_shredding).
Row shredding_row(const CertifiedLine& line, const Json& shown);
Result<std::optional<Json>> load_shredding(Store& store, const CertifiedLine& line);

}  // namespace quietus::service
