#include <catch2/catch.hpp>

#include "firmware-agent/nvme/capability.hpp"
#include "firmware-agent/nvme/logs.hpp"
#include "firmware-agent/nvme/status.hpp"
#include "tests/support/nvme_drive/fake_drive.hpp"

using namespace quietus;
using namespace quietus::nvme;
using test::FakeDrive;

namespace {

std::vector<std::string> against(test::DriveOptions options, const SanitizeRequest& request = {}) {
  FakeDrive drive(std::move(options));
  return reasons_against(ask_facts(drive, 1).value(), request);
}

std::vector<std::string> against_format(test::DriveOptions options, FormatErase erase) {
  FakeDrive drive(std::move(options));
  return reasons_against(ask_facts(drive, 1).value(), erase);
}

}  // namespace

TEST_CASE("a drive's own words about itself are read") {
  FakeDrive drive;
  const auto facts = ask_facts(drive, 1).value();
  CHECK(facts.controller.serial == "QT0001");
  CHECK(facts.controller.model == "Quietus model drive");
  CHECK(facts.controller.firmware == "1.0");
  CHECK(facts.controller.version == 0x10400);
  CHECK(facts.controller.namespaces == 16);
  CHECK(facts.controller.can_crypto_erase);
  CHECK(facts.controller.can_format);
  CHECK(facts.space.size_blocks == 2048);
  CHECK(facts.space.block_bytes == 512);
  CHECK(facts.space.nguid == "51756965747573005154303030310000");
  CHECK(facts.space.eui64.empty());
  CHECK(facts.active == std::vector<std::uint32_t>{1});
  CHECK(capabilities(facts.controller) == std::vector<std::string>{"sanitize-crypto", "sanitize-block",
                                                                   "sanitize-overwrite", "format-crypto",
                                                                   "format-user-data"});
}

TEST_CASE("text from a drive is printable ASCII") {
  Bytes bytes(4096);
  const std::string serial =
      "  A\x01\xff"
      "B  ";
  std::copy(serial.begin(), serial.end(), bytes.begin() + 4);
  CHECK(decode_controller(bytes).value().serial == "A??B");
}

TEST_CASE("answers of another length, and namespaces that cannot be, are refused") {
  CHECK_FALSE(decode_controller(Bytes(4095)));
  CHECK_FALSE(decode_namespace(Bytes(4097)));
  CHECK_FALSE(decode_sanitize_log(Bytes(511)));
  CHECK_FALSE(decode_health_log(Bytes{}));
  Bytes space(4096);
  CHECK_FALSE(decode_namespace(space));  // blocks of 2^0 bytes
  space[130] = 9;
  CHECK(decode_namespace(space));
  space[26] = 1;  // in LBA format 1 of one
  CHECK_FALSE(decode_namespace(space));
  space[26] = 0;
  space[7] = 0x80;  // 2^63 blocks
  CHECK_FALSE(decode_namespace(space));
}

TEST_CASE("a list of namespaces ends at the first zero and is in order") {
  Bytes list(4096);
  list[0] = 1;
  list[4] = 5;
  CHECK(decode_namespace_list(list).value() == std::vector<std::uint32_t>{1, 5});
  list[8] = 5;
  CHECK_FALSE(decode_namespace_list(list));
  CHECK(decode_namespace_list(Bytes(4096, 0)).value().empty());
}

TEST_CASE("the sanitize log says progress, state, passes, word and estimates") {
  Bytes log(512);
  log[0] = 0x8F;
  log[1] = 0x02;
  log[2] = 0x1A;  // running, 3 passes done
  log[3] = 0x01;  // nothing written since
  log[4] = 0x33;
  log[8] = 60;
  for (std::size_t i = 12; i < 20; ++i) log[i] = 0xFF;
  const auto read = decode_sanitize_log(log).value();
  CHECK(read.progress == 655);
  CHECK(read.state == SanitizeState::running);
  CHECK(read.passes_done == 3);
  CHECK(read.nothing_written_since);
  CHECK(read.word == 0x33);
  CHECK(read.overwrite_s == 60U);
  CHECK_FALSE(read.block_erase_s);
  CHECK_FALSE(read.crypto_erase_s);
}

TEST_CASE("only five states are known, every other value is unknown") {
  const std::array expected{SanitizeState::never,
                            SanitizeState::success,
                            SanitizeState::running,
                            SanitizeState::failed,
                            SanitizeState::success_deallocated,
                            SanitizeState::unknown,
                            SanitizeState::unknown,
                            SanitizeState::unknown};
  for (std::size_t value = 0; value < expected.size(); ++value) {
    Bytes log(512);
    log[2] = static_cast<std::uint8_t>(value);
    CHECK(decode_sanitize_log(log).value().state == expected[value]);
  }
}

TEST_CASE("a sanitize is refused for what the drive cannot do or who else would be hit") {
  CHECK(against({}).empty());
  CHECK(against({.sanicap = 2}).size() == 1);
  CHECK(against({.sanicap = 2}, {.action = SanitizeAction::block_erase}).empty());
  CHECK(against({.sanicap = 3}, {.action = SanitizeAction::overwrite}).size() == 1);
  CHECK(against({.other_namespaces = {2, 3}}).size() == 2);
  CHECK(against({.nmic = 1}).size() == 1);
  CHECK(against({.cmic = 2, .nmic = 1}).size() == 2);
  CHECK(against({}, {.failure = FailureMode::unrestricted}).size() == 1);
}

TEST_CASE("a format is refused without the capability, and beside a namespace only when it hits both") {
  CHECK(against_format({}, FormatErase::user_data).empty());
  CHECK(against_format({.fna = 0}, FormatErase::cryptographic).size() == 1);
  CHECK(against_format({.oacs = 0}, FormatErase::user_data).size() == 1);
  CHECK(against_format({.other_namespaces = {2}}, FormatErase::user_data).empty());
  CHECK(against_format({.fna = 2, .other_namespaces = {2}}, FormatErase::user_data).size() == 1);
}

TEST_CASE("a status is named, and a failed path is not the drive's word") {
  CHECK(status_text({0, 0x401D}) == "Sanitize In Progress (001dh)");
  CHECK(status_text({0, 0x1FE}) == "status (01feh)");
  CHECK(is_path_failure({0, 0x4370}));
  CHECK(is_path_failure({0, 0x371}));
  CHECK_FALSE(is_path_failure({0, 0x1D}));
  CHECK(says_sanitize_in_progress({0, 0x401D}));
}
