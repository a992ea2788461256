#include "firmware-agent/nvme/commands.hpp"

#include <catch2/catch.hpp>

using namespace quietus;
using namespace quietus::nvme;

namespace {

std::uint32_t word(const SanitizeRequest& request) { return sanitize(request).value().cdw[0]; }

}  // namespace

TEST_CASE("questions have the words that the specification gives them") {
  CHECK(identify_controller().opcode == 0x06);
  CHECK(identify_controller().cdw[0] == 1);
  CHECK(identify_controller().nsid == 0);
  CHECK(identify_controller().transfer_bytes == 4096);
  CHECK(identify_namespace(7).cdw[0] == 0);
  CHECK(identify_namespace(7).nsid == 7);
  CHECK(identify_active_namespaces().cdw[0] == 2);
  CHECK(get_sanitize_log().opcode == 0x02);
  CHECK(get_sanitize_log().cdw[0] == 0x007F0081);  // 128 dwords of page 81h
  CHECK(get_sanitize_log().nsid == 0xFFFFFFFF);
  CHECK(get_health_log().cdw[0] == 0x007F0002);
  for (const auto& command : {identify_controller(), get_sanitize_log(), get_health_log()})
    CHECK(command.direction == Direction::from_drive);
}

TEST_CASE("sanitize goes to the whole subsystem, restricted unless asked otherwise") {
  const auto crypto = sanitize({}).value();
  CHECK(crypto.opcode == 0x84);
  CHECK(crypto.nsid == 0);
  CHECK(crypto.cdw == std::array<std::uint32_t, 6>{4, 0, 0, 0, 0, 0});
  CHECK(crypto.direction == Direction::none);
  CHECK(crypto.transfer_bytes == 0);
  CHECK(word({.action = SanitizeAction::block_erase}) == 2);
  CHECK(word({.action = SanitizeAction::overwrite}) == 0x13);  // one pass
  CHECK(word({.failure = FailureMode::unrestricted}) == 0x0C);
  CHECK(word({.after = AfterSanitize::keep_allocated}) == 0x204);
}

TEST_CASE("overwrite says passes, inversion and pattern; other actions say none of them") {
  SanitizeRequest request{.action = SanitizeAction::overwrite, .passes = 16, .pattern = 0xDEADBEEF};
  CHECK(word(request) == 0x03);  // 16 passes are written as 0
  CHECK(sanitize(request).value().cdw[1] == 0xDEADBEEF);
  request.passes = 3;
  request.between = BetweenPasses::invert;
  CHECK(word(request) == 0x133);
  request.action = SanitizeAction::block_erase;
  CHECK(sanitize(request).value().cdw == std::array<std::uint32_t, 6>{2, 0, 0, 0, 0, 0});
}

TEST_CASE("passes that cannot be said are refused") {
  CHECK_FALSE(sanitize({.action = SanitizeAction::overwrite, .passes = 0}));
  CHECK_FALSE(sanitize({.action = SanitizeAction::overwrite, .passes = 17}));
}

TEST_CASE("every format of one namespace erases, and keeps the format that the namespace has") {
  for (const auto erase : {FormatErase::user_data, FormatErase::cryptographic}) {
    for (unsigned lba_format = 0; lba_format < 64; ++lba_format) {
      CurrentFormat keep{.lba_format = static_cast<std::uint8_t>(lba_format)};
      const auto command = format_nvm(3, erase, keep);
      CHECK(command.opcode == 0x80);
      CHECK(command.nsid == 3);
      CHECK((command.cdw[0] >> 9 & 7) == static_cast<unsigned>(erase));
      CHECK((command.cdw[0] >> 9 & 7) != 0);
      CHECK(((command.cdw[0] & 0xF) | (command.cdw[0] >> 12 & 3) << 4) == lba_format);
    }
  }
  const CurrentFormat protection{
      .lba_format = 1, .metadata_inline = true, .protection = 2, .protection_first = true};
  CHECK(format_nvm(1, FormatErase::user_data, protection).cdw[0] == 0x351);
  CHECK(format_nvm(1, FormatErase::user_data, {}).timeout_ms >= 600'000);
}
