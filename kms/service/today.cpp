#include "kms/service/today.hpp"

#include <algorithm>
#include <set>
#include <tuple>

#include "base/encoding.hpp"
#include "governance/attested.hpp"
#include "governance/live_witness.hpp"
#include "governance/standing.hpp"
#include "kms/service/asking.hpp"
#include "proof/documents.hpp"

namespace quietus::service {

std::string_view to_string(Waiting kind) {
  switch (kind) {
    case Waiting::suspended:
      return "suspended";
    case Waiting::overdue_intent:
      return "overdue_intent";
    case Waiting::glass:
      return "glass";
    case Waiting::sign_order:
      return "sign_order";
    case Waiting::carry_out:
      return "carry_out";
    case Waiting::witness:
      return "witness";
    case Waiting::lowering:
      return "lowering";
    case Waiting::loosening:
      return "loosening";
    case Waiting::pack:
      return "pack";
    case Waiting::finding_own:
      return "finding_own";
    case Waiting::finding_verify:
      return "finding_verify";
    case Waiting::agreement:
      return "agreement";
    case Waiting::training:
      return "training";
    case Waiting::unclassified:
      return "unclassified";
    case Waiting::retention_review:
      return "retention_review";
  }
  return "";
}

namespace {

constexpr std::int64_t kSoonMs = 30 * kDayMs;
constexpr std::size_t kMaxTasks = 500;

/// What one case wants of one person.
class CaseDesk {
 public:
  CaseDesk(const governance::State& state, const governance::Pack& pack, const governance::Case& in,
           const PersonId& person, UnixMs now, const std::vector<governance::OverdueIntent>& late,
           std::vector<Task>& tasks)
      : state_(state), pack_(pack), in_(in), person_(person), now_(now), late_(late), tasks_(tasks) {}

  void look() {
    overdue_intents();
    if (in_.phase == governance::CasePhase::closed) return;
    if (in_.suspended.contains(person_))
      return add(Waiting::suspended, {SubjectKind::case_, in_.id.text()}, in_.title);
    orders();
    pack();
    descriptions();
    findings();
    holdings();
    glass();
    agreement();
    training();
  }

 private:
  void add(Waiting kind, Subject about, std::string text, std::optional<UnixMs> due = std::nullopt,
           std::string role = {}) {
    tasks_.push_back({kind, in_.id, std::move(about), std::move(text), std::move(role), {}, due});
  }

  void orders() {
    for (const auto& id : in_.orders) {
      const auto& record = *state_.find(id);
      if (record.order.act != OrderAct::destroy) carry_out(record);
      witness(record);
      if (record.state != governance::OrderState::proposed || record.order.not_after <= now_) continue;
      if (const auto role = role_wanted(record)) {
        add(Waiting::sign_order, {SubjectKind::order, id.text()}, record.order.reason, record.order.not_after,
            std::string(to_string(*role)));
      }
    }
  }

  /// Acts of an approved order that wait for anybody whose role has them and who did not let them be done.
  void carry_out(const governance::OrderRecord& record) {
    const Order& order = record.order;
    const bool approved =
        record.state == governance::OrderState::approved || record.state == governance::OrderState::running;
    const bool open = approved && order.not_before <= now_ && now_ <= order.not_after;
    const bool apart = std::ranges::none_of(record.signatures, [&](const auto& one) {
      return one.person.id == person_ && (one.role == Role::approver || one.role == Role::witness);
    });
    const Verb verb = order.act == OrderAct::close ? Verb::close_case
                      : order.act == OrderAct::thaw
                          ? (record.lines.empty() ? Verb::settle_finding : Verb::thaw)
                      : order.act == OrderAct::open ? Verb::open
                                                    : Verb::end_holding;
    if (!open || !apart || !has_role_for(verb)) return;
    const std::string act(to_string(order.act));
    if (record.lines.empty() && (order.act == OrderAct::close || in_.frozen_by != person_))
      add(Waiting::carry_out, {SubjectKind::case_, in_.id.text()}, in_.title, order.not_after, act);
    for (const auto& line : record.lines) {
      if (line.state != governance::LineState::pending) continue;
      const auto& holding = *state_.find(line.holding);
      if (order.act == OrderAct::thaw && holding.frozen_by == person_) continue;
      add(Waiting::carry_out, {SubjectKind::holding, holding.id.text()}, holding.title, order.not_after, act);
    }
  }

