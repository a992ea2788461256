#include "base/encoding.hpp"
#include "governance/event_writer.hpp"
#include "proof/documents.hpp"
#include "proof/statement.hpp"

namespace quietus::governance {

namespace {

Json words(const std::set<std::string>& texts) {
  Json::Array array;
  for (const auto& text : texts) array.emplace_back(text);
  return array;
}

Json classification_json(const Classification& c) {
  Json json = Json::Object{{"class", to_string(c.holding_class)},
                           {"credentials", c.credentials},
                           {"leaves", c.leaves},
                           {"level", c.level},
                           {"medium", c.medium},
                           {"minors", c.minors},
                           {"sensitive", c.sensitive},
                           {"subjects", c.subjects},
                           {"tags", words(c.tags)}};
  if (c.always_encrypted) json["always_encrypted"] = *c.always_encrypted;
  if (c.ended) json["ended"] = rfc3339(*c.ended);
  if (c.due) json["due"] = rfc3339(*c.due);
  return json;
}

Json facts_json(const CaseId& id, const CaseFacts& facts) {
  return Json::Object{{"case", id.text()},
                      {"important", facts.important},
                      {"jurisdiction", facts.jurisdiction},
                      {"litigation", facts.litigation},
                      {"subjects", facts.subjects},
                      {"zone_offset_minutes", std::int64_t{facts.zone_offset_minutes}}};
}

Json party_json(const CaseId& id, const Party& party) {
  return Json::Object{{"agency", party.agency},
                      {"aml", party.aml},
                      {"case", id.text()},
                      {"cii", party.cii},
                      {"foreign", party.foreign},
                      {"licence", party.licence},
                      {"mlps", party.mlps},
                      {"name", party.name},
                      {"party", party.id.text()},
                      {"pboc", party.pboc},
                      {"role", to_string(party.role)}};
}

Json of_case(const CaseId& id, const std::string& reason) {
  return Json::Object{{"case", id.text()}, {"reason", reason}};
}

}  // namespace

Json body_json(const CaseDescribed& e) { return facts_json(e.case_id, e.facts); }
Json body_json(const CaseLooseningAsked& e) { return facts_json(e.case_id, e.facts); }
Json body_json(const PartyDeclared& e) { return party_json(e.case_id, e.party); }
Json body_json(const PartyLooseningAsked& e) { return party_json(e.case_id, e.party); }
Json body_json(const PersonEnrolled& e) {
  return Json::Object{{"case", e.case_id.text()}, {"party", e.party.text()}, {"person", e.person.text()}};
}
Json body_json(const CaseAdvanced& e) {
  return Json::Object{{"case", e.case_id.text()}, {"to", to_string(e.to)}};
}
Json body_json(const CaseFrozen& e) { return of_case(e.case_id, e.reason); }
Json body_json(const CaseThawed& e) { return of_case(e.case_id, e.reason); }
Json body_json(const PackAsked& e) {
  return Json::Object{{"case", e.case_id.text()}, {"pack", hex(e.pack)}, {"pack_name", e.pack_name}};
}
Json body_json(const PackAdopted& e) {
  return Json::Object{{"case", e.case_id.text()}, {"pack", hex(e.pack)}, {"pack_name", e.pack_name}};
}
Json body_json(const HoldingPlaced& e) {
  return Json::Object{{"copy", to_string(e.placement.copy)},
                      {"custodian", e.placement.custodian.text()},
                      {"holding", e.holding.text()},
                      {"parent", e.placement.parent.text()}};
}
Json body_json(const HoldingClassified& e) {
  Json json = classification_json(e.classification);
  json["holding"] = e.holding.text();
  return json;
}
Json body_json(const HoldingLoweringAsked& e) {
  Json json = classification_json(e.classification);
  json["holding"] = e.holding.text();
  return json;
}
Json body_json(const HoldingEnded& e) {
  Json json = Json::Object{{"end", to_string(e.end)}, {"holding", e.holding.text()}, {"reason", e.reason}};
  if (e.review) json["review"] = rfc3339(*e.review);
  return json;
}
Json body_json(const HoldingEndedByOrder& e) {
  return Json::Object{{"end", to_string(e.end)},
                      {"holding", e.holding.text()},
                      {"order", e.order.text()},
                      {"reason", e.reason}};
}
Json body_json(const HoldingThawedByOrder& e) {
  return Json::Object{{"holding", e.holding.text()}, {"order", e.order.text()}, {"reason", e.reason}};
}
Json body_json(const CaseClosedByOrder& e) {
  return Json::Object{{"case", e.case_id.text()}, {"order", e.order.text()}};
}
Json body_json(const AttestationEntered& e) {
  return Json::Object{{"case", e.case_id.text()},
                      {"person", proof::to_json(e.person)},
                      {"statement", proof::to_json(e.statement)}};
}
Json body_json(const FindingOpened& e) {
  Json::Array blocks;
  for (const Verb verb : e.blocks) blocks.emplace_back(to_string(verb));
  return Json::Object{{"blocks", std::move(blocks)},
                      {"case", e.case_id.text()},
                      {"due", rfc3339(e.due)},
                      {"finding", e.finding.text()},
                      {"kind", to_string(e.kind)},
                      {"level", to_string(e.level)},
                      {"owner", e.owner.text()},
                      {"subject", proof::to_json(e.subject)},
                      {"text", e.text}};
}
Json body_json(const FindingSettled& e) {
  Json json = Json::Object{{"finding", e.finding.text()}, {"reason", e.reason}, {"step", to_string(e.step)}};
  if (e.until) json["until"] = rfc3339(*e.until);
  return json;
}
Json body_json(const GlassAsked& e) {
  return Json::Object{{"case", e.case_id.text()}, {"holding", e.holding.text()}, {"reason", e.reason}};
}
Json body_json(const GlassBroken& e) {
  return Json::Object{{"case", e.case_id.text()},
                      {"holding", e.holding.text()},
                      {"person", e.person.text()},
                      {"until", rfc3339(e.until)}};
}

}  // namespace quietus::governance
