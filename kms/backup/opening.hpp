// The keys that a snapshot of the database knows of, and which of them the token still opens.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "governance/state.hpp"
#include "kms/backup/manifest.hpp"
#include "quietus/hsm.hpp"
#include "quietus/store.hpp"

namespace quietus::kms {

/// Where the ledger of the snapshot sees a key.
enum class Ending { none, begun, over };

struct BackupKey {
  std::string id;
  KeyClass key_class = KeyClass::device;
  std::uint64_t epoch = 0;        ///< 0: class `device`, or the whole keyring has ended
  std::optional<HsmKeyRef> root;  ///< absent: never made, or ended
  Ending ending = Ending::none;
};

/// In the order of their ids, device keys first. `corrupt` when a row cannot be read.
Result<std::vector<BackupKey>> keys_of(const governance::State& state, Store& store);
/// Those that hang on a key of the token.
std::vector<ManifestKey> manifest_keys(const std::vector<BackupKey>& keys);

/// Text form = enumerator name.
enum class KeyVerdict {
  opens,       ///< the token has the root; a keyring's rows were read and checked against it
  lost,        ///< the root has been destroyed since the snapshot
  destroyed,   ///< on purpose, and the snapshot says so
  never_made,  ///< its making was interrupted
  damaged,     ///< the root is there, the rows do not fit it
  still_there  ///< the snapshot says destroyed, the token has it
};
std::string_view to_string(KeyVerdict verdict);

struct KeyAnswer {
  BackupKey key;
  KeyVerdict verdict = KeyVerdict::lost;
  std::string why;  ///< of `damaged`
};
/// Asks the token for every key; changes nothing there. An error is the token's, not a key's.
Result<std::vector<KeyAnswer>> ask_token(Hsm& hsm, Store& store, const std::vector<BackupKey>& keys);

/// Nothing that should open is shut.
bool all_open(const std::vector<KeyAnswer>& answers);

}  // namespace quietus::kms
