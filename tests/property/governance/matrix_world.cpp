#include "tests/property/governance/matrix_world.hpp"

#include <stdexcept>

#include "governance/attested.hpp"
#include "tests/property/governance/matrix_people.hpp"

namespace quietus::governance::matrix {

namespace {

const CaseId kCase = id<CaseId>("C");
const HoldingId kOriginal = id<HoldingId>("A"), kCopy = id<HoldingId>("X"), kBackup = id<HoldingId>("B");
const OrderId kOrder = id<OrderId>("O");
const PartyId kOld = id<PartyId>("old"), kNew = id<PartyId>("new");

/// Tells a state what has happened, without asking anybody.
class Teller {
 public:
  Teller(State& state, UnixMs at) : state_(state), at_(at) {}

  void happened(EventBody body, const Actor& actor = kOlivia) {
    at_ = at_ + 1000;
    const Event event{at_, actor, std::move(body)};
    if (const Status applied = apply(state_, event); !applied)
      throw std::runtime_error(std::string(event_type(event)) + ": " + applied.error().message);
  }
  void attest(const Person& who, const std::string& kind, const Subject& subject,
              std::map<std::string, std::string> fields = {}) {
    Attestation said;
    said.id = id<AttestationId>(kind + "-" + std::to_string(state_.attestations.size()));
    said.case_id = kCase;
    said.person = who.id;
    said.kind = kind;
    said.subject = subject;
    said.from = at_;
    said.until = at_ + 300LL * 24 * Story::kHour;
    said.fields = std::move(fields);
    said.nonce = sha256("nonce of " + said.id.text());
    happened(
        AttestationEntered{kCase, who, {proof::encode(said), to_bytes("certificate"), to_bytes("signature")}},
        who);
  }
  void wait_until(UnixMs at) { at_ = at; }
  void agree(const Person& who) { attest(who, "nda", about(who.id), {{"version", "1"}}); }
  void learn(const Person& who) {
    attest(who.id == kEli.id ? kBo : kEli, "training", about(who.id),
           {{"course", "safety"}, {"score", "90"}});
  }
  void employ(const Person& who, const PartyId& party) { happened(PersonEnrolled{kCase, who.id, party}); }
  void declare_party(const PartyId& which, PartyRole role, bool admitted, bool contracted) {
    Party made;
    made.id = which;
    made.role = role;
    made.name = which.text();
    happened(PartyDeclared{kCase, made});
    if (admitted) attest(kDara, "admission", about(which), {{"ground", "screened"}});
    if (contracted)
      attest(kDara, "contract", about(which),
             {{"purpose", "p"},
              {"method", "m"},
              {"scope", "s"},
              {"types", "t"},
              {"duties", "d"},
              {"end", "return"}});
  }

