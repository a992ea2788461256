// Frames of the unix socket to calls of the session and back. No policy here: the session's table decides.
#pragma once

#include <optional>

#include "base/framing.hpp"
#include "firmware-agent/evidence/session.hpp"

namespace quietus::agent {

struct Answer {
  Frame frame;
  std::optional<Fd> lent;  ///< to be passed with the frame
};

/// Never fails: an error is an answering frame of type `refused`. `eraser_pid` is the peer's, asked for open
/// descriptors before the medium is read back; 0 when unknown.
Answer answer(Session& session, const GuardSettings& guard, const Frame& request, int eraser_pid);

}  // namespace quietus::agent
