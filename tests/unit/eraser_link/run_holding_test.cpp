// The eraser's whole path against a real agent process and a kms that is played over real HTTP.
#include <fcntl.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <thread>

#include "base/encoding.hpp"
#include "base/mutex.hpp"
#include "eraser/link/holding_run.hpp"
#include "eraser/link/work_loop.hpp"
#include "eraser/run/journal.hpp"
#include "firmware-agent/guard/guarded_medium.hpp"
#include "tests/support/agent_process.hpp"
#include "wire/server.hpp"

using namespace quietus;
using namespace quietus::eraser;
using test::AgentProcess;
using test::AgentWorld;

namespace {

constexpr int kMebibytes = 16;

/// Old data in every block of an image.
void spoil(const std::string& image) {
  std::fstream file(image, std::ios::in | std::ios::out | std::ios::binary);
  for (int i = 0; i < kMebibytes << 8; ++i) file.seekp(i << 12).write("old", 3);
}

/// Plays kms for one holding. Handlers run on the server's threads.
class FakeKms {
 public:
  explicit FakeKms(AgentWorld& around) : around_(around) {
    identity_ = agent::examine(around.image, {{around.media.path()}}).value().identity;
    server_ = wire::HttpServer::start({}, [this](const wire::HttpRequest& request) {
                return answer(request);
              }).value();
  }

  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(server_->port()); }

  std::atomic<int> away = 0;           ///< so many requests are answered 503
  std::atomic<bool> denies = false;    ///< mandates are denied
  std::atomic<bool> witnessed = true;  ///< or every run is told to stop
  std::atomic<bool> ordered = true;    ///< or no order is open for the holding
  std::atomic<bool> spoils = false;    ///< somebody writes to the image before it is read back
  SanitizationMethod least_claim = SanitizationMethod::clear;

  // What was said to it.
  [[nodiscard]] bool closed() QUIETUS_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return closed_;
  }
  [[nodiscard]] std::string failure() QUIETUS_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return failure_;
  }
  [[nodiscard]] std::vector<Plan> plans() QUIETUS_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return plans_;
  }
  [[nodiscard]] Evidence evidence() QUIETUS_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return evidence_.value();
  }
  [[nodiscard]] EraserReport report() QUIETUS_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return report_.value();
  }
  [[nodiscard]] int calls(const std::string& verb) QUIETUS_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return calls_[verb];
  }
  [[nodiscard]] WorkItem item() const {
    WorkItem item{*CaseId::parse("C-1"), *OrderId::parse("O-1"), *HoldingId::parse("H-1"), {}};
    item.line = around_.order_for(identity_).lines[0];
    item.line.least_claim = least_claim;
    return item;
  }

 private:
  static wire::HttpReply json_reply(int status, const Json& json) {
    return {status,
            status < 300 ? "application/json" : "application/problem+json",
            to_bytes(json.write()),
            {},
            false};
  }

  wire::HttpReply answer(const wire::HttpRequest& request) QUIETUS_EXCLUDES(mutex_) {
    if (away > 0) {
      --away;
      return json_reply(503, Json::Object{{"title", "away"}});
    }
    const auto verb = request.target.substr(request.target.find_last_of(":/") + 1);
    const auto body = request.body.empty() ? Json{} : Json::parse(as_text(request.body)).value();
    MutexLock lock(mutex_);
    ++calls_[verb];
    if (verb == "work") return json_reply(200, work());
    if (verb == "reportProgress" && !ordered) return json_reply(404, Json::Object{{"title", "no order"}});
    if (verb == "reportProgress")
      return json_reply(200, Json::Object{{"goes_on", witnessed.load()}, {"noted", true}});
    if (verb == "requestMandate") return mandate(body);
    if (verb == "requestSample") {
      if (spoils) spoil(around_.image);
      report_ = proof::eraser_report_from_json(*body.find("report")).value();
      return json_reply(200, Json::Object{{"sample", proof::to_json(AgentWorld::sample_for(mandate_))}});
    }
    if (verb == "acceptEvidence") {
      const auto statement = proof::statement_from_json(*body.find("evidence")).value();
      evidence_ = proof::decode_evidence(statement.payload).value();
      closed_ = true;
      return json_reply(200, Json::Object{{"verdict", to_string(evidence_->verdict)}});
    }
    if (verb == "reportFailure") {
      failure_ = *body.find("reason")->string();
      closed_ = true;
    }
    return json_reply(200, Json::Object{{"noted", true}});
  }

  Json work() const QUIETUS_REQUIRES(mutex_) {
    Json::Array list;
    const auto one = item();
    if (!closed_) {
      list.emplace_back(Json::Object{{"case", "C-1"},
                                     {"order", "O-1"},
                                     {"holding", "H-1"},
                                     {"state", "pending"},
                                     {"line", proof::to_json(one.line)}});
    }
    return Json::Object{{"work", list}};
  }

  wire::HttpReply mandate(const Json& body) QUIETUS_REQUIRES(mutex_) {
    if (denies)
      return json_reply(403, Json::Object{{"title", "frozen"}, {"type", "urn:quietus:error:denied"}});
    const auto facts = proof::statement_from_json(*body.find("facts")).value();
    const auto plan = proof::plan_from_json(*body.find("plan")).value();
    plans_.push_back(plan);
    const auto package = around_.package(facts, {.order = [&](Order& o) { o.lines[0].device = identity_; },
                                                 .mandate = [&](Mandate& m) { m.plan = plan; }});
    mandate_ = package.mandate;
    Json::Array approvals;
    for (const auto& approval : package.approvals) approvals.push_back(proof::to_json(approval));
    return json_reply(200, Json::Object{{"mandate", proof::to_json(package.mandate)},
                                        {"order", base64(package.order)},
                                        {"approvals", approvals}});
  }

  AgentWorld& around_;
  DeviceIdentity identity_;
  mutable Mutex mutex_;
  bool closed_ QUIETUS_GUARDED_BY(mutex_) = false;
  std::string failure_ QUIETUS_GUARDED_BY(mutex_);
  std::vector<Plan> plans_ QUIETUS_GUARDED_BY(mutex_);
  std::optional<Evidence> evidence_ QUIETUS_GUARDED_BY(mutex_);
  std::optional<EraserReport> report_ QUIETUS_GUARDED_BY(mutex_);
  std::map<std::string, int> calls_ QUIETUS_GUARDED_BY(mutex_);
  SignedStatement mandate_ QUIETUS_GUARDED_BY(mutex_);
  std::unique_ptr<wire::HttpServer> server_;  // last: its threads end first
};

