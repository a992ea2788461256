#include "firmware-agent/evidence/session.hpp"

#include <catch2/catch.hpp>
#include <filesystem>

#include "base/encoding.hpp"
#include "eraser/run/run.hpp"
#include "eraser/verify/fd_block_device.hpp"
#include "tests/support/agent_world.hpp"

using namespace quietus;
using namespace quietus::agent;
using test::AgentWorld;

namespace {

namespace fs = std::filesystem;

enum class Eraser { honest, lying, forgetful };

/// Plays the eraser on a lent descriptor: writes zeros, or nothing, or all but one block.
void play(Eraser eraser, Fd writer, std::uint64_t size) {
  auto device = eraser::FdBlockDevice::adopt(std::move(writer)).value();
  if (eraser == Eraser::lying) return;
  const Bytes zeros(4096);
  for (std::uint64_t at = 0; at < size; at += zeros.size()) {
    if (eraser == Eraser::forgetful && at == 100 * 4096) continue;
    REQUIRE(device->write(at, zeros));
  }
  REQUIRE(device->flush());
}

EraserWord word_of(std::uint64_t bytes) {
  EraserWord word;
  word.report_digest.value.fill(8);
  word.bytes_overwritten = bytes;
  return word;
}

/// open .. lend; the writer is what the eraser gets.
struct Lent {
  SignedStatement facts, mandate;
  Fd writer;
};
Lent lend(AgentWorld& around, Session& session) {
  Lent lent;
  lent.facts = session.open(around.image).value();
  const auto package = around.package(lent.facts);
  lent.mandate = package.mandate;
  REQUIRE(session.accept_mandate(package));
  lent.writer = session.lend().value();
  return lent;
}

Evidence evidence_after(Eraser eraser) {
  AgentWorld around;
  auto session = around.session();
  auto lent = lend(around, session);
  play(eraser, std::move(lent.writer), 1 << 20);
  const auto statement =
      session.give_evidence(AgentWorld::sample_for(lent.mandate), word_of(1 << 20)).value();
  CHECK(session.state() == State::idle);
  CHECK(proof::verify_signature(statement));
  CHECK(statement.certificate == AgentWorld::world().host.certificate.der());
  return proof::decode_evidence(statement.payload).value();
}

}  // namespace

TEST_CASE("an eraser that writes nothing and reports success gets signed evidence of failure") {
  const auto evidence = evidence_after(Eraser::lying);
  CHECK(evidence.verdict == Verdict::failed);
  CHECK(evidence.blocks_matching == 0);
  CHECK(evidence.blocks_read == 256);
  CHECK_FALSE(evidence.failure.empty());
}

TEST_CASE("one block left out is failure") {
  const auto evidence = evidence_after(Eraser::forgetful);
  CHECK(evidence.verdict == Verdict::failed);
  CHECK(evidence.blocks_matching == 255);
}

TEST_CASE(
    "a medium that was overwritten gets evidence that it was, with every command and what is not covered") {
  const auto evidence = evidence_after(Eraser::honest);
  CHECK(evidence.verdict == Verdict::verified);
  CHECK(evidence.failure.empty());
  CHECK(evidence.blocks_read == 256);
  CHECK(evidence.blocks_matching == 256);
  CHECK(evidence.read_errors == 0);
  CHECK(evidence.blocks_digest == sha256(Bytes(1 << 20)));
  CHECK(evidence.bytes_overwritten == 1 << 20);
  CHECK(evidence.areas_not_covered == std::vector<std::string>{"copies on other hosts"});
  CHECK(evidence.host.text() == "host-1");
  const auto has = [&](std::string_view words) {
    for (const auto& command : evidence.commands) {
      if (command.find(words) != std::string::npos) return true;
    }
    return false;
  };
  CHECK(has("O_RDWR"));
  CHECK(has("O_WRONLY"));
  CHECK(has("fsync"));
  CHECK(has("256 read, 256 as planned"));
}

TEST_CASE("facts name the medium, this host, this boot and a nonce that is never the same") {
  AgentWorld around;
  auto session = around.session();
  const auto first = proof::decode_facts(session.open(around.image).value().payload).value();
  session.release();
  const auto second = proof::decode_facts(session.open(around.image).value().payload).value();
  CHECK(first.identity == second.identity);
  CHECK(first.host.text() == "host-1");
  CHECK(first.boot_id == "boot-1");
  CHECK(first.nonce != second.nonce);
  CHECK(first.nonce != Digest{});
}

