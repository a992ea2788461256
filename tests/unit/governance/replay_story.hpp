// Two lawful stories, every step of them decided, in which every kind of entry happens: what an auditor
// replays.
#pragma once

#include "governance/replay.hpp"
#include "tests/unit/governance/transfer_story.hpp"

namespace quietus::governance {

/// The house's rules and cn-smallloan on top of them.
inline const Packs& both_packs() {
  static const Packs packs = [] {
    Packs made;
    REQUIRE(made.add(statutes()));
    return made;
  }();
  return packs;
}

class LawfulStory : public TransferStory {
 public:
  LawfulStory() { packs = &both_packs(); }

  /// A step that has to be permitted.
  void step(const Actor& actor, CommandBody body) {
    const Decision decision = act(actor, std::move(body));
    INFO((events.empty() ? "at the beginning" : event_type(events.back())) << ": " << decision.why());
    REQUIRE(decision.permitted);
  }
  void said(const Person& who, const std::string& kind, const Subject& subject, Fields fields) {
    step(who, entering(attestation(who, kind, subject, std::move(fields))));
  }
  void record_set(const std::string& name) {
    step(kOlivia,
         DeclareHolding{
             id<HoldingId>(name), kTransfer, HoldingKind::record_set, "records " + name, true, {}, {}});
  }
  void key_of(const std::string& name, KeyAlgorithm algorithm) {
    record_set(name);
    step(kOlivia, CreateKey{id<HoldingId>(name), id<KeyId>("K-" + name), algorithm});
    const KeyPurpose purpose = quietus::purpose_of(algorithm);
    step(kOlivia, ReserveUses{id<KeyId>("K-" + name), {}, Verb::seal, 5, purpose});
    step(kOlivia, ReserveUses{id<KeyId>("K-" + name), {}, Verb::open, 7, purpose});
  }
};

/// Under the house's rules, until the case adopts cn-smallloan at its end: every kind of entry but those of
/// acts by order.
LawfulStory every_kind();
/// Under cn-smallloan from the first entry until the case is closed by order: a disk and a key are destroyed,
/// a copy thawed and surrendered.
LawfulStory under_statutes();

inline Replay replayed(const std::vector<Event>& events, const Packs& packs) {
  Replayer replayer(packs);
  for (const auto& event : events) replayer.add(event);
  return replayer.finish();
}

}  // namespace quietus::governance
