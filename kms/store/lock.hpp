// One process per ledger: SQLite would let a second one in. Private to kms/store and the programs that put a
// database in place.
#pragma once

#include <string>

#include "base/file.hpp"
#include "quietus/result.hpp"

namespace quietus::store {

/// Held as long as the descriptor lives. `unavailable` when another process holds it.
Result<Fd> lock_ledger(const std::string& database);

}  // namespace quietus::store
