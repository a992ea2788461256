#include "governance/replay.hpp"

#include <algorithm>

#include "governance/apply.hpp"
#include "governance/decide.hpp"
#include "governance/may.hpp"
#include "governance/replay_command.hpp"

namespace quietus::governance {

namespace {

std::string list(const std::vector<Reason>& reasons) {
  std::string text;
  for (const auto& reason : reasons) text += (text.empty() ? "" : "; ") + reason.rule + ": " + reason.text_en;
  return text;
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

void Replayer::add(const Event& event) {
  if (broken_) return;
  last_type_ = event_type(event);
  if (!expected_.empty()) {
    expect_follow_up(event);
  } else if (auto body = command_of(replay_.state, event)) {
    decide_again(event, Command{event.actor, std::move(*body)});
  } else {
    ask_again(event);
  }
  if (const Status applied = apply(replay_.state, event); !applied) {
    differ(event, applied.error().message);
    broken_ = true;
    return;
  }
  ++replay_.events;
}

/// An order that is approved by the signature before it, and the like: there and exactly so.
void Replayer::expect_follow_up(const Event& event) {
  if (event == expected_.front()) {
    expected_.erase(expected_.begin());
    ++replay_.decided;
    return;
  }
  differ(event,
         "after the entry before it, " + std::string(event_type(expected_.front())) + " has to follow");
  expected_.clear();
}

void Replayer::decide_again(const Event& event, Command command) {
  const Pack* pack = pack_(replay_.state, command);
  if (pack == nullptr) {
    differ(event, "the rule pack it was decided under is not at hand");
    return;
  }
  const Decision decision = decide(replay_.state, *pack, command, ClockReading{event.at, true});
  if (!decision.permitted) {
    differ(event, "it would be denied: " + list(decision.reasons), decision.reasons);
    return;
  }
  if (decision.events.empty() || decision.events.front() != event) {
    differ(event, "the same command gives another entry");
    return;
  }
  expected_.assign(decision.events.begin() + 1, decision.events.end());
  ++replay_.decided;
}

void Replayer::ask_again(const Event& event) {
  const auto question = question_of(replay_.state, event);
  if (!question) {
    differ(event, "nothing that came before it gives it");
    return;
  }
  const Command about{event.actor, FreezeHolding{question->holding, "pack"}};
  const Pack* pack = pack_(replay_.state, about);
  if (pack == nullptr) {
    differ(event, "the rule pack it was decided under is not at hand");
    return;
  }
  const auto* person = std::get_if<Person>(&event.actor);
  const Decision decision = may(replay_.state, *pack, person, question->verb, &question->holding, nullptr,
                                ClockReading{event.at, true});
  if (!decision.permitted) differ(event, "it would be denied: " + list(decision.reasons), decision.reasons);
  ++replay_.asked;
}

Replay Replayer::finish() {
  // The rest of a decision that the ledger ends within: entries of one decision are appended together.
  if (!broken_ && !expected_.empty())
    note(last_type_, "the ledger ends before " + std::string(event_type(expected_.front())), {});
  return std::move(replay_);
}

}  // namespace quietus::governance