  /// Whoever proposed or approved it cannot be its witness, and is not asked to be.
  void witness(const governance::OrderRecord& record) {
    using governance::WitnessWord;
    if (!state_.holds_role(in_.id, person_, Role::witness)) return;
    if (!governance::may_witness(record, person_) || now_ < record.order.not_before) return;
    const WitnessWord wanted = governance::witness_wanted(state_, pack_, record, now_);
    if (wanted == WitnessWord::none) return;
    const bool start = wanted == WitnessWord::start;
    add(Waiting::witness, {SubjectKind::order, record.order.id.text()}, record.order.reason,
        start ? std::optional(record.order.not_after) : std::nullopt, start ? "start" : "end");
  }

  [[nodiscard]] bool counts(const governance::Signature& signature) const {
    return signature.decision == ApprovalDecision::approve && signature.not_after > now_ &&
           signature.voided_index == 0;
  }

  [[nodiscard]] std::size_t signed_as(const governance::OrderRecord& record, Role role) const {
    return static_cast<std::size_t>(std::ranges::count_if(
        record.signatures, [&](const auto& one) { return one.role == role && counts(one); }));
  }

  [[nodiscard]] bool approvals_missing(const governance::OrderRecord& record) const {
    const Requirement& need = record.order.requirement;
    std::set<std::string> departments;
    for (const auto& one : record.signatures) {
      if (one.role == Role::approver && counts(one)) departments.insert(one.person.department);
    }
    return signed_as(record, Role::approver) < std::max<std::size_t>(1, need.approvers) ||
           departments.size() < need.approver_departments;
  }

  /// The one role in which the order still lacks this person's word; a person signs once (I4).
  [[nodiscard]] std::optional<Role> role_wanted(const governance::OrderRecord& record) const {
    const bool has_signed = std::ranges::any_of(
        record.signatures, [&](const auto& one) { return one.person.id == person_ && counts(one); });
    if (has_signed) return std::nullopt;
    if (record.order.proposer == person_) return Role::proposer;
    const Requirement& need = record.order.requirement;
    const auto wanted = [&](Role role, bool missing) {
      return missing && state_.holds_role(in_.id, person_, role);
    };
    if (wanted(Role::responsible, need.responsible && signed_as(record, Role::responsible) == 0))
      return Role::responsible;
    if (wanted(Role::witness, need.witness && signed_as(record, Role::witness) == 0)) return Role::witness;
    if (wanted(Role::approver, approvals_missing(record))) return Role::approver;
    return std::nullopt;
  }

  void pack() {
    const auto& asked = in_.pack_asked;
    if (!asked || asked->by == person_ || !has_role_for(Verb::adopt_pack)) return;
    add(Waiting::pack, {SubjectKind::case_, in_.id.text()}, asked->pack_name);
    tasks_.back().digest = asked->pack;
  }

  [[nodiscard]] bool has_role_for(Verb verb) const {
    const auto roles = pack_.roles.find(verb);
    return roles != pack_.roles.end() && std::ranges::any_of(roles->second, [&](Role role) {
             return state_.holds_role(in_.id, person_, role);
           });
  }

  /// Looser facts of the case or of a party wait for anybody else of the case, while who asked may act.
  void descriptions() {
    const auto waits = [&](const PersonId& by) { return by != person_ && !in_.suspended.contains(by); };
    if (in_.facts_asked && waits(in_.facts_asked->by))
      add(Waiting::loosening, {SubjectKind::case_, in_.id.text()}, in_.title);
    for (const auto& [id, asked] : in_.parties_asked)
      if (waits(asked.by)) add(Waiting::loosening, {SubjectKind::party, id.text()}, asked.party.name);
  }

  void findings() {
    for (const auto& id : in_.findings) {
      const auto& finding = *state_.find(id);
      if (!finding.stands(now_)) continue;
      const bool fixed = finding.state == governance::FindingState::fixed;
      const bool mine = finding.owner == person_;
      const bool own_glass =
          finding.kind == governance::FindingKind::break_glass && finding.opened_by == person_;
      if (mine && !fixed)
        add(Waiting::finding_own, {SubjectKind::finding, id.text()}, finding.text, finding.due);
      if (!mine && fixed && finding.settled_by != person_ && !own_glass)
        add(Waiting::finding_verify, {SubjectKind::finding, id.text()}, finding.text, finding.due);
    }
  }

  void holdings() {
    for (const auto& id : in_.holdings) {
      const auto& holding = *state_.find(id);
      const Subject about{SubjectKind::holding, id.text()};
      if (holding.review && *holding.review - now_ < kSoonMs)
        add(Waiting::retention_review, about, holding.title, holding.review);
      if (governance::is_terminal(holding.state)) continue;
      const bool unset =
          !holding.classification || holding.classification->holding_class == governance::HoldingClass::unset;
      if (unset && governance::has_statutes(in_)) add(Waiting::unclassified, about, holding.title);
      if (holding.lower && holding.lower_by != person_) add(Waiting::lowering, about, holding.title);
    }
  }

