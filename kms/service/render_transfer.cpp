#include "kms/service/render_transfer.hpp"

#include "base/encoding.hpp"
#include "kms/service/render.hpp"
#include "proof/documents.hpp"

namespace quietus::service {
namespace {

template <class Set>
Json names(const Set& set) {
  Json::Array array;
  for (const auto& one : set) array.emplace_back(to_string(one));
  return array;
}

Json texts(const auto& list) {
  Json::Array array;
  for (const auto& one : list) array.emplace_back(one);
  return array;
}

/// What still has to end before the case can be closed (I9).
Json left_to_end(const governance::State& state, const governance::Case& in) {
  Json::Array left;
  const auto add = [&](const char* kind, const std::string& id, const std::string& title,
                       std::string_view stands) {
    left.emplace_back(Json::Object{{"id", id}, {"kind", kind}, {"state", stands}, {"title", title}});
  };
  for (const auto& id : in.holdings) {
    const auto& holding = *state.find(id);
    if (!governance::is_terminal(holding.state))
      add("holding", id.text(), holding.title, to_string(holding.state));
  }
  for (const auto& id : in.orders) {
    const auto& record = *state.find(id);
    if (record.alive()) add("order", id.text(), record.order.reason, to_string(record.state));
  }
  return left;
}

std::string_view validity(const governance::AttestationRecord& record, UnixMs now) {
  if (record.taken_back && *record.taken_back <= now) return "taken_back";
  if (now < record.attestation.from) return "not_yet";
  return record.attestation.until && *record.attestation.until <= now ? "ended" : "valid";
}

}  // namespace

Json optional_time(const std::optional<UnixMs>& time) { return time ? Json(rfc3339(*time)) : Json(); }

Json render_facts(const governance::CaseFacts& facts) {
  return Json::Object{{"important", facts.important},
                      {"jurisdiction", facts.jurisdiction},
                      {"litigation", facts.litigation},
                      {"subjects", facts.subjects},
                      {"zone_offset_minutes", facts.zone_offset_minutes}};
}

Json render_party(const governance::Party& party) {
  return Json::Object{{"agency", party.agency}, {"aml", party.aml},
                      {"cii", party.cii},       {"foreign", party.foreign},
                      {"id", party.id.text()},  {"licence", party.licence},
                      {"mlps", party.mlps},     {"name", party.name},
                      {"pboc", party.pboc},     {"role", governance::to_string(party.role)}};
}

Json render_placement(const governance::Placement& placement) {
  return Json::Object{{"copy", governance::to_string(placement.copy)},
                      {"custodian", placement.custodian.text()},
                      {"parent", placement.parent.text()}};
}

Json render_classification(const governance::Classification& classification) {
  Json json = Json::Object{{"class", governance::to_string(classification.holding_class)},
                           {"credentials", classification.credentials},
                           {"due", optional_time(classification.due)},
                           {"ended", optional_time(classification.ended)},
                           {"leaves", classification.leaves},
                           {"level", classification.level},
                           {"medium", classification.medium},
                           {"minors", classification.minors},
                           {"sensitive", classification.sensitive},
                           {"subjects", classification.subjects},
                           {"tags", texts(classification.tags)}};
  json["always_encrypted"] =
      classification.always_encrypted ? Json(*classification.always_encrypted) : Json();
  return json;
}

Json render_finding(const governance::Finding& finding, UnixMs now) {
  return Json::Object{{"accepted_until", optional_time(finding.accepted_until)},
                      {"blocks", names(finding.blocks)},
                      {"case", finding.case_id.text()},
                      {"due", rfc3339(finding.due)},
                      {"id", finding.id.text()},
                      {"kind", governance::to_string(finding.kind)},
                      {"level", governance::to_string(finding.level)},
                      {"opened", rfc3339(finding.opened)},
                      {"opened_by", finding.opened_by.text()},
                      {"overdue", finding.stands(now) && finding.due <= now},
                      {"owner", finding.owner.text()},
                      {"settled_by", finding.settled_by.text()},
                      {"stands", finding.stands(now)},
                      {"state", governance::to_string(finding.state)},
                      {"subject", proof::to_json(finding.subject)},
                      {"text", finding.text}};
}

Json render_attestation(const governance::AttestationRecord& record, UnixMs now) {
  const Attestation& said = record.attestation;
  Json::Object fields;
  for (const auto& [name, value] : said.fields) fields.emplace(name, value);
  return Json::Object{{"about", proof::to_json(said.subject)},
                      {"case", said.case_id.text()},
                      {"department", record.signer.department},
                      {"document", hex(said.document)},
                      {"entered", rfc3339(record.entered)},
                      {"fields", std::move(fields)},
                      {"from", rfc3339(said.from)},
                      {"id", said.id.text()},
                      {"kind", said.kind},
                      {"ledger_index", record.ledger_index},
                      {"name", record.signer.name},
                      {"person", record.signer.id.text()},
                      {"taken_back", optional_time(record.taken_back)},
                      {"until", optional_time(said.until)},
                      {"validity", validity(record, now)}};
}

Json render_attestation_kind(std::string_view name, const governance::AttestationKind& kind) {
  using By = governance::AttestationKind::By;
  const char* by = kind.by == By::self ? "self" : kind.by == By::another ? "another" : "anyone";
  return Json::Object{{"about", names(kind.about)},        {"by", by},
                      {"fields", texts(kind.fields)},      {"kind", name},
                      {"longest_days", kind.longest_days}, {"roles", names(kind.roles)}};
}

Json render_whole_case(const governance::State& state, const governance::Case& in, UnixMs now) {
  Json json = render_case(in);
  json["facts"] = in.facts ? render_facts(*in.facts) : Json();
  json["frozen"] = in.frozen;
  json["freeze_reason"] = in.freeze_reason;
  json["frozen_by"] = in.frozen_by.text();
  json["pack_asked"] = Json();
  if (in.pack_asked) {
    json["pack_asked"] = Json::Object{{"asked_by", in.pack_asked->by.text()},
                                      {"digest", hex(in.pack_asked->pack)},
                                      {"name", in.pack_asked->pack_name}};
  }
  Json::Array parties, findings, suspended;
  for (const auto& [id, party] : in.parties) parties.push_back(render_party(party));
  for (const auto& id : in.findings) {
    const auto& finding = *state.find(id);
    if (finding.stands(now)) findings.push_back(render_finding(finding, now));
  }
  for (const auto& [person, suspension] : in.suspended) suspended.emplace_back(person.text());
  Json people = Json::Object{};
  for (const auto& [person, party] : in.people) people[person.text()] = party.text();
  json["parties"] = std::move(parties);
  json["people"] = std::move(people);
  json["suspended"] = std::move(suspended);
  json["findings"] = std::move(findings);
  json["left_to_end"] = left_to_end(state, in);
  return json;
}

}  // namespace quietus::service
