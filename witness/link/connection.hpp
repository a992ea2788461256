// The connection to a witness (c2sp.org/tlog-witness). What is said over it is proof/ask_witness.hpp.
#pragma once

#include <string>

#include "proof/ask_witness.hpp"

namespace quietus::witness {

/// Connects to `url`, "https://host:port" or, on one machine, "http://127.0.0.1:port", when it is used; calls
/// take turns, thread-safe. `ca_file`: for https, whom to believe about the server's certificate. Errors as
/// the HTTP client's.
Result<proof::SendToWitness> connection_to(const std::string& url, const std::string& ca_file);

}  // namespace quietus::witness
