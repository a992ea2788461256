// Use cases: questions that change nothing.
#include "base/encoding.hpp"
#include "kms/service/asking.hpp"
#include "kms/service/render.hpp"

namespace quietus::service {

Result<Reply> ask_may(Service& service, const Request& request) {
  QUIETUS_TRY(person, require_person(request));
  QUIETUS_TRY(verb, verb_from(asked(request, "verb")));
  std::optional<CaseId> case_id;
  if (!asked(request, "case").empty()) {
    QUIETUS_TRY(id, CaseId::parse(asked(request, "case")));
    case_id = id;
  }
  std::optional<HoldingId> holding;
  if (!asked(request, "holding").empty()) {
    QUIETUS_TRY(id, HoldingId::parse(asked(request, "holding")));
    holding = id;
  }
  QUIETUS_CHECK(service.ledger.look([&](const governance::State& state) -> Status {
    const auto look_at = [&](const CaseId& in) {
      return may_look(state, in, person, "there is no such case or holding in which you have a role",
                      "`quietus case list` shows yours");
    };
    const auto* about = holding ? state.find(*holding) : nullptr;
    if (holding) QUIETUS_CHECK(look_at(about == nullptr ? CaseId() : about->case_id));
    return case_id ? look_at(*case_id) : Status{};
  }));
  const auto decision =
      service.ledger.may(&person, verb, holding ? &*holding : nullptr, case_id ? &*case_id : nullptr);
  Reply reply;
  reply.json = render_decision(decision, service.clock());
  reply.json["verb"] = to_string(verb);
  reply.json["case"] = case_id ? case_id->text() : std::string();
  reply.json["holding"] = holding ? holding->text() : std::string();
  return reply;
}

Result<Reply> list_devices(Service& service, const Request& request) {
  QUIETUS_CHECK(require_person(request));
  Json::Array devices;
  for (const auto& [host, device] : service.inventory.all()) {
    Json one;
    one["host"] = host.text();
    one["path"] = device.identity.path;
    one["kind"] = to_string(device.identity.kind);
    one["size_bytes"] = device.identity.size_bytes;
    one["model"] = device.identity.model;
    one["serial"] = device.identity.serial;
    one["wwn"] = device.identity.wwn;
    one["firmware"] = device.identity.firmware;
    one["can"] = Json::Array(device.can.begin(), device.can.end());
    Json::Array guard;
    for (const auto& reason : device.guard) guard.emplace_back(reason);
    one["guard"] = std::move(guard);
    one["seen_at"] = rfc3339(device.seen);
    devices.push_back(std::move(one));
  }
  Reply reply;
  reply.json["devices"] = std::move(devices);
  return reply;
}

Result<Reply> show_checkpoint(Service& service, const Request& request) {
  QUIETUS_CHECK(require_person(request));
  QUIETUS_TRY(from, asked_number(request, "from", 0));
  QUIETUS_TRY(head, service.checkpointer.publish());
  QUIETUS_TRY(key, service.checkpointer.key());
  Reply reply;
  reply.json["origin"] = service.settings.origin;
  reply.json["size"] = head.head.size;
  reply.json["root"] = hex(head.head.root);
  reply.json["note"] = head.note;
  reply.json["key"] = to_string(key);
  if (from == 0) return reply;
  if (from > head.head.size) {
    return fail(ErrorKind::conflict, "the ledger has " + std::to_string(head.head.size) +
                                         " entries, fewer than " + std::to_string(from));
  }
  QUIETUS_TRY(proof, service.ledger.consistency_proof(from, head.head.size));
  Json::Array hashes;
  for (const auto& hash : proof) hashes.push_back(base64(hash.view()));
  reply.json["from"] = from;
  reply.json["consistency"] = std::move(hashes);
  return reply;
}

Result<Reply> show_status(Service& service, const Request& request) {
  if (!request.caller.person && !request.caller.host) {
    return fail(ErrorKind::unauthenticated, "this needs a client certificate");
  }
  const ClockReading clock = service.clock();
  QUIETUS_TRY(hsm, service.hsm.info());
  Reply reply;
  reply.json["ready"] = true;
  reply.json["ledger_size"] = service.ledger.head().size;
  reply.json["clock"]["now"] = rfc3339(clock.now);
  reply.json["clock"]["confirmed"] = clock.confirmed;
  reply.json["hsm"]["manufacturer"] = hsm.manufacturer;
  reply.json["hsm"]["model"] = hsm.model;
  reply.json["hsm"]["serial"] = hsm.serial;
  reply.json["hsm"]["token_label"] = hsm.token_label;
  reply.json["hsm"]["profile"] = hsm.profile;
  reply.json["hsm"]["validated_module"] = hsm.validated_module;
  reply.json["hsm"]["reload_count"] = service.hsm.reload_count();
  reply.json["hosts"] = Json::Array{};
  for (const auto& host : service.settings.hosts) reply.json["hosts"].array()->emplace_back(host.host.text());
  reply.json["hosts_reporting"] = Json::Array{};
  for (const auto& host : service.inventory.hosts()) {
    reply.json["hosts_reporting"].array()->emplace_back(host.text());
  }
  Json denials = Json::Object{};
  for (const auto& [rule, count] : service.ledger.denials()) denials[rule] = count;
  reply.json["denials"] = std::move(denials);
  std::uint64_t pending = 0;
  service.ledger.look([&](const governance::State& state) {
    for (const auto& [id, holding] : state.holdings) {
      if (holding.state == governance::HoldingState::destroyed && holding.certificate_id.empty()) ++pending;
    }
    for (const auto& [id, ring] : state.keyrings) {
      for (const auto& [epoch, end] : ring.ended)
        if (end.completion_index != 0 && end.certificate_id.empty()) ++pending;
    }
  });
  reply.json["pending_certificates"] = pending;
  return reply;
}

}  // namespace quietus::service
