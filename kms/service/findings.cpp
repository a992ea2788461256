// Use cases: what is wrong or risky, who settles it, and opening in an emergency.
#include "base/crypto.hpp"
#include "base/encoding.hpp"
#include "kms/service/answers.hpp"
#include "kms/service/asking.hpp"
#include "kms/service/render_transfer.hpp"
#include "proof/documents.hpp"

namespace quietus::service {
namespace {

constexpr std::size_t kMaxBlockedVerbs = 32;

Result<governance::OpenFinding> read_finding(const Request& request, const PersonId& caller) {
  governance::OpenFinding read;
  ObjectReader reader(request.body, "the request");
  read.kind = reader.parsed<governance::FindingKind>(reader.text("kind", 32), &governance::finding_kind_from);
  read.level =
      reader.parsed<governance::FindingLevel>(reader.text("level", 32), &governance::finding_level_from);
  const Json& subject = reader.member("subject");
  read.text = reader.text("text", 1000);
  read.owner = read_optional_id<PersonId>(reader, "owner");
  read.due = read_time(reader, "due");
  if (reader.optional_member("blocks") != nullptr) {
    for (const auto& verb : reader.texts("blocks", kMaxBlockedVerbs))
      read.blocks.insert(reader.parsed<Verb>(verb, &verb_from));
  }
  QUIETUS_CHECK(reader.finish());
  QUIETUS_TRY(about, proof::subject_from_json(subject));
  read.subject = std::move(about);
  if (read.owner.empty()) read.owner = caller;
  return read;
}

Json render_glass(const governance::Event& event) {
  Json json;
  if (const auto* broken = std::get_if<governance::GlassBroken>(&event.body)) {
    json["holding"] = broken->holding.text();
    json["person"] = broken->person.text();
    json["until"] = rfc3339(broken->until);
  } else if (const auto* asked_for = std::get_if<governance::GlassAsked>(&event.body)) {
    json["holding"] = asked_for->holding.text();
    json["person"] = governance::to_string(event.actor);
    json["until"] = Json();
  }
  return json;
}

}  // namespace

Result<Reply> open_finding(Service& service, const Request& request) {
  QUIETUS_TRY(person, require_person(request));
  QUIETUS_TRY(in, case_of(service, request));
  QUIETUS_TRY(command, read_finding(request, person.id));
  QUIETUS_TRY(id, FindingId::parse(random_id("finding")));
  command.finding = id;
  command.case_id = in.id;
  QUIETUS_CHECK(service.ledger.commit_or_deny({person, command}));
  return answer_with_finding(service, id, 201);
}

Result<Reply> list_findings(Service& service, const Request& request) {
  QUIETUS_TRY(in, case_of(service, request));
  const std::string state_asked = asked(request, "state");
  const UnixMs now = service.clock().now;
  Json::Array findings;
  service.ledger.look([&](const governance::State& state) {
    for (const auto& id : state.find(in.id)->findings) {
      const auto& finding = *state.find(id);
      if (state_asked.empty() || state_asked == governance::to_string(finding.state))
        findings.push_back(render_finding(finding, now));
    }
  });
  Reply reply;
  reply.json["findings"] = std::move(findings);
  return reply;
}

Result<Reply> settle_finding(Service& service, const Request& request) {
  QUIETUS_TRY(person, require_person(request));
  QUIETUS_TRY(finding, finding_of(service, request));
  governance::SettleFinding command;
  command.finding = finding.id;
  ObjectReader reader(request.body, "the request");
  command.step =
      reader.parsed<governance::FindingStep>(reader.text("step", 16), &governance::finding_step_from);
  command.reason = reader.text("reason", 1024);
  command.until = read_optional_time(reader, "until");
  QUIETUS_CHECK(reader.finish());
  QUIETUS_CHECK(service.ledger.commit_or_deny({person, command}));
  return answer_with_finding(service, finding.id);
}

Result<Reply> break_glass(Service& service, const Request& request) {
  QUIETUS_TRY(person, require_person(request));
  QUIETUS_TRY(holding, holding_of(service, request));
  QUIETUS_TRY(reason, reason_of(request));
  QUIETUS_TRY(finding, FindingId::parse(random_id("finding")));
  const governance::BreakGlass command{holding.case_id, holding.id, reason, finding};
  QUIETUS_TRY(committed, service.ledger.commit_or_deny({person, command}));
  Reply reply;
  for (const auto& event : committed.decision.events) {
    if (Json shown = render_glass(event); !shown.is_null()) reply.json = std::move(shown);
  }
  const bool opened =
      service.ledger.look([&](const governance::State& state) { return state.find(finding) != nullptr; });
  reply.json["finding"] = opened ? finding.text() : std::string();
  return reply;
}

}  // namespace quietus::service
