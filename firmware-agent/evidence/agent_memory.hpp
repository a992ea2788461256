// What an agent remembers over restarts: the newest checkpoint of kms, and the nonces it has used up in this
// boot.
#pragma once

#include <string>

#include "firmware-agent/evidence/mandate_check.hpp"

namespace quietus::agent {

class AgentMemory {
 public:
  /// Makes the folder when it is not there, forgets nonces of earlier boots. `corrupt` when what is there
  /// cannot be read: forgetting a checkpoint would open the door to a rollback.
  static Result<AgentMemory> open(const std::string& folder, const std::string& boot_id);

  [[nodiscard]] const RememberedCheckpoint& checkpoint() const { return checkpoint_; }
  [[nodiscard]] const std::string& boot_id() const { return boot_id_; }
  [[nodiscard]] const std::string& folder() const { return folder_; }
  /// Durable when it returns. Both never go back: the mandate was checked against checkpoint() before.
  [[nodiscard]] Status remember(const RememberedCheckpoint& checkpoint);
  /// `conflict` when it was consumed before. Durable when it returns.
  [[nodiscard]] Status consume_nonce(const Digest& nonce);

 private:
  AgentMemory() = default;
  std::string folder_, boot_id_;
  RememberedCheckpoint checkpoint_;
};

/// /proc/sys/kernel/random/boot_id
Result<std::string> current_boot_id();

}  // namespace quietus::agent
