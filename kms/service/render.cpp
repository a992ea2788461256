#include "kms/service/render.hpp"

#include "base/encoding.hpp"
#include "governance/quorum.hpp"
#include "kms/service/render_transfer.hpp"
#include "proof/documents.hpp"

namespace quietus::service {
namespace {

template <class List>
Json ids(const List& list) {
  Json::Array array;
  for (const auto& id : list) array.emplace_back(id.text());
  return array;
}

Json render_signature(const governance::Signature& signature) {
  Json json;
  json["person"] = signature.person.id.text();
  json["name"] = signature.person.name;
  json["department"] = signature.person.department;
  json["role"] = to_string(signature.role);
  json["decision"] = proof::to_string(signature.decision);
  json["at"] = rfc3339(signature.at);
  return json;
}

}  // namespace

Json render_case(const governance::Case& in) {
  Json json;
  json["id"] = in.id.text();
  json["title"] = in.title;
  json["deal"] = in.deal;
  json["customer_data"] = in.customer_data;
  json["phase"] = governance::to_string(in.phase);
  json["roles"] = Json::Object{};
  for (const auto& [role, people] : in.roles) json["roles"][to_string(role)] = ids(people);
  json["rule_pack"]["name"] = in.pack_name;
  json["rule_pack"]["digest"] = hex(in.pack);
  json["holdings"] = ids(in.holdings);
  json["orders"] = ids(in.orders);
  return json;
}

Json render_releases(const governance::Holding& holding) {
  Json::Array releases;
  for (const auto& release : holding.releases) {
    Json json;
    json["at"] = rfc3339(release.at);
    json["to"] = release.to.text();
    json["purpose"] = release.purpose;
    json["data_keys"] = release.data_keys;
    releases.push_back(std::move(json));
  }
  return releases;
}

Json render_holding(const governance::Holding& holding, const CertificateState& certificate_state) {
  Json json;
  json["id"] = holding.id.text();
  json["case"] = holding.case_id.text();
  json["kind"] = to_string(holding.kind);
  json["title"] = holding.title;
  json["customer_data"] = holding.customer_data;
  json["state"] = governance::to_string(holding.state);
  json["frozen"] = holding.frozen;
  json["freeze_reason"] = holding.freeze_reason;
  json["host"] = holding.host.text();
  json["device"] = holding.kind == HoldingKind::disk ? proof::to_json(holding.device) : Json{};
  json["key"] = holding.key.text();
  json["sealed_file"] = Json{};
  if (holding.sealed_file) {
    json["sealed_file"]["id"] = holding.sealed_file->id;
    json["sealed_file"]["digest"] = hex(holding.sealed_file->digest);
    json["sealed_file"]["size_bytes"] = holding.sealed_file->size_bytes;
  }
  json["releases"] = render_releases(holding);
  json["certificate"] = certificate_state(holding.id);
  Json::Array replaced;
  for (const auto& one : holding.replaced)
    replaced.push_back(Json::Object{
        {"by", one.by}, {"certificate_id", one.certificate_id}, {"outcome", to_string(one.outcome)}});
  json["replaced_certificates"] = std::move(replaced);
  json["placement"] = render_placement(holding.placement);
  json["classification"] = holding.classification ? render_classification(*holding.classification) : Json();
  json["classified_by"] = holding.classified_by.text();
  json["lowering"] = Json();
  if (holding.lower) {
    json["lowering"]["to"] = render_classification(*holding.lower);
    json["lowering"]["asked_by"] = holding.lower_by.text();
  }
  json["ended"] = holding.ended.value == 0 ? Json() : Json(rfc3339(holding.ended));
  json["review"] = optional_time(holding.review);
  return json;
}

Json render_order(const governance::OrderRecord& record, UnixMs now,
                  const CertificateState& certificate_state) {
  const Order& order = record.order;
  Json json;
  json["id"] = order.id.text();
  json["case"] = order.case_id.text();
  json["act"] = to_string(order.act);
  json["state"] = governance::to_string(record.state_at(now));
  json["reason"] = order.reason;
  json["proposer"] = order.proposer.text();
  json["rule_pack"]["name"] = order.rule_pack_name;
  json["rule_pack"]["digest"] = hex(order.rule_pack);
  json["digest"] = hex(record.digest);
  json["not_before"] = rfc3339(order.not_before);
  json["not_after"] = rfc3339(order.not_after);
  json["requirement"] = proof::to_json(order.requirement);
  Json::Array missing;
  if (record.alive() && !record.lapsed(now)) {
    for (const auto& text : governance::quorum(record, now).missing) missing.emplace_back(text);
  }
  json["missing"] = std::move(missing);
  Json::Array signatures;
  for (const auto& signature : record.signatures) signatures.push_back(render_signature(signature));
  json["signatures"] = std::move(signatures);
  Json::Array lines;
  for (std::size_t i = 0; i < order.lines.size(); ++i) {
    Json line;
    line["holding"] = order.lines[i].holding.text();
    line["kind"] = to_string(order.lines[i].kind);
    line["title"] = order.lines[i].title;
    line["state"] = governance::to_string(record.lines[i].state);
    line["reason"] = record.lines[i].reason;
    line["certificate"] = certificate_state(order.lines[i].holding);
    lines.push_back(std::move(line));
  }
  json["lines"] = std::move(lines);
  return json;
}

Json render_decision(const governance::Decision& decision, const ClockReading& clock) {
  Json json;
  json["decision"] = decision.permitted ? "permit" : "deny";
  Json::Array reasons;
  for (const auto& reason : decision.reasons) {
    Json one;
    one["rule"] = reason.rule;
    one["clause"] = reason.clause;
    one["text_en"] = reason.text_en;
    one["text_zh"] = reason.text_zh;
    one["next_step"] = reason.next_step;
    reasons.push_back(std::move(one));
  }
  json["reasons"] = std::move(reasons);
  Json::Array obligations;
  for (const auto& text : decision.obligations) obligations.emplace_back(text);
  json["obligations"] = std::move(obligations);
  json["clock"]["now"] = rfc3339(clock.now);
  json["clock"]["confirmed"] = clock.confirmed;
  return json;
}

}  // namespace quietus::service
