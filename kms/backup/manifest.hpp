// What lies beside a snapshot of the database: when it was taken, and what it must prove to be.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "quietus/clock.hpp"
#include "quietus/hsm.hpp"
#include "quietus/key.hpp"

namespace quietus::kms {

inline constexpr const char* kManifestType = "quietus-backup-v1";
inline constexpr const char* kManifestFile = "manifest.json";
inline constexpr const char* kDatabaseFile = "ledger.sqlite";

/// A device key, or a keyring or record table, and the token key that all of it hangs on.
struct ManifestKey {
  std::string id;
  KeyClass key_class = KeyClass::device;
  std::uint64_t epoch = 0;  ///< 0: class `device`, which has none
  HsmKeyRef root;
  bool operator==(const ManifestKey&) const = default;
};

struct Manifest {
  UnixMs taken;  ///< by the clock of the appliance; nothing rests on it
  std::uint64_t ledger_size = 0;
  Digest ledger_root;  ///< RFC 6962, folded from the snapshot
  Digest database;     ///< SHA-256 of the file
  std::vector<ManifestKey> keys;
  bool operator==(const Manifest&) const = default;
};

std::string write_manifest(const Manifest& manifest);  ///< canonical JSON
/// `corrupt` for every text that write_manifest() does not give.
Result<Manifest> read_manifest(std::string_view text);

}  // namespace quietus::kms
