// What a key may be used for is read back from the token, so that a certificate can say which kind of key
// went.
#include <catch2/catch.hpp>

#include "tests/contract/hsm/hsm_under_test.hpp"

namespace quietus::testing {

TEST_CASE("each kind of secret key has its own uses and no others") {
  Hsm& hsm = hsm_under_test(GENERATE(as<std::string>{}, "fake", "softhsm"));
  const HsmKeyUsage none{false, false, false, false, false, false, false};
  HsmKeyUsage cipher = none, wrapping = none, mac = none;
  cipher.encrypt = cipher.decrypt = true;
  wrapping.wrap = wrapping.unwrap = true;
  mac.sign = mac.verify = true;
  CHECK(hsm.attributes(*hsm.generate_device_key("usage-device"))->usage == cipher);
  CHECK(hsm.attributes(*hsm.generate_wrapping_key("usage-wrapping"))->usage == wrapping);
  CHECK(hsm.attributes(*hsm.generate_mac_key("usage-mac"))->usage == mac);
  CHECK_FALSE(hsm.attributes(*hsm.generate_signing_key("usage-pair", EcCurve::p256))->usage);
}

}  // namespace quietus::testing
