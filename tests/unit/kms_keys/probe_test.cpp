#include <catch2/catch.hpp>

#include "kms/keys/canary.hpp"
#include "kms/keys/probe.hpp"
#include "tests/support/fake_hsm.hpp"
#include "tests/support/fault_hsm.hpp"

namespace quietus::keys {

namespace {

struct Pair {
  testing::FakeHsm hsm;
  ProbeRequest request;
  explicit Pair(KeyKind kind = KeyKind::cipher) {
    request.kind = kind;
    request.target = *generate_key(hsm, kind, "target");
    request.canary = *generate_key(hsm, kind, "canary-target");
    request.target_sample = *make_sample(hsm, request.target, kind);
    request.canary_sample = *make_sample(hsm, request.canary, kind);
  }
};

KeyKind any_kind() {
  return GENERATE(KeyKind::cipher, KeyKind::wrapping, KeyKind::mac, KeyKind::signing_p256,
                  KeyKind::signing_p384);
}

}  // namespace

TEST_CASE("a probe tells a living key from a destroyed one") {
  Pair p(any_kind());
  CHECK(*probe(p.hsm, p.request) == ProbeResult{true, true, true, true});
  CHECK_FALSE(shows_gone(*probe(p.hsm, p.request)));
  REQUIRE(p.hsm.destroy(p.request.target));
  CHECK(*probe(p.hsm, p.request) == ProbeResult{false, false, true, true});
  CHECK(shows_gone(*probe(p.hsm, p.request)));
  REQUIRE(p.hsm.destroy(p.request.canary));
  CHECK(*probe(p.hsm, p.request) == ProbeResult{false, false, false, false});
  CHECK_FALSE(shows_gone(*probe(p.hsm, p.request)));
}

TEST_CASE("only one of sixteen answers shows a key gone") {
  int good = 0;
  for (int bits = 0; bits < 16; ++bits)
    good += shows_gone({(bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0});
  CHECK(good == 1);
  CHECK(shows_gone({false, false, true, true}));
  CHECK_FALSE(shows_gone(ProbeResult{}));
}

TEST_CASE("a key under the target's id that cannot open the sample is still a key that answers") {
  Pair p(GENERATE(KeyKind::cipher, KeyKind::mac, KeyKind::signing_p256, KeyKind::signing_p384));
  p.request.target_sample.back() ^= 1;
  CHECK(probe(p.hsm, p.request).error().kind == ErrorKind::verification_failed);
}

TEST_CASE("whichever call of a probe fails, there is no answer") {
  Pair p(any_kind());
  REQUIRE(p.hsm.destroy(p.request.target));
  testing::FaultHsm hsm(p.hsm);
  REQUIRE(probe(hsm, p.request));
  const auto calls = hsm.calls();
  for (std::uint64_t call = 1; call <= calls; ++call) {
    CAPTURE(call);
    hsm.fail_at(call, testing::FaultHsm::When::after);
    CHECK(probe(hsm, p.request).error().kind == ErrorKind::unavailable);
  }
}

TEST_CASE("a probe's request and result survive their JSON, and nothing less is taken for an answer") {
  Pair p(any_kind());
  const auto request = probe_request_from(*Json::parse_canonical(to_json(p.request).write()));
  REQUIRE(request);
  CHECK(request->target == p.request.target);
  CHECK(request->canary == p.request.canary);
  CHECK(request->target_sample == p.request.target_sample);
  CHECK(request->kind == p.request.kind);
  CHECK(request->canary_sample == p.request.canary_sample);
  const ProbeResult gone{false, false, true, true};
  const Json json = to_json(gone);
  CHECK(*probe_result_from(json) == gone);
  for (const auto& [member, value] : *json.object()) {
    Json::Object without = *json.object();
    without.erase(member);
    CHECK_FALSE(probe_result_from(without));
  }
  CHECK_FALSE(probe_result_from(Json::Object{}));
}

}  // namespace quietus::keys
