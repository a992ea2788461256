#include "tests/integration/drive_order/world.hpp"

#include <filesystem>
#include <stdexcept>

#include "base/encoding.hpp"
#include "proof/documents.hpp"
#include "proof/statement.hpp"
#include "tests/support/loop_fixture.hpp"

namespace quietus::test {
namespace {

constexpr int kMebibytes = 4;

template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(*result);
}

wire::HttpReply reply_of(const Result<Json>& result) {
  const Json json =
      result
          ? *result
          : Json(Json::Object{{"detail", result.error().message},
                              {"type", "urn:quietus:error:" + std::string(to_string(result.error().kind))}});
  return {result ? 200 : 422,
          result ? "application/json" : "application/problem+json",
          to_bytes(json.write()),
          {},
          false};
}

service::UseCase use_case_of(std::string_view verb) {
  if (verb == "reportInventory") return service::report_inventory;
  if (verb == "work") return service::host_work;
  if (verb == "requestMandate") return service::request_mandate;
  if (verb == "reportProgress") return service::report_progress;
  if (verb == "requestSample") return service::request_sample;
  if (verb == "acceptEvidence") return service::accept_evidence;
  return service::report_failure;
}

}  // namespace

KmsDoor::KmsDoor(Appliance& appliance) : appliance_(appliance) {
  server_ =
      must(wire::HttpServer::start({}, [this](const wire::HttpRequest& request) { return answer(request); }));
}

wire::HttpReply KmsDoor::answer(const wire::HttpRequest& request) {
  const auto last = request.target.find_last_of(":/");
  const std::string verb = request.target.substr(last + 1), path = request.target.substr(0, last);
  Json body;
  if (!request.body.empty()) body = must(Json::parse(as_text(request.body)));
  MutexLock lock(mutex_);
  return reply_of(appliance_.as_host(use_case_of(verb), path.substr(path.rfind('/') + 1), std::move(body)));
}

AgentThread::AgentThread(const SigningWorld& world, std::string image_folder,
                         std::shared_ptr<DriveMemory> drive)
    : world_(world), image_folder_(std::move(image_folder)), drive_(std::move(drive)) {
  start();
}

agent::SessionSettings AgentThread::settings() const {
  agent::SessionSettings settings{
      *HostId::parse("host-1"),
      world_.host.certificate,
      world_.host.signer(),
      must(agent::TrustAnchors::of(world_.root.certificate(), world_.service.certificate(),
                                   world_.people.certificate())),
      {{image_folder_}},
      [] { return kNow; },
      [] { return std::int64_t{1'000'000}; }};
  settings.admin_queue = admin_queue_of(drive_);
  settings.patience = {.first_poll_ms = 1, .longest_poll_ms = 5, .log_lag_ms = 200, .silence_ms = 200};
  return settings;
}

void AgentThread::start() {
  stopping_ = false;
  auto server = must(agent::Server::listen({socket(), geteuid(), {{image_folder_}}}));
  auto memory = must(agent::AgentMemory::open(state_.path(), "boot-1"));
  thread_ = std::thread([this, server = std::move(server), memory = std::move(memory)]() mutable {
    agent::Session session(settings(), std::move(memory));
    static_cast<void>(server.serve(session, [this] { return stopping_.load(); }));
  });
}

void AgentThread::stop() {
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
}

DriveOrder::DriveOrder(DriveOptions options, SanitizationMethod least)
    : image(make_image(media, "disk.img", kMebibytes)) {
  options.serial = options.model = "";  // an image has neither, and the two must agree
  drive->options = std::move(options);
  agent = std::make_unique<AgentThread>(appliance.world, media.path(), drive);
  appliance.sample_blocks = 100;
  if (const auto again = appliance.restart(); !again) throw std::runtime_error(again.error().message);
  appliance.device = must(agent::examine(image, {{media.path()}})).identity;
  case_id = appliance.open_case();
  holding = appliance.declare_disk(case_id);
  Json body = Json::Object{{"holdings", Json::Array{holding}},
                           {"least_claim", to_string(least)},
                           {"reason", "the loan book was sold"}};
  const auto proposed =
      must(appliance.ask(service::propose_order, appliance.world.proposer, {{"case", case_id}}, body));
  order = *proposed.find("id")->string();
  appliance.sign_all(case_id, order);
  door = std::make_unique<KmsDoor>(appliance);
  settings.host = *HostId::parse("host-1");
  settings.kms_url = door->url();
  settings.agent_socket = agent->socket();
  settings.state_dir = eraser_state.path();
  settings.poll_ms = 5;
  std::filesystem::create_directories(eraser_state.path() + "/journals");
}

eraser::WorkItem DriveOrder::item() {
  auto client = must(eraser::KmsClient::create(settings));
  const auto work = must(client.work());
  if (work.size() != 1) throw std::runtime_error("kms has no work");
  return work.front();
}

Result<Verdict> DriveOrder::run(const std::function<bool()>& stop) {
  auto client = must(eraser::KmsClient::create(settings));
  return eraser::run_holding(settings, client, item(), stop);
}

void DriveOrder::carry_out() {
  const auto verdict = run();
  if (verdict) return;
  auto client = must(eraser::KmsClient::create(settings));
  static_cast<void>(client.report_failure(*HoldingId::parse(holding), verdict.error().message));
}

std::string DriveOrder::line_state() {
  return appliance.ledger->look([&](const governance::State& state) {
    return std::string(
        to_string(state.find(*OrderId::parse(order))->line(*HoldingId::parse(holding))->state));
  });
}

std::string DriveOrder::line_failure() {
  return appliance.ledger->look([&](const governance::State& state) {
    return state.find(*OrderId::parse(order))->line(*HoldingId::parse(holding))->reason;
  });
}

Result<proof::BundleFiles> DriveOrder::bundle() {
  for (int i = 0; i < 3; ++i) appliance.conductor->round();
  QUIETUS_TRY(shown, appliance.ask(service::holding_bundle, appliance.world.proposer,
                                   {{"case", case_id}, {"holding", holding}}));
  proof::BundleFiles files;
  for (const auto& [name, content] : *shown.find("files")->object()) {
    QUIETUS_TRY(bytes, from_base64(*content.string()));
    files[name] = std::move(bytes);
  }
  return files;
}

proof::VerifyReport DriveOrder::verified(const proof::BundleFiles& files) {
  return proof::verify_bundle(files, proof::Anchor{appliance.world.root.certificate().fingerprint()});
}

bool DriveOrder::erased() const {
  const auto content = must(read_file(image, std::size_t{kMebibytes} << 20));
  return std::ranges::count(content, 0xA5) < static_cast<std::ptrdiff_t>(content.size() / 64);
}

}  // namespace quietus::test
