#include "governance/live_witness.hpp"

#include <algorithm>

#include "governance/attested.hpp"

namespace quietus::governance {

namespace {}  // namespace

bool may_witness(const OrderRecord& record, const PersonId& who) {
  if (record.order.proposer == who) return false;
  return std::ranges::none_of(record.signatures, [&](const Signature& signature) {
    return signature.person.id == who && signature.role != Role::witness;
  });
}

namespace {

/// Of a witness who stops or leaves: it holds from the moment at which it came, whatever its own dates say.
const AttestationRecord* newest_said(const State& state, const OrderRecord& record, std::string_view kind,
                                     const PersonId* by) {
  const AttestationRecord* newest = nullptr;
  for (const auto* word : entered(state, record.order.case_id, kind, about(record.order.id))) {
    const PersonId& who = word->signer.id;
    if (may_witness(record, who) && (by == nullptr || who == *by)) newest = word;
  }
  return newest;
}

bool has_left(const State& state, const OrderRecord& record, const AttestationRecord& word) {
  const auto* left = newest_said(state, record, kWitnessLeave, &word.signer.id);
  return left != nullptr && left->ledger_index > word.ledger_index;
}

const AttestationRecord* newest_word(const State& state, const OrderRecord& record, std::string_view kind,
                                     UnixMs at) {
  const auto words = attestations(state, record.order.case_id, kind, about(record.order.id), at);
  for (auto word = words.rbegin(); word != words.rend(); ++word) {
    const PersonId& who = (*word)->signer.id;
    if (!may_witness(record, who) || state.is_suspended(record.order.case_id, who)) continue;
    if (kind != kWitnessStart || !has_left(state, record, **word)) return *word;
  }
  return nullptr;
}

const Profile& profile_of(const State& state, const Pack& pack, const HoldingId& id) {
  const Holding& holding = *state.find(id);
  return pack.profile(*state.find(holding.case_id), holding);
}

bool wants_witness(const State& state, const Pack& pack, const HoldingId& id) {
  return profile_of(state, pack, id).live_witness;
}

}  // namespace

UnixMs present_until(const Pack& pack, const AttestationRecord& word) {
  return word.entered + pack.witness_minutes * kMinuteMs;
}

const AttestationRecord* present_witness(const State& state, const Pack& pack, const OrderRecord& record,
                                         UnixMs at) {
  const auto* word = newest_word(state, record, kWitnessStart, at);
  return word != nullptr && at <= present_until(pack, *word) ? word : nullptr;
}

const AttestationRecord* staying_witness(const State& state, const Pack& pack, const OrderRecord& record,
                                         const HoldingId& holding, UnixMs at) {
  const auto* word = newest_word(state, record, kWitnessStart, at);
  const std::int64_t minutes = profile_of(state, pack, holding).checkpoint_minutes;
  const bool fresh = word != nullptr && (minutes == 0 || at <= word->entered + minutes * kMinuteMs);
  return fresh ? word : nullptr;
}

const AttestationRecord* stopped_by_witness(const State& state, const OrderRecord& record) {
  return newest_said(state, record, kWitnessStop, nullptr);
}

bool run_goes_on(const State& state, const Pack& pack, const OrderRecord& record, const HoldingId& holding,
                 UnixMs at) {
  if (stopped_by_witness(state, record) != nullptr) return false;
  return !wants_witness(state, pack, holding) || staying_witness(state, pack, record, holding, at) != nullptr;
}

const AttestationRecord* witness_of_end(const State& state, const OrderRecord& record,
                                        const LineProgress& line, UnixMs at) {
  const auto* word = newest_word(state, record, kWitnessEnd, at);
  const auto* stopped = stopped_by_witness(state, record);
  const bool after = word != nullptr && word->ledger_index > line.completion_index &&
                     (stopped == nullptr || word->ledger_index > stopped->ledger_index);
  return after ? word : nullptr;
}

WitnessWord witness_wanted(const State& state, const Pack& pack, const OrderRecord& record,
                           const HoldingId& holding, UnixMs at) {
  const bool goes_on = record.state == OrderState::approved || record.state == OrderState::running;
  if (record.order.act != OrderAct::destroy || !goes_on) return WitnessWord::none;
  const LineProgress& line = *record.line(holding);
  const bool stopped = stopped_by_witness(state, record) != nullptr;
  if (stopped && line.state != LineState::destroyed) return WitnessWord::none;  // nothing waits: it is over
  if (!stopped && !wants_witness(state, pack, holding)) return WitnessWord::none;
  switch (line.state) {
    case LineState::pending:
    case LineState::mandated:
    case LineState::ending: {
      const bool begun = line.acted_index > 0;  // a key: what is left is to show that it is gone
      return begun || present_witness(state, pack, record, at) != nullptr ? WitnessWord::none
                                                                          : WitnessWord::start;
    }
    case LineState::destroyed:
      return witness_of_end(state, record, line, at) != nullptr ? WitnessWord::none : WitnessWord::end;
    case LineState::certified:
    case LineState::failed:
    case LineState::done:
      break;
  }
  return WitnessWord::none;
}

WitnessWord witness_wanted(const State& state, const Pack& pack, const OrderRecord& record, UnixMs at) {
  WitnessWord wanted = WitnessWord::none;
  for (const auto& line : record.lines)
    wanted = std::max(wanted, witness_wanted(state, pack, record, line.holding, at));
  return wanted;
}

}  // namespace quietus::governance
