// Plays a transfer case at random: moves become commands that fit now and then.
#pragma once

#include <array>
#include <map>
#include <tuple>

#include "tests/unit/governance/phase_story.hpp"

namespace quietus::governance {

using PhasesMove = std::tuple<int, int, int, int>;  // card, who, which holding, luck

inline const CaseId kPlayed = id<CaseId>("C");
inline const std::vector<Person> kPlayers = {kOlivia, kBo, kChen, kDara, kWei, kEli, kFay, kStranger};
inline const std::vector<std::string> kPlayedHoldings = {"A", "B", "E", "K", "T"};
inline const std::map<std::string, CopyKind> kPlayedCopies = {{"A", CopyKind::original},
                                                              {"B", CopyKind::backup},
                                                              {"E", CopyKind::extract},
                                                              {"K", CopyKind::key_backup},
                                                              {"T", CopyKind::transferee_copy}};
enum class PhasesCard {
  place,
  classify,
  make_key,
  seal,
  open,
  advance,
  abort,
  close,
  freeze_case,
  thaw_case,
  freeze,
  thaw,
  house_freezes,
  hold,
  court,
  surrender,
  restore,
  witness,
  take_back,
  propose,
  sign,
  withdraw,
  begin,
  act,
  gone,
  certify,
  end_order,
  end_holding,
  open_finding,
  settle,
  glass,
  suspend,
  reinstate
};
// clang-format off
inline constexpr std::array kPhasesDeck = {
  PhasesCard::place, PhasesCard::classify, PhasesCard::classify, PhasesCard::make_key, PhasesCard::seal, PhasesCard::open, PhasesCard::open,
  PhasesCard::advance, PhasesCard::advance, PhasesCard::advance, PhasesCard::abort, PhasesCard::close, PhasesCard::close, PhasesCard::close, PhasesCard::freeze_case, PhasesCard::thaw_case,
  PhasesCard::thaw_case, PhasesCard::freeze, PhasesCard::thaw, PhasesCard::thaw, PhasesCard::house_freezes, PhasesCard::house_freezes, PhasesCard::hold, PhasesCard::court,
  PhasesCard::surrender, PhasesCard::take_back, PhasesCard::take_back, PhasesCard::propose, PhasesCard::propose, PhasesCard::propose, PhasesCard::sign, PhasesCard::sign, PhasesCard::sign,
  PhasesCard::withdraw, PhasesCard::begin, PhasesCard::begin, PhasesCard::begin, PhasesCard::act, PhasesCard::act, PhasesCard::act, PhasesCard::gone, PhasesCard::gone, PhasesCard::gone,
  PhasesCard::restore, PhasesCard::restore, PhasesCard::witness, PhasesCard::witness, PhasesCard::witness,
  PhasesCard::certify, PhasesCard::certify, PhasesCard::end_order, PhasesCard::end_order, PhasesCard::end_holding, PhasesCard::end_holding, PhasesCard::end_holding,
  PhasesCard::open_finding, PhasesCard::settle, PhasesCard::settle, PhasesCard::glass, PhasesCard::glass, PhasesCard::suspend, PhasesCard::reinstate};
// clang-format on

/// Handing over needs most to be right beforehand, so it is drawn most often. By luck.
inline constexpr std::array kDrawnActs = {OrderAct::destroy, OrderAct::hand,  OrderAct::surrender,
                                          OrderAct::thaw,    OrderAct::close, OrderAct::hand,
                                          OrderAct::hand,    OrderAct::hand};

/// Turns a move into commands that fit now and then.
class PhasesPlayer {
 public:
  Story story;

  /// Without `by_order`, only destruction is ordered.
  explicit PhasesPlayer(bool by_order = false) {
    open_transfer(story);
    if (by_order) story.pack.by_order = builtin_0().by_order;
    story.pack.rules = builtin_0().rules;
    for (const auto& name : kPlayedHoldings) {
      story.act(kOlivia,
                DeclareHolding{id<HoldingId>(name), kPlayed, HoldingKind::record_set, name, true, {}, {}});
      if (name == "T") continue;
      story.act(kOlivia, place(name));
      story.act(kOlivia, classing(name));
      if (name != "K") seal_copy(story, name);
    }
  }

