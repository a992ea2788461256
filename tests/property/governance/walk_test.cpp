// Every state that a small case can reach: an original, a backup of it, a card with a backup of its key, the
// transferee's copy, a hold that never ends, the end of the retention period, a court, an abort. None of them
// is a dead end, and none breaks an invariant; and each of three rules that look stricter makes dead ends.
#include <catch2/catch.hpp>
#include <deque>
#include <iostream>
#include <map>
#include <optional>

#include "base/file.hpp"
#include "governance/attested.hpp"
#include "tests/unit/governance/phase_story.hpp"

using namespace quietus;
using namespace quietus::governance;

namespace {

using Fields = std::map<std::string, std::string>;

const std::vector<std::string> kNames = {"A", "B", "K", "T"};  // original, backup, card, transferee's copy

/// Rules that the house does not have.
struct Variant {
  bool freeze_every_hold = false, no_keeping = false, no_return = false;
  std::shared_ptr<const rules::Pack> statutes =
      nullptr;          ///< and a smaller world: no backup, no court, no term
  bool unsaid = false;  ///< nobody attests what they ask for
};

bool speaks(const Story& s) {
  return s.state.attested_by(kC, "audit", {SubjectKind::party, "seller"}, s.clock.now) != nullptr;
}

/// Everything that can be said in favour, of what there is now: what is left is what no word can help.
void say_everything(Story& s, const std::string& order = "") {
  const auto say = [&](const std::string& name, const Subject& subject) {
    if (s.state.attested_by(kC, name, subject, s.clock.now) != nullptr) return;
    Fields fields;
    for (const auto& field : s.pack.attestations.at(name).fields)
      fields[field] = field == "channel" ? "mutual_auth" : field == "version" ? "1" : "100";
    attest(s, name, subject, fields);
  };
  const std::set<std::string> not_in_favour = {"revocation", "waiver",        "surrender",   "authorization",
                                               "complaint",  "witness_leave", "witness_stop"};
  for (const auto& [name, kind] : s.pack.attestations) {
    if (restricts(name) || not_in_favour.contains(name)) continue;
    if (kind.about.contains(SubjectKind::case_)) say(name, about_case());
    for (const auto& holding : s.state.find(kC)->holdings)
      if (kind.about.contains(SubjectKind::holding)) say(name, about(holding.text()));
    for (const auto& party : {kSeller, kBuyer})
      if (kind.about.contains(SubjectKind::party)) say(name, {SubjectKind::party, party.text()});
    if (!order.empty() && kind.about.contains(SubjectKind::order)) say(name, {SubjectKind::order, order});
  }
  for (const auto& holding : s.state.find(kC)->holdings)
    for (const char* act : {"hand", "thaw"})
      for (const Person& who : {kBo, kChen, kFay})
        attest(s, "authorization", about(holding.text()), {{"act", act}}, who);
}

const Case& in(const Story& s) { return *s.state.find(kC); }
bool held(const Story& s) { return s.state.attested_by(kC, kHold, about("A"), s.clock.now) != nullptr; }
bool at_court(const Story& s) {
  return s.state.attested_by(kC, kCourtOrder, about_case(), s.clock.now) != nullptr;
}
bool is_due(const Story& s) {
  const auto& due = s.state.find(id<HoldingId>("A"))->classification->due;
  return *due <= s.clock.now;
}
const Holding* find(const Story& s, const std::string& name) { return s.state.find(id<HoldingId>(name)); }

/// Two stories with the same key have the same future, as far as this case goes.
std::string key(const Story& s) {
  std::string text(to_string(in(s).phase));
  text += in(s).frozen ? " frozen" : "";
  text += (held(s) ? " held" : "");
  text += (at_court(s) ? " court" : "");
  text += (is_due(s) ? " due" : "");
  for (const auto& name : kNames) {
    const Holding* holding = find(s, name);
    if (holding == nullptr) continue;
    text += " " + name + ":" + std::string(to_string(holding->state)) + (holding->frozen ? "*" : "");
  }
  return text;
}

/// Always encrypted, due in some years: what was said of it before is loosened, so another says it too.
void class_loosely(Story& s, const std::string& name) {
  auto is = classing(name).classification;
  is.always_encrypted = true;
  is.due = s.clock.now + 1000 * 24 * Story::kHour;
  for (const Person& who : {kOlivia, kBo}) s.act(who, ClassifyHolding{id<HoldingId>(name), is});
}

/// Under statutes: an original and a card with a copy of its key.
Story opened_under(const Variant& variant) {
  Story s;
  s.pack = joined(builtin_0(), variant.statutes);
  open_transfer(s, "asset", false);
  happened(s, kOlivia, CaseDescribed{kC, CaseFacts{"OTHER", 0, 1000, false, false}});
  original(s);
  class_loosely(s, "A");
  declare_copy(s, "K", HoldingKind::disk, CopyKind::key_backup, "A");
  class_loosely(s, "K");
  declare_copy(s, "B", HoldingKind::disk, CopyKind::backup, "A");
  class_loosely(s, "B");
  attest(s, "restore_test", about("B"), {{"result", "passed"}});
  if (!variant.unsaid) say_everything(s);
  return s;
}

Story opened(const Variant& variant) {
  if (variant.statutes != nullptr) return opened_under(variant);
  Story s;
  open_transfer(s);
  original(s);
  auto dated = classing("A");
  dated.classification.due = s.clock.now + 100 * 24 * Story::kHour;
  s.act(kOlivia, dated);
  s.pack.rules = builtin_0().rules;
  declare_copy(s, "B", HoldingKind::disk, CopyKind::backup, "A");
  attest(s, "restore_test", about("B"), {{"result", "passed"}});
  declare_copy(s, "K", HoldingKind::disk, CopyKind::key_backup, "A");
  return s;
}

bool destroy(Story& s, const std::string& name) {
  const std::string order = "O" + std::to_string(s.state.orders.size());
  if (!s.propose(order, {name}).permitted) return false;
  sign_all(s, order);
  if (speaks(s)) say_everything(s, order);
  const OrderId oid = id<OrderId>(order);
  const HoldingId hid = id<HoldingId>(name);
  if (find(s, name)->kind == HoldingKind::disk) {
    if (!s.act(id<HostId>("host-1"), s.mandate(order, name, order)).permitted) return false;
    s.act(id<HostId>("host-1"), Story::sample(order, name));
    s.act(id<HostId>("host-1"), s.completion(order, name));
  } else {
    if (!s.act(kHouse, BeginKeyDestruction{oid, hid}).permitted) return false;
    s.act(kHouse, BeginKeyAct{oid, hid, Target::there});
    s.act(kHouse, s.key_gone(order, name));
  }
  return s.act(kHouse, Story::certificate(order, name)).permitted && s.act(kHouse, EndOrder{oid}).permitted;
}

bool hand_over(Story& s) {
  if (in(s).phase != CasePhase::moving || find(s, "T") != nullptr) return false;
  if (!s.act(kOlivia, ReleaseDataKeys{id<KeyId>("K-A"), "open", 1}).permitted) return false;
  declare_copy(s, "T", HoldingKind::record_set, CopyKind::transferee_copy, "A");
  seal_copy(s, "T");
  if (s.pack.statutes != nullptr) {
    class_loosely(s, "T");
    if (speaks(s)) say_everything(s);
  }
  return true;
}

/// Under the delivered packs an order of its own permits it, which somebody who did not sign for it carries
/// out.
bool by_order(Story& s, OrderAct act, const std::vector<std::string>& holdings, const CommandBody& body) {
  if (s.pack.by_order.contains(act)) {
    const std::string order = order_act(s, act, holdings);
    if (s.state.find(id<OrderId>(order)) == nullptr) return false;
    if (speaks(s)) say_everything(s, order);
  }
  return s.act(kOlivia, body).permitted;
}

bool end(Story& s, const std::string& name, HoldingEnd how) {
  // A body claims what the law makes it claim: here, what is under the hold.
  if (how == HoldingEnd::surrendered) {
    if (standing_hold(s.state, *find(s, name), s.clock.now) == nullptr) return false;
    sign_receipt(s, name);
  }
  if (how == HoldingEnd::transferred) return by_order(s, OrderAct::hand, {name}, ending(s, name, how));
  if (how == HoldingEnd::surrendered) return by_order(s, OrderAct::surrender, {name}, ending(s, name, how));
  return s.act(kOlivia, ending(s, name, how)).permitted;
}

struct Step {
  std::string name;
  bool outside = false;  ///< nobody of the case can make it happen
  std::function<bool(Story&)> take;
};

void add_freezing(const Story& s, const Variant& variant, std::vector<Step>& steps) {
  std::vector<HoldingId> due = to_freeze(s.state, s.clock.now);
  if (due != asked_one_by_one(s.state, s.clock.now)) FAIL("the pass over a case differs from its holdings");
  for (const auto& [hid, holding] : s.state.holdings) {
    const bool hold = standing_hold(s.state, holding, s.clock.now) != nullptr;
    if (variant.freeze_every_hold && hold && !holding.frozen && !is_terminal(holding.state))
      due.push_back(hid);
    if (holding.frozen && !(variant.freeze_every_hold && hold))
      steps.push_back({"thaw " + hid.text(), false, [hid](Story& at) {
                         return by_order(at, OrderAct::thaw, {hid.text()},
                                         ThawHolding{hid, "its cause has ended"});
                       }});
  }
  for (const auto& hid : due)
    steps.push_back({"freeze " + hid.text(), false,
                     [hid](Story& at) { return at.act(kHouse, FreezeHolding{hid, "held"}).permitted; }});
}

void add_ends(const Story& s, const Variant& variant, std::vector<Step>& steps) {
  for (const auto& name : kNames) {
    const Holding* holding = find(s, name);
    if (holding == nullptr || is_terminal(holding->state)) continue;
    steps.push_back({"destroy " + name, false, [name](Story& at) { return destroy(at, name); }});
    for (const HoldingEnd how :
         {HoldingEnd::transferred, HoldingEnd::retained, HoldingEnd::surrendered, HoldingEnd::returned}) {
      const bool keeps = how == HoldingEnd::retained || how == HoldingEnd::surrendered;
      if ((variant.no_keeping && keeps) || (variant.no_return && how == HoldingEnd::returned)) continue;
      steps.push_back({std::string(to_string(how)) + " " + name, false,
                       [name, how](Story& at) { return end(at, name, how); }});
    }
  }
}

std::vector<Step> steps_from(const Story& s, const Variant& variant) {
  std::vector<Step> steps;
  const CasePhase phase = in(s).phase;
  if (phase < CasePhase::disposing) {
    const auto next = static_cast<CasePhase>(static_cast<int>(phase) + 1);
    steps.push_back({"advance", false, [next](Story& at) { return advance(at, next); }});
  }
  if (phase < CasePhase::accepted)
    steps.push_back({"abort", false, [](Story& at) { return advance(at, CasePhase::aborted); }});
  steps.push_back(
      {"close", false, [](Story& at) { return by_order(at, OrderAct::close, {}, CloseCase{kC}); }});
  steps.push_back({"hand over", false, hand_over});
  if (!held(s) && !is_terminal(find(s, "A")->state))
    steps.push_back({"hold", true, [](Story& at) { return attest(at, "hold", about("A")), true; }});
  if (!is_due(s) && variant.statutes == nullptr) {
    steps.push_back({"term ends", false, [](Story& at) {
                       at.clock.now = *find(at, "A")->classification->due;
                       return true;
                     }});
  }
  if (variant.statutes != nullptr) {
    // nothing of the kind
  } else if (!in(s).frozen) {
    steps.push_back({"court", true, [](Story& at) {
                       attest(at, "court_order", about_case());
                       return at.act(kHouse, FreezeCase{kC, "a court has called"}).permitted;
                     }});
  } else {
    steps.push_back({"court has decided", false, [](Story& at) {  // no court takes for ever
                       const auto* order = at.state.attested_by(kC, kCourtOrder, about_case(), at.clock.now);
                       if (at.ask(kBo, ThawCase{kC, "early"}).permitted) return false;
                       take_back(at, order->attestation.id);
                       return at.act(kBo, ThawCase{kC, "decided"}).permitted;
                     }});
  }
  add_freezing(s, variant, steps);
  add_ends(s, variant, steps);
  return steps;
}

/// What a step may not have done.
void check_step(const Story& before, const Story& after, const std::string& step) {
  INFO(key(before) << " --" << step << "--> " << key(after));
  const CasePhase phase = in(before).phase;
  const bool accepted = phase == CasePhase::accepted || phase == CasePhase::disposing;
  bool all_ended = true;
  for (const auto& name : kNames) {
    const Holding *was = find(before, name), *is = find(after, name);
    if (is == nullptr) continue;
    all_ended = all_ended && is_terminal(is->state);
    if (was == nullptr || was->state == is->state) continue;
    if (is_terminal(was->state)) FAIL("what has ended does not end again");  // I13
    if (in(before).frozen && is->state != HoldingState::surrendered) FAIL("the case was frozen");
    if (is->state == HoldingState::destroyed) {
      if (was->frozen) FAIL("a frozen holding was destroyed");
      if (name == "A" && !accepted) FAIL("an original was destroyed early");  // I8
      if (name != "T" && name != "B" && held(before) && find(before, "A")->state != HoldingState::surrendered)
        FAIL("a held holding was destroyed");                                   // I7
      if (is->certificate_id.empty()) FAIL("destroyed without a certificate");  // I10
    }
    if (is->state == HoldingState::transferred && (name != "T" || !accepted || was->frozen))
      FAIL("transferred without acceptance");  // I5
    if (is->state == HoldingState::returned && (name == "T" || phase != CasePhase::aborted))
      FAIL("returned from a deal that went on");  // I16
    if (is->state == HoldingState::retained && (!is->frozen || !held(before) || !is->review))
      FAIL("retained without a ground");
  }
  if (in(after).phase == phase) return;
  const bool closes = in(after).phase == CasePhase::closed;
  if (in(before).frozen) FAIL("a frozen case moved");
  if (closes && !all_ended) FAIL("closed over something that lives");  // I9
  if (closes && phase != CasePhase::disposing && phase != CasePhase::aborted) FAIL("closed early");
  if (!closes && in(after).phase != CasePhase::aborted && in(after).phase < phase) FAIL("backwards");  // I13
}

struct Edge {
  std::size_t from, to;
  bool outside;
};

struct Walk {
  std::vector<Story> states;
  std::vector<Edge> edges;

