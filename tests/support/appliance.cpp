#include "tests/support/appliance.hpp"

#include <stdexcept>

#include "base/crypto.hpp"
#include "base/encoding.hpp"
#include "kms/keys/probe.hpp"
#include "proof/documents.hpp"

namespace quietus::test {
namespace {

using service::Request;

std::string text(const Json& json, std::string_view member) { return *json.find(member)->string(); }

template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(*result);
}
void must(const Status& status) {
  if (!status) throw std::runtime_error(status.error().message);
}

Json strings(const std::vector<std::string>& list) {
  Json::Array array;
  for (const auto& one : list) array.emplace_back(one);
  return array;
}

}  // namespace

Appliance::Appliance(Store& store) : store_(store) {
  device.kind = MediumKind::loop_device;
  device.path = "/dev/loop7";
  device.size_bytes = 1 << 20;
  device.device_number = 1799;
  device.disk_sequence = 42;
  device.backing_device = 65024;
  device.backing_inode = 4711;
  signing_.mandate = signing_key("mandate", EcCurve::p256, proof::Purpose::mandate);
  signing_.certificate = signing_key("certificate", EcCurve::p384, proof::Purpose::certificate);
  signing_.checkpoint = signing_key("checkpoint", EcCurve::p256, proof::Purpose::checkpoint);
  must(restart());
}

service::SigningKey Appliance::signing_key(const char* name, EcCurve curve, proof::Purpose purpose) {
  const HsmKeyRef ref = must(token.generate_signing_key(name, curve));
  const Bytes spki = must(token.public_key(ref));
  const auto certificate = must(
      world.service.issue_signer(spki, std::string("kms ") + name, purpose, lab::valid_for_days(kNow, 365)));
  return {ref, certificate.der(), curve};
}

void Appliance::stop() {
  conductor.reset();
  service.reset();
  key_room.reset();
  ledger.reset();
}

Status Appliance::restart() {
  stop();
  QUIETUS_TRY(remembered, service::remembered_head(hsm));
  Ledger::Settings ledger_settings;
  ledger_settings.clock = [this] { return now; };
  QUIETUS_TRY(opened, Ledger::open(ledger_settings, store_, packs, remembered));
  ledger = std::move(opened);
  key_room = std::make_unique<keys::KeyRoom>(hsm, [this] { return now.now; });
  service::ServiceSettings settings;
  settings.origin = "quietus.test/appliance";
  settings.issuer = "Test appliance";
  settings.laboratory = "laboratory";
  settings.software = "quietus test";
  settings.sample_blocks = sample_blocks;
  settings.hosts.push_back({*HostId::parse("host-1"), world.host.certificate.der()});
  settings.trust = {world.root.certificate().pem(),
                    world.service.certificate().pem(),
                    world.people.certificate().pem(),
                    world.tsa_ca.certificate().pem(),
                    world.tsa.pem(),
                    {},
                    [this] { return world.people.issue_crl(revoked, now.now, 7, 1); },
                    [this] { return world.service.issue_crl({}, now.now, 7, 1); }};
  service = std::make_unique<service::Service>(
      settings, *ledger, store_, hsm, *key_room, signing_, [this] { return now; },
      [this](const keys::ProbeRequest& request) { return keys::probe(hsm, request); },
      [this](BytesView data) -> Result<Bytes> {
        if (time_stamps_away) return fail(ErrorKind::unavailable, "the time-stamp authority is away");
        return world.stamp(data);
      });
  constexpr int kNeverMs = 3600 * 1000;  // rounds are stepped by the test
  conductor = std::make_unique<service::Conductor>(*service, service::Conductor::Settings{kNeverMs, 0, 0, 0});
  return {};
}

Result<service::Reply> Appliance::call(service::UseCase use_case, const Holder& who,
                                       std::map<std::string, std::string, std::less<>> path, Json body) {
  Request request;
  request.caller.person = must(proof::person_from_certificate(who.certificate));
  request.path = std::move(path);
  request.body = std::move(body);
  return use_case(*service, request);
}

