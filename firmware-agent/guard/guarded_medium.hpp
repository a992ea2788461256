// A medium that has been opened exclusively, identified through its descriptor and found free. The exclusive
// claim lasts as long as the object.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/file.hpp"
#include "firmware-agent/guard/surroundings.hpp"
#include "quietus/media.hpp"

namespace quietus::agent {

struct GuardSettings {
  std::vector<std::string>
      image_dirs;  ///< folders whose files may be opened as disk images; no other file may
};

/// Not thread-safe.
class GuardedMedium {
 public:
  /// Order of things: open O_EXCL, identify, survey. Errors: `denied` with every reason when the medium is in
  /// use or must not be touched, `invalid_input` when the path names no medium this guard opens, `not_found`.
  static Result<std::unique_ptr<GuardedMedium>> open(const std::string& path, const GuardSettings& settings);

  [[nodiscard]] const DeviceIdentity& identity() const { return identity_; }  ///< as found by open()
  /// Identifies and surveys again through the same descriptor. `conflict` when anything differs, `denied`
  /// when something now uses the medium.
  [[nodiscard]] Status check_unchanged();
  /// A second, write-only, direct description of the same medium: who overwrites need not read.
  [[nodiscard]] Result<Fd> lend_writer();
  /// Before reading back: is what was lent closed again? See returned.hpp.
  [[nodiscard]] Status check_returned(int borrower_pid) const;
  /// Makes everything durable and drops every cache in front of the medium that this host lets us drop.
  [[nodiscard]] Status settle();
  /// A fresh read-only, direct description for reading back.
  [[nodiscard]] Result<Fd> reopen_for_reading();
  /// A fresh direct description for reading and writing, for the agent's own hands.
  [[nodiscard]] Result<Fd> reopen();
  /// Of the exclusive claim: commands of the drive go through it, so they go to what was identified.
  [[nodiscard]] int descriptor() const { return fd_.get(); }
  /// What was asked of the kernel and what it answered, in order, for the evidence.
  [[nodiscard]] const std::vector<std::string>& commands() const { return commands_; }
  void note(std::string command);

 private:
  GuardedMedium() = default;
  [[nodiscard]] Status claim_device(const std::string& path);
  [[nodiscard]] Status claim_image(const std::string& path, const GuardSettings& settings);
  [[nodiscard]] Status identify_first(const std::string& path);
  [[nodiscard]] Result<Fd> open_again(int flags, const char* flags_text);
  [[nodiscard]] Status drop_backing_cache();

  Fd fd_;
  DeviceIdentity identity_;
  std::vector<std::string> commands_;
};

struct Examination {
  DeviceIdentity identity;
  std::vector<std::string> reasons;  ///< why open() would refuse now; empty = free
};
/// Looks without claiming: for lists. Never changes anything.
Result<Examination> examine(const std::string& path, const GuardSettings& settings);

}  // namespace quietus::agent
