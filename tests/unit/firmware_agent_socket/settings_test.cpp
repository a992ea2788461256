#include "firmware-agent/socket/settings.hpp"

#include <catch2/catch.hpp>

#include "tests/support/signing_world.hpp"

using namespace quietus;
using namespace quietus::agent;

namespace {
const std::string kGood =
    R"({"certificate":"host.pem","eraser_uid":65534,"host":"host-1","image_dirs":["../media/"],"key":"host.key",)"
    R"("people_ca":"p.pem","root":"/etc/root.pem","service_ca":"s.pem","socket":"../run/agent.sock","state_dir":"state"})";
}  // namespace

TEST_CASE("paths of the configuration become absolute, from the file's own folder") {
  const test::TemporaryFolder folder;
  const auto settings = load_agent_settings(folder.file("agent/agent.json", as_bytes(kGood))).value();
  CHECK(settings.host.text() == "host-1");
  CHECK(settings.eraser_uid == 65534);
  CHECK(settings.key == folder.path() + "/agent/host.key");
  CHECK(settings.socket == folder.path() + "/run/agent.sock");
  CHECK(settings.root == "/etc/root.pem");
  CHECK(settings.image_dirs == std::vector<std::string>{folder.path() + "/media/"});
}

TEST_CASE("a configuration with an unknown, a missing or a senseless member is refused") {
  const test::TemporaryFolder folder;
  const auto refused = [&](const std::string& from, const std::string& to) {
    auto text = kGood;
    text.replace(text.find(from), from.size(), to);
    return !load_agent_settings(folder.file("agent.json", as_bytes(text)));
  };
  CHECK(refused(R"("host":"host-1",)", ""));
  CHECK(refused(R"("host":"host-1",)", R"("host":"../x",)"));
  CHECK(refused(R"("host":"host-1",)", R"("host":"host-1","trust_everybody":true,)"));
  CHECK(refused("65534", "-1"));
  CHECK_FALSE(load_agent_settings(folder.path() + "/none.json"));
}