Result<Json> Appliance::ask(service::UseCase use_case, const Holder& who,
                            std::map<std::string, std::string, std::less<>> path, Json body,
                            std::map<std::string, std::string, std::less<>> query) {
  Request request;
  request.caller.person = must(proof::person_from_certificate(who.certificate));
  request.path = std::move(path);
  request.query = std::move(query);
  request.body = std::move(body);
  QUIETUS_TRY(reply, use_case(*service, request));
  return reply.json;
}

std::string Appliance::open_case() {
  Json body;
  body["title"] = "Sale of a loan book";
  body["deal"] = "asset";
  body["customer_data"] = true;
  body["roles"]["approver"] = strings({"p-0002", "p-0003"});
  body["roles"]["responsible"] = strings({"p-0004"});
  body["roles"]["witness"] = strings({"p-0005"});
  return text(must(ask(service::open_case, world.proposer, {}, body)), "id");
}

std::string Appliance::declare_disk(const std::string& case_id) {
  service->inventory.replace(*HostId::parse("host-1"), {{device, {}, {}, now.now}});
  Json body;
  body["kind"] = "disk";
  body["title"] = "Old copy";
  body["customer_data"] = true;
  body["device"]["host"] = "host-1";
  body["device"]["path"] = device.path;
  return text(must(ask(service::declare_holding, world.proposer, {{"case", case_id}}, body)), "id");
}

std::string Appliance::seal_records(const std::string& case_id) {
  Json body;
  body["kind"] = "record_set";
  body["title"] = "Loan book";
  body["customer_data"] = true;
  const std::string holding =
      text(must(ask(service::declare_holding, world.proposer, {{"case", case_id}}, body)), "id");
  const auto path = std::map<std::string, std::string, std::less<>>{{"case", case_id}, {"holding", holding}};
  const std::string key =
      text(must(ask(service::create_holding_key, world.proposer, path, Json::Object{})), "key");
  Json release;
  release["context"] = "sealed-1";
  release["count"] = 2;
  must(call(service::generate_data_keys, world.proposer, {{"key", key}}, release));
  Json sealed;
  sealed["sealed_file"] = "sealed-1";
  sealed["digest"] = hex(sha256("sealed file"));
  sealed["size_bytes"] = 4096;
  must(ask(service::record_sealed, world.proposer, path, sealed));
  return holding;
}

Appliance::NewKey Appliance::make_key(const std::string& case_id, const std::string& algorithm) {
  Json body;
  body["kind"] = "record_set";
  body["title"] = "Signer";
  body["customer_data"] = true;
  NewKey made;
  made.holding = text(must(ask(service::declare_holding, world.proposer, {{"case", case_id}}, body)), "id");
  made.key =
      text(must(ask(service::create_holding_key, world.proposer,
                    {{"case", case_id}, {"holding", made.holding}}, Json::Object{{"algorithm", algorithm}})),
           "key");
  return made;
}

std::string Appliance::propose(const std::string& case_id, const std::vector<std::string>& holdings) {
  Json body;
  body["holdings"] = strings(holdings);
  body["reason"] = "the loan book was sold";
  return text(must(ask(service::propose_order, world.proposer, {{"case", case_id}}, body)), "id");
}

SignedStatement Appliance::approval(const Holder& who, const std::string& case_id, const std::string& order,
                                    Role role, ApprovalDecision decision) {
  const auto document = must(call(service::order_document, who, {{"case", case_id}, {"order", order}}));
  Approval said;
  said.order = must(OrderId::parse(order));
  said.order_digest = sha256(*document.octets);
  said.case_id = must(CaseId::parse(case_id));
  said.person = must(PersonId::parse(who.certificate.person_id()));
  said.role = role;
  said.decision = decision;
  said.nonce = random_digest();
  said.not_after = now.now + 3600 * 1000;
  return who.sign(proof::encode(said));
}

Result<Json> Appliance::attest(const Holder& who, const std::string& case_id, const std::string& kind,
                               Subject about, std::map<std::string, std::string> fields,
                               std::optional<UnixMs> until) {
  Attestation said;
  said.id = *AttestationId::parse(random_id("att"));
  said.case_id = *CaseId::parse(case_id);
  said.person = *PersonId::parse(who.certificate.person_id());
  said.kind = kind;
  said.subject = std::move(about);
  said.document = sha256("paper");
  said.from = now.now;
  said.until = until;
  said.fields = std::move(fields);
  said.nonce = random_digest();
  return ask(service::enter_attestation, who, {{"case", case_id}},
             Json::Object{{"statement", proof::to_json(who.sign(proof::encode(said)))}});
}

