// A destruction may be kept by one version of kms and ended by the next: its bytes are fixed.
#include "kms/keys/destruction_state.hpp"

#include <catch2/catch.hpp>

#include "base/crypto.hpp"

namespace quietus::keys {

namespace {

DestructionState state() {
  DestructionState state;
  state.step = DestructionStep::shown_gone;
  state.key.id = *KeyId::parse("records-1");
  state.key.ref.cka_id.fill(0x5a);
  state.created = {1'000};
  state.destroyed = {2'000};
  state.hsm = {"SoftHSM project", "SoftHSM v2", "0123456789abcdef",     "2.6", "libsofthsm2.so",
               "quietus",         "softhsm2",   "its file is unlinked", false};
  state.attributes_before = {true, true, false, true, true, false, false, true, 31, 32, "records-1"};
  state.samples = {state.key.ref, to_bytes("target"), {}, to_bytes("canary"), KeyKind::cipher};
  state.samples.canary.cka_id.fill(0x5b);
  state.before = {5, 1, 1, sha256("others")};
  state.after = {4, 0, 1, sha256("others")};
  state.shown = {false, false, true, true};
  state.token_synced = true;
  return state;
}

constexpr std::string_view kKept =
    R"({"after":{"canaries":1,"objects":4,"others":"01db91d06032cc64162c16f8e35725b0e632beebdde8b)"
    R"(2c2459979d04fb1e20c","targets":0},"attributes_before":{"always_sensitive":true,"copyable":)"
    R"(false,"extractable":false,"key_type":31,"label":"records-1","local":true,"modifiable":fals)"
    R"(e,"never_extractable":true,"sensitive":true,"token":true,"value_length_bytes":32},"before")"
    R"(:{"canaries":1,"objects":5,"others":"01db91d06032cc64162c16f8e35725b0e632beebdde8b2c245997)"
    R"(9d04fb1e20c","targets":1},"created":1000,"destroyed":2000,"hsm":{"destroy_meaning":"its fi)"
    R"(le is unlinked","firmware":"2.6","library":"libsofthsm2.so","manufacturer":"SoftHSM projec)"
    R"(t","model":"SoftHSM v2","profile":"softhsm2","serial":"0123456789abcdef","token_label":"qu)"
    R"(ietus","validated_module":false},"key":"records-1","ref":"5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a)"
    R"(","samples":{"canary":"5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b","canary_sample":"Y2FuYXJ5","kind")"
    R"(:"cipher","target":"5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a","target_sample":"dGFyZ2V0"},"shown":)"
    R"({"canary_found":true,"canary_sample_opens":true,"target_found":false,"target_sample_opens")"
    R"(:false},"step":"shown_gone","token_synced":true})";

}  // namespace

TEST_CASE("the bytes of a destruction that is under way are fixed") {
  CHECK(to_json(state()).write() == kKept);
  const auto read = destruction_state_from(*Json::parse_canonical(kKept));
  REQUIRE(read);
  CHECK(to_json(*read).write() == kKept);
}

}  // namespace quietus::keys
