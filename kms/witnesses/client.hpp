// The connection to an auditor's witness (c2sp.org/tlog-witness). What is said over it is
// proof/ask_witness.hpp.
#pragma once

#include <memory>
#include <string>

#include "proof/ask_witness.hpp"

namespace quietus::witnesses {

struct WitnessSettings {
  std::string url;      ///< "https://host:port" or, on one machine, "http://127.0.0.1:port"
  std::string ca_file;  ///< only for https: whom to believe about its server certificate
  int timeout_ms = 10000;
};

/// Thread-safe; calls take turns. Connects when it is used. Errors as the HTTP client's.
Result<proof::SendToWitness> open_witness(const WitnessSettings& settings);

}  // namespace quietus::witnesses
