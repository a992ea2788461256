// When a revocation list may be used. Private to proof.
#pragma once

#include "proof/x509.hpp"

namespace quietus::proof {

/// From thisUpdate until right before nextUpdate, or for good when it names none (RFC 5280 §5.1.2).
struct ListTimes {
  UnixMs first, before;
};
Result<ListTimes> list_times(BytesView crl_der);

}  // namespace quietus::proof