TEST_CASE("each state permits what the table says and refuses the rest without changing anything") {
  AgentWorld around;
  auto session = around.session();
  const MandatePackage nothing;
  const auto conflict = [](const auto& result) {
    return !result && result.error().kind == ErrorKind::conflict;
  };
  const auto sample = AgentWorld::sample_for({});

  CHECK(conflict(session.accept_mandate(nothing)));
  CHECK(conflict(session.lend()));
  CHECK(conflict(session.give_evidence(sample, {})));
  CHECK(session.state() == State::idle);

  const auto facts = session.open(around.image).value();
  CHECK(conflict(session.open(around.image)));
  CHECK(conflict(session.lend()));
  CHECK(conflict(session.give_evidence(sample, {})));
  CHECK(session.state() == State::opened);

  const auto package = around.package(facts);
  REQUIRE(session.accept_mandate(package));
  CHECK(conflict(session.open(around.image)));
  CHECK(conflict(session.accept_mandate(package)));
  CHECK(conflict(session.give_evidence(sample, {})));
  CHECK(session.state() == State::mandated);

  REQUIRE(session.lend());
  CHECK(conflict(session.open(around.image)));
  CHECK(conflict(session.accept_mandate(package)));
  CHECK(conflict(session.lend()));
  CHECK(session.state() == State::lent);

  session.release();
  CHECK(session.state() == State::idle);
  CHECK(session.medium_identity() == nullptr);
}

TEST_CASE("a refused mandate leaves the medium opened and untouched") {
  AgentWorld around;
  auto session = around.session();
  const auto facts = session.open(around.image).value();
  CHECK_FALSE(
      session.accept_mandate(around.package(facts, {.votes = [](auto& votes) { votes.pop_back(); }})));
  CHECK(session.state() == State::opened);
  CHECK_FALSE(fs::exists(around.state.path() + "/checkpoint.json"));
  CHECK(fs::is_empty(around.state.path() + "/nonces"));
  CHECK(session.accept_mandate(around.package(facts)));
}

TEST_CASE("the nonce is on disk before the descriptor is lent, and a mandate cannot be played again") {
  AgentWorld around;
  auto session = around.session();
  const auto facts = session.open(around.image).value();
  const auto nonce = proof::decode_facts(facts.payload).value().nonce;
  const auto package = around.package(facts);
  REQUIRE(session.accept_mandate(package));
  CHECK(fs::exists(around.state.path() + "/nonces/" + hex(nonce)));
  session.release();

  REQUIRE(session.open(around.image));
  CHECK(session.accept_mandate(package).error().kind == ErrorKind::conflict);

  // A new process, and a state folder restored to before the nonce was consumed.
  session.release();
  fs::remove_all(around.state.path() + "/nonces");
  auto restarted = around.session();
  REQUIRE(restarted.open(around.image));
  CHECK(restarted.accept_mandate(package).error().kind == ErrorKind::conflict);
}

TEST_CASE("a mandate runs out between its acceptance and the lending") {
  AgentWorld around;
  auto session = around.session();
  REQUIRE(session.accept_mandate(around.package(session.open(around.image).value())));
  around.boot_ms += 60'001;
  CHECK(session.lend().error().kind == ErrorKind::timed_out);
}

TEST_CASE("no mandate lends a medium for longer than a day, whatever validity it gives itself") {
  AgentWorld around;
  auto session = around.session();
  const auto facts = session.open(around.image).value();
  REQUIRE(session.accept_mandate(
      around.package(facts, {.mandate = [](Mandate& m) { m.valid_for_ms = std::uint64_t{1} << 52; }})));
  around.boot_ms += kLongestValidityMs + 1;
  CHECK(session.lend().error().kind == ErrorKind::timed_out);
}

TEST_CASE("the wall clock set back does not lengthen a mandate") {
  AgentWorld around;
  auto session = around.session();
  const auto facts = session.open(around.image).value();
  around.boot_ms += 60'001;
  around.now = around.now + -60'001;
  CHECK(session.accept_mandate(around.package(facts)).error().kind == ErrorKind::timed_out);
}

TEST_CASE("a medium that changes between facts, mandate and lending is refused at the next step") {
  AgentWorld around;
  auto session = around.session();
  const auto facts = session.open(around.image).value();
  fs::resize_file(around.image, 4096);
  CHECK(session.accept_mandate(around.package(facts)).error().kind == ErrorKind::conflict);
  fs::resize_file(around.image, 1 << 20);
  REQUIRE(session.accept_mandate(around.package(facts)));
  fs::resize_file(around.image, 4096);
  CHECK(session.lend().error().kind == ErrorKind::conflict);
  CHECK(session.state() == State::mandated);
}

TEST_CASE("a medium that shrinks while it is lent gets evidence of failure") {
  AgentWorld around;
  auto session = around.session();
  auto lent = lend(around, session);
  play(Eraser::honest, std::move(lent.writer), 1 << 20);
  fs::resize_file(around.image, 512 << 10);
  const auto statement =
      session.give_evidence(AgentWorld::sample_for(lent.mandate), word_of(1 << 20)).value();
  CHECK(proof::decode_evidence(statement.payload).value().verdict == Verdict::failed);
}

