// A case told command by command: what is permitted is applied, as the ledger does it.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "base/crypto.hpp"
#include "governance/apply.hpp"
#include "governance/decide.hpp"
#include "governance/may.hpp"
#include "governance/quorum.hpp"
#include "proof/documents.hpp"

namespace quietus::governance {

template <class IdType>
IdType id(const std::string& text) {
  return IdType::parse(text).value();
}

inline Person person(const std::string& name, const std::string& department) {
  return {.id = id<PersonId>(name),
          .name = name,
          .department = department,
          .certificate = sha256("certificate of " + name)};
}

inline const Person kOlivia = person("olivia", "operations");
inline const Person kBo = person("bo", "compliance");
inline const Person kChen = person("chen", "business");
inline const Person kDara = person("dara", "compliance");
inline const Person kWei = person("wei", "business");
inline const Person kEli = person("eli", "audit");
inline const Person kRex = person("rex", "supervision");  // of a regulator
inline const Person kStranger = person("stranger", "elsewhere");
inline const House kHouse{"test"};

inline const CaseId kC = id<CaseId>("C");
inline const HoldingId kA = id<HoldingId>("A"), kD = id<HoldingId>("D"), kR = id<HoldingId>("R"),
                       kT = id<HoldingId>("T");
inline const OrderId kO = id<OrderId>("O");
inline const HostId kHost = id<HostId>("host-1");

inline DeviceIdentity device(const std::string& serial) {
  DeviceIdentity identity;
  identity.path = "/dev/" + serial;
  identity.size_bytes = 1 << 20;
  identity.model = "disk";
  identity.serial = serial;
  return identity;
}

inline Plan plan_for(const DeviceIdentity& identity) {
  Plan plan;
  plan.technique_id = "overwrite-zeros";
  plan.claim = SanitizationMethod::clear;
  plan.clause = "NIST SP 800-88r2 §3.1.1";
  plan.length_bytes = identity.size_bytes;
  return plan;
}

inline bool names(const Decision& decision, RuleId rule) {
  return std::ranges::any_of(decision.reasons, [&](const Reason& r) { return r.rule == to_string(rule); });
}

/// What an auditor's fold over the JSON forms gives; nothing when one of them cannot be read or applied.
inline std::optional<State> folded_from_json(const std::vector<Event>& events, State state = {}) {
  for (const auto& event : events) {
    const auto json = Json::parse_canonical(event_to_json(event).write());
    const auto read = json ? event_from_json(*json) : std::unexpected(json.error());
    if (!read || !apply(state, *read)) return std::nullopt;
  }
  return state;
}

class Story {
 public:
  static constexpr std::int64_t kHour = 3'600'000;

  State state;
  Pack pack = builtin_0();
  const Packs* packs = nullptr;  ///< when more than one is loaded
  ClockReading clock{{1'800'000'000'000}, true};
  std::vector<Event> events;

  Decision ask(const Actor& actor, CommandBody body) const {
    const Command command{actor, std::move(body)};
    return packs == nullptr ? decide(state, pack, command, clock) : decide(state, *packs, command, clock);
  }

  Decision act(const Actor& actor, CommandBody body) {
    Decision decision = ask(actor, std::move(body));
    for (const auto& event : decision.events) {
      if (!apply(state, event)) {
        decision.permitted = false;  // what was decided must be applicable
        decision.reasons.push_back({"apply", "", std::string(event_type(event)), "", ""});
        return decision;
      }
      events.push_back(event);
    }
    clock.now = clock.now + 1000;
    return decision;
  }

  /// Case "C": olivia operates, bo and chen approve, dara is responsible, wei witnesses, eli audits.
  void open_case(const std::string& deal = "asset", bool customer_data = true) {
    Roles roles;
    roles[Role::approver] = {kBo.id, kChen.id};
    roles[Role::responsible] = {kDara.id};
    roles[Role::witness] = {kWei.id};
    roles[Role::auditor] = {kEli.id};
    act(kOlivia, OpenCase{id<CaseId>("C"), "a case", deal, customer_data, roles});
  }
  void declare_disk(const std::string& name, bool customer_data = true) {
    act(kOlivia, DeclareHolding{id<HoldingId>(name), id<CaseId>("C"), HoldingKind::disk, "disk " + name,
                                customer_data, id<HostId>("host-1"), device(name)});
  }
  void declare_records(const std::string& name) {
    act(kOlivia,
        DeclareHolding{
            id<HoldingId>(name), id<CaseId>("C"), HoldingKind::record_set, "records " + name, true, {}, {}});
    act(kOlivia, CreateKey{id<HoldingId>(name), id<KeyId>("K-" + name)});
  }
  void seal_records(const std::string& name) {
    declare_records(name);
    act(kOlivia, ReleaseDataKeys{id<KeyId>("K-" + name), "seal", 2});
    act(kOlivia, RecordSealed{id<HoldingId>(name), "file-" + name, sha256(name), 4096});
  }

  [[nodiscard]] ProposeOrder proposal(const std::string& order,
                                      const std::vector<std::string>& holdings) const {
    ProposeOrder command;
    command.order = id<OrderId>(order);
    command.case_id = id<CaseId>("C");
    for (const auto& holding : holdings) command.holdings.push_back(id<HoldingId>(holding));
    command.reason = "the data have been handed over";
    command.not_before = clock.now;
    command.not_after = clock.now + 24 * kHour;
    command.nonce = sha256("nonce of " + order);
    return command;
  }
  Decision propose(const std::string& order, const std::vector<std::string>& holdings) {
    return act(kOlivia, proposal(order, holdings));
  }

