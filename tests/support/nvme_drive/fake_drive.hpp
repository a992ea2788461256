// The drive model in process, with time that only the test moves: its admin queue, its blocks, and the hands
// of a person who pulls it out.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "firmware-agent/nvme/erasure.hpp"
#include "tests/support/nvme_drive/drive_model.hpp"

namespace quietus::test {

class FakeDrive final : public nvme::NvmeAdmin {
 public:
  explicit FakeDrive(DriveOptions options = {}, std::size_t size_bytes = 1 << 20)
      : content(size_bytes, 0xA5), model(std::move(options), content) {}

  [[nodiscard]] Result<nvme::Completion> submit(const nvme::Command& command,
                                                std::span<std::uint8_t> buffer) override {
    ++submitted;
    if (submitted == die_before) throw Died{};
    if (away()) return fail(ErrorKind::unavailable, "the drive is away");
    if (path_down) return nvme::Completion{0, 0x370};
    const auto reply = model.admin(command.opcode, command.nsid, command.cdw, now_ms);
    if (reply.status == 0) {
      for (std::size_t i = 0; i < std::min(buffer.size(), reply.data.size()); ++i) buffer[i] = reply.data[i];
    }
    if (submitted == die_after) throw Died{};
    if (command.opcode == 0x84 && lose_answer) return fail(ErrorKind::timed_out, "no answer");
    if (alter) alter(command, buffer);
    return nvme::Completion{reply.result, reply.status};
  }

  [[nodiscard]] std::unique_ptr<BlockDevice> blocks() { return std::make_unique<Blocks>(*this); }

  /// Thrown in place of the death of the agent.
  struct Died {};

  std::vector<std::uint8_t> content;
  DriveModel model;
  std::int64_t now_ms = 0;
  std::int64_t away_from_ms = -1, away_until_ms = -1;
  bool path_down = false, lose_answer = false;
  int submitted = 0, die_before = 0, die_after = 0;
  std::function<void(const nvme::Command&, std::span<std::uint8_t>)> alter;
  std::uint64_t unreadable_from = ~std::uint64_t{0};  ///< byte offset

 private:
  class Blocks final : public BlockDevice {
   public:
    explicit Blocks(FakeDrive& drive) : drive_(drive) {}
    [[nodiscard]] std::uint64_t size_bytes() const override { return drive_.content.size(); }
    [[nodiscard]] std::uint32_t block_bytes() const override { return kModelBlock; }
    [[nodiscard]] Status read(std::uint64_t offset, std::span<std::uint8_t> out) override {
      if (offset >= drive_.unreadable_from && drive_.model.sanitizes + drive_.model.formats > 0)
        return fail(ErrorKind::io, "unreadable");
      return said(drive_.model.read(offset / kModelBlock, out, drive_.now_ms));
    }
    [[nodiscard]] Status write(std::uint64_t offset, BytesView data) override {
      return said(drive_.model.write(offset / kModelBlock, data, drive_.now_ms));
    }
    [[nodiscard]] Status flush() override { return {}; }

   private:
    static Status said(std::uint16_t status) {
      return status == 0 ? Status{} : fail(ErrorKind::io, "status " + std::to_string(status));
    }
    FakeDrive& drive_;
  };

  [[nodiscard]] bool away() {
    if (model.loses_power(now_ms)) {
      saved_ = model.save(now_ms);
      away_from_ms = now_ms;
      away_until_ms = now_ms + 5000;
    }
    const bool gone = away_from_ms >= 0 && now_ms >= away_from_ms && now_ms < away_until_ms;
    if (!gone && saved_) {
      model.restore(*saved_, now_ms);
      saved_.reset();
    }
    return gone;
  }
  std::optional<std::string> saved_;
};

class FakeIntents final : public nvme::IntentStore {
 public:
  [[nodiscard]] Status keep(const nvme::SanitizeIntent& intent) override {
    text = nvme::write_intent(intent);
    return {};
  }
  [[nodiscard]] Result<std::optional<nvme::SanitizeIntent>> find() const override {
    if (text.empty()) return std::nullopt;
    QUIETUS_TRY(intent, nvme::read_intent(text));
    return std::optional(intent);
  }
  [[nodiscard]] Status forget() override {
    text.clear();
    return {};
  }
  std::string text;
};

}  // namespace quietus::test