  std::vector<Command> commands(const PhasesMove& move) {
    const auto [card, who, which, luck] = move;
    const Person& anyone = kPlayers[static_cast<std::size_t>(who) % kPlayers.size()];
    const std::string& name = kPlayedHoldings[static_cast<std::size_t>(which) % kPlayedHoldings.size()];
    const HoldingId hid = id<HoldingId>(name);
    const Holding& holding = *story.state.find(hid);
    const OrderId order = holding.live_order.empty() ? id<OrderId>("none") : holding.live_order;
    switch (kPhasesDeck[static_cast<std::size_t>(card)]) {
      case PhasesCard::place:
        return {{anyone, luck == 0 ? placing(name, CopyKind::staging, "A") : place(name)}};
      case PhasesCard::classify:
        return {{anyone, classing(name, luck == 0 && which < 2 ? HoldingClass::C3
                                        : luck == 1            ? HoldingClass::C1
                                                               : HoldingClass::C2)}};
      case PhasesCard::make_key:
        return {{kOlivia, CreateKey{hid, id<KeyId>("K-" + name)}}};
      case PhasesCard::seal:
        return {{kOlivia, RecordSealed{hid, "file", sha256(name), 10}}};
      case PhasesCard::open:
        return {{luck < 3 ? anyone : kOlivia, ReleaseDataKeys{id<KeyId>("K-" + name), "open", 1}}};
      case PhasesCard::advance:
        return {{luck == 0 ? anyone : kOlivia, AdvanceCase{kPlayed, next(luck)}}};
      case PhasesCard::abort:
        return luck < 2 && which == 0
                   ? std::vector<Command>{{kDara, AdvanceCase{kPlayed, CasePhase::aborted}}}
                   : std::vector<Command>{};
      case PhasesCard::close:
        return {{kOlivia, CloseCase{kPlayed}}};
      case PhasesCard::freeze_case:
        return luck == 0 ? std::vector<Command>{{anyone, FreezeCase{kPlayed, "why"}}}
                         : std::vector<Command>{};
      case PhasesCard::thaw_case:
        return {{anyone, ThawCase{kPlayed, "why"}}};
      case PhasesCard::freeze:
        return luck < 3 ? std::vector<Command>{{anyone, FreezeHolding{hid, "why"}}} : std::vector<Command>{};
      case PhasesCard::thaw:
        return {{anyone, ThawHolding{hid, "why"}}};
      case PhasesCard::house_freezes: {
        std::vector<Command> all;
        for (const auto& due : to_freeze(story.state, story.clock.now))
          all.push_back({kHouse, FreezeHolding{due, "a cause"}});
        return all;
      }
      case PhasesCard::hold:
        if (luck == 0) say("hold", about(name));
        return {};
      case PhasesCard::court:
        if (luck == 0 && which < 2) say("court_order", which == 0 ? about_case() : about(name));
        return {};
      case PhasesCard::surrender:
        if (luck == 0 && story.state.find(kPlayed)->phase != CasePhase::closed) sign_receipt(story, name);
        return {};
      case PhasesCard::restore:
        restore(name, luck);
        return {};
      case PhasesCard::witness:
        witness(order, luck);
        return {};
      case PhasesCard::take_back:
        take_one_back(luck);
        return {};
      case PhasesCard::propose:
        return {{kOlivia, proposal(name, luck)}};
      case PhasesCard::sign:
        return signatures(some_live_order(hid, order, luck));
      case PhasesCard::withdraw:
        return luck == 0 ? std::vector<Command>{{anyone, WithdrawOrder{order, "why"}}}
                         : std::vector<Command>{};
      case PhasesCard::begin:
        return {{kHouse, BeginKeyDestruction{order, hid}}};
      case PhasesCard::act:
        return {{kHouse, BeginKeyAct{order, hid, Target::there}}};
      case PhasesCard::gone:
        if (luck == 0) return {{kHouse, FailHolding{order, hid, "why"}}};
        return {{kHouse, story.key_gone(order.text(), name)}};
      case PhasesCard::certify:
        return {{kHouse, Story::certificate(order.text(), name)}};
      case PhasesCard::end_order:
        return {{kHouse, EndOrder{order}}};
      case PhasesCard::end_holding:
        return {{kOlivia, ending(story, name, static_cast<HoldingEnd>(luck % 4))}};
      case PhasesCard::open_finding:
        return luck < 2 ? std::vector<Command>{{anyone, new_finding(name, luck)}} : std::vector<Command>{};
      case PhasesCard::settle:
        return {
            {luck < 3 ? kDara : anyone, settling(some_finding(luck), static_cast<FindingStep>(which % 4))}};
      case PhasesCard::glass:
        return {{anyone, glass(name, "F" + std::to_string(story.state.findings.size()))}};
      case PhasesCard::suspend:
        return luck == 0 && which == 0
                   ? std::vector<Command>{{kStranger, SuspendPerson{anyone.id, kPlayed, "why"}},
                                          {kEli, SuspendPerson{anyone.id, kPlayed, "why"}}}
                   : std::vector<Command>{};
      case PhasesCard::reinstate:
        return {{kWei, ReinstatePerson{anyone.id, kPlayed, "why"}}};
    }
    return {};
  }

