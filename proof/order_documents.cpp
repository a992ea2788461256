#include <set>

#include "proof/document_parts.hpp"
#include "proof/documents.hpp"
#include "quietus/statement.hpp"

namespace quietus::proof {
namespace {

constexpr std::size_t kMaxLines = 64;
constexpr std::int64_t kMaxPeople = 64;

/// People see how many and which; the digest is what intent and evidence cite.
Json keys_json(const KeyRanges& keys) {
  return Json::Object{{"count", keys.count()}, {"digest", hex(keys.digest())}, {"numbers", keys.text()}};
}

Result<KeyRanges> keys_from_json(const Json& json) {
  ObjectReader reader(json, "keys");
  KeyRanges keys = reader.parsed(reader.text("numbers", KeyRanges::kMaxTextBytes), &KeyRanges::parse);
  const auto count = read_count(reader, "count");
  const Digest digest = reader.digest("digest");
  if (keys.empty() || keys.count() > kMaxKeysAtOnce) reader.reject("names no key, or too many");
  if (count != keys.count() || digest != keys.digest())
    reader.reject("count or digest is not the one of the numbers");
  return finished(reader, std::move(keys));
}

/// Which holding, and no more: nothing of it is destroyed.
Json act_line_json(const OrderLine& line) {
  return Json::Object{{"customer_data", line.customer_data},
                      {"holding", line.holding.text()},
                      {"kind", to_string(line.kind)},
                      {"title", line.title}};
}

void read_holding(ObjectReader& reader, OrderLine& line) {
  line.holding = reader.parsed(reader.text("holding"), &HoldingId::parse);
  line.kind = reader.parsed(reader.text("kind"), &holding_kind_from);
  line.title = reader.text("title", 512);
  line.customer_data = reader.boolean("customer_data");
}

Result<OrderLine> act_line_from_json(const Json& json) {
  ObjectReader reader(json, "order line");
  OrderLine line;
  read_holding(reader, line);
  return finished(reader, std::move(line));
}

/// Absent for destruction, and only then: one order, one text.
OrderAct read_act(ObjectReader& reader) {
  const Json* named = reader.optional_member("act");
  if (named == nullptr) return OrderAct::destroy;
  const OrderAct act = reader.parsed(named->string() == nullptr ? "" : *named->string(), &order_act_from);
  if (act == OrderAct::destroy) reader.reject("an order to destroy names no act");
  return act;
}

std::vector<OrderLine> read_lines(ObjectReader& reader, OrderAct act) {
  std::vector<OrderLine> lines;
  std::set<HoldingId> seen;
  for (const auto& json : reader.array("lines", kMaxLines)) {
    auto line = act == OrderAct::destroy ? order_line_from_json(json) : act_line_from_json(json);
    if (!line) {
      reader.reject("line " + std::to_string(lines.size()) + ": " + line.error().message);
      return {};
    }
    if (!seen.insert(line->holding).second)
      reader.reject("holding " + line->holding.text() + " is named twice");
    lines.push_back(std::move(*line));
  }
  const bool of_case = act == OrderAct::close;
  if (lines.empty() != of_case)
    reader.reject(of_case ? "an order to close names no holding" : "an order has at least one line");
  return lines;
}

}  // namespace

std::string_view to_string(ApprovalDecision decision) {
  return decision == ApprovalDecision::approve ? "approve" : "reject";
}

Result<ApprovalDecision> approval_decision_from(std::string_view text) {
  if (text == "approve") return ApprovalDecision::approve;
  if (text == "reject") return ApprovalDecision::reject;
  return fail(ErrorKind::invalid_input, "a decision is approve or reject");
}

Json to_json(const Requirement& r) {
  return Json::Object{{"approver_departments", r.approver_departments},
                      {"approvers", r.approvers},
                      {"responsible", r.responsible},
                      {"witness", r.witness}};
}

Result<Requirement> requirement_from_json(const Json& json) {
  ObjectReader reader(json, "requirement");
  Requirement r;
  r.approvers = static_cast<std::uint32_t>(reader.integer("approvers", 1, kMaxPeople));
  r.approver_departments = static_cast<std::uint32_t>(reader.integer("approver_departments", 1, kMaxPeople));
  r.responsible = reader.boolean("responsible");
  r.witness = reader.boolean("witness");
  return finished(reader, std::move(r));
}

Json to_json(const OrderLine& line) {
  Json json = act_line_json(line);
  json["least_claim"] = to_string(line.least_claim);
  if (line.kind == HoldingKind::disk) {
    json["host"] = line.host.text();
    json["device"] = to_json(line.device);
  } else if (line.keyring.empty()) {
    json["key"] = line.key.text();
  } else {
    json["keyring"] = line.keyring.text();
    if (line.keys) json["keys"] = keys_json(*line.keys);
  }
  return json;
}

Result<OrderLine> order_line_from_json(const Json& json) {
  ObjectReader reader(json, "order line");
  OrderLine line;
  read_holding(reader, line);
  line.least_claim = reader.parsed(reader.text("least_claim"), &sanitization_method_from);
  if (line.kind == HoldingKind::disk) {
    line.host = reader.parsed(reader.text("host"), &HostId::parse);
    line.device = read_nested(reader, "device", &device_identity_from_json);
  } else if (json.find("keyring") == nullptr) {
    line.key = reader.parsed(reader.text("key"), &KeyId::parse);
  } else {
    line.keyring = reader.parsed(reader.text("keyring"), &KeyringId::parse);
    if (json.find("keys") != nullptr) line.keys = read_nested(reader, "keys", &keys_from_json);
  }
  return finished(reader, std::move(line));
}

Json to_json(const Person& person) {
  return Json::Object{{"certificate", hex(person.certificate)},
                      {"department", person.department},
                      {"id", person.id.text()},
                      {"name", person.name}};
}

Result<Person> person_from_json(const Json& json) {
  ObjectReader reader(json, "person");
  Person person;
  person.id = reader.parsed(reader.text("id"), &PersonId::parse);
  person.name = reader.text("name", 256);
  person.department = reader.text("department", 256);
  person.certificate = reader.digest("certificate");
  return finished(reader, std::move(person));
}

Json to_json(const Order& order) {
  const bool destroys = order.act == OrderAct::destroy;
  Json::Array lines;
  for (const auto& line : order.lines) lines.push_back(destroys ? to_json(line) : act_line_json(line));
  Json json = Json::Object{{"case", order.case_id.text()},
                           {"id", order.id.text()},
                           {"lines", std::move(lines)},
                           {"nonce", hex(order.nonce)},
                           {"not_after", rfc3339(order.not_after)},
                           {"not_before", rfc3339(order.not_before)},
                           {"proposer", order.proposer.text()},
                           {"reason", order.reason},
                           {"requirement", to_json(order.requirement)},
                           {"rule_pack", hex(order.rule_pack)},
                           {"rule_pack_name", order.rule_pack_name},
                           {"type", kOrderType}};
  if (!destroys) json["act"] = to_string(order.act);
  return json;
}

Result<Order> order_from_json(const Json& json) {
  ObjectReader reader(json, "order");
  expect_type(reader, kOrderType);
  Order order;
  order.id = reader.parsed(reader.text("id"), &OrderId::parse);
  order.case_id = reader.parsed(reader.text("case"), &CaseId::parse);
  order.proposer = reader.parsed(reader.text("proposer"), &PersonId::parse);
  order.reason = reader.text("reason");
  order.act = read_act(reader);
  order.lines = read_lines(reader, order.act);
  order.not_before = read_time(reader, "not_before");
  order.not_after = read_time(reader, "not_after");
  order.rule_pack = reader.digest("rule_pack");
  order.rule_pack_name = reader.text("rule_pack_name", 128);
  order.requirement = read_nested(reader, "requirement", &requirement_from_json);
  order.nonce = reader.digest("nonce");
  if (order.not_after <= order.not_before) reader.reject("the window ends before it begins");
  return finished(reader, std::move(order));
}

Json to_json(const Approval& approval) {
  return Json::Object{{"case", approval.case_id.text()},  {"decision", to_string(approval.decision)},
                      {"nonce", hex(approval.nonce)},     {"not_after", rfc3339(approval.not_after)},
                      {"order", approval.order.text()},   {"order_digest", hex(approval.order_digest)},
                      {"person", approval.person.text()}, {"role", to_string(approval.role)},
                      {"type", statement_type::approval}};
}

Result<Approval> approval_from_json(const Json& json) {
  ObjectReader reader(json, "approval");
  expect_type(reader, statement_type::approval);
  Approval approval;
  approval.order = reader.parsed(reader.text("order"), &OrderId::parse);
  approval.order_digest = reader.digest("order_digest");
  approval.case_id = reader.parsed(reader.text("case"), &CaseId::parse);
  approval.person = reader.parsed(reader.text("person"), &PersonId::parse);
  approval.role = reader.parsed(reader.text("role"), &role_from);
  approval.decision = reader.parsed(reader.text("decision"), &approval_decision_from);
  approval.nonce = reader.digest("nonce");
  approval.not_after = read_time(reader, "not_after");
  return finished(reader, std::move(approval));
}

namespace {

template <class T>
Result<T> decode(BytesView bytes, Result<T> (*read)(const Json&)) {
  QUIETUS_TRY(json, Json::parse_canonical(as_text(bytes)));
  return read(json);
}

}  // namespace

Result<Order> decode_order(BytesView bytes) { return decode(bytes, &order_from_json); }
Result<Approval> decode_approval(BytesView bytes) { return decode(bytes, &approval_from_json); }
Result<Facts> decode_facts(BytesView bytes) { return decode(bytes, &facts_from_json); }
Result<Mandate> decode_mandate(BytesView bytes) { return decode(bytes, &mandate_from_json); }
Result<Sample> decode_sample(BytesView bytes) { return decode(bytes, &sample_from_json); }
Result<Evidence> decode_evidence(BytesView bytes) { return decode(bytes, &evidence_from_json); }
Result<EraserReport> decode_eraser_report(BytesView bytes) { return decode(bytes, &eraser_report_from_json); }

}  // namespace quietus::proof