/// Agent, kms and eraser settings around one image.
struct Scene {
  explicit Scene(OverwritePattern pattern = OverwritePattern::stream) {
    settings.host = *HostId::parse("host-1");
    settings.kms_url = kms.url();
    settings.agent_socket = agent.socket();
    settings.state_dir = state.path();
    settings.pattern = pattern;
    settings.poll_ms = 10;
    std::filesystem::create_directories(state.path() + "/journals");
  }

  Result<Verdict> run(const std::function<bool()>& stop = [] { return false; }) {
    auto client = KmsClient::create(settings).value();
    return run_holding(settings, client, kms.item(), stop);
  }
  /// The daemon's loop until kms has nothing more to do for it, or for `seconds`.
  void loop(int seconds = 30) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
    REQUIRE(work_until(settings, [&] { return kms.closed() || std::chrono::steady_clock::now() > end; }));
  }
  [[nodiscard]] std::string journal() const { return state.path() + "/journals/O-1.H-1.json"; }

  AgentWorld around{kMebibytes};
  test::TemporaryFolder state;
  AgentProcess agent{around};  // forked before there are threads
  FakeKms kms{around};
  EraserSettings settings;
};

/// A stop hook that does something when the overwrite has written so many mebibytes.
std::function<bool()> at_chunk(int chunk, std::function<bool()> act) {
  return
      [chunk, act = std::move(act), seen = std::make_shared<int>(0)] { return (*seen)++ == chunk && act(); };
}

}  // namespace

TEST_CASE("an order is carried out from facts to accepted evidence, for both patterns") {
  for (const auto pattern : {OverwritePattern::zeros, OverwritePattern::stream}) {
    Scene scene(pattern);
    scene.loop();
    CHECK(scene.kms.evidence().verdict == Verdict::verified);
    CHECK(scene.kms.evidence().bytes_overwritten == std::uint64_t{kMebibytes} << 20);
    CHECK(scene.kms.evidence().eraser_report_digest == sha256(proof::encode(scene.kms.report())));
    CHECK(scene.kms.plans().at(0).pattern == pattern);
    CHECK(scene.kms.calls("reportInventory") >= 1);
    CHECK(scene.kms.calls("reportProgress") >= 1);
    CHECK_FALSE(std::filesystem::exists(scene.journal()));
  }
}

TEST_CASE("an eraser that stops in the middle continues there, under a fresh mandate for the same plan") {
  Scene scene;
  const auto stopped = scene.run(at_chunk(5, [] { return true; }));
  REQUIRE_FALSE(stopped);
  CHECK(stopped.error().kind == ErrorKind::unavailable);
  REQUIRE(scene.run());
  CHECK(scene.kms.report().resumed_from == std::uint64_t{5} << 20);
  const auto plans = scene.kms.plans();
  REQUIRE(plans.size() == 2);
  CHECK(plans[0] == plans[1]);
  CHECK(plans[0].stream_seed != Digest{});
  CHECK(scene.kms.evidence().verdict == Verdict::verified);
}

