// An NVMe drive with one namespace, as far as erasure needs one: Identify, logs, Format, Sanitize, reads and
// writes. It knows nothing of the product's decoders: layouts are written down here a second time. Used in
// process (fake_drive.hpp) and behind NVMe/TCP (nvme_target/), where the kernel and nvme-cli drive it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace quietus::test {

enum class Behaviour {
  correct,
  lies,           ///< reports success, keeps every byte
  fails_midway,   ///< sanitize fails at half
  stuck,          ///< SPROG stays at 655 for ever
  stale_success,  ///< takes the command, does nothing, shows the success of an older one
  power_loss,     ///< loses power once at half, goes on by itself afterwards
  deallocates,    ///< SSTAT 4 at the end
  wrong_word,     ///< SCDW10 is not what was sent
  refuses,        ///< Sanitize and Format: Invalid Field in Command
};
std::optional<Behaviour> behaviour_from(const std::string& name);  ///< "fails-midway" …

struct DriveOptions {
  Behaviour behaviour = Behaviour::correct;
  std::int64_t sanitize_ms = 1000;
  std::string serial = "QT0001", model = "Quietus model drive", firmware = "1.0";
  std::uint8_t sanicap = 7;  ///< crypto, block, overwrite
  std::uint8_t fna = 4;      ///< format can erase cryptographically
  std::uint16_t oacs = 2;    ///< Format
  std::uint8_t cmic = 0, nmic = 0;
  std::uint32_t stale_word = 4;  ///< what the log of `stale_success` is about
  std::uint32_t estimate_s = 0xFFFFFFFF;
  std::vector<std::uint32_t> other_namespaces{};  ///< ids that are listed, and are not there
};

inline constexpr std::size_t kModelBlock = 512;

struct DriveReply {
  std::uint16_t status = 0;  ///< SC in 7:0, SCT in 10:8
  std::uint32_t result = 0;
  std::vector<std::uint8_t> data{};
};

class DriveModel {
 public:
  /// `content` outlives the model.
  DriveModel(DriveOptions options, std::span<std::uint8_t> content);

  DriveReply admin(std::uint8_t opcode, std::uint32_t nsid, const std::array<std::uint32_t, 6>& cdw,
                   std::int64_t now_ms);
  /// Status of a read or write of whole blocks.
  std::uint16_t read(std::uint64_t block, std::span<std::uint8_t> out, std::int64_t now_ms);
  std::uint16_t write(std::uint64_t block, std::span<const std::uint8_t> data, std::int64_t now_ms);

  /// `power_loss`, once: the caller takes the drive away, and gives it back with restore().
  bool loses_power(std::int64_t now_ms);
  /// What survives without power, apart from the content.
  [[nodiscard]] std::string save(std::int64_t now_ms) const;
  void restore(const std::string& saved, std::int64_t now_ms);

  [[nodiscard]] std::uint64_t blocks() const { return content_.size() / kModelBlock; }
  std::uint32_t sanitizes = 0, formats = 0;  ///< commands that were taken

 private:
  std::vector<std::uint8_t> identify_controller() const;
  std::vector<std::uint8_t> identify_namespace() const;
  std::vector<std::uint8_t> identify_list(std::uint32_t above) const;
  std::vector<std::uint8_t> identify_descriptors() const;
  std::vector<std::uint8_t> sanitize_log() const;
  std::vector<std::uint8_t> health_log() const;
  DriveReply identify(std::uint32_t nsid, std::uint32_t cns) const;
  DriveReply get_log(std::uint32_t cdw10, std::uint32_t cdw11) const;
  DriveReply sanitize(std::uint32_t nsid, std::uint32_t word, std::uint32_t pattern, std::int64_t now_ms);
  DriveReply format(std::uint32_t nsid, std::uint32_t word);
  void advance(std::int64_t now_ms);
  void erase(std::size_t from, std::size_t to);
  [[nodiscard]] std::uint16_t blocked() const;

  DriveOptions options_;
  std::span<std::uint8_t> content_;
  std::uint8_t state_ = 0;  ///< SSTAT 2:0
  bool written_ = true;     ///< since the last sanitize
  std::uint32_t word_ = 0, pattern_ = 0;
  std::int64_t began_ms_ = 0;
  std::uint16_t progress_ = 0xFFFF;
  bool lost_power_ = false;
};

}  // namespace quietus::test
