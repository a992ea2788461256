#include "governance/event_reader.hpp"
#include "proof/documents.hpp"
#include "proof/statement.hpp"

namespace quietus::governance {

namespace {

constexpr std::size_t kMaxReasonBytes = 4096;
constexpr std::size_t kMaxPeople = 256;
constexpr std::size_t kMaxRules = 64;

class BodyReader : public MemberReader {
 public:
  using MemberReader::MemberReader;

  CaseOpened case_opened() {
    CaseOpened e;
    e.case_id = id<CaseId>("case");
    e.title = reader_.text("title");
    e.deal = reader_.text("deal");
    e.customer_data = reader_.boolean("customer_data");
    e.roles = roles("roles");
    e.pack_name = reader_.text("pack_name");
    e.pack = reader_.digest("pack");
    return e;
  }
  CaseClosed case_closed() { return {id<CaseId>("case")}; }
  HoldingDeclared holding_declared() {
    HoldingDeclared e;
    e.holding = id<HoldingId>("holding");
    e.case_id = id<CaseId>("case");
    e.kind = reader_.parsed(reader_.text("kind"), &holding_kind_from);
    e.title = reader_.text("title");
    e.customer_data = reader_.boolean("customer_data");
    if (e.kind == HoldingKind::disk && !reader_.failed()) {
      e.host = id<HostId>("host");
      e.device = nested("device", &proof::device_identity_from_json);
    }
    return e;
  }
  KeyCreated key_created() { return {id<HoldingId>("holding"), id<KeyId>("key")}; }
  AlgorithmKeyCreated algorithm_key_created() {
    AlgorithmKeyCreated e{id<HoldingId>("holding"), id<KeyId>("key"), {}};
    e.algorithm = reader_.parsed(reader_.text("algorithm", 64), &key_algorithm_from);
    if (e.algorithm == KeyAlgorithm::aes_256_gcm) reader_.reject("such a key has another event");
    return e;
  }
  HoldingSealed holding_sealed() {
    return {id<HoldingId>("holding"), reader_.text("sealed_file"), reader_.digest("digest"),
            count("size_bytes")};
  }
  KeyReleased key_released() {
    return {id<HoldingId>("holding"), id<KeyId>("key"), reader_.text("purpose"), count("count")};
  }
  HoldingFrozen holding_frozen() { return {id<HoldingId>("holding"), reason()}; }
  HoldingThawed holding_thawed() { return {id<HoldingId>("holding"), reason()}; }
  PersonSuspended person_suspended() { return {id<PersonId>("person"), id<CaseId>("case"), reason()}; }
  PersonReinstated person_reinstated() { return {id<PersonId>("person"), id<CaseId>("case"), reason()}; }
  OrderProposed order_proposed() { return {nested("order", &proof::order_from_json)}; }
  OrderSigned order_signed() {
    return {id<OrderId>("order"), nested("person", &proof::person_from_json),
            nested("statement", &proof::statement_from_json)};
  }
  OrderApproved order_approved() { return {id<OrderId>("order")}; }
  OrderWithdrawn order_withdrawn() { return {id<OrderId>("order"), reason()}; }
  MandateIssued mandate_issued() {
    MandateIssued e;
    e.order = id<OrderId>("order");
    e.holding = id<HoldingId>("holding");
    e.host = id<HostId>("host");
    e.boot_id = reader_.text("boot_id");
    e.facts_digest = reader_.digest("facts_digest");
    e.nonce = reader_.digest("nonce");
    e.plan = nested("plan", &proof::plan_from_json);
    return e;
  }
  SampleDrawn sample_drawn() {
    SampleDrawn e;
    e.order = id<OrderId>("order");
    e.holding = id<HoldingId>("holding");
    e.sample.mandate_digest = reader_.digest("mandate_digest");
    e.sample.report_digest = reader_.digest("report_digest");
    e.sample.seed = reader_.digest("seed");
    e.sample.count = count32("count");
    e.sample.block_bytes = count32("block_bytes");
    return e;
  }
  HoldingEnding holding_ending() { return {id<OrderId>("order"), id<HoldingId>("holding")}; }
  HoldingActBegun holding_act_begun() {
    return {id<OrderId>("order"), id<HoldingId>("holding"), reader_.boolean("resumed")};
  }
  HoldingDestroyed holding_destroyed() {
    return {id<OrderId>("order"), id<HoldingId>("holding"), reader_.digest("evidence"), object("detail")};
  }
  HoldingFailed holding_failed() { return {id<OrderId>("order"), id<HoldingId>("holding"), reason()}; }
  OrderEnded order_ended() {
    OrderEnded e;
    e.order = id<OrderId>("order");
    const std::string text = reader_.text("outcome");
    for (const auto outcome : {OrderState::certified, OrderState::partly, OrderState::failed}) {
      if (text != to_string(outcome)) continue;
      e.outcome = outcome;
      return e;
    }
    reader_.reject("an order ends certified, partly or failed");
    return e;
  }
  CertificateIssued certificate_issued() {
    return {id<OrderId>("order"), id<HoldingId>("holding"), reader_.text("certificate_id"), object("detail")};
  }
  CertificateReplaced certificate_replaced() {
    return {id<HoldingId>("holding"), reader_.text("predecessor"), reader_.text("certificate_id"),
            reader_.parsed(reader_.text("outcome"), &replacement_from), object("detail")};
  }
  DecisionDenied decision_denied() {
    return {reader_.text("who"), reader_.parsed(reader_.text("verb"), &verb_from), count("count"),
            reader_.texts("rules", kMaxRules), time("since")};
  }