  [[nodiscard]] Approval approval(const std::string& order, const Person& who, Role role) const {
    const OrderRecord* record = state.find(id<OrderId>(order));
    return {.order = record->order.id,
            .order_digest = record->digest,
            .case_id = record->order.case_id,
            .person = who.id,
            .role = role,
            .decision = ApprovalDecision::approve,
            .nonce = sha256(order + who.id.text()),
            .not_after = clock.now + 12 * kHour};
  }
  static SignOrder signing(const std::string& order, const Person& who, const Approval& approval) {
    return {id<OrderId>(order),
            SignedStatement{proof::encode(approval), to_bytes("certificate of " + who.id.text()),
                            to_bytes("signature")}};
  }
  Decision sign(const std::string& order, const Person& who, Role role) {
    return act(who, signing(order, who, approval(order, who, role)));
  }
  /// All five that customer data need.
  void sign_fully(const std::string& order) {
    sign(order, kOlivia, Role::proposer);
    sign(order, kBo, Role::approver);
    sign(order, kChen, Role::approver);
    sign(order, kDara, Role::responsible);
    sign(order, kWei, Role::witness);
  }

  [[nodiscard]] IssueMandate mandate(const std::string& order, const std::string& holding,
                                     const std::string& nonce = "1") const {
    const OrderLine* line = state.find(id<OrderId>(order))->ordered(id<HoldingId>(holding));
    IssueMandate command;
    command.order = id<OrderId>(order);
    command.holding = id<HoldingId>(holding);
    command.facts.host = id<HostId>("host-1");
    command.facts.boot_id = "boot";
    command.facts.nonce = sha256("nonce " + nonce + " of " + holding);
    command.facts.identity = line->device;
    command.facts_digest = sha256("facts " + nonce + holding);
    command.plan = plan_for(line->device);
    return command;
  }
  [[nodiscard]] static DrawSample sample(const std::string& order, const std::string& holding) {
    return {id<OrderId>(order), id<HoldingId>(holding),
            SampleRecord{sha256("mandate of " + holding), sha256("report of " + holding), sha256("seed"), 100,
                         4096}};
  }
  [[nodiscard]] CompleteHolding completion(const std::string& order, const std::string& holding) const {
    const OrderLine* line = state.find(id<OrderId>(order))->ordered(id<HoldingId>(holding));
    CompleteHolding command;
    command.order = id<OrderId>(order);
    command.holding = id<HoldingId>(holding);
    command.evidence.host = id<HostId>("host-1");
    command.evidence.mandate_digest = sha256("mandate of " + holding);
    command.evidence.eraser_report_digest = sha256("report of " + holding);
    command.evidence.identity = line->device;
    command.evidence.verdict = Verdict::verified;
    command.evidence.bytes_overwritten = line->device.size_bytes;
    command.evidence.blocks_read = command.evidence.blocks_matching = 102;
    command.evidence_digest = sha256("evidence of " + holding);
    command.detail = Json::Object{{"evidence", "digest"}};
    return command;
  }
  [[nodiscard]] CompleteKeyDestruction key_gone(const std::string& order, const std::string& holding) const {
    CompleteKeyDestruction command;
    command.order = id<OrderId>(order);
    command.holding = id<HoldingId>(holding);
    command.shown.key = state.find(command.holding)->key;
    command.shown.releases = state.find(command.holding)->releases;
    command.shown.census_differs_by_target_only = true;
    command.shown.canary_found_and_opens = true;
    command.shown.target_found = false;
    command.shown.target_sample_opens = false;
    command.shown.token_synced = true;
    command.evidence_digest = sha256("shown");
    command.detail = Json::Object{{"key", "gone"}};
    return command;
  }
  [[nodiscard]] static IssueCertificate certificate(const std::string& order, const std::string& holding) {
    return {id<OrderId>(order), id<HoldingId>(holding), "certificate-" + holding,
            Json::Object{{"sha256", "digest"}}};
  }
  void erase_disk(const std::string& order, const std::string& holding) {
    act(id<HostId>("host-1"), mandate(order, holding));
    act(id<HostId>("host-1"), sample(order, holding));
    act(id<HostId>("host-1"), completion(order, holding));
  }
  void begin_key_act(const std::string& order, const std::string& holding) {
    act(kHouse, BeginKeyDestruction{id<OrderId>(order), id<HoldingId>(holding)});
    act(kHouse, BeginKeyAct{id<OrderId>(order), id<HoldingId>(holding), Target::there});
  }
  void shred_key(const std::string& order, const std::string& holding) {
    begin_key_act(order, holding);
    act(kHouse, key_gone(order, holding));
  }
  [[nodiscard]] HoldingState holding_state(const std::string& name) const {
    return state.find(id<HoldingId>(name))->state;
  }
  [[nodiscard]] OrderState order_state(const std::string& name) const {
    return state.find(id<OrderId>(name))->state;
  }
};

/// Of the key of the holding with this name.
inline ReleaseDataKeys opening(const std::string& name) { return {id<KeyId>("K-" + name), "open", 1}; }

}  // namespace quietus::governance
