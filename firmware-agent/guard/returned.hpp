// Is a medium that was lent closed again? Asked before it is read back: what somebody can still write to is
// not evidence.
#pragma once

#include "quietus/media.hpp"
#include "quietus/result.hpp"

namespace quietus::agent {

/// `fd` is the agent's own and only descriptor of the medium. A disk image: nobody else on this host has it
/// open, which a write lease shows (fcntl(2), F_SETLEASE). A block device: the borrower `pid` has it open no
/// more; of others the exclusive claim and the survey tell. `conflict` while it is open, `unavailable` when
/// that cannot be seen.
Status check_returned(int fd, const DeviceIdentity& identity, int pid);

}  // namespace quietus::agent
