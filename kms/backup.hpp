// quietus-kms backup create|check|restore: a consistent copy of the database, and what it is still worth. On
// the appliance's own host, as the user that kms runs as. What people read is the CLI's business: one JSON
// object on standard output.
//
// A copy holds no key: device keys and the roots of keyrings are in the token and nowhere else. A copy older
// than a destruction revives nothing, and kills every key that hung on the root destroyed.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "kms/backup/manifest.hpp"
#include "kms/backup/opening.hpp"
#include "kms/service/ledger.hpp"
#include "kms/settings.hpp"
#include "kms/store/snapshot.hpp"

namespace quietus::kms {

/// quietus-kms backup VERB …; exit codes as the CLI has them.
int backup(const std::vector<std::string>& arguments);

/// A snapshot whose ledger was folded from its first entry.
struct Folded {
  std::unique_ptr<store::Snapshot> store;
  std::unique_ptr<Ledger> ledger;
  std::vector<BackupKey> keys;
};
/// `corrupt` when the ledger does not apply cleanly.
Result<Folded> fold_snapshot(const std::string& path);
Result<Digest> digest_of_file(const std::string& path);

/// Takes a snapshot into the new folder `out`; it is there whole or not at all. Neither token nor ledger's
/// lock is touched: kms may run. `conflict` when `out` is there.
Result<Manifest> create_backup(const Settings& settings, const std::string& out);

/// Where a snapshot stands beside what the token remembers; `unknown` when it remembers nothing.
enum class Standing { newest, stale, foreign, unknown };
std::string_view to_string(Standing standing);

struct Examined {
  Manifest manifest;
  Standing standing = Standing::foreign;
  std::uint64_t remembered = 0;    ///< entries that the token remembers; 0 = it remembers nothing
  std::vector<KeyAnswer> answers;  ///< empty when it is foreign
  [[nodiscard]] bool good() const { return standing == Standing::newest && all_open(answers); }
};
/// Checks `database` against the manifest of the folder `from`, folds it, and asks the token. `corrupt` when
/// it is not what the manifest says.
Result<Examined> examine(const Settings& settings, const std::string& from, const std::string& database);

struct Restored {
  Examined examined;
  std::string kept;  ///< what the database that was in place is called now; empty: there was none
};
/// Puts the snapshot in place of the database. Errors: `unavailable` while kms runs; `conflict` when the
/// snapshot is stale, foreign, of unknown age, behind the database in place, or has lost keys that nobody
/// accepted to lose.
Result<Restored> restore_backup(const Settings& settings, const std::string& from, bool accept_lost);

}  // namespace quietus::kms
