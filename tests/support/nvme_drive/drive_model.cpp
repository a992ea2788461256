#include "tests/support/nvme_drive/drive_model.hpp"

#include <algorithm>
#include <sstream>
#include <utility>

namespace quietus::test {
namespace {

constexpr std::uint16_t kInvalidOpcode = 0x01, kInvalidField = 0x02, kInvalidNamespace = 0x0B,
                        kSanitizeFailed = 0x1C, kSanitizeInProgress = 0x1D, kOutOfRange = 0x80,
                        kInvalidLogPage = 0x109;
constexpr std::uint32_t kEveryNamespace = 0xFFFFFFFF;
constexpr std::uint16_t kIdle = 0xFFFF, kHalf = 0x8000, kStuckAt = 655;

constexpr std::array<std::pair<const char*, Behaviour>, 9> kBehaviours{{
    {"correct", Behaviour::correct},
    {"lies", Behaviour::lies},
    {"fails-midway", Behaviour::fails_midway},
    {"stuck", Behaviour::stuck},
    {"stale-success", Behaviour::stale_success},
    {"power-loss", Behaviour::power_loss},
    {"deallocates", Behaviour::deallocates},
    {"wrong-word", Behaviour::wrong_word},
    {"refuses", Behaviour::refuses},
}};

void put(std::vector<std::uint8_t>& bytes, std::size_t at, std::size_t width, std::uint64_t value) {
  for (std::size_t i = 0; i < width; ++i) bytes[at + i] = static_cast<std::uint8_t>(value >> 8 * i);
}

void put_text(std::vector<std::uint8_t>& bytes, std::size_t at, std::size_t width, const std::string& text) {
  for (std::size_t i = 0; i < width; ++i)
    bytes[at + i] = static_cast<std::uint8_t>(i < text.size() ? text[i] : ' ');
}

/// Of each drive its own: the kernel refuses a name that it has seen before.
std::array<std::uint8_t, 16> nguid_of(const std::string& serial) {
  std::array<std::uint8_t, 16> name{0x51, 0x75, 0x69, 0x65, 0x74, 0x75, 0x73};
  for (std::size_t i = 0; i < serial.size(); ++i) name[8 + i % 8] ^= static_cast<std::uint8_t>(serial[i]);
  return name;
}

}  // namespace

std::optional<Behaviour> behaviour_from(const std::string& name) {
  for (const auto& [text, behaviour] : kBehaviours) {
    if (name == text) return behaviour;
  }
  return std::nullopt;
}

DriveModel::DriveModel(DriveOptions options, std::span<std::uint8_t> content)
    : options_(std::move(options)), content_(content) {
  if (options_.behaviour == Behaviour::stale_success) {
    state_ = 1;
    word_ = options_.stale_word;
  }
}

std::vector<std::uint8_t> DriveModel::identify_controller() const {
  std::vector<std::uint8_t> id(4096);
  put_text(id, 4, 20, options_.serial);
  put_text(id, 24, 40, options_.model);
  put_text(id, 64, 8, options_.firmware);
  id[76] = options_.cmic;
  id[77] = 5;               // MDTS: 2^5 pages of 4 KiB
  put(id, 78, 2, 1);        // CNTLID
  put(id, 80, 4, 0x10400);  // version 1.4
  id[111] = 1;              // CNTRLTYPE: I/O controller
  put(id, 256, 2, options_.oacs);
  id[259] = 3;          // AERL
  put(id, 320, 2, 10);  // KAS: a second
  put(id, 328, 4, options_.sanicap);
  id[512] = 0x66;  // SQES
  id[513] = 0x44;  // CQES
  put(id, 514, 2, 128);
  put(id, 516, 4, 16);  // NN
  id[524] = options_.fna;
  put(id, 536, 4, 0x200001 | 1U << 20);  // SGLS: supported, offset addresses, transport data blocks
  const std::string name = "nqn.2026-01.quietus:" + options_.serial;
  std::ranges::copy(name, id.begin() + 768);
  put(id, 1792, 4, 4 + 8192 / 16);  // IOCCSZ: command and 8 KiB beside it
  put(id, 1796, 4, 1);
  id[1803] = 1;  // MSDBD
  return id;
}

std::vector<std::uint8_t> DriveModel::identify_namespace() const {
  std::vector<std::uint8_t> id(4096);
  put(id, 0, 8, blocks());
  put(id, 8, 8, blocks());
  put(id, 16, 8, blocks());
  id[30] = options_.nmic;
  std::ranges::copy(nguid_of(options_.serial), id.begin() + 104);
  id[128 + 2] = 9;  // LBAF 0: blocks of 2^9 bytes
  return id;
}

std::vector<std::uint8_t> DriveModel::identify_list(std::uint32_t above) const {
  std::vector<std::uint32_t> ids{1};
  ids.insert(ids.end(), options_.other_namespaces.begin(), options_.other_namespaces.end());
  std::vector<std::uint8_t> list(4096);
  std::size_t at = 0;
  for (const auto id : ids) {
    if (id <= above) continue;
    put(list, at, 4, id);
    at += 4;
  }
  return list;
}

std::vector<std::uint8_t> DriveModel::identify_descriptors() const {
  std::vector<std::uint8_t> list(4096);
  list[0] = 2;  // NGUID
  list[1] = 16;
  std::ranges::copy(nguid_of(options_.serial), list.begin() + 4);
  return list;
}

DriveReply DriveModel::identify(std::uint32_t nsid, std::uint32_t cns) const {
  switch (cns) {
    case 0:
      return nsid == 1 ? DriveReply{.data = identify_namespace()} : DriveReply{.status = kInvalidNamespace};
    case 1:
      return {.data = identify_controller()};
    case 2:
      return {.data = identify_list(nsid)};
    case 3:
      return nsid == 1 ? DriveReply{.data = identify_descriptors()} : DriveReply{.status = kInvalidNamespace};
    default:
      return {.status = kInvalidField};
  }
}

std::vector<std::uint8_t> DriveModel::sanitize_log() const {
  std::vector<std::uint8_t> log(512);
  put(log, 0, 2, state_ == 2 ? progress_ : kIdle);
  put(log, 2, 2, state_ | (written_ ? 0 : 1U << 8));
  put(log, 4, 4, word_);
  for (std::size_t at = 8; at <= 28; at += 4) put(log, at, 4, options_.estimate_s);
  return log;
}

std::vector<std::uint8_t> DriveModel::health_log() const {
  std::vector<std::uint8_t> log(512);
  put(log, 1, 2, 300);  // kelvin
  log[3] = 100;
  log[4] = 10;
  log[5] = 3;
  put(log, 128, 8, 1234);
  return log;
}

DriveReply DriveModel::get_log(std::uint32_t cdw10, std::uint32_t cdw11) const {
  const std::size_t bytes = ((cdw10 >> 16) + 1 + (std::size_t{cdw11 & 0xFFFF} << 16)) * 4;
  std::vector<std::uint8_t> log;
  switch (cdw10 & 0xFF) {
    case 0x01:
      log.resize(64);
      break;
    case 0x02:
      log = health_log();
      break;
    case 0x03:
      log.resize(512);
      break;
    case 0x81:
      if (options_.sanicap == 0) return {.status = kInvalidLogPage};
      log = sanitize_log();
      break;
    default:
      return {.status = kInvalidLogPage};
  }
  if (bytes > 65536) return {.status = kInvalidField};
  log.resize(bytes);
  return {.data = std::move(log)};
}

DriveReply DriveModel::sanitize(std::uint32_t nsid, std::uint32_t word, std::uint32_t pattern,
                                std::int64_t now_ms) {
  const std::uint32_t action = word & 7;
  const bool supported = (action == 4 && (options_.sanicap & 1) != 0) ||
                         (action == 2 && (options_.sanicap & 2) != 0) ||
                         (action == 3 && (options_.sanicap & 4) != 0);
  if (options_.sanicap == 0) return {.status = kInvalidOpcode};
  if (nsid != 0 || !supported || options_.behaviour == Behaviour::refuses) return {.status = kInvalidField};
  if (state_ == 2) return {.status = kSanitizeInProgress};
  ++sanitizes;
  if (options_.behaviour == Behaviour::stale_success) return {};
  state_ = 2;
  word_ = options_.behaviour == Behaviour::wrong_word ? word ^ 8 : word;
  pattern_ = pattern;
  began_ms_ = now_ms;
  progress_ = 0;
  return {};
}

DriveReply DriveModel::format(std::uint32_t nsid, std::uint32_t word) {
  if ((options_.oacs & 2) == 0) return {.status = kInvalidOpcode};
  if ((nsid != 1 && nsid != kEveryNamespace) || options_.behaviour == Behaviour::refuses)
    return {.status = kInvalidField};
  if ((word & 0xF) != 0) return {.status = 0x10A};
  ++formats;
  const std::uint32_t erase_setting = word >> 9 & 7;  // a format without erasure keeps every byte, as it may
  if (erase_setting > 2) return {.status = kInvalidField};
  if (erase_setting != 0 && options_.behaviour != Behaviour::lies)
    std::ranges::fill(content_, std::uint8_t{0});
  return {};
}

DriveReply DriveModel::admin(std::uint8_t opcode, std::uint32_t nsid, const std::array<std::uint32_t, 6>& cdw,
                             std::int64_t now_ms) {
  advance(now_ms);
  switch (opcode) {
    case 0x02:
      return get_log(cdw[0], cdw[1]);
    case 0x06:
      return identify(nsid, cdw[0] & 0xFF);
    case 0x80:
      if (const auto status = blocked()) return {.status = status};
      return format(nsid, cdw[0]);
    case 0x84:
      return sanitize(nsid, cdw[0], cdw[1], now_ms);
    default:
      return {.status = kInvalidOpcode};
  }
}

/// Moves a running operation on to what the clock says.
void DriveModel::advance(std::int64_t now_ms) {
  if (state_ != 2) return;
  if (options_.behaviour == Behaviour::stuck) {
    progress_ = kStuckAt;
    return;
  }
  const auto duration = options_.sanitize_ms;
  const std::int64_t share =
      duration == 0 ? 65536 : std::clamp<std::int64_t>((now_ms - began_ms_) * 65536 / duration, 0, 65536);
  const bool fails = options_.behaviour == Behaviour::fails_midway && share >= kHalf;
  if (options_.behaviour == Behaviour::power_loss && !lost_power_ && share >= kHalf) return;  // no power
  const auto before = progress_ * content_.size() / 65536;
  const auto done = static_cast<std::uint64_t>(share) * content_.size() / 65536;
  if (done > before) erase(before, done);
  progress_ = static_cast<std::uint16_t>(std::min<std::int64_t>(share, kIdle - 1));
  if (fails) {
    state_ = 3;
  } else if (share == 65536) {
    state_ = options_.behaviour == Behaviour::deallocates ? 4 : 1;
    written_ = false;
  }
}

void DriveModel::erase(std::size_t from, std::size_t to) {
  if (options_.behaviour == Behaviour::lies) return;
  const std::uint32_t action = word_ & 7;
  std::uint32_t noise = 0x9E3779B9U + static_cast<std::uint32_t>(from);
  for (std::size_t at = from; at < to; ++at) {
    noise = noise * 1664525U + 1013904223U;
    content_[at] = static_cast<std::uint8_t>(action == 4   ? noise >> 24  // another key: noise
                                             : action == 3 ? pattern_ >> 8 * (at % 4)
                                                           : 0);
  }
}

bool DriveModel::loses_power(std::int64_t now_ms) {
  if (options_.behaviour != Behaviour::power_loss || lost_power_ || state_ != 2) return false;
  if ((now_ms - began_ms_) * 2 < options_.sanitize_ms) return false;
  lost_power_ = true;
  return true;
}

std::string DriveModel::save(std::int64_t now_ms) const {
  std::ostringstream out;
  out << int{state_} << ' ' << written_ << ' ' << word_ << ' ' << pattern_ << ' ' << now_ms - began_ms_ << ' '
      << progress_ << ' ' << lost_power_;
  return out.str();
}

void DriveModel::restore(const std::string& saved, std::int64_t now_ms) {
  std::istringstream in(saved);
  int state = 0;
  std::int64_t age_ms = 0;
  in >> state >> written_ >> word_ >> pattern_ >> age_ms >> progress_ >> lost_power_;
  state_ = static_cast<std::uint8_t>(state);
  began_ms_ = now_ms - age_ms;
}

std::uint16_t DriveModel::blocked() const {
  if (state_ == 2) return kSanitizeInProgress;
  return state_ == 3 ? kSanitizeFailed : std::uint16_t{0};
}

std::uint16_t DriveModel::read(std::uint64_t block, std::span<std::uint8_t> out, std::int64_t now_ms) {
  advance(now_ms);
  if (const auto status = blocked()) return status;
  if (block > blocks() || out.size() > (blocks() - block) * kModelBlock) return kOutOfRange;
  std::ranges::copy(content_.subspan(block * kModelBlock, out.size()), out.begin());
  return 0;
}

std::uint16_t DriveModel::write(std::uint64_t block, std::span<const std::uint8_t> data,
                                std::int64_t now_ms) {
  advance(now_ms);
  if (const auto status = blocked()) return status;
  if (block > blocks() || data.size() > (blocks() - block) * kModelBlock) return kOutOfRange;
  std::ranges::copy(data, content_.begin() + static_cast<std::ptrdiff_t>(block * kModelBlock));
  written_ = true;
  return 0;
}

}  // namespace quietus::test
