#include <fcntl.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>

#include "base/json.hpp"
#include "eraser/verify/fd_block_device.hpp"
#include "firmware-agent/socket/requests.hpp"
#include "quietus/agent_link.hpp"
#include "tests/support/agent_process.hpp"

using namespace quietus;
using namespace quietus::agent;
using test::AgentProcess;
using test::AgentWorld;

namespace {

Frame frame(AgentRequest request, std::vector<Bytes> fields = {}) {
  return {static_cast<std::uint8_t>(request), std::move(fields)};
}

void append(std::vector<Bytes>& fields, const SignedStatement& statement) {
  fields.insert(fields.end(), {statement.payload, statement.certificate, statement.signature});
}

/// A peer that speaks frames.
struct Peer {
  explicit Peer(const AgentProcess& process) : connection(connect_unix(process.socket()).value()) {}

  Result<Frame> ask(const Frame& question, std::optional<Fd>* lent = nullptr) {
    if (auto sent = send_frame(connection.get(), question); !sent) return std::unexpected(sent.error());
    return receive_frame(connection.get(), lent);
  }
  Frame done(const Frame& question, std::optional<Fd>* lent = nullptr) {
    auto answer = ask(question, lent);
    REQUIRE(answer);
    if (answer->type != 0) FAIL(as_text(answer->fields[1]));
    return *answer;
  }
  std::string refused(const Frame& question) {
    auto answer = ask(question);
    REQUIRE(answer);
    REQUIRE(answer->type == 1);
    REQUIRE(answer->fields.size() == 3);
    return std::string(as_text(answer->fields[0]));
  }
  SignedStatement open(const std::string& path) {
    const auto answer = done(frame(AgentRequest::open, {to_bytes(path)}));
    REQUIRE(answer.fields.size() == 3);
    return {answer.fields[0], answer.fields[1], answer.fields[2]};
  }
  void mandate(const MandatePackage& package) {
    std::vector<Bytes> fields;
    append(fields, package.mandate);
    fields.push_back(package.order);
    for (const auto& approval : package.approvals) append(fields, approval);
    done(frame(AgentRequest::mandate, std::move(fields)));
  }
  Frame sample(const SignedStatement& mandate) {
    std::vector<Bytes> fields;
    append(fields, AgentWorld::sample_for(mandate));
    fields.emplace_back(32, 8);
    fields.push_back({0, 0, 0, 0, 0, 0x10, 0, 0});
    return frame(AgentRequest::sample, std::move(fields));
  }
  /// open .. lend; what the eraser then holds.
  std::pair<SignedStatement, Fd> lend(const AgentWorld& around) {
    const auto package = around.package(open(around.image));
    mandate(package);
    std::optional<Fd> lent;
    done(frame(AgentRequest::lend), &lent);
    REQUIRE(lent);
    return {package.mandate, std::move(*lent)};
  }

  Fd connection;
};

Evidence evidence_in(const Frame& answer) {
  REQUIRE(answer.fields.size() == 3);
  const SignedStatement statement{answer.fields[0], answer.fields[1], answer.fields[2]};
  REQUIRE(proof::verify_signature(statement));
  return proof::decode_evidence(statement.payload).value();
}

}  // namespace

TEST_CASE("an eraser that writes nothing to the descriptor it was passed gets evidence of failure") {
  AgentWorld around;
  const AgentProcess process(around);
  Peer peer(process);
  auto [mandate, writer] = peer.lend(around);
  writer.reset();
  const auto evidence = evidence_in(peer.done(peer.sample(mandate)));
  CHECK(evidence.verdict == Verdict::failed);
}

