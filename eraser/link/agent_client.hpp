// The agent's unix socket as calls. Errors are the agent's own words; `unavailable` when it is not there or
// has gone.
#pragma once

#include <string>
#include <vector>

#include "base/file.hpp"
#include "base/framing.hpp"
#include "base/json.hpp"
#include "quietus/agent_link.hpp"
#include "quietus/statement.hpp"

namespace quietus::eraser {

struct DriveProgress {
  bool over = false;
  std::uint16_t progress = 0;  ///< of 65,536; nothing when it is over
};
struct GivenEvidence {
  SignedStatement statement;
  std::string transcript;  ///< of a drive's own command, else empty
};

/// One connection = one session with the agent; closing it releases the medium.
class AgentClient {
 public:
  static Result<AgentClient> connect(const std::string& socket);

  /// [{"can":[command],"guard":[reason],"identity":{…}}]; `can` only of what has commands of its own
  Result<Json> list();
  Result<SignedStatement> open(const std::string& path);
  Status mandate(const SignedStatement& mandate, const Bytes& order,
                 const std::vector<SignedStatement>& approvals);
  /// Write-only descriptor of the medium.
  Result<Fd> lend();
  /// The first call begins the drive's own command under the mandate, the next ones ask how far it is.
  Result<DriveProgress> erase();
  Result<GivenEvidence> sample(const SignedStatement& sample, const Digest& report_digest,
                               std::uint64_t bytes_overwritten);
  /// False when the agent has closed the connection, and with it its claim on the medium.
  [[nodiscard]] bool alive() const;

 private:
  explicit AgentClient(Fd connection) : connection_(std::move(connection)) {}
  Result<std::vector<Bytes>> ask(AgentRequest request, std::vector<Bytes> fields, int timeout_ms,
                                 std::optional<Fd>* lent = nullptr);
  Result<SignedStatement> ask_statement(AgentRequest request, std::vector<Bytes> fields, int timeout_ms);
  Fd connection_;
};

}  // namespace quietus::eraser
