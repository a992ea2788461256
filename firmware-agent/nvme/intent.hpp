// What this agent has set going in a drive, kept over its own death and the machine's: the drive works on by
// itself, and whoever comes back must know what was asked of it, what the log said before, and where the
// markers are.
#pragma once

#include <optional>
#include <string>

#include "firmware-agent/nvme/commands.hpp"
#include "firmware-agent/nvme/completion.hpp"
#include "firmware-agent/nvme/identify.hpp"
#include "firmware-agent/nvme/markers.hpp"

namespace quietus::nvme {

struct SanitizeIntent {
  std::string serial, model, nguid, eui64;  ///< of whom; compared before the operation is taken up again
  std::uint64_t size_bytes = 0;
  std::uint32_t word = 0;  ///< CDW10 as sent
  std::uint32_t pattern = 0;
  SanitizeLog before;  ///< state, word and "nothing written since" only
  Stage stage = Stage::sending;
  Digest marker_seed;
  std::string context;  ///< of the caller: which mandate this is for

  [[nodiscard]] bool is_about(const Controller& controller, const Namespace& space) const;
};
std::string write_intent(const SanitizeIntent& intent);  ///< canonical JSON
Result<SanitizeIntent> read_intent(std::string_view text);

class IntentStore {
 public:
  virtual ~IntentStore() = default;
  /// Durable when it returns.
  [[nodiscard]] virtual Status keep(const SanitizeIntent& intent) = 0;
  /// nullopt when nothing is under way. `corrupt` when what is there cannot be read: a person has to look.
  [[nodiscard]] virtual Result<std::optional<SanitizeIntent>> find() const = 0;
  [[nodiscard]] virtual Status forget() = 0;
};

/// One file.
class IntentFile final : public IntentStore {
 public:
  explicit IntentFile(std::string path) : path_(std::move(path)) {}
  [[nodiscard]] Status keep(const SanitizeIntent& intent) override;
  [[nodiscard]] Result<std::optional<SanitizeIntent>> find() const override;
  [[nodiscard]] Status forget() override;

 private:
  std::string path_;
};

}  // namespace quietus::nvme
