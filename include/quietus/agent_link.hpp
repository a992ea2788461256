// What eraser and firmware-agent say to each other over the unix socket: one frame asks, one frame answers
// (base/framing.hpp). Fields are raw bytes; JSON stands only inside signed payloads and the order.
#pragma once

#include <cstddef>
#include <cstdint>

namespace quietus {

enum class AgentRequest : std::uint8_t {
  list = 1,     ///< -> [inventory, canonical JSON array of {"can":[erasure command of the drive] (NVMe only),
                ///< "guard":[reason],"identity":{…}}]
  open = 2,     ///< [path] -> statement: facts
  mandate = 3,  ///< [statement: mandate, order's canonical bytes, statement: approval …] -> []
  lend = 4,     ///< [] -> [], with a write-only descriptor of the medium
  sample =
      5,  ///< [statement: sample, digest of the eraser's report, bytes overwritten as 8 bytes big-endian]
          ///< -> statement: evidence, and of a drive's own command the transcript that the evidence cites
  release = 6,  ///< [] -> []; the medium is closed, the session is idle
  erase = 7,  ///< [] -> [1 byte: 1 = over, progress as 2 bytes big-endian]; the first begins the drive's own
              ///< command under the mandate, the next ones ask how far it is
};

/// Type of the answering frame. `refused`: fields are error kind, message, next step, all text.
enum class AgentAnswer : std::uint8_t { done = 0, refused = 1 };

/// A statement is three fields in a row: payload, certificate, signature.
inline constexpr std::size_t kStatementFields = 3;

}  // namespace quietus
