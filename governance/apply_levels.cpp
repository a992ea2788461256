// Risk levels of holdings and parties, who signed before they were raised, and who opened what: by these the
// pack chooses what an order, and an opening, needs.
#include <algorithm>
#include <charconv>

#include "governance/applier.hpp"
#include "governance/attested.hpp"

namespace quietus::governance {

namespace {

/// 1 to 5; 0 = it says no level.
std::uint32_t level_in(const Attestation& said) {
  const std::string_view text = said.field("level");
  std::uint32_t level = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), level);
  const bool whole = read.ec == std::errc() && read.ptr == text.data() + text.size();
  return whole && level <= 5 ? level : 0;
}

}  // namespace

/// What has begun goes on and is asked about again at its next step; what only waits is signed again.
template <class Concerns>
void Applier::void_approvals(const Case& in, Concerns concerns) {
  for (const auto& id : in.orders) {
    OrderRecord& record = state_.orders.at(id);
    const bool pending = record.state == OrderState::proposed || record.state == OrderState::approved;
    if (!pending || !concerns(record)) continue;
    for (auto& signature : record.signatures)
      if (signature.voided_index == 0) signature.voided_index = state_.events;
  }
}

void Applier::level_raised(const Holding& of) {
  void_approvals(state_.cases.at(of.case_id),
                 [&](const OrderRecord& record) { return record.ordered(of.id) != nullptr; });
}

/// Whatever the party has, and what goes over to it.
void Applier::take_risk(Case& in, const AttestationRecord& said) {
  const auto party = PartyId::parse(said.attestation.subject.id);
  const std::uint32_t level = level_in(said.attestation);
  if (!party || !in.parties.contains(*party) || level == 0) return;
  PartyRisk& known = in.risks[*party];
  if (level < known.level) {
    const bool second =
        known.lower == level && known.lower_by != said.signer.id && !in.suspended.contains(known.lower_by);
    known = second ? PartyRisk{level, std::nullopt, {}} : PartyRisk{known.level, level, said.signer.id};
    return;
  }
  const bool raised = level > known.level;
  known = {level, std::nullopt, {}};
  if (!raised) return;
  const bool receives = in.parties.at(*party).role == PartyRole::transferee;
  void_approvals(in, [&](const OrderRecord& record) {
    if (record.order.lines.empty() || (receives && record.order.act == OrderAct::hand)) return true;
    return std::ranges::any_of(record.order.lines, [&](const OrderLine& line) {
      return state_.holdings.at(line.holding).placement.custodian == *party;
    });
  });
}

void Applier::opened(const Holding& holding) {
  state_.cases.at(holding.case_id).openings[actor_person()][holding.id] = event_.at;
}

}  // namespace quietus::governance
