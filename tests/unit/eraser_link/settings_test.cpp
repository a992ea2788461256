#include "eraser/link/settings.hpp"

#include <catch2/catch.hpp>

#include "tests/support/signing_world.hpp"

using namespace quietus;
using namespace quietus::eraser;

namespace {
const std::string kGood =
    R"({"agent_socket":"../run/agent.sock","ca":"root.pem","certificate":"client.pem","host":"host-1",)"
    R"("key":"client.key","kms_url":"https://127.0.0.1:8443","pattern":"zeros","state_dir":"state"})";
}  // namespace

TEST_CASE("an eraser's configuration is read with absolute paths and a default pace") {
  const test::TemporaryFolder folder;
  const auto settings = load_eraser_settings(folder.file("eraser/eraser.json", as_bytes(kGood))).value();
  CHECK(settings.pattern == OverwritePattern::zeros);
  CHECK(settings.poll_ms == 500);
  CHECK_FALSE(settings.read_back);
  CHECK(settings.most_bytes_per_s == 0);
  CHECK(settings.drive_commands == DriveCommands::when_demanded);
  auto preferring = kGood;
  preferring.insert(1, R"("drive_commands":"preferred",)");
  CHECK(load_eraser_settings(folder.file("eraser.json", as_bytes(preferring))).value().drive_commands ==
        DriveCommands::preferred);
  CHECK(settings.agent_socket == folder.path() + "/run/agent.sock");
  CHECK(settings.ca == folder.path() + "/eraser/root.pem");
}

TEST_CASE("an eraser's configuration with an unknown pattern or a missing member is refused") {
  const test::TemporaryFolder folder;
  const auto refused = [&](const std::string& from, const std::string& to) {
    auto text = kGood;
    text.replace(text.find(from), from.size(), to);
    return !load_eraser_settings(folder.file("eraser.json", as_bytes(text)));
  };
  CHECK(refused("zeros", "ones"));
  CHECK(refused("zeros", "none"));
  CHECK(refused(R"("pattern":"zeros")", R"("drive_commands":"sometimes","pattern":"zeros")"));
  CHECK(refused(R"("ca":"root.pem",)", ""));
  CHECK(refused(R"("host":"host-1",)", R"("host":"",)"));
}
