// Use cases: holdings, from declaration to freeze.
#include "base/crypto.hpp"
#include "base/encoding.hpp"
#include "kms/service/answers.hpp"
#include "kms/service/asking.hpp"
#include "kms/service/bundles.hpp"
#include "kms/service/key_refs.hpp"

namespace quietus::service {
namespace {

/// Without a body the key encrypts.
Result<KeyAlgorithm> algorithm_of(const Request& request) {
  if (request.body.object() == nullptr) return KeyAlgorithm::aes_256_gcm;
  ObjectReader reader(request.body, "the request");
  KeyAlgorithm algorithm = KeyAlgorithm::aes_256_gcm;
  if (const auto text = reader.optional_text("algorithm", 64); !text.empty())
    algorithm = reader.parsed<KeyAlgorithm>(text, &key_algorithm_from);
  QUIETUS_CHECK(reader.finish());
  return algorithm;
}

}  // namespace

Result<Reply> declare_holding(Service& service, const Request& request) {
  QUIETUS_TRY(person, require_person(request));
  QUIETUS_TRY(in, case_of(service, request));
  governance::DeclareHolding command;
  command.case_id = in.id;
  ObjectReader reader(request.body, "the request");
  command.kind = reader.parsed<HoldingKind>(reader.text("kind"), &holding_kind_from);
  command.title = reader.text("title", 200);
  command.customer_data = reader.boolean("customer_data");
  const Json* device = reader.optional_member("device");
  if (command.kind == HoldingKind::disk && device == nullptr)
    reader.reject("a disk needs device {host, path}");
  if (command.kind == HoldingKind::record_set && device != nullptr)
    reader.reject("a record set has no device");
  QUIETUS_CHECK(reader.finish());
  if (device != nullptr) {
    ObjectReader named(*device, "device");
    command.host = named.parsed<HostId>(named.text("host"), &HostId::parse);
    const std::string path = named.text("path");
    QUIETUS_CHECK(named.finish());
    QUIETUS_TRY(listed, service.inventory.find(command.host, path));
    command.device = listed.identity;
  }
  QUIETUS_TRY(id, HoldingId::parse(random_id(command.kind == HoldingKind::disk ? "disk" : "records")));
  command.holding = id;
  QUIETUS_CHECK(service.ledger.commit_or_deny({person, command}));
  return answer_with_holding(service, id, 201);
}

Result<Reply> show_holding(Service& service, const Request& request) {
  QUIETUS_TRY(holding, holding_of(service, request));
  return answer_with_holding(service, holding.id);
}

Result<Reply> create_holding_key(Service& service, const Request& request) {
  QUIETUS_TRY(person, require_person(request));
  QUIETUS_TRY(holding, holding_of(service, request));
  QUIETUS_TRY(algorithm, algorithm_of(request));
  QUIETUS_TRY(key, KeyId::parse(random_id("key")));
  QUIETUS_TRY(creation, service.key_room.begin_creation());
  QUIETUS_TRY(committed,
              service.ledger.commit_or_deny({person, governance::CreateKey{holding.id, key, algorithm}}));
  QUIETUS_TRY(created, service.key_room.create_device_key(creation, *committed.permit, key, algorithm));
  QUIETUS_CHECK(service.store.append({{}, {key_row(key, created.key.ref)}}));
  Reply reply;
  reply.status = 201;
  reply.json["key"] = key.text();
  reply.json["algorithm"] = to_string(algorithm);
  reply.json["purpose"] = to_string(purpose_of(algorithm));
  return reply;
}

Result<Reply> record_sealed(Service& service, const Request& request) {
  QUIETUS_TRY(person, require_person(request));
  QUIETUS_TRY(holding, holding_of(service, request));
  governance::RecordSealed command;
  command.holding = holding.id;
  ObjectReader reader(request.body, "the request");
  command.sealed_file = reader.text("sealed_file", 64);
  command.digest = reader.digest("digest");
  command.size_bytes = static_cast<std::uint64_t>(reader.integer("size_bytes", 1, Json::kMaxInteger));
  QUIETUS_CHECK(reader.finish());
  QUIETUS_CHECK(service.ledger.commit_or_deny({person, command}));
  return answer_with_holding(service, holding.id);
}

Result<Reply> freeze_holding(Service& service, const Request& request) {
  QUIETUS_TRY(person, require_person(request));
  QUIETUS_TRY(holding, holding_of(service, request));
  QUIETUS_TRY(reason, reason_of(request));
  QUIETUS_CHECK(service.ledger.commit_or_deny({person, governance::FreezeHolding{holding.id, reason}}));
  return answer_with_holding(service, holding.id);
}

Result<Reply> thaw_holding(Service& service, const Request& request) {
  QUIETUS_TRY(person, require_person(request));
  QUIETUS_TRY(holding, holding_of(service, request));
  ObjectReader reader(request.body, "the request");
  governance::ThawHolding command{holding.id, reader.text("reason", 1024), read_order(reader)};
  QUIETUS_CHECK(reader.finish());
  QUIETUS_CHECK(service.ledger.commit_or_deny({person, command}));
  return answer_with_holding(service, holding.id);
}

Result<Reply> holding_bundle(Service& service, const Request& request) {
  QUIETUS_TRY(holding, holding_of(service, request));
  std::optional<OrderId> order;
  if (const auto named = request.query.find("order"); named != request.query.end()) {
    QUIETUS_TRY(id, OrderId::parse(named->second));
    order = id;
  }
  const auto certificate = request.query.find("certificate");
  QUIETUS_TRY(view, certificate == request.query.end()
                        ? view_bundle(service, holding.id, order)
                        : view_bundle(service, holding.id, certificate->second));
  Reply reply;
  reply.json["state"] = view.stamped ? "stamped" : "certified";
  reply.json["files"] = std::move(view.files);
  return reply;
}

}  // namespace quietus::service
