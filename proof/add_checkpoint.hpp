// What a log sends to be cosigned (c2sp.org/tlog-witness, add-checkpoint).
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "proof/signed_note.hpp"

namespace quietus::proof {

inline constexpr std::size_t kMaxConsistencyLines = 63, kMaxAddCheckpointBytes = kMaxNoteBytes + 8192;

struct AddCheckpoint {
  std::uint64_t old_size = 0;  ///< of the checkpoint that the log believes was cosigned last
  std::vector<Digest> proof;   ///< consistency from there
  SignedNote note;
};

/// Strict: "old N", proof lines, an empty line, a signed note. `invalid_input` says what is wrong.
Result<AddCheckpoint> parse_add_checkpoint(std::string_view text);
/// The same text; for logs.
std::string write_add_checkpoint(std::uint64_t old_size, const std::vector<Digest>& proof,
                                 std::string_view note);

}  // namespace quietus::proof