TEST_CASE(
    "a sample that is not kms's, or not about this mandate, or too small, is refused and the medium stays "
    "lent") {
  AgentWorld around;
  auto session = around.session();
  auto lent = lend(around, session);
  play(Eraser::honest, std::move(lent.writer), 1 << 20);
  const auto refused = [&](const SignedStatement& sample) {
    return !session.give_evidence(sample, {}) && session.state() == State::lent;
  };
  const auto good = AgentWorld::sample_for(lent.mandate);
  auto altered = good;
  altered.payload[altered.payload.size() / 2] ^= 1;
  CHECK(refused(altered));
  CHECK(refused(AgentWorld::world().certificate.sign(good.payload)));
  CHECK(refused(AgentWorld::world().approver_1.sign(good.payload)));
  CHECK(refused(AgentWorld::sample_for(lent.facts)));
  CHECK(refused(lent.mandate));
  CHECK(refused(AgentWorld::sample_for(lent.mandate, [](Sample& s) { s.count = 0; })));
  CHECK(refused(AgentWorld::sample_for(lent.mandate, [](Sample& s) { s.seed = {}; })));
  CHECK(refused(AgentWorld::sample_for(lent.mandate, [](Sample& s) { s.block_bytes = 1000; })));
  CHECK(refused(AgentWorld::sample_for(lent.mandate, [](Sample& s) { s.order = *OrderId::parse("O-2"); })));
  CHECK(
      refused(AgentWorld::sample_for(lent.mandate, [](Sample& s) { s.holding = *HoldingId::parse("H-2"); })));
  CHECK(session.give_evidence(good, {}));
}

TEST_CASE("the newest checkpoint survives a restart, and an older one is refused") {
  AgentWorld around;
  {
    auto session = around.session();
    REQUIRE(session.accept_mandate(around.package(session.open(around.image).value())));
  }
  auto session = around.session();
  const auto statement = session.open(around.image).value();
  const auto facts = proof::decode_facts(statement.payload).value();
  CHECK(facts.remembered_tree_size == 10);
  CHECK(facts.remembered_tree_root.value[0] == 10);
  const auto older = around.package(statement, {.mandate = [](Mandate& m) { m.tree_size = 9; }});
  CHECK(session.accept_mandate(older).error().kind == ErrorKind::conflict);
  CHECK(session.accept_mandate(around.package(statement)));
}

TEST_CASE("a remembered checkpoint that cannot be read stops the agent") {
  const AgentWorld around;
  around.state.file("checkpoint.json", as_bytes("{\"size\":1}"));
  const auto memory = AgentMemory::open(around.state.path(), "boot-1");
  REQUIRE_FALSE(memory);
  CHECK(memory.error().kind == ErrorKind::corrupt);
}

TEST_CASE("nonces of this boot stay consumed, those of earlier boots are forgotten") {
  const test::TemporaryFolder folder;
  Digest nonce;
  nonce.value.fill(4);
  {
    auto memory = AgentMemory::open(folder.path(), "boot-1").value();
    REQUIRE(memory.consume_nonce(nonce));
    CHECK(memory.consume_nonce(nonce).error().kind == ErrorKind::conflict);
  }
  CHECK_FALSE(AgentMemory::open(folder.path(), "boot-1").value().consume_nonce(nonce));
  CHECK(AgentMemory::open(folder.path(), "boot-2").value().consume_nonce(nonce));
}

TEST_CASE("a state folder that cannot be written lets no mandate pass") {
  AgentWorld around;
  auto session = around.session();
  const auto facts = session.open(around.image).value();
  fs::remove_all(around.state.path());
  CHECK_FALSE(session.accept_mandate(around.package(facts)));
  CHECK(session.state() == State::opened);
}

TEST_CASE("a real loop device, overwritten by the eraser with a key stream, is verified") {
  if (!test::loops_work("a real loop device is verified")) return;
  AgentWorld around(4);
  const test::LoopDevice loop(around.image);
  auto session = around.session();
  const auto facts_statement = session.open(loop.path()).value();
  const auto facts = proof::decode_facts(facts_statement.payload).value();
  const auto package = around.package(facts_statement, {.mandate = [](Mandate& m) {
                                        m.plan.pattern = OverwritePattern::stream;
                                        m.plan.technique_id = "overwrite-stream";
                                        m.plan.stream_seed.value.fill(42);
                                      }});
  const auto mandate = proof::decode_mandate(package.mandate.payload).value();
  REQUIRE(session.accept_mandate(package));
  Digest report_digest;
  {
    auto device = eraser::FdBlockDevice::adopt(session.lend().value()).value();
    const eraser::RunRequest request{mandate.order,
                                     mandate.holding,
                                     facts.identity,
                                     mandate.plan,
                                     proof::statement_digest(package.mandate),
                                     around.state.path() + "/journal.json",
                                     "test",
                                     device->io_mode()};
    const auto report = eraser::run_plan(*device, request, {});
    REQUIRE(report);
    report_digest = sha256(proof::encode(*report));
  }
  const auto evidence = proof::decode_evidence(session
                                                   .give_evidence(AgentWorld::sample_for(package.mandate),
                                                                  {report_digest, facts.identity.size_bytes})
                                                   .value()
                                                   .payload)
                            .value();
  CHECK(evidence.verdict == Verdict::verified);
  CHECK(evidence.identity == facts.identity);
  CHECK(evidence.eraser_report_digest == report_digest);
  CHECK(evidence.blocks_read == 302);
}
