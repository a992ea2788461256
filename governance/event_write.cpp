#include "base/encoding.hpp"
#include "governance/event.hpp"
#include "governance/event_writer.hpp"
#include "proof/documents.hpp"
#include "proof/statement.hpp"

namespace quietus::governance {

namespace {

Json actor_json(const Actor& actor) {
  if (const auto* person = std::get_if<Person>(&actor))
    return Json::Object{{"person", proof::to_json(*person)}};
  if (const auto* host = std::get_if<HostId>(&actor)) return Json::Object{{"host", host->text()}};
  return Json::Object{{"house", std::get<House>(actor).cause}};
}

Json roles_json(const Roles& roles) {
  Json::Object json;
  for (const auto& [role, people] : roles) {
    Json::Array ids;
    for (const auto& person : people) ids.emplace_back(person.text());
    json.emplace(to_string(role), std::move(ids));
  }
  return json;
}

Json texts_json(const std::vector<std::string>& texts) {
  Json::Array array;
  for (const auto& text : texts) array.emplace_back(text);
  return array;
}

Json line_of(const OrderId& order, const HoldingId& holding) {
  return Json::Object{{"holding", holding.text()}, {"order", order.text()}};
}

Json body_json(const CaseOpened& e) {
  return Json::Object{{"case", e.case_id.text()}, {"customer_data", e.customer_data},
                      {"deal", e.deal},           {"pack", hex(e.pack)},
                      {"pack_name", e.pack_name}, {"roles", roles_json(e.roles)},
                      {"title", e.title}};
}
Json body_json(const CaseClosed& e) { return Json::Object{{"case", e.case_id.text()}}; }
Json body_json(const HoldingDeclared& e) {
  Json json = Json::Object{{"case", e.case_id.text()},
                           {"customer_data", e.customer_data},
                           {"holding", e.holding.text()},
                           {"kind", to_string(e.kind)},
                           {"title", e.title}};
  if (e.kind == HoldingKind::disk) {
    json["host"] = e.host.text();
    json["device"] = proof::to_json(e.device);
  }
  return json;
}
Json body_json(const KeyCreated& e) {
  return Json::Object{{"holding", e.holding.text()}, {"key", e.key.text()}};
}
Json body_json(const AlgorithmKeyCreated& e) {
  return Json::Object{
      {"algorithm", to_string(e.algorithm)}, {"holding", e.holding.text()}, {"key", e.key.text()}};
}
Json body_json(const HoldingSealed& e) {
  return Json::Object{{"digest", hex(e.digest)},
                      {"holding", e.holding.text()},
                      {"sealed_file", e.sealed_file},
                      {"size_bytes", e.size_bytes}};
}
Json body_json(const KeyReleased& e) {
  return Json::Object{
      {"count", e.count}, {"holding", e.holding.text()}, {"key", e.key.text()}, {"purpose", e.purpose}};
}
Json body_json(const HoldingFrozen& e) {
  return Json::Object{{"holding", e.holding.text()}, {"reason", e.reason}};
}
Json body_json(const HoldingThawed& e) {
  return Json::Object{{"holding", e.holding.text()}, {"reason", e.reason}};
}
Json body_json(const PersonSuspended& e) {
  return Json::Object{{"case", e.case_id.text()}, {"person", e.person.text()}, {"reason", e.reason}};
}
Json body_json(const PersonReinstated& e) {
  return Json::Object{{"case", e.case_id.text()}, {"person", e.person.text()}, {"reason", e.reason}};
}
Json body_json(const OrderProposed& e) { return Json::Object{{"order", proof::to_json(e.order)}}; }
Json body_json(const OrderSigned& e) {
  return Json::Object{{"order", e.order.text()},
                      {"person", proof::to_json(e.person)},
                      {"statement", proof::to_json(e.statement)}};
}
Json body_json(const OrderApproved& e) { return Json::Object{{"order", e.order.text()}}; }
Json body_json(const OrderWithdrawn& e) {
  return Json::Object{{"order", e.order.text()}, {"reason", e.reason}};
}
Json body_json(const MandateIssued& e) {
  Json json = line_of(e.order, e.holding);
  json["host"] = e.host.text();
  json["boot_id"] = e.boot_id;
  json["facts_digest"] = hex(e.facts_digest);
  json["nonce"] = hex(e.nonce);
  json["plan"] = proof::to_json(e.plan);
  return json;
}
Json body_json(const SampleDrawn& e) {
  Json json = line_of(e.order, e.holding);
  json["mandate_digest"] = hex(e.sample.mandate_digest);
  json["report_digest"] = hex(e.sample.report_digest);
  json["seed"] = hex(e.sample.seed);
  json["count"] = e.sample.count;
  json["block_bytes"] = e.sample.block_bytes;
  return json;
}
Json body_json(const HoldingEnding& e) { return line_of(e.order, e.holding); }
Json body_json(const HoldingActBegun& e) {
  Json json = line_of(e.order, e.holding);
  json["resumed"] = e.resumed;
  return json;
}
Json body_json(const HoldingDestroyed& e) {
  Json json = line_of(e.order, e.holding);
  json["evidence"] = hex(e.evidence);
  json["detail"] = e.detail;
  return json;
}
Json body_json(const HoldingFailed& e) {
  Json json = line_of(e.order, e.holding);
  json["reason"] = e.reason;
  return json;
}
Json body_json(const OrderEnded& e) {
  return Json::Object{{"order", e.order.text()}, {"outcome", to_string(e.outcome)}};
}
Json body_json(const CertificateIssued& e) {
  Json json = line_of(e.order, e.holding);
  json["certificate_id"] = e.certificate_id;
  json["detail"] = e.detail;
  return json;
}
Json body_json(const CertificateReplaced& e) {
  return Json::Object{{"certificate_id", e.certificate_id},
                      {"detail", e.detail},
                      {"holding", e.holding.text()},
                      {"outcome", to_string(e.outcome)},
                      {"predecessor", e.predecessor}};
}
Json body_json(const DecisionDenied& e) {
  return Json::Object{{"count", e.count},
                      {"rules", texts_json(e.rules)},
                      {"since", rfc3339(e.since)},
                      {"verb", to_string(e.verb)},
                      {"who", e.who}};
}

Json keys_of(const KeyringId& keyring, const KeyRanges& numbers) {
  return Json::Object{{"keyring", keyring.text()}, {"numbers", numbers.text()}};
}
Json body_json(const KeyringCreated& e) {
  return Json::Object{
      {"holding", e.holding.text()}, {"key_class", to_string(e.key_class)}, {"keyring", e.keyring.text()}};
}
Json body_json(const KeysAdded& e) {
  return Json::Object{{"count", e.count},
                      {"first", e.first},
                      {"keyring", e.keyring.text()},
                      {"origin", to_string(e.origin)},
                      {"purpose", to_string(e.purpose)},
                      {"state", to_string(e.state)}};
}
Json body_json(const KeysRotated& e) { return keys_of(e.keyring, e.numbers); }
Json body_json(const KeysChanged& e) {
  Json json = keys_of(e.keyring, e.numbers);
  json["change"] = to_string(e.change);
  json["reason"] = e.reason;
  return json;
}
Json body_json(const DestructionScheduled& e) {
  Json json = keys_of(e.keyring, e.numbers);
  json["due"] = rfc3339(e.due);
  json["reason"] = e.reason;
  return json;
}
Json body_json(const DestructionCancelled& e) {
  Json json = keys_of(e.keyring, e.numbers);
  json["reason"] = e.reason;
  return json;
}
Json body_json(const KeyringShredding& e) {
  Json json = Json::Object{{"count", e.count},
                           {"from_epoch", e.from_epoch},
                           {"keyring", e.keyring.text()},
                           {"numbers_digest", hex(e.numbers)}};
  json["cause"] = e.order ? Json::Object{{"order", e.order->text()}} : Json::Object{{"schedule", "due"}};
  return json;
}
Json body_json(const KeyringActBegun& e) {
  return Json::Object{{"keyring", e.keyring.text()}, {"resumed", e.resumed}};
}
Json body_json(const KeyringShredded& e) {
  return Json::Object{{"destroyed", e.destroyed},    {"detail", e.detail},
                      {"evidence", hex(e.evidence)}, {"from_epoch", e.from_epoch},
                      {"keyring", e.keyring.text()}, {"survivors", e.survivors},
                      {"to_epoch", e.to_epoch}};
}
Json body_json(const KeyringShreddingFailed& e) {
  return Json::Object{{"keyring", e.keyring.text()}, {"reason", e.reason}};
}
Json body_json(const KeyUsesReserved& e) {
  return Json::Object{{"holding", e.holding.text()},
                      {"scheduled", e.scheduled},
                      {"subject", e.subject},
                      {"uses", e.uses},
                      {"verb", to_string(e.verb)}};
}
Json ended_json(const HoldingId& holding, const KeyringId& keyring, std::uint64_t from_epoch,
                const Json& detail) {
  return Json::Object{{"detail", detail},
                      {"from_epoch", from_epoch},
                      {"holding", holding.text()},
                      {"keyring", keyring.text()}};
}
Json body_json(const KeysDestroyed& e) {
  Json json = ended_json(e.holding, e.keyring, e.from_epoch, e.detail);
  json["evidence"] = hex(e.evidence);
  return json;
}
Json body_json(const KeysCertified& e) {
  Json json = ended_json(e.holding, e.keyring, e.from_epoch, e.detail);
  json["certificate_id"] = e.certificate_id;
  return json;
}

struct TypeName {
  std::string_view operator()(const CaseOpened&) const { return "case.opened"; }
  std::string_view operator()(const CaseClosed&) const { return "case.closed"; }
  std::string_view operator()(const HoldingDeclared&) const { return "holding.declared"; }
  std::string_view operator()(const KeyCreated&) const { return "key.created"; }
  std::string_view operator()(const AlgorithmKeyCreated&) const { return "key.created.with_algorithm"; }
  std::string_view operator()(const HoldingSealed&) const { return "holding.sealed"; }
  std::string_view operator()(const KeyReleased&) const { return "key.released"; }
  std::string_view operator()(const HoldingFrozen&) const { return "holding.frozen"; }
  std::string_view operator()(const HoldingThawed&) const { return "holding.thawed"; }
  std::string_view operator()(const PersonSuspended&) const { return "person.suspended"; }
  std::string_view operator()(const PersonReinstated&) const { return "person.reinstated"; }
  std::string_view operator()(const OrderProposed&) const { return "order.proposed"; }
  std::string_view operator()(const OrderSigned&) const { return "order.signed"; }
  std::string_view operator()(const OrderApproved&) const { return "order.approved"; }
  std::string_view operator()(const OrderWithdrawn&) const { return "order.withdrawn"; }
  std::string_view operator()(const MandateIssued&) const { return "mandate.issued"; }
  std::string_view operator()(const SampleDrawn&) const { return "sample.drawn"; }
  std::string_view operator()(const HoldingEnding&) const { return "holding.ending"; }
  std::string_view operator()(const HoldingActBegun&) const { return "holding.act_begun"; }
  std::string_view operator()(const HoldingDestroyed&) const { return "holding.destroyed"; }
  std::string_view operator()(const HoldingFailed&) const { return "holding.failed"; }
  std::string_view operator()(const OrderEnded&) const { return "order.ended"; }
  std::string_view operator()(const CertificateIssued&) const { return "certificate.issued"; }
  std::string_view operator()(const CertificateReplaced&) const { return "certificate.replaced"; }
  std::string_view operator()(const DecisionDenied&) const { return "decision.denied"; }
  std::string_view operator()(const KeyringCreated&) const { return "keyring.created"; }
  std::string_view operator()(const KeysAdded&) const { return "keys.added"; }
  std::string_view operator()(const KeysRotated&) const { return "keys.rotated"; }
  std::string_view operator()(const KeysChanged&) const { return "keys.changed"; }
  std::string_view operator()(const DestructionScheduled&) const { return "keys.destruction_scheduled"; }
  std::string_view operator()(const DestructionCancelled&) const { return "keys.destruction_cancelled"; }
  std::string_view operator()(const KeyringShredding&) const { return "keyring.shredding"; }
  std::string_view operator()(const KeyringActBegun&) const { return "keyring.act_begun"; }
  std::string_view operator()(const KeyringShredded&) const { return "keyring.shredded"; }
  std::string_view operator()(const KeyringShreddingFailed&) const { return "keyring.shredding_failed"; }
  std::string_view operator()(const KeyUsesReserved&) const { return "keys.used.reserved"; }
  std::string_view operator()(const CaseDescribed&) const { return "case.described"; }
  std::string_view operator()(const PartyDeclared&) const { return "party.declared"; }
  std::string_view operator()(const PersonEnrolled&) const { return "person.enrolled"; }
  std::string_view operator()(const CaseAdvanced&) const { return "case.advanced"; }
  std::string_view operator()(const CaseFrozen&) const { return "case.frozen"; }
  std::string_view operator()(const CaseThawed&) const { return "case.thawed"; }
  std::string_view operator()(const CaseLooseningAsked&) const { return "case.loosening_asked"; }
  std::string_view operator()(const PartyLooseningAsked&) const { return "party.loosening_asked"; }
  std::string_view operator()(const PackAsked&) const { return "pack.asked"; }
  std::string_view operator()(const PackAdopted&) const { return "pack.adopted"; }
  std::string_view operator()(const HoldingPlaced&) const { return "holding.placed"; }
  std::string_view operator()(const HoldingClassified&) const { return "holding.classified"; }
  std::string_view operator()(const HoldingLoweringAsked&) const { return "holding.lowering_asked"; }
  std::string_view operator()(const HoldingEnded&) const { return "holding.ended"; }
  std::string_view operator()(const HoldingEndedByOrder&) const { return "holding.ended.by_order"; }
  std::string_view operator()(const HoldingThawedByOrder&) const { return "holding.thawed.by_order"; }
  std::string_view operator()(const CaseThawedByOrder&) const { return "case.thawed.by_order"; }
  std::string_view operator()(const CaseClosedByOrder&) const { return "case.closed.by_order"; }
  std::string_view operator()(const AttestationEntered&) const { return "attestation.entered"; }
  std::string_view operator()(const FindingOpened&) const { return "finding.opened"; }
  std::string_view operator()(const FindingSettled&) const { return "finding.settled"; }
  std::string_view operator()(const GlassAsked&) const { return "glass.asked"; }
  std::string_view operator()(const GlassBroken&) const { return "glass.broken"; }
  std::string_view operator()(const KeysDestroyed&) const { return "keys.destroyed"; }
  std::string_view operator()(const KeysCertified&) const { return "keys.certified"; }
};

}  // namespace

std::string_view to_string(KeyOrigin origin) { return origin == KeyOrigin::made ? "made" : "imported"; }

std::string_view event_type(const Event& event) { return std::visit(TypeName(), event.body); }

Json event_to_json(const Event& event) {
  Json json = std::visit([](const auto& body) { return body_json(body); }, event.body);
  json["type"] = event_type(event);
  json["at"] = rfc3339(event.at);
  json["actor"] = actor_json(event.actor);
  return json;
}

}  // namespace quietus::governance
