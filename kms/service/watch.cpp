#include "kms/service/watch.hpp"

#include "base/crypto.hpp"
#include "base/log.hpp"
#include "governance/standing.hpp"

namespace quietus::service {

namespace {

constexpr std::int64_t kEscalationMs = std::int64_t{7} * 24 * 60 * 60 * 1000;

std::string joined(const std::vector<std::string>& causes) {
  std::string text;
  for (const auto& cause : causes) text += (text.empty() ? "" : "; ") + cause;
  return text;
}

void commit(Service& service, const std::string& cause, governance::CommandBody body,
            const std::string& what) {
  const auto committed = service.ledger.commit_or_deny({governance::House{cause}, std::move(body)});
  if (committed) return;
  log(LogLevel::warning, "what the law asks for could not be written down",
      {{"about", what}, {"why", committed.error().message}});
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

struct Due {
  std::vector<std::pair<HoldingId, std::string>> holdings;
  std::vector<std::pair<CaseId, std::string>> cases;
  std::vector<governance::Finding> late;
};

}  // namespace

void keep_watch(Service& service) {
  const UnixMs now = service.clock().now;
  const Due due = service.ledger.look([&](const governance::State& state) {
    Due found;
    for (const auto& id : governance::to_freeze(state, now))
      found.holdings.emplace_back(id, joined(governance::causes_to_freeze(state, *state.find(id), now)));
    for (const auto& id : governance::cases_to_freeze(state, now))
      found.cases.emplace_back(id, joined(governance::causes_to_freeze(state, *state.find(id), now)));
    for (const auto& id : governance::overdue(state, now)) found.late.push_back(*state.find(id));
    return found;
  });
  for (const auto& [id, why] : due.holdings)
    commit(service, "a cause to freeze stands", governance::FreezeHolding{id, why}, id.text());
  for (const auto& [id, why] : due.cases)
    commit(service, "a cause to freeze stands", governance::FreezeCase{id, why}, id.text());
  for (const auto& late : due.late)
    commit(service, "a finding is overdue", escalation(late, now), late.id.text());
}

}  // namespace quietus::service
