// The ledger's head as witnesses are shown it.
#include <catch2/catch.hpp>

#include "base/encoding.hpp"
#include "proof/checkpoint.hpp"
#include "proof/merkle.hpp"
#include "tests/support/appliance.hpp"
#include "tests/support/fake_store.hpp"

namespace quietus::test {
namespace {

struct Head {
  proof::Checkpoint checkpoint;
  std::vector<Digest> consistency;
};

Result<Head> head_of(Appliance& appliance, const std::string& from) {
  service::Request request;
  request.caller.person = proof::person_from_certificate(appliance.world.proposer.certificate).value();
  if (!from.empty()) request.query["from"] = from;
  QUIETUS_TRY(reply, service::show_checkpoint(*appliance.service, request));
  const auto key = proof::parse_log_key(*reply.json.find("key")->string()).value();
  Head head{proof::verify_checkpoint(*reply.json.find("note")->string(), key.spki_der).value(), {}};
  const Json* hashes = reply.json.find("consistency");
  if (hashes == nullptr) return head;
  for (const auto& one : *hashes->array())
    head.consistency.push_back(digest_from_base64(*one.string()).value());
  return head;
}

}  // namespace

TEST_CASE("a checkpoint comes with the proof that it contains an older one, and with no other") {
  FakeStore store;
  Appliance appliance(store);
  appliance.open_case();
  const Head older = head_of(appliance, "").value();
  for (int i = 0; i < 5; ++i) appliance.open_case();
  const Head newer = head_of(appliance, std::to_string(older.checkpoint.size)).value();
  REQUIRE(newer.checkpoint.size > older.checkpoint.size);
  const auto contains = [&](const Digest& root) {
    return proof::verify_consistency(older.checkpoint.size, root, newer.checkpoint.size,
                                     newer.checkpoint.root, newer.consistency);
  };
  CHECK(contains(older.checkpoint.root));
  CHECK_FALSE(contains(newer.checkpoint.root));
}

TEST_CASE("an older size that is beyond the ledger, or no number, is refused") {
  FakeStore store;
  Appliance appliance(store);
  appliance.open_case();
  const auto size = head_of(appliance, "").value().checkpoint.size;
  CHECK(head_of(appliance, std::to_string(size)).value().consistency.empty());
  CHECK(head_of(appliance, std::to_string(size + 1)).error().kind == ErrorKind::conflict);
  for (const char* odd : {"-1", "1x", "99999999999999999999"})
    CHECK(head_of(appliance, odd).error().kind == ErrorKind::invalid_input);
}

}  // namespace quietus::test