TEST_CASE("list, open, mandate, lend, overwrite, sample over the socket end in verified evidence") {
  AgentWorld around;
  const AgentProcess process(around);
  Peer peer(process);
  const auto list = Json::parse(as_text(peer.done(frame(AgentRequest::list)).fields.at(0))).value();
  REQUIRE(list.array() != nullptr);
  const auto& ours = list.array()->back();
  CHECK(*ours.find("identity")->find("path")->string() == around.image);
  CHECK(ours.find("guard")->array()->empty());

  auto [mandate, writer] = peer.lend(around);
  CHECK((fcntl(writer.get(), F_GETFL) & O_ACCMODE) == O_WRONLY);
  {
    auto device = eraser::FdBlockDevice::adopt(std::move(writer)).value();
    REQUIRE(device->write(0, Bytes(1 << 20)));
  }
  const auto evidence = evidence_in(peer.done(peer.sample(mandate)));
  CHECK(evidence.verdict == Verdict::verified);
  CHECK(evidence.bytes_overwritten == 1 << 20);
  CHECK(evidence.eraser_report_digest.value[0] == 8);
}

TEST_CASE("no evidence while the eraser still has the medium open") {
  AgentWorld around;
  const AgentProcess process(around);
  Peer peer(process);
  auto [mandate, writer] = peer.lend(around);
  CHECK(peer.refused(peer.sample(mandate)) == "conflict");
  writer.reset();
  peer.done(peer.sample(mandate));
}

TEST_CASE("when the eraser goes, its medium is released") {
  AgentWorld around;
  const AgentProcess process(around);
  {
    Peer peer(process);
    const auto [mandate, writer] = peer.lend(around);
  }
  Peer next(process);
  next.open(around.image);
}

TEST_CASE("release lets go of the medium on the same connection") {
  AgentWorld around;
  const AgentProcess process(around);
  Peer peer(process);
  peer.open(around.image);
  CHECK(peer.refused(frame(AgentRequest::open, {to_bytes(around.image)})) == "conflict");
  peer.done(frame(AgentRequest::release));
  peer.open(around.image);
}

TEST_CASE("a user who is not the eraser's gets no answer at all") {
  AgentWorld around;
  const AgentProcess process(around, geteuid() + 1);
  if (geteuid() == 0) REQUIRE(chown(process.socket().c_str(), 0, static_cast<gid_t>(-1)) == 0);
  Peer peer(process);
  CHECK_FALSE(peer.ask(frame(AgentRequest::list)));
}

TEST_CASE(
    "requests with wrong fields, of an unknown kind or out of turn are refused, and the connection goes on") {
  AgentWorld around;
  const AgentProcess process(around);
  Peer peer(process);
  CHECK(peer.refused(frame(AgentRequest::open)) == "invalid_input");
  CHECK(peer.refused(frame(AgentRequest::open, {Bytes(5000, 'a')})) == "invalid_input");
  CHECK(peer.refused(frame(AgentRequest::mandate, {Bytes(1), Bytes(1)})) == "invalid_input");
  CHECK(peer.refused(frame(AgentRequest::mandate, std::vector<Bytes>(5, Bytes(1)))) == "invalid_input");
  CHECK(peer.refused(frame(AgentRequest::sample, std::vector<Bytes>(5, Bytes(1)))) == "invalid_input");
  CHECK(peer.refused(frame(AgentRequest::lend, {Bytes(1)})) == "invalid_input");
  CHECK(peer.refused(frame(AgentRequest::lend)) == "conflict");
  CHECK(peer.refused({99, {}}) == "invalid_input");
  CHECK(peer.refused(frame(AgentRequest::open, {to_bytes("/etc/passwd")})) == "denied");
  peer.done(frame(AgentRequest::list));
}

TEST_CASE("bytes that are no frame end the connection and nothing else") {
  AgentWorld around;
  const AgentProcess process(around);
  {
    const Peer garbage(process);
    const std::string noise(4096, '\xff');
    REQUIRE(write(garbage.connection.get(), noise.data(), noise.size()) > 0);
  }
  Peer peer(process);
  peer.done(frame(AgentRequest::list));
}