Result<Json> Appliance::sign(const Holder& who, const std::string& case_id, const std::string& order,
                             Role role) {
  Json body;
  body["statement"] = proof::to_json(approval(who, case_id, order, role));
  return ask(service::approve_order, who, {{"case", case_id}, {"order", order}}, body);
}

void Appliance::sign_all(const std::string& case_id, const std::string& order) {
  must(sign(world.proposer, case_id, order, Role::proposer));
  must(sign(world.approver_1, case_id, order, Role::approver));
  must(sign(world.approver_2, case_id, order, Role::approver));
  must(sign(world.responsible, case_id, order, Role::responsible));
  must(sign(world.witness, case_id, order, Role::witness));
}

Result<Json> Appliance::as_host(service::UseCase use_case, const std::string& holding, Json body) {
  Request request;
  request.caller.host = *HostId::parse("host-1");
  request.path = {{"host", "host-1"}, {"holding", holding}};
  request.body = std::move(body);
  QUIETUS_TRY(reply, use_case(*service, request));
  return reply.json;
}

SignedStatement Appliance::facts(const std::string&) {
  Facts facts;
  facts.host = *HostId::parse("host-1");
  facts.boot_id = "boot-1";
  facts.nonce = random_digest();
  facts.identity = device;
  return world.host.sign(proof::encode(facts));
}

SignedStatement Appliance::evidence(const SignedStatement& mandate, const SignedStatement& sample,
                                    const Json& report, Verdict verdict) {
  Evidence evidence;
  evidence.host = *HostId::parse("host-1");
  evidence.boot_id = "boot-1";
  evidence.mandate_digest = proof::statement_digest(mandate);
  evidence.sample_digest = proof::statement_digest(sample);
  evidence.eraser_report_digest = sha256(report.write());
  evidence.sample_nonce = random_digest();
  evidence.identity = device;
  evidence.verdict = verdict;
  evidence.bytes_overwritten = device.size_bytes;
  evidence.blocks_read = evidence.blocks_matching = 18;
  evidence.blocks_digest = sha256("blocks");
  evidence.commands = {"pread"};
  evidence.areas_not_covered = {"other hosts that share the storage"};
  evidence.started = now.now;
  evidence.finished = now.now + 1000;
  if (verdict != Verdict::verified) {
    evidence.blocks_matching = 3;
    evidence.failure = "blocks differ from the plan";
  }
  return world.host.sign(proof::encode(evidence));
}

Status Appliance::carry_out(const std::string& holding, const Medium& medium) {
  Plan plan;
  plan.technique_id = "overwrite-zeros";
  plan.claim = SanitizationMethod::clear;
  plan.clause = "NIST SP 800-88r2 §3.1.1";
  plan.length_bytes = device.size_bytes;
  plan.areas_not_covered = {"other hosts that share the storage"};
  Json ask_mandate;
  ask_mandate["facts"] = proof::to_json(facts(holding));
  ask_mandate["plan"] = proof::to_json(plan);
  QUIETUS_TRY(mandated, as_host(service::request_mandate, holding, ask_mandate));
  QUIETUS_TRY(mandate, proof::statement_from_json(*mandated.find("mandate")));
  QUIETUS_TRY(read, proof::decode_mandate(mandate.payload));

  EraserReport report;
  report.order = read.order;
  report.holding = read.holding;
  report.mandate_digest = proof::statement_digest(mandate);
  report.bytes_overwritten = device.size_bytes;
  report.tool = "quietus-eraser test";
  report.io_mode = "fake";
  report.started = now.now;
  report.finished = now.now + 500;
  Json ask_sample;
  ask_sample["report"] = proof::to_json(report);
  QUIETUS_TRY(sampled, as_host(service::request_sample, holding, ask_sample));
  QUIETUS_TRY(sample, proof::statement_from_json(*sampled.find("sample")));
  Json give;
  give["evidence"] = proof::to_json(evidence(mandate, sample, proof::to_json(report), medium.verdict()));
  QUIETUS_CHECK(as_host(service::accept_evidence, holding, give));
  return {};
}

}  // namespace quietus::test
