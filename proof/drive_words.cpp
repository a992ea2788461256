#include "proof/drive_words.hpp"

#include <array>

#include "base/encoding.hpp"
#include "firmware-agent/nvme/markers.hpp"
#include "firmware-agent/nvme/retrace.hpp"
#include "proof/word_parts.hpp"

namespace quietus::proof {
namespace {

std::string word_in_hex(std::uint32_t word) {
  std::array<std::uint8_t, 4> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(word >> (24 - 8 * i));
  return hex(bytes);
}

/// Of a transcript that was followed before (claim_shown): what cannot be read says nothing here.
nvme::Retraced shown_by(const Evidence& evidence, std::string_view transcript) {
  return nvme::retrace(transcript, evidence.drive->command).value_or(nvme::Retraced{});
}

std::string said(const std::string& text, std::string_view otherwise) {
  return text.empty() ? std::string(otherwise) : text;
}

}  // namespace

void add_drive_rests_on(Json::Array& words) {
  words.push_back(
      word_of("agent",
              "which drive it was, which command it was sent and what it answered (the transcript "
              "is among the sources), and that none of the markers written before was left",
              "硬盘的身份、所发送的命令及其应答（记录见来源），以及事先写入的标记均已不存在"));
  words.push_back(
      word_of("drive", "that its command reached what no host can read: spare, retired and unmapped blocks",
              "其命令已作用于主机无法读取之处：备用、退役及未映射的块"));
  words.push_back(
      word_of("eraser", "how long it took; nothing else of it is believed", "所用时间；除此之外不予采信"));
  words.push_back(word_of("kms", "that the command was the one the order permits, at the time it permits",
                          "所执行的命令及时间均为命令所允许"));
}

void add_drive_adversaries(Json::Array& covered) {
  covered.push_back(
      both("a drive that reports a success it did not have, or an older one, and keeps what a "
           "host can read",
           "谎报成功或以旧的成功冒充、而主机仍可读出原内容的硬盘"));
}

Json drive_does_not_prove() {
  return both(
      "This certificate does not prove that no other copy of the data exists, nor that areas listed as not "
      "covered hold nothing, nor what the drive did where no host can read: that is the drive's word. It "
      "proves which command the named drive was sent, what it answered, that the markers written before were "
      "gone after, and that nobody changed this since.",
      "本证书不证明数据不存在其他副本，不证明所列未覆盖区域不含数据，也不证明硬盘在主机无法读取之处所做的操作"
      "：该部分仅凭硬盘自述。它证明的是：所列硬盘收到了何种命令、如何应答、事先写入的标记在其后均已不存在，"
      "且此后无人更改本记录。");
}

Json drive_statement(const Evidence& evidence, std::string_view transcript) {
  const auto& drive = *evidence.drive;
  const auto shown = shown_by(evidence, transcript);
  const std::string markers = std::to_string(drive.markers), word = word_in_hex(drive.word);
  const std::string device = shown.controller.model + " " + shown.controller.serial;
  return both("The drive " + device + " was sent " + drive.command + " (CDW10 " + word + "h). Its answer: " +
                  said(shown.answer, "none") + "; the end: " + said(shown.why, "not known") + ". Of " +
                  markers + " markers written before, " + std::to_string(drive.surviving) +
                  " were found afterwards and " + std::to_string(drive.unreadable) + " could not be read.",
              "向硬盘 " + device + " 发送了 " + drive.command + "（CDW10 " + word + "h）。其应答：" +
                  said(shown.answer, "无") + "；结束状态：" + said(shown.why, "不明") + "。事先写入的 " +
                  markers + " 个标记中，事后找到 " + std::to_string(drive.surviving) + " 个，无法读取 " +
                  std::to_string(drive.unreadable) + " 个。");
}

Json drive_json(const Evidence& evidence, std::string_view transcript) {
  const auto& drive = *evidence.drive;
  const auto shown = shown_by(evidence, transcript);
  return Json::Object{{"answer", shown.answer},
                      {"cdw10", word_in_hex(drive.word)},
                      {"command", drive.command},
                      {"end", shown.why},
                      {"firmware", shown.controller.firmware},
                      {"model", shown.controller.model},
                      {"outcome", drive.outcome},
                      {"serial", shown.controller.serial},
                      {"statement", drive_statement(evidence, transcript)},
                      {"transcript", hex(drive.transcript)}};
}

Json markers_json(const Evidence& evidence) {
  const auto& drive = *evidence.drive;
  return Json::Object{{"blocks_digest", hex(evidence.blocks_digest)},
                      {"marker_bytes", std::uint64_t{nvme::kMarkerBytes}},
                      {"marker_seed", hex(drive.marker_seed)},
                      {"markers", drive.markers},
                      {"surviving", drive.surviving},
                      {"unreadable", drive.unreadable},
                      {"verdict", to_string(evidence.verdict)}};
}

}  // namespace quietus::proof
