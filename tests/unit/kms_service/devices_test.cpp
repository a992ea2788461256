// What hosts report of their media, and what people see of it.
#include <catch2/catch.hpp>

#include "proof/documents.hpp"
#include "tests/support/appliance.hpp"
#include "tests/support/fake_store.hpp"

namespace quietus::test {
namespace {

using namespace quietus::service;

Json device(const std::string& path, const std::vector<std::string>& can) {
  DeviceIdentity identity;
  identity.path = path;
  identity.size_bytes = 1 << 30;
  Json one = Json::Object{{"guard", Json::Array{}}, {"identity", proof::to_json(identity)}};
  if (!can.empty()) one["can"] = Json::Array(can.begin(), can.end());
  return one;
}

}  // namespace

TEST_CASE(
    "people see by which commands of its own a medium can be erased, and of others that there is none") {
  FakeStore store;
  Appliance appliance(store);
  const Json report =
      Json::Object{{"devices", Json::Array{device("/dev/nvme0n1", {"sanitize-block", "format-crypto"}),
                                           device("/dev/sda", {})}}};
  REQUIRE(appliance.as_host(report_inventory, "none", report));
  const auto shown = appliance.ask(list_devices, appliance.world.proposer, {});
  REQUIRE(shown);
  const auto& devices = *shown->find("devices")->array();
  REQUIRE(devices.size() == 2);
  CHECK(devices[0].find("can")->write() == R"(["sanitize-block","format-crypto"])");
  CHECK(devices[1].find("can")->array()->empty());
}

TEST_CASE("a report with more commands than a drive has, or with one that is no text, is refused whole") {
  FakeStore store;
  Appliance appliance(store);
  const auto refused = [&](Json one) {
    return !appliance.as_host(report_inventory, "none",
                              Json::Object{{"devices", Json::Array{std::move(one)}}});
  };
  CHECK(refused(device("/dev/nvme0n1", std::vector<std::string>(17, "sanitize-block"))));
  Json odd = device("/dev/nvme0n1", {});
  odd["can"] = Json::Array{7};
  CHECK(refused(odd));
  const auto shown = appliance.ask(list_devices, appliance.world.proposer, {});
  CHECK(shown->find("devices")->array()->empty());
}

}  // namespace quietus::test
