#include "governance/decide.hpp"

#include <algorithm>

#include "governance/deliberation.hpp"
#include "governance/live_witness.hpp"
#include "governance/may.hpp"
#include "governance/quorum.hpp"
#include "governance/standing.hpp"
#include "governance/transfer_checks.hpp"
#include "governance/verb_kinds.hpp"
#include "proof/documents.hpp"

namespace quietus::governance {

namespace {

struct VerbOf {
  Verb operator()(const OpenCase&) const { return Verb::open_case; }
  Verb operator()(const CloseCase&) const { return Verb::close_case; }
  Verb operator()(const DeclareHolding&) const { return Verb::declare; }
  Verb operator()(const CreateKey&) const { return Verb::seal; }
  Verb operator()(const RecordSealed&) const { return Verb::seal; }
  Verb operator()(const ReleaseDataKeys&) const { return Verb::release_data_key; }
  Verb operator()(const FreezeHolding&) const { return Verb::freeze; }
  Verb operator()(const ThawHolding&) const { return Verb::thaw; }
  Verb operator()(const SuspendPerson&) const { return Verb::suspend; }
  Verb operator()(const ReinstatePerson&) const { return Verb::reinstate; }
  Verb operator()(const ProposeOrder&) const { return Verb::propose; }
  Verb operator()(const SignOrder&) const { return Verb::sign; }
  Verb operator()(const WithdrawOrder&) const { return Verb::withdraw; }
  Verb operator()(const IssueMandate&) const { return Verb::issue_mandate; }
  Verb operator()(const DrawSample&) const { return Verb::draw_sample; }
  Verb operator()(const CompleteHolding&) const { return Verb::accept_evidence; }
  Verb operator()(const FailHolding&) const { return Verb::accept_evidence; }
  Verb operator()(const BeginKeyDestruction&) const { return Verb::destroy; }
  Verb operator()(const BeginKeyAct&) const { return Verb::destroy; }
  Verb operator()(const CompleteKeyDestruction&) const { return Verb::accept_evidence; }
  Verb operator()(const IssueCertificate&) const { return Verb::issue_certificate; }
  Verb operator()(const ReplaceCertificate&) const { return Verb::issue_certificate; }
  Verb operator()(const EndOrder&) const { return Verb::issue_certificate; }
  Verb operator()(const RecordDenials&) const { return Verb::checkpoint; }
  Verb operator()(const CreateKeyring&) const { return Verb::seal; }
  Verb operator()(const AddKeys&) const { return Verb::seal; }
  Verb operator()(const RotateKeys&) const { return Verb::seal; }
  Verb operator()(const ChangeKeys& c) const { return verb_of(c.change); }
  Verb operator()(const ScheduleDestruction&) const { return Verb::schedule_destruction; }
  Verb operator()(const CancelDestruction&) const { return Verb::cancel_destruction; }
  Verb operator()(const ReserveUses& c) const { return c.verb; }
  Verb operator()(const BeginShredding& c) const { return c.order ? Verb::destroy : Verb::shred; }
  Verb operator()(const BeginShreddingAct&) const { return Verb::shred; }
  Verb operator()(const CompleteShredding&) const { return Verb::accept_evidence; }
  Verb operator()(const FailShredding&) const { return Verb::accept_evidence; }
  Verb operator()(const DescribeCase&) const { return Verb::describe_case; }
  Verb operator()(const DeclareParty&) const { return Verb::describe_case; }
  Verb operator()(const EnrolPerson&) const { return Verb::describe_case; }
  Verb operator()(const AdvanceCase&) const { return Verb::advance_case; }
  Verb operator()(const FreezeCase&) const { return Verb::freeze; }
  Verb operator()(const ThawCase&) const { return Verb::settle_finding; }
  Verb operator()(const AdoptPack&) const { return Verb::adopt_pack; }
  Verb operator()(const PlaceHolding&) const { return Verb::classify; }
  Verb operator()(const ClassifyHolding&) const { return Verb::classify; }
  Verb operator()(const EndHolding&) const { return Verb::end_holding; }
  Verb operator()(const EnterAttestation&) const { return Verb::attest; }
  Verb operator()(const OpenFinding&) const { return Verb::open_finding; }
  Verb operator()(const SettleFinding&) const { return Verb::settle_finding; }
  Verb operator()(const BreakGlass&) const { return Verb::break_glass; }
  Verb operator()(const CertifyKeys&) const { return Verb::issue_certificate; }
};

bool blank(const std::string& text) { return text.find_first_not_of(" \t\r\n") == std::string::npos; }

}  // namespace

Verb verb_of(KeyChange change) {
  const bool restricts = change == KeyChange::suspend || change == KeyChange::compromise;
  return restricts ? Verb::restrict_key : Verb::change_key;
}

Verb verb_of(const CommandBody& body) { return std::visit(VerbOf(), body); }

bool is_restrictive(const CommandBody& body) {
  if (const auto* entered = std::get_if<EnterAttestation>(&body)) {
    const auto said = proof::decode_attestation(entered->statement.payload);
    return said && (said->kind == kHold || said->kind == kCourtOrder || said->kind == kWitnessLeave ||
                    said->kind == kWitnessStop);
  }
  return is_one_of(verb_of(body), {Verb::freeze, Verb::suspend, Verb::restrict_key, Verb::withdraw});
}

Decision decide(const State& state, const Pack& pack, const Command& command, const ClockReading& clock) {
  Deliberation deliberation(state, pack, command, clock);
  std::visit(deliberation, command.body);
  return deliberation.conclude();
}

Decision decide(const State& state, const Packs& packs, const Command& command, const ClockReading& clock) {
  Deliberation deliberation(state, pack_of(packs, state, command.body), command, clock, &packs);
  std::visit(deliberation, command.body);
  return deliberation.conclude();
}

Decision Deliberation::conclude() {
  Decision decision;
  decision.reasons = judgement_.reasons();
  decision.permitted = judgement_.clean() && !bodies_.empty();
  if (!decision.permitted) return decision;
  for (auto& body : bodies_) decision.events.push_back(Event{clock_.now, command_.actor, std::move(body)});
  decision.grant = grant_;
  decision.obligations = obligations_;
  decision.rests_until = judgement_.rests_until();
  if (grant_ && decision.rests_until) {
    decision.grant->valid_until = std::min(grant_->valid_until, *decision.rests_until);
  }
  return decision;
}

void Deliberation::ask(Verb verb, const HoldingId* holding, const CaseId* case_id, const Plan* plan,
                       OrderAct act) {
  const bool by_host = std::holds_alternative<HostId>(command_.actor);
  if (by_host && verb != Verb::issue_mandate && verb != Verb::draw_sample && verb != Verb::accept_evidence) {
    judgement_.refuse(RuleId::actor, "a host carries out orders and nothing else");
  }
  const Decision answer = may(state_, pack_, person(), verb, holding, case_id, clock_, plan, act);
  judgement_.add(answer);
  for (const auto& duty : answer.obligations) {
    if (std::ranges::find(obligations_, duty) == obligations_.end()) obligations_.push_back(duty);
  }
}

bool Deliberation::need_person() {
  return judgement_.require(person() != nullptr, RuleId::actor, "a person has to ask for this");
}

bool Deliberation::need_house() {
  const auto* house = std::get_if<House>(&command_.actor);
  return judgement_.require(house != nullptr && !blank(house->cause), RuleId::actor,
                            "only the house does this");
}

void Deliberation::need_host(const HostId& host) {
  const auto* asking = std::get_if<HostId>(&command_.actor);
  if (!judgement_.require(asking != nullptr, RuleId::actor,
                          "only the eraser of " + host.text() + " does this"))
    return;
  judgement_.require(*asking == host, RuleId::host, asking->text() + " instead of " + host.text());
}

void Deliberation::need_clock() {
  judgement_.require(clock_.now + kClockToleranceMs >= state_.latest, RuleId::clock_backwards);
}

void Deliberation::need_text(const std::string& text, std::size_t max_bytes, std::string_view what) {
  const bool good = !blank(text) && text.size() <= max_bytes;
  judgement_.require(good, RuleId::bounds,
                     std::string(what) + " has 1 to " + std::to_string(max_bytes) + " bytes");
}

void Deliberation::need_object(const Json& json, std::string_view what) {
  const bool good =
      json.object() != nullptr && !json.object()->empty() && json.write().size() <= kMaxDetailBytes;
  judgement_.require(
      good, RuleId::bounds,
      std::string(what) + " is an object of at most " + std::to_string(kMaxDetailBytes) + " bytes");
}

const OrderRecord* Deliberation::order(const OrderId& id) {
  const OrderRecord* record = state_.find(id);
  judgement_.require(record != nullptr, RuleId::known, "order " + id.text());
  return record;
}

Deliberation::Line Deliberation::line(const OrderId& order_id, const HoldingId& holding_id) {
  Line line;
  line.record = order(order_id);
  if (line.record == nullptr) return line;
  line.holding = state_.find(holding_id);
  line.progress = line.record->line(holding_id);
  line.ordered = line.record->ordered(holding_id);
  const bool destroys = line.record->order.act == OrderAct::destroy;
  judgement_.require(destroys, RuleId::order_state,
                     order_id.text() + " is to " + std::string(to_string(line.record->order.act)));
  judgement_.require(line.found(), RuleId::known,
                     "holding " + holding_id.text() + " in order " + order_id.text());
  return line;
}

void Deliberation::grant(Verb verb, const HoldingId& holding, std::string subject, std::uint64_t uses,
                         const OrderRecord* under) {
  UnixMs until = clock_.now + std::int64_t{pack_.grant_seconds} * 1000;
  if (under != nullptr) {
    until = std::min(until, under->order.not_after);
    const auto expiry = quorum(*under, clock_.now).earliest_expiry;
    if (expiry) until = std::min(until, *expiry);
  }
  const Holding* of = state_.find(holding);
  if (const Case* in = of == nullptr ? nullptr : state_.find(of->case_id); in != nullptr && person()) {
    const auto glass = glass_open_until(*in, holding, person()->id);
    if (glass && clock_.now < *glass) until = std::min(until, *glass);
  }
  grant_ = Grant{verb, std::move(subject), until, static_cast<std::uint32_t>(uses), holding};
}

}  // namespace quietus::governance
