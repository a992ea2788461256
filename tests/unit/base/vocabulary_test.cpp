#include <catch2/catch.hpp>
#include <set>

#include "quietus/media.hpp"
#include "quietus/order.hpp"
#include "quietus/permit.hpp"

using namespace quietus;

namespace {

/// Every enumerator up to `last` has a name of its own that leads back to it; no other text leads anywhere.
template <class Enum>
void round_trips(Enum last, Result<Enum> (*from)(std::string_view)) {
  std::set<std::string_view> names;
  for (int value = 0; value <= static_cast<int>(last); ++value) {
    const std::string_view name = to_string(static_cast<Enum>(value));
    CAPTURE(std::string(name));
    CHECK_FALSE(name.empty());
    CHECK(names.insert(name).second);
    REQUIRE(from(name).has_value());
    CHECK(from(name).value() == static_cast<Enum>(value));
    CHECK_FALSE(from(std::string(name) + " ").has_value());
  }
  CHECK(to_string(static_cast<Enum>(static_cast<int>(last) + 1)).empty());
  CHECK(from("").error().kind == ErrorKind::invalid_input);
  CHECK_FALSE(from("Unknown").has_value());
}

DeviceIdentity a_disk() {
  return {.kind = MediumKind::block_device,
          .path = "/dev/sdb",
          .size_bytes = 1 << 30,
          .logical_block_bytes = 512,
          .model = "M",
          .serial = "S",
          .wwn = "W",
          .firmware = "F",
          .device_number = 2065,
          .disk_sequence = 7,
          .backing_device = 3,
          .backing_inode = 4,
          .backing_path = "/srv/disk"};
}

}  // namespace

TEST_CASE("every name of a closed list leads back to its enumerator") {
  round_trips(Verb::break_glass, &verb_from);
  round_trips(MediumKind::disk_image, &medium_kind_from);
  round_trips(SanitizationMethod::destroy, &sanitization_method_from);
  round_trips(OverwritePattern::none, &overwrite_pattern_from);
  round_trips(Verdict::failed, &verdict_from);
  round_trips(HoldingKind::disk, &holding_kind_from);
  round_trips(Role::auditor, &role_from);
  round_trips(OrderAct::open, &order_act_from);
}

TEST_CASE("the spelling that is part of the API stays") {
  CHECK(to_string(ErrorKind::invalid_input) == "invalid_input");
  CHECK(to_string(ErrorKind::verification_failed) == "verification_failed");
  CHECK(to_string(ErrorKind::internal) == "internal");
  CHECK(to_string(Role::operator_) == "operator");
  CHECK_FALSE(role_from("operator_").has_value());
  CHECK(to_string(Verb::release_data_key) == "release_data_key");
  CHECK(to_string(Verdict::not_verified) == "not_verified");
}

TEST_CASE("every kind of error has a name of its own") {
  std::set<std::string_view> names;
  for (int kind = 0; kind <= static_cast<int>(ErrorKind::internal); ++kind) {
    CHECK(names.insert(to_string(static_cast<ErrorKind>(kind))).second);
  }
  CHECK_FALSE(names.contains(""));
}

TEST_CASE("a medium stays the same under another name and after a reboot") {
  DeviceIdentity later = a_disk();
  later.path = "/dev/sdc";
  later.backing_path = "/mnt/disk";
  later.device_number = 2081;
  later.disk_sequence = 1;
  CHECK(same_medium(a_disk(), later));
}

TEST_CASE("a medium is another one when any stable fact differs") {
  const auto differs = [](auto member, auto value) {
    DeviceIdentity other = a_disk();
    other.*member = value;
    return !same_medium(a_disk(), other) && !same_medium(other, a_disk());
  };
  CHECK(differs(&DeviceIdentity::kind, MediumKind::loop_device));
  CHECK(differs(&DeviceIdentity::size_bytes, std::uint64_t{1}));
  CHECK(differs(&DeviceIdentity::logical_block_bytes, std::uint32_t{4096}));
  CHECK(differs(&DeviceIdentity::model, ""));
  CHECK(differs(&DeviceIdentity::serial, "T"));
  CHECK(differs(&DeviceIdentity::wwn, ""));
  CHECK(differs(&DeviceIdentity::firmware, "G"));
  CHECK(differs(&DeviceIdentity::backing_device, std::uint64_t{9}));
  CHECK(differs(&DeviceIdentity::backing_inode, std::uint64_t{9}));
}