  /// Also in a case that is closed.
  void overdue_intents() {
    const bool answers = state_.holds_role(in_.id, person_, Role::responsible) ||
                         state_.holds_role(in_.id, person_, Role::auditor);
    if (!answers || in_.suspended.contains(person_)) return;
    for (const auto& late : late_)
      if (late.case_id == in_.id)
        add(Waiting::overdue_intent, {SubjectKind::holding, late.holding.text()},
            state_.find(late.holding)->title, late.due);
  }

  void glass() {
    for (const auto& [asked, request] : in_.glass) {
      const bool waits = governance::waits(request, now_) && !in_.suspended.contains(request.person);
      if (waits && request.person != person_)
        add(Waiting::glass, {SubjectKind::holding, asked.first.text()}, request.reason,
            request.asked + governance::kGlassAskedMs);
    }
  }

  /// `record` is what makes the person fit now, or nullptr; `until` when that ends.
  void fitness(Waiting kind, const governance::AttestationRecord* record, std::optional<UnixMs> until) {
    const Subject me = governance::about(person_);
    if (record == nullptr) {
      if (governance::has_statutes(in_)) add(kind, me, {});
      return;
    }
    if (until && *until - now_ < kSoonMs) add(kind, me, {}, until);
  }

  /// An authority's people keep a secret by statute.
  [[nodiscard]] bool works_for_authority() const {
    const auto enrolled = in_.people.find(person_);
    if (enrolled == in_.people.end()) return false;
    const auto party = in_.parties.find(enrolled->second);
    return party != in_.parties.end() && party->second.role == governance::PartyRole::regulator;
  }

  void agreement() {
    if (works_for_authority()) return;
    const auto* record = governance::signed_agreement(state_, in_.id, person_, now_);
    auto until = governance::agreement(state_, in_.id, now_).lapses;
    if (record != nullptr && record->attestation.until)
      until = until ? std::min(*until, *record->attestation.until) : *record->attestation.until;
    fitness(Waiting::agreement, record, until);
  }

  void training() {
    const auto* record = state_.attested_by(in_.id, "training", governance::about(person_), now_);
    if (record != nullptr && !governance::teaches(in_, *record)) record = nullptr;
    fitness(Waiting::training, record, record == nullptr ? std::nullopt : record->attestation.until);
  }

  const governance::State& state_;
  const governance::Pack& pack_;
  const governance::Case& in_;
  const PersonId& person_;
  const UnixMs now_;
  const std::vector<governance::OverdueIntent>& late_;  ///< of all cases
  std::vector<Task>& tasks_;
};

bool before(const Task& a, const Task& b) {
  if (a.due.has_value() != b.due.has_value()) return a.due.has_value();
  if (a.due && *a.due != *b.due) return *a.due < *b.due;
  return std::tie(a.kind, a.case_id, a.about) < std::tie(b.kind, b.case_id, b.about);
}

Json render(const governance::State& state, const Task& task, UnixMs now) {
  Json json;
  json["kind"] = to_string(task.kind);
  json["case"] = task.case_id.text();
  json["case_title"] = state.find(task.case_id)->title;
  json["about"] = proof::to_json(task.about);
  json["text"] = task.text;
  json["role"] = task.role;
  json["digest"] = task.digest ? Json(hex(*task.digest)) : Json();
  json["due"] = task.due ? Json(rfc3339(*task.due)) : Json();
  json["overdue"] = task.due && *task.due <= now;
  return json;
}

}  // namespace

std::vector<Task> waiting_for(const governance::State& state, const governance::Packs& packs,
                              const PersonId& person, UnixMs now) {
  std::vector<Task> tasks;
  const auto late = governance::overdue_intents(state, now);
  for (const auto& [id, in] : state.cases) {
    if (state.holds_any_role(id, person)) CaseDesk(state, packs.of(&in), in, person, now, late, tasks).look();
  }
  std::ranges::sort(tasks, before);
  return tasks;
}

Result<Reply> show_today(Service& service, const Request& request) {
  QUIETUS_TRY(person, require_person(request));
  const UnixMs now = service.clock().now;
  Reply reply;
  service.ledger.look([&](const governance::State& state) {
    const auto tasks = waiting_for(state, service.ledger.packs(), person.id, now);
    Json::Array shown;
    for (std::size_t i = 0; i < std::min(tasks.size(), kMaxTasks); ++i)
      shown.push_back(render(state, tasks[i], now));
    reply.json["left_off"] = static_cast<std::uint64_t>(tasks.size() - shown.size());
    reply.json["tasks"] = std::move(shown);
  });
  reply.json["person"] = person.id.text();
  reply.json["now"] = rfc3339(now);
  return reply;
}

}  // namespace quietus::service
