// Use cases: orders, from proposal to the last signature.
#include <set>

#include "base/crypto.hpp"
#include "base/encoding.hpp"
#include "governance/live_witness.hpp"
#include "kms/service/asking.hpp"
#include "kms/service/bundles.hpp"
#include "kms/service/render.hpp"
#include "kms/service/signer.hpp"
#include "proof/documents.hpp"

namespace quietus::service {
namespace {

/// Which word of a witness the order waits for now, for people; empty when it waits for no witness.
std::string witness_missing(const governance::State& state, const governance::Packs& packs,
                            const governance::OrderRecord& record, UnixMs now) {
  using governance::WitnessWord;
  const auto& pack = packs.of(state.find(record.order.case_id));
  const WitnessWord wanted = governance::witness_wanted(state, pack, record, now);
  if (wanted == WitnessWord::none) return {};
  return wanted == WitnessWord::start ? "a witness who is there: quietus order witness --at start"
                                      : "a witness's word about the end: quietus order witness --at end";
}

Result<Reply> shown(Service& service, const OrderId& id, int status = 200) {
  std::set<HoldingId> destroyed;
  std::string witness;
  const UnixMs now = service.clock().now;
  const auto record = service.ledger.look([&](const governance::State& state) {
    for (const auto& line : state.find(id)->lines) {
      const auto* holding = state.find(line.holding);
      if (holding != nullptr && holding->state == governance::HoldingState::destroyed)
        destroyed.insert(line.holding);
    }
    witness = witness_missing(state, service.ledger.packs(), *state.find(id), now);
    return *state.find(id);
  });
  const auto certificate = [&](const HoldingId& holding) {  // the store is asked when the state is let go
    if (record.order.act != OrderAct::destroy) return std::string("none");
    std::string known = certificate_state(service.store, CertifiedLine{holding, id});
    return known == "none" && destroyed.contains(holding) ? std::string("pending") : known;
  };
  Reply reply;
  reply.status = status;
  reply.json = render_order(record, now, certificate);
  if (!witness.empty()) {
    Json::Array missing = *reply.json.find("missing")->array();
    missing.emplace_back(witness);
    reply.json["missing"] = std::move(missing);
  }
  return reply;
}

/// {"holding": "1-3,7"}: those keys of its keyring and no others.
Result<std::map<HoldingId, KeyRanges>> keys_of(const Json& json) {
  if (json.object() == nullptr) return fail(ErrorKind::invalid_input, "keys is an object: holding -> ranges");
  std::map<HoldingId, KeyRanges> keys;
  for (const auto& [holding, numbers] : *json.object()) {
    QUIETUS_TRY(id, HoldingId::parse(holding));
    if (numbers.string() == nullptr)
      return fail(ErrorKind::invalid_input, "the keys of " + holding + " are ranges, like 1-3,7");
    QUIETUS_TRY(ranges, KeyRanges::parse(*numbers.string()));
    keys.emplace(id, std::move(ranges));
  }
  return keys;
}

}  // namespace

Result<Reply> propose_order(Service& service, const Request& request) {
  QUIETUS_TRY(person, require_person(request));
  QUIETUS_TRY(in, case_of(service, request));
  governance::ProposeOrder command;
  command.case_id = in.id;
  ObjectReader reader(request.body, "the request");
  if (const std::string act = reader.optional_text("act"); !act.empty())
    command.act = reader.parsed<OrderAct>(act, &order_act_from);
  for (const auto& text : reader.texts("holdings", 64)) {
    command.holdings.push_back(reader.parsed<HoldingId>(text, &HoldingId::parse));
  }
  if (const Json* keys = reader.optional_member("keys")) {
    QUIETUS_TRY(named, keys_of(*keys));
    command.keys = std::move(named);
  }
  command.reason = reader.text("reason", 1024);
  const std::int64_t hours = reader.optional_integer("window_hours", 24, 1, 24 * 366);
  const std::string claim = reader.optional_text("least_claim");
  if (!claim.empty()) {
    command.least_claim = reader.parsed<SanitizationMethod>(claim, &sanitization_method_from);
  }
  QUIETUS_CHECK(reader.finish());
  command.not_before = service.clock().now;
  command.not_after = command.not_before + hours * kHourMs;
  command.nonce = random_digest();
  QUIETUS_TRY(id, OrderId::parse(random_id("order")));
  command.order = id;
  QUIETUS_CHECK(service.ledger.commit_or_deny({person, command}));
  return shown(service, id, 201);
}

Result<Reply> list_orders(Service& service, const Request& request) {
  QUIETUS_TRY(in, case_of(service, request));
  Json::Array orders;
  for (const auto& id : in.orders) {
    QUIETUS_TRY(one, shown(service, id));
    orders.push_back(std::move(one.json));
  }
  Reply reply;
  reply.json["orders"] = std::move(orders);
  return reply;
}

Result<Reply> show_order(Service& service, const Request& request) {
  QUIETUS_TRY(record, order_of(service, request));
  return shown(service, record.order.id);
}

Result<Reply> order_document(Service& service, const Request& request) {
  QUIETUS_TRY(record, order_of(service, request));
  Reply reply;
  reply.octets = proof::encode(record.order);
  return reply;
}

Result<Reply> approve_order(Service& service, const Request& request) {
  QUIETUS_TRY(person, require_person(request));
  QUIETUS_TRY(record, order_of(service, request));
  QUIETUS_TRY(statement, statement_of(request));
  QUIETUS_TRY(signer, signer_of(service, person, statement));
  QUIETUS_CHECK(service.ledger.commit_or_deny({signer, governance::SignOrder{record.order.id, statement}}));
  return shown(service, record.order.id);
}

Result<Reply> withdraw_order(Service& service, const Request& request) {
  QUIETUS_TRY(person, require_person(request));
  QUIETUS_TRY(record, order_of(service, request));
  QUIETUS_TRY(reason, reason_of(request));
  QUIETUS_CHECK(service.ledger.commit_or_deny({person, governance::WithdrawOrder{record.order.id, reason}}));
  return shown(service, record.order.id);
}

Result<Reply> order_progress(Service& service, const Request& request) {
  QUIETUS_TRY(record, order_of(service, request));
  Reply reply;
  reply.json["state"] = governance::to_string(record.state_at(service.clock().now));
  Json::Array lines;
  for (std::size_t i = 0; i < record.lines.size(); ++i) {
    const auto& line = record.lines[i];
    const auto live = service.progress.get(line.holding).value_or(Progress{"waiting", 0, 0, 0, {}});
    const bool over = line.state == governance::LineState::certified ||
                      line.state == governance::LineState::failed ||
                      line.state == governance::LineState::done;
    Json one;
    one["holding"] = line.holding.text();
    one["title"] = record.order.lines[i].title;
    one["state"] = governance::to_string(line.state);
    one["reason"] = line.reason;
    one["phase"] = over ? std::string("done") : live.phase;
    one["done_bytes"] = live.done_bytes;
    one["total_bytes"] = live.total_bytes;
    one["rate_bytes_per_s"] = live.rate_bytes_per_s;
    one["updated_at"] = rfc3339(live.updated);
    lines.push_back(std::move(one));
  }
  reply.json["lines"] = std::move(lines);
  return reply;
}

}  // namespace quietus::service