 private:
  static PlaceHolding place(const std::string& name) {
    return placing(name, kPlayedCopies.at(name), name == "A" ? "" : "A");
  }
  [[nodiscard]] CasePhase next(int luck) const {
    const int now = static_cast<int>(story.state.find(kPlayed)->phase);
    return static_cast<CasePhase>(luck == 1 ? luck : std::min(now + 1, 7));
  }
  void say(const std::string& kind, const Subject& subject) {
    if (story.state.find(kPlayed)->phase != CasePhase::closed) attest(story, kind, subject);
  }
  [[nodiscard]] ProposeOrder proposal(const std::string& name, int luck) const {
    const std::string order = "O" + std::to_string(story.state.orders.size());
    const bool frozen = story.state.find(kPlayed)->frozen;  // then little else is possible
    const auto by_luck = frozen && luck >= 4 ? OrderAct::thaw : kDrawnActs[static_cast<std::size_t>(luck)];
    const auto act = story.pack.by_order.empty() ? OrderAct::destroy : by_luck;
    ProposeOrder command = story.proposal(order, {name});
    command.act = act;
    const bool lifts = act == OrderAct::thaw && frozen;
    if (act == OrderAct::close || lifts) command.holdings.clear();
    return command;
  }
  /// To destroy, or of another act, of the holding or of the case.
  [[nodiscard]] OrderId some_live_order(const HoldingId& hid, const OrderId& destroys, int luck) const {
    const Case& in = *story.state.find(kPlayed);
    int skip = luck % 3;
    for (const auto& [waits, order] : in.acts_ordered)
      if ((waits.second == hid || waits.second == HoldingId()) && skip-- == 0) return order;
    return destroys;
  }
  /// Mostly of the backup, and mostly with success.
  void restore(const std::string& name, int luck) {
    if (story.state.find(kPlayed)->phase == CasePhase::closed) return;
    attest(story, "restore_test", about(luck < 5 ? "B" : name),
           {{"result", luck == 0 ? "failed" : "passed"}});
  }
  void witness(const OrderId& order, int luck) {
    if (story.state.find(order) == nullptr) return;
    const Subject what{SubjectKind::order, order.text()};
    attest(story, luck < 5 ? "witness_start" : "witness_end", what, {}, luck == 0 ? kBo : kWei);
  }
  void take_one_back(int luck) {
    if (story.state.find(kPlayed)->phase == CasePhase::closed) return;
    int skip = luck;
    for (const auto& [said, record] : story.state.attestations) {
      const std::string& kind = record.attestation.kind;
      const bool stands = kind == "hold" || kind == "court_order" || kind == "surrender";
      if (record.taken_back || !stands || skip-- > 0) continue;
      return take_back(story, said);
    }
  }
  [[nodiscard]] std::vector<Command> signatures(const OrderId& order) const {
    if (story.state.find(order) == nullptr) return {};
    std::vector<Command> all;
    const auto add = [&](const Person& who, Role role) {
      all.push_back({who, Story::signing(order.text(), who, story.approval(order.text(), who, role))});
    };
    add(kOlivia, Role::proposer);
    add(kDara, Role::responsible);
    add(kWei, Role::witness);
    for (const Person& who : {kBo, kChen, kFay}) add(who, Role::approver);
    return all;
  }
  [[nodiscard]] OpenFinding new_finding(const std::string& name, int luck) const {
    const auto kind = luck == 0 ? FindingKind::complaint : FindingKind::risk;
    auto made = finding(story, "F" + std::to_string(story.state.findings.size()), kind,
                        luck == 0 ? about(name) : about_case());
    if (luck == 1) made.blocks = {Verb::advance_case, Verb::close_case};
    return made;
  }
  [[nodiscard]] std::string some_finding(int luck) const {
    for (const auto& [fid, finding] : story.state.findings)
      if (finding.state != FindingState::closed) return fid.text();
    return "F" + std::to_string(luck);
  }
};

}  // namespace quietus::governance