 private:
  Roles roles(std::string_view key) {
    const Json& json = reader_.member(key);
    if (reader_.failed()) return {};
    ObjectReader members(json, "roles");
    Roles roles;
    for (const auto role :
         {Role::operator_, Role::proposer, Role::approver, Role::responsible, Role::witness, Role::auditor}) {
      if (json.find(to_string(role)) == nullptr) continue;
      std::set<PersonId>& people = roles[role];
      for (const auto& text : members.texts(to_string(role), kMaxPeople)) {
        people.insert(members.parsed(text, &PersonId::parse));
      }
    }
    if (const Status status = members.finish(); !status) reader_.reject(status.error().message);
    return roles;
  }
};

constexpr std::array<Reading<BodyReader>, std::variant_size_v<EventBody> - kKeyringEvents - kTransferEvents>
    kReadings = {{
        {"case.opened", &read_as<&BodyReader::case_opened>},
        {"case.closed", &read_as<&BodyReader::case_closed>},
        {"holding.declared", &read_as<&BodyReader::holding_declared>},
        {"key.created", &read_as<&BodyReader::key_created>},
        {"key.created.with_algorithm", &read_as<&BodyReader::algorithm_key_created>},
        {"holding.sealed", &read_as<&BodyReader::holding_sealed>},
        {"key.released", &read_as<&BodyReader::key_released>},
        {"holding.frozen", &read_as<&BodyReader::holding_frozen>},
        {"holding.thawed", &read_as<&BodyReader::holding_thawed>},
        {"person.suspended", &read_as<&BodyReader::person_suspended>},
        {"person.reinstated", &read_as<&BodyReader::person_reinstated>},
        {"order.proposed", &read_as<&BodyReader::order_proposed>},
        {"order.signed", &read_as<&BodyReader::order_signed>},
        {"order.approved", &read_as<&BodyReader::order_approved>},
        {"order.withdrawn", &read_as<&BodyReader::order_withdrawn>},
        {"mandate.issued", &read_as<&BodyReader::mandate_issued>},
        {"sample.drawn", &read_as<&BodyReader::sample_drawn>},
        {"holding.ending", &read_as<&BodyReader::holding_ending>},
        {"holding.act_begun", &read_as<&BodyReader::holding_act_begun>},
        {"holding.destroyed", &read_as<&BodyReader::holding_destroyed>},
        {"holding.failed", &read_as<&BodyReader::holding_failed>},
        {"order.ended", &read_as<&BodyReader::order_ended>},
        {"certificate.issued", &read_as<&BodyReader::certificate_issued>},
        {"certificate.replaced", &read_as<&BodyReader::certificate_replaced>},
        {"decision.denied", &read_as<&BodyReader::decision_denied>},
    }};

Result<Actor> actor_from_json(const Json& json) {
  ObjectReader reader(json, "actor");
  Actor actor = House{};
  if (const Json* person = reader.optional_member("person")) {
    QUIETUS_TRY(parsed, proof::person_from_json(*person));
    actor = std::move(parsed);
  } else if (json.find("host") != nullptr) {
    actor = reader.parsed(reader.text("host", 64), &HostId::parse);
  } else {
    actor = House{reader.text("house", kMaxReasonBytes)};
  }
  QUIETUS_CHECK(reader.finish());
  return actor;
}

}  // namespace

Result<Event> event_from_json(const Json& json) {
  ObjectReader reader(json, "event");
  MemberReader body(reader);
  Event event;
  const std::string type = reader.text("type", 64);
  event.at = body.time("at");
  event.actor = body.nested("actor", &actor_from_json);
  auto read = read_one_of(kReadings, type, reader);
  if (!read) read = read_keyring_event(type, reader);
  if (!read) read = read_transfer_event(type, reader);
  if (read) {
    event.body = std::move(*read);
  } else {
    reader.reject("unknown type of event");
  }
  QUIETUS_CHECK(reader.finish());
  // What two texts could mean is refused: a person named twice in a role, and the like.
  if (event_to_json(event) != json) return fail(ErrorKind::invalid_input, "event: not in its one form");
  return event;
}

}  // namespace quietus::governance