  void declare(const HoldingId& name, HoldingKind kind) {
    HoldingDeclared made{name, kCase, kind, name.text(), true, {}, {}};
    if (kind == HoldingKind::disk) {
      made.host = kHost;
      made.device = device(name.text());
    }
    happened(made);
  }
  void place(const HoldingId& name, CopyKind copy) {
    const bool original = copy == CopyKind::original;
    happened(HoldingPlaced{
        name, {copy, original ? HoldingId() : kOriginal, copy == CopyKind::transferee_copy ? kNew : kOld}});
  }
  void classify(const HoldingId& name, HoldingClass holding_class, bool purpose_ended = false) {
    if (holding_class == HoldingClass::unset) return;
    Classification is;
    is.holding_class = holding_class;
    is.level = holding_class == HoldingClass::C1   ? 2
               : holding_class == HoldingClass::C2 ? 3
               : holding_class == HoldingClass::C3 ? 4
                                                   : 5;
    is.always_encrypted = true;
    if (purpose_ended) is.due = at_ + -24 * Story::kHour;
    is.subjects = 100;
    happened(HoldingClassified{name, is});
  }
  void seal(const HoldingId& name) {
    const KeyId key = id<KeyId>("K-" + name.text());
    happened(KeyCreated{name, key});
    happened(KeyReleased{name, key, "seal", 1});
    happened(HoldingSealed{name, "file-" + name.text(), sha256(name.text()), 4096});
  }
  /// Two keys, of which the first comes into that state.
  void keyring(const HoldingId& name, KeyState to) {
    using enum KeyState;
    const KeyRanges one = KeyRanges::parse("1").value();
    happened(KeyringCreated{name, kRing, KeyClass::wrapped});
    happened(KeysAdded{kRing, KeyOrigin::made, 1, 2, KeyPurpose::encrypt_decrypt,
                       to == pre_active ? pre_active : active});
    const auto change = [&](KeyChange how) { happened(KeysChanged{kRing, one, how, "why"}); };
    if (to == suspended) change(KeyChange::suspend);
    if (to == deactivated) change(KeyChange::deactivate);
    if (to == compromised || to == destroyed_compromised) change(KeyChange::compromise);
    if (to < destroy_scheduled) return;
    const std::int64_t minutes = to == destroy_scheduled ? 7 * 24 * 60 : 2;
    const UnixMs due{(at_.value / 60'000 + minutes) * 60'000};
    happened(DestructionScheduled{kRing, one, due, "the contract has ended"});
    if (to == destroy_scheduled) return;
    at_ = due;
    happened(KeyringShredding{kRing, 1, std::nullopt, one.digest(), 1}, kHouse);
    if (to == destroying) return;
    happened(KeyringActBegun{kRing}, kHouse);
    if (to == destroy_failed) return happened(KeyringShreddingFailed{kRing, "the token went away"}, kHouse);
    happened(KeyringShredded{kRing, 1, 2, 1, 1, sha256("evidence"), Json::Object{{"epoch", "digest"}}},
             kHouse);
  }
  void finding(FindingKind kind, const Subject& of, std::set<Verb> blocks = {}) {
    happened(FindingOpened{id<FindingId>("F"), kCase, kind, FindingLevel::high, of, "something is wrong",
                           kDara.id, at_ + 24 * Story::kHour, std::move(blocks)});
  }

  void order(const HoldingId& name, const Pack& pack, OrderAct act = OrderAct::destroy) {
    const Holding& holding = *state_.find(name);
    Order made;
    made.id = act == OrderAct::destroy ? kOrder : id<OrderId>("O-" + std::string(to_string(act)));
    made.act = act;
    made.case_id = kCase;
    made.proposer = kOlivia.id;
    made.reason = "it has been handed over";
    OrderLine line;
    line.holding = name;
    line.kind = holding.kind;
    line.title = holding.title;
    line.host = holding.host;
    line.device = holding.device;
    line.key = holding.key;
    if (act != OrderAct::close) made.lines = {line};
    made.not_before = at_;
    made.not_after = at_ + 24 * Story::kHour;
    made.rule_pack = pack.digest();
    made.rule_pack_name = pack.name;
    made.requirement = {.approvers = 3, .approver_departments = 2, .responsible = true, .witness = true};
    made.nonce = sha256("nonce of " + made.id.text());
    happened(OrderProposed{made});
    sign(made.id, kOlivia, Role::proposer);
    for (const Person& who : {kBo, kChen, kFay}) sign(made.id, who, Role::approver);
    sign(made.id, kDara, Role::responsible);
    sign(made.id, kWei, Role::witness);
    happened(OrderApproved{made.id}, kWei);
  }
  void mandate(const HoldingId& name) {
    happened(MandateIssued{kOrder, name, kHost, "boot", sha256("facts"), sha256("nonce of the mandate"),
                           plan_for(device(name.text()))},
             kHost);
  }
  void end(const HoldingId& name, HoldingEnd how) {
    happened(
        HoldingEnded{name, how, "that is its end",
                     how == HoldingEnd::retained ? std::optional(at_ + 24 * Story::kHour) : std::nullopt});
  }
  void begin_act() {
    happened(HoldingEnding{kOrder, kOriginal}, kHouse);
    happened(HoldingActBegun{kOrder, kOriginal}, kHouse);
  }
  void advance_to(CasePhase to) {
    if (to == CasePhase::aborted) return happened(CaseAdvanced{kCase, to});
    while (state_.find(kCase)->phase < std::min(to, CasePhase::disposing))
      happened(CaseAdvanced{kCase, static_cast<CasePhase>(static_cast<int>(state_.find(kCase)->phase) + 1)});
    if (to == CasePhase::closed) happened(CaseClosed{kCase});
  }

 private:
  void sign(const OrderId& order, const Person& who, Role role) {
    const OrderRecord& record = *state_.find(order);
    Approval word;
    word.order = order;
    word.order_digest = record.digest;
    word.case_id = kCase;
    word.person = who.id;
    word.role = role;
    word.decision = ApprovalDecision::approve;
    word.nonce = sha256(who.id.text());
    word.not_after = at_ + 12 * Story::kHour;
    happened(OrderSigned{order, who, {proof::encode(word), to_bytes("certificate"), to_bytes("signature")}},
             who);
  }

  State& state_;
  UnixMs at_;
};

void people(Teller& tell) {
  tell.attest(kDara, "nda_version", about(kCase), {{"version", "1"}});
  for (const Person& who : {kOlivia, kPat, kBo, kChen, kFay, kDara, kWei, kEli, kSus, kNat, kUma, kGus})
    tell.employ(who, kOld);
  tell.employ(kPia, id<PartyId>("host"));
  tell.employ(kUli, id<PartyId>("cloud"));
  tell.employ(kUrs, id<PartyId>("archive"));
  tell.employ(kNina, kNew);
  tell.employ(kRex, id<PartyId>("office"));
  for (const Person& who :
       {kOlivia, kPat, kBo, kChen, kFay, kDara, kWei, kEli, kSus, kPia, kUli, kUrs, kNina}) {
    tell.agree(who);
    tell.learn(who);
  }
  tell.learn(kNat);
  tell.agree(kUma);
  tell.learn(kRex);
  tell.attest(kDara, "secrecy_duty", about(kRex.id), {{"authority", "the bureau"}, {"law", "PIPL 64"}});
}

void parties(Teller& tell) {
  tell.declare_party(kOld, PartyRole::transferor, true, false);
  tell.declare_party(kNew, PartyRole::transferee, true, true);
  tell.declare_party(id<PartyId>("host"), PartyRole::processor, true, true);
  tell.declare_party(id<PartyId>("cloud"), PartyRole::processor, true, false);
  tell.declare_party(id<PartyId>("archive"), PartyRole::processor, false, true);
  tell.declare_party(id<PartyId>("office"), PartyRole::regulator, false, false);
}

Roles roles() {
  Roles all;
  all[Role::operator_] = {kOlivia.id, kSus.id, kNat.id,  kUma.id, kPia.id,
                          kUli.id,    kUrs.id, kNina.id, kRex.id, kGus.id};
  all[Role::proposer] = {kPat.id};
  all[Role::approver] = {kBo.id, kChen.id, kFay.id};
  all[Role::responsible] = {kDara.id};
  all[Role::witness] = {kWei.id};
  all[Role::auditor] = {kEli.id};
  return all;
}

bool is_disk(Stand stand) { return to_string(stand).starts_with("disk"); }

bool is_extract(Stand stand) { return to_string(stand).starts_with("extract"); }
bool is_transferee_copy(Stand stand) { return to_string(stand).starts_with("transferee_copy"); }

HoldingId about_what(Stand stand) {
  return is_extract(stand) || is_transferee_copy(stand) ? kCopy : kOriginal;
}

/// The holding and what else is there, before anything befalls it.
void things(Teller& tell, HoldingClass holding_class, Stand stand, bool statutes,
            std::optional<KeyState> key) {
  tell.declare(kOriginal, is_disk(stand) ? HoldingKind::disk : HoldingKind::record_set);
  if (statutes) tell.place(kOriginal, CopyKind::original);
  if (statutes) tell.classify(kOriginal, holding_class, stand == Stand::due_held);
  if (key) return tell.keyring(kOriginal, *key);
  if (!is_disk(stand) && stand != Stand::declared) tell.seal(kOriginal);
  const auto child = [&](const HoldingId& name, CopyKind copy) {
    tell.declare(name, HoldingKind::record_set);
    tell.place(name, copy);
    tell.classify(name, holding_class);
    tell.seal(name);
  };
  if (is_extract(stand)) child(kCopy, CopyKind::extract);
  if (is_transferee_copy(stand)) child(kCopy, CopyKind::transferee_copy);
  if (is_transferee_copy(stand) && stand != Stand::transferee_copy_unbacked) {
    child(kBackup, CopyKind::backup);
    tell.attest(kEli, "restore_test", about(kBackup), {{"result", "passed"}});
  }
  if (stand == Stand::backup_held_ordered) child(kBackup, CopyKind::key_backup);
}

void befalls(Teller& tell, Stand stand) {
  switch (stand) {
    case Stand::frozen:
    case Stand::frozen_ordered:
    case Stand::disk_frozen_ordered:
      return tell.happened(HoldingFrozen{kOriginal, "an inquiry"}, kEli);
    case Stand::held:
    case Stand::held_ordered:
    case Stand::disk_held_ordered:
      return tell.attest(kEli, "hold", about(kOriginal), {{"ground", "a claim"}});
    case Stand::due_held:
    case Stand::frozen_held:
      tell.attest(kEli, "hold", about(kOriginal), {{"ground", "a claim"}});
      if (stand == Stand::frozen_held) tell.happened(HoldingFrozen{kOriginal, "a hold"}, kEli);
      return;
    case Stand::court:
    case Stand::court_ordered:
      return tell.attest(kEli, "court_order", about(kOriginal), {{"court", "the court"}});
    case Stand::backup_held_ordered:
      return tell.attest(kEli, "hold", about(kBackup), {{"ground", "a claim"}});
    case Stand::incident:
    case Stand::incident_ordered:
      return tell.finding(FindingKind::incident, about(kOriginal));
    case Stand::case_incident:
    case Stand::case_incident_ordered:
      return tell.finding(FindingKind::incident, about(kCase));
    case Stand::case_court:
    case Stand::case_court_ordered:
      return tell.attest(kEli, "court_order", about(kCase), {{"court", "the court"}});
    case Stand::complained_ordered:
      return tell.attest(kEli, "complaint", about(kOriginal), {{"text", "my data are wrong"}});
    case Stand::complaint:
    case Stand::complaint_ordered:
      return tell.finding(FindingKind::complaint, about(kOriginal));
    case Stand::blocked:
      return tell.finding(FindingKind::risk, about(kOriginal), {Verb::open, Verb::release_data_key});
    case Stand::ending:
      return tell.begin_act();
    case Stand::destroyed:
      tell.begin_act();
      return tell.happened(
          HoldingDestroyed{kOrder, kOriginal, sha256("evidence"), Json::Object{{"key", "gone"}}}, kHouse);
    case Stand::destroy_failed:
      tell.begin_act();
      tell.happened(HoldingFailed{kOrder, kOriginal, "the token went away"}, kHouse);
      return tell.happened(OrderEnded{kOrder, OrderState::failed}, kHouse);
    case Stand::transferred:
      return tell.end(kOriginal, HoldingEnd::transferred);
    case Stand::retained:
      tell.attest(kEli, "hold", about(kOriginal), {{"ground", "a claim"}});
      tell.happened(HoldingFrozen{kOriginal, "a hold"}, kEli);
      return tell.end(kOriginal, HoldingEnd::retained);
    case Stand::surrendered:
      return tell.end(kOriginal, HoldingEnd::surrendered);
    case Stand::returned:
      return tell.end(kOriginal, HoldingEnd::returned);
    case Stand::case_frozen:
    case Stand::case_frozen_ordered:
      return tell.happened(CaseFrozen{kCase, "an incident"}, kEli);
    case Stand::disk_ending:
      return tell.mandate(kOriginal);
    default:
      return;
  }
}

bool wants_order(Stand stand) {
  return to_string(stand).ends_with("ordered") || stand == Stand::ending || stand == Stand::destroyed ||
         stand == Stand::destroy_failed || stand == Stand::disk_ending;
}

}  // namespace

World::World(bool statutes)
    : pack_(statutes ? pack_with_statutes() : builtin_0()),
      clock_{{1'800'000'000'000}, true},
      statutes_(statutes) {
  Teller tell(start_, clock_.now);
  tell.happened(CaseOpened{kCase, "a case", "asset", true, roles(), pack_.name, pack_.digest()});
  if (statutes) {
    tell.happened(CaseDescribed{kCase, CaseFacts{"OTHER", 480, 1000, false, false}});
    parties(tell);
    people(tell);
  }
  tell.happened(PersonSuspended{kSus.id, kCase, "an inquiry"}, kEli);
  clock_.now = clock_.now + Story::kHour;
}

std::optional<Scene> World::scene(HoldingClass holding_class, CasePhase phase, Stand stand,
                                  std::optional<KeyState> key) {
  Scene scene{start_, about_what(stand)};
  Teller tell(scene.state, start_.latest);
  try {
    things(tell, holding_class, stand, statutes_, key);
    if (wants_order(stand)) tell.order(scene.holding, pack_);
    if (wants_order(stand) && stand != Stand::unwatched_ordered) {
      tell.wait_until(clock_.now + -5 * 60 * 1000);
      tell.attest(kWei, "witness_start", about(kOrder));
    }
    tell.happened(GlassAsked{kCase, scene.holding, "the power is out"}, kGus);
    tell.happened(GlassBroken{kCase, scene.holding, kGus.id, clock_.now + Story::kHour / 4}, kBo);
    befalls(tell, stand);
    tell.advance_to(phase);
  } catch (const std::runtime_error& why) {
    impossible = why.what();
    return std::nullopt;
  }
  return scene;
}

Scene World::ordered(const Scene& scene, const std::vector<OrderAct>& acts) const {
  Scene with = scene;
  Teller tell(with.state, with.state.latest);
  if (with.state.find(kCase)->phase == CasePhase::closed) return with;
  const bool lives = !is_terminal(with.state.find(scene.holding)->state);
  for (const OrderAct act : acts)
    if (lives || act == OrderAct::close) tell.order(scene.holding, pack_, act);
  return with;
}

const Person* person_of(Who who) {
  static const std::vector<const Person*> all = {&kOlivia,   &kPat,   &kBo,   &kDara, &kWei, &kEli,
                                                 &kStranger, nullptr, &kSus,  &kNat,  &kUma, &kPia,
                                                 &kUli,      &kUrs,   &kNina, &kRex,  &kGus};
  return all.at(static_cast<std::size_t>(who));
}

}  // namespace quietus::governance::matrix