  /// States from which nobody of the case comes to where `goal` holds.
  template <class Goal>
  [[nodiscard]] std::vector<std::size_t> without_way_to(Goal goal) const {
    std::vector<std::vector<std::size_t>> back(states.size());
    for (const auto& edge : edges)
      if (!edge.outside) back[edge.to].push_back(edge.from);
    std::vector<bool> reaches(states.size());
    std::deque<std::size_t> queue;
    const auto reach = [&](std::size_t at) {
      if (!reaches[at]) queue.push_back(at);
      reaches[at] = true;
    };
    for (std::size_t i = 0; i < states.size(); ++i)
      if (goal(states[i])) reach(i);
    for (; !queue.empty(); queue.pop_front())
      for (const std::size_t from : back[queue.front()]) reach(from);
    std::vector<std::size_t> lost;
    for (std::size_t i = 0; i < states.size(); ++i)
      if (!reaches[i]) lost.push_back(i);
    return lost;
  }
  /// Cases that never close.
  [[nodiscard]] std::vector<std::size_t> dead_ends() const {
    return without_way_to([](const Story& s) { return in(s).phase == CasePhase::closed; });
  }
  /// Deals that nothing but a rule keeps from success: nobody aborted them, the term has not ended.
  [[nodiscard]] std::vector<std::size_t> stuck_deals() const {
    auto lost = without_way_to([](const Story& s) {
      return find(s, "T") != nullptr && find(s, "T")->state == HoldingState::transferred;
    });
    std::erase_if(lost, [this](std::size_t i) {
      const Story& s = states[i];
      const bool over =
          in(s).phase > CasePhase::moving || is_due(s) || find(s, "A")->state != HoldingState::sealed;
      return over || (find(s, "T") != nullptr && is_terminal(find(s, "T")->state));
    });
    return lost;
  }
};

Walk walk(const Variant& variant = {}) {
  Walk all;
  std::map<std::string, std::size_t> known;
  all.states.push_back(opened(variant));
  known[key(all.states.front())] = 0;
  for (std::size_t at = 0; at < all.states.size(); ++at) {
    if (in(all.states[at]).phase == CasePhase::closed) continue;
    for (const auto& step : steps_from(all.states[at], variant)) {
      Story next = all.states[at];
      next.events.clear();
      if (!step.take(next)) continue;
      check_step(all.states[at], next, step.name);
      const auto [found, fresh] = known.try_emplace(key(next), all.states.size());
      if (fresh) all.states.push_back(std::move(next));
      all.edges.push_back({at, found->second, step.outside});
    }
  }
  return all;
}

}  // namespace

