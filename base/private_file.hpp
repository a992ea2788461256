// Files that hold a secret: regular, ours, mode 0600 or 0400, never a symbolic link; read straight into the
// secure heap.
#pragma once

#include <string>

#include "quietus/secret_bytes.hpp"

namespace quietus {

/// Whole file. `denied` when others could read or replace it, `exhausted` beyond max_bytes, `not_found` when
/// absent.
Result<SecretBytes> read_private_file(const std::string& path, std::size_t max_bytes);
/// New file of mode 0600, durable when this returns; `conflict` when the path is taken.
Status create_private_file(const std::string& path, std::span<const std::uint8_t> bytes);

}  // namespace quietus
