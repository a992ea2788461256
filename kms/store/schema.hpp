// The tables, as numbered steps from an empty database to today's. Private to kms/store.
#pragma once

#include <string_view>

#include "kms/store/connection.hpp"

namespace quietus::store {

/// "Quie": marks the file as ours (PRAGMA application_id).
inline constexpr std::int64_t kApplicationId = 0x51756965;

/// WAL, full sync and the rest of what a writing connection needs; then every step that is missing, each in
/// its own transaction. `corrupt` when the file is not ours or was written by a newer version.
Status prepare_schema(Connection& connection);

/// For who only reads. `corrupt` when the file is not ours or has another version of the tables.
Status check_schema(Connection& connection);

/// Operational tables that rows may name.
bool known_table(std::string_view table);
/// Whether its rows lie in an SQL table of the same name, and not among the operational ones.
bool has_own_table(std::string_view table);

}  // namespace quietus::store