TEST_CASE("an agent that dies in the middle stops the overwrite, and the run continues with the next one") {
  Scene scene;
  const auto interrupted = scene.run(at_chunk(3, [&] {
    scene.agent.kill();
    return false;
  }));
  REQUIRE_FALSE(interrupted);
  CHECK(interrupted.error().kind == ErrorKind::unavailable);
  CHECK(load_journal(scene.journal()).value()->done_bytes == std::uint64_t{3} << 20);
  CHECK(scene.run().error().kind == ErrorKind::unavailable);  // nobody there
  scene.agent.start();
  REQUIRE(scene.run());
  CHECK(scene.kms.report().resumed_from == std::uint64_t{3} << 20);
  CHECK(scene.kms.evidence().verdict == Verdict::verified);
}

TEST_CASE(
    "a run whose witness left, or whose order is over, stops at its next report and goes on when it may") {
  for (const bool left : {true, false}) {
    Scene scene;
    int asked = 0;
    (left ? scene.kms.witnessed : scene.kms.ordered) = false;
    const auto stopped = scene.run([&] {  // a slow medium: the report is answered while it is written
      if (++asked > 2) std::this_thread::sleep_for(std::chrono::milliseconds(200));
      return false;
    });
    REQUIRE_FALSE(stopped);
    CHECK(stopped.error().kind == ErrorKind::unavailable);
    CHECK(scene.kms.calls("requestSample") == 0);
    const auto done = load_journal(scene.journal()).value()->done_bytes;
    CHECK(done < std::uint64_t{kMebibytes} << 20);
    scene.kms.witnessed = scene.kms.ordered = true;
    REQUIRE(scene.run());
    CHECK(scene.kms.report().resumed_from == done);
    CHECK(scene.kms.plans().size() == 2);
    CHECK(scene.kms.evidence().verdict == Verdict::verified);
  }
}

TEST_CASE("a kms that is away for a while delays and loses nothing") {
  Scene scene;
  scene.kms.away = 12;
  scene.loop();
  CHECK(scene.kms.evidence().verdict == Verdict::verified);
  CHECK(scene.kms.failure().empty());
}

TEST_CASE("a kms that goes away while the medium is overwritten still gets report and evidence") {
  Scene scene;
  REQUIRE(scene.run(at_chunk(2, [&] {
    scene.kms.away = 5;
    return false;
  })));
  CHECK(scene.kms.calls("requestMandate") == 1);
  CHECK(scene.kms.evidence().verdict == Verdict::verified);
}

TEST_CASE("a denied mandate is no failure of the medium, and is asked for again") {
  Scene scene;
  scene.kms.denies = true;
  const auto denied = scene.run();
  REQUIRE_FALSE(denied);
  CHECK(denied.error().kind == ErrorKind::unavailable);
  scene.kms.denies = false;
  scene.loop();
  CHECK(scene.kms.failure().empty());
  CHECK(scene.kms.evidence().verdict == Verdict::verified);
}

TEST_CASE("a medium that stays in use is reported as failed, with the guard's reason") {
  Scene scene;
  const Fd other(open(scene.around.image.c_str(), O_RDONLY | O_CLOEXEC));
  scene.loop();
  CHECK(scene.kms.failure().find("has it open") != std::string::npos);
  CHECK(scene.kms.calls("requestMandate") == 0);
}

TEST_CASE(
    "an order that asks for more than the medium can give is reported as failed, with the plan's reason") {
  Scene scene;
  scene.kms.least_claim = SanitizationMethod::purge;
  scene.loop();
  CHECK(scene.kms.failure().find("demands purge") != std::string::npos);
  CHECK(read_file(scene.around.image, 1 << 30).value()[0] == 0xA5);
}

TEST_CASE("evidence of failure is handed over as what it is") {
  Scene scene;
  scene.kms.spoils = true;
  CHECK(scene.run().value() == Verdict::failed);
  CHECK(scene.kms.evidence().verdict == Verdict::failed);
}

TEST_CASE("an unreadable journal is started over, not trusted") {
  Scene scene;
  scene.state.file("journals/O-1.H-1.json", as_bytes("{\"done_bytes\":999999"));
  REQUIRE(scene.run());
  CHECK(scene.kms.report().resumed_from == 0);
  CHECK(scene.kms.evidence().verdict == Verdict::verified);
}
