#include "kms/service/watch.hpp"

#include "base/crypto.hpp"
#include "governance/standing.hpp"

namespace quietus::service {

namespace {

constexpr std::int64_t kEscalationMs = std::int64_t{7} * 24 * 60 * 60 * 1000;
constexpr int kActsAtOnce = 64;

std::string joined(const std::vector<std::string>& causes) {
  std::string text;
  for (const auto& cause : causes) text += (text.empty() ? "" : "; ") + cause;
  return text;
}

Status commit(Service& service, const std::string& cause, governance::CommandBody body) {
  QUIETUS_CHECK(service.ledger.commit_or_deny({governance::House{cause}, std::move(body)}));
  return {};
}

/// The finding about a late finding: its owner is the one who let it become late, and another one closes it.
governance::OpenFinding escalation(const governance::Finding& late, UnixMs now) {
  governance::OpenFinding command;
  command.finding = FindingId::parse(random_id("finding")).value();
  command.case_id = late.case_id;
  command.kind = governance::FindingKind::overdue;
  command.level = std::max(late.level, governance::FindingLevel::high);
  command.subject = {SubjectKind::finding, late.id.text()};
  command.text = "finding " + late.id.text() + " is overdue";
  command.owner = late.owner;
  command.due = now + kEscalationMs;
  command.blocks = late.blocks;
  return command;
}

template <class Id, class Freeze>
Status freeze(Service& service, const Id& id, UnixMs now) {
  const auto causes = service.ledger.look(
      [&](const governance::State& state) { return causes_to_freeze(state, *state.find(id), now); });
  if (causes.empty()) return {};  // it went away meanwhile
  return commit(service, "a cause to freeze stands", Freeze{id, joined(causes)});
}

Status escalate(Service& service, const FindingId& id, UnixMs now) {
  const auto late = service.ledger.look([&](const governance::State& state) { return *state.find(id); });
  return commit(service, "a finding is overdue", escalation(late, now));
}

struct Due {
  std::vector<HoldingId> holdings;
  std::vector<CaseId> cases;
  std::vector<FindingId> late;
};

}  // namespace

void keep_watch(Service& service, const Attempt& attempt) {
  const UnixMs now = service.clock().now;
  const Due due = service.ledger.look([&](const governance::State& state) {
    return Due{governance::to_freeze(state, now), governance::cases_to_freeze(state, now),
               governance::overdue(state, now)};
  });
  int acts = 0;
  const auto each = [&](const auto& ids, const std::string& job, const auto& act) {
    for (const auto& id : ids) {
      if (acts == kActsAtOnce) return;
      if (attempt(job + " " + id.text(), [&] { return act(service, id, now); })) ++acts;
    }
  };
  each(due.cases, "freeze", freeze<CaseId, governance::FreezeCase>);
  each(due.holdings, "freeze", freeze<HoldingId, governance::FreezeHolding>);
  each(due.late, "escalate", escalate);
}

}  // namespace quietus::service