TEST_CASE("no state that a case can reach is a dead end, and none breaks an invariant") {
  const Walk all = walk();
  std::cout << "walk: " << all.states.size() << " states, " << all.edges.size() << " steps\n";
  CHECK(all.states.size() > 300);
  for (const std::size_t i : all.dead_ends()) FAIL_CHECK("dead end: " << key(all.states[i]));
  for (const std::size_t i : all.stuck_deals()) FAIL_CHECK("stuck: " << key(all.states[i]));
}

TEST_CASE("a freeze on every hold, no keeping or no return would each make a case that cannot go on") {
  const Walk frozen = walk({.freeze_every_hold = true});
  std::cout << "freezing on every hold: " << frozen.stuck_deals().size() << " stuck deals\n";
  CHECK_FALSE(frozen.stuck_deals().empty());
  const Walk thrown = walk({.no_keeping = true});
  std::cout << "no retained, no surrendered: " << thrown.dead_ends().size() << " dead ends\n";
  CHECK_FALSE(thrown.dead_ends().empty());
  const Walk kept = walk({.no_return = true});
  std::cout << "no returned: " << kept.dead_ends().size() << " dead ends\n";
  CHECK_FALSE(kept.dead_ends().empty());
}

TEST_CASE("under the delivered packs nobody who can have everything said ends in a dead end") {
  for (const char* name : {"cn-smallloan", "intl"}) {
    INFO(name);
    const auto text = read_text(QUIETUS_SOURCE_DIR "/governance/packs/" + std::string(name) + ".json");
    Variant variant;
    variant.statutes = std::make_shared<const rules::Pack>(rules::read_pack(text.value()).value());
    const Walk all = walk(variant);
    std::cout << name << ": " << all.states.size() << " states, " << all.edges.size() << " steps\n";
    CHECK(all.states.size() > 50);
    for (const std::size_t i : all.dead_ends()) FAIL_CHECK("dead end: " << key(all.states[i]));
    for (const std::size_t i : all.stuck_deals()) FAIL_CHECK("stuck: " << key(all.states[i]));
    variant.unsaid = true;
    CHECK_FALSE(walk(variant).stuck_deals().empty());
  }
}
