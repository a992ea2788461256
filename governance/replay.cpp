#include "governance/replay.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "governance/apply.hpp"
#include "governance/decide.hpp"
#include "governance/replay_command.hpp"

namespace quietus::governance {

namespace {

std::string list(const std::vector<Reason>& reasons) {
  std::string text;
  for (const auto& reason : reasons) text += (text.empty() ? "" : "; ") + reason.rule + ": " + reason.text_en;
  return text;
}

/// Names of the members in which they differ.
std::string difference(const Event& is, const Event& would_be) {
  const Json recorded = event_to_json(is), decided = event_to_json(would_be);
  if (event_type(is) != event_type(would_be)) return std::string(event_type(would_be));
  std::string names;
  for (const auto& [name, value] : *decided.object()) {
    const Json* other = recorded.find(name);
    if (other == nullptr || *other != value) names += (names.empty() ? "" : ", ") + name;
  }
  return names;
}

/// The id of the finding that breaking the glass opens is in the finding's entry alone.
void take_over_finding(Event& expected, const Event& event) {
  auto* opens = std::get_if<FindingOpened>(&expected.body);
  const auto* opened = std::get_if<FindingOpened>(&event.body);
  if (opens != nullptr && opened != nullptr && opens->kind == FindingKind::break_glass)
    opens->finding = opened->finding;
}

}  // namespace

void Replayer::note(std::string type, std::string why, std::vector<Reason> reasons) {
  if (replay_.differences.size() >= kMaxDifferences) {
    ++replay_.more_differences;
    return;
  }
  replay_.differences.push_back({replay_.state.events, std::move(type), std::move(why), std::move(reasons)});
}

void Replayer::differ(const Event& event, std::string why, std::vector<Reason> reasons) {
  note(std::string(event_type(event)), std::move(why), std::move(reasons));
}

void Replayer::at(std::uint64_t index) {
  const bool apart = !expected_.empty() && index != replay_.state.events;
  if (apart) note(last_type_, "what was decided with it does not stand right behind it", {});
  replay_.state.events = index;
}

void Replayer::add(const Event& event) {
  if (broken_) return;
  if (!follows(event)) decide_again(event);
  last_type_ = event_type(event);
  if (const Status applied = apply(replay_.state, event); !applied) {
    differ(event, applied.error().message);
    broken_ = true;
    return;
  }
  ++replay_.events;
}

/// An order that is approved by the signature before it, and the like: there and exactly so.
bool Replayer::follows(const Event& event) {
  if (expected_.empty()) return false;
  take_over_finding(expected_.front(), event);
  if (event == expected_.front()) {
    expected_.erase(expected_.begin());
    ++replay_.decided;
    return true;
  }
  differ(event,
         "after the entry before it, " + std::string(event_type(expected_.front())) + " has to follow");
  expected_.clear();
  return false;
}

/// Without the rules that a case takes on nothing more can be said about it than that.
bool Replayer::shows_its_pack(const Event& event) {
  const auto carried = [&](const std::string& name, const Digest& digest) {
    if (packs_.find(digest) != nullptr || name == packs_.house().name) return true;
    differ(event, "rule pack " + name + " (sha256:" + hex(digest) + ") is not at hand");
    return false;
  };
  if (const auto* e = std::get_if<CaseOpened>(&event.body)) return carried(e->pack_name, e->pack);
  if (const auto* e = std::get_if<PackAsked>(&event.body)) return carried(e->pack_name, e->pack);
  if (const auto* e = std::get_if<PackAdopted>(&event.body)) return carried(e->pack_name, e->pack);
  return true;
}

void Replayer::decide_again(const Event& event) {
  auto rebuilt = command_of(replay_.state, event);
  if (!rebuilt) return differ(event, "nothing that came before it gives it");
  if (!shows_its_pack(event)) return;
  const Command command{event.actor, std::move(rebuilt->command)};
  const Decision decision = decide(replay_.state, packs_, command, ClockReading{event.at, true});
  if (!decision.permitted)
    return differ(event, "it would be denied: " + list(decision.reasons), decision.reasons);
  if (decision.events.front() != event)
    return differ(event,
                  "the same command gives another entry: " + difference(event, decision.events.front()));
  expected_.assign(decision.events.begin() + 1, decision.events.end());
  ++(rebuilt->shown_taken_as_good ? replay_.asked : replay_.decided);
}

Replay Replayer::finish() {
  // The rest of a decision that the ledger ends within: entries of one decision are appended together.
  if (!broken_ && !expected_.empty())
    note(last_type_, "the ledger ends before " + std::string(event_type(expected_.front())), {});
  return std::move(replay_);
}

}  // namespace quietus::governance
