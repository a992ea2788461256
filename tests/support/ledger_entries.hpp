// Entries whose contents follow from their index, so that a reader knows what has to be there.
#pragma once

#include <string>

#include "quietus/store.hpp"

namespace quietus::test {

inline LedgerEntry entry_number(std::uint64_t index) {
  const std::string text = "entry " + std::to_string(index) + " ";
  std::string body = text;
  while (body.size() < 100 + (index * 977) % 6000) body += text;  // some of them spill over a page
  return {.index = index,
          .leaf = to_bytes("leaf of " + text),
          .salt = to_bytes("salt of " + text),
          .body = to_bytes(body)};
}

inline bool is_entry_number(const LedgerEntry& entry, std::uint64_t index) {
  const LedgerEntry expected = entry_number(index);
  return entry.index == expected.index && entry.leaf == expected.leaf && entry.salt == expected.salt &&
         entry.body == expected.body;
}

/// `count` entries from `first`, and a row that says how far they go.
inline Batch batch_from(std::uint64_t first, std::uint64_t count) {
  Batch batch;
  for (std::uint64_t i = 0; i < count; ++i) batch.entries.push_back(entry_number(first + i));
  batch.rows.push_back({"meta", "size", to_bytes(std::to_string(first + count))});
  return batch;
}

}  // namespace quietus::test
