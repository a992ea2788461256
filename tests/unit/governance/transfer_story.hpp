// A transfer case under cn-smallloan, in which everybody is fit.
#pragma once

#include <catch2/catch.hpp>

#include "base/file.hpp"
#include "governance/attested.hpp"
#include "governance/packs.hpp"
#include "governance/rules/pack.hpp"
#include "tests/unit/governance/keyring_story.hpp"

namespace quietus::governance {

inline const Person kNina = person("nina", "new owner");  // of the transferee
inline const Person kPia = person("pia", "data centre");  // of a processor

/// As delivered, with another version or a change in its text.
inline rules::Pack statutes(std::int64_t version = 1, const std::string& from = "",
                            const std::string& to = "") {
  std::string text = read_text(QUIETUS_SOURCE_DIR "/governance/packs/cn-smallloan.json").value();
  if (!from.empty()) {
    REQUIRE(text.find(from) != std::string::npos);
    text.replace(text.find(from), from.size(), to);
  }
  Json json = Json::parse(text).value();
  json["version"] = version;
  json["changelog"].array()->front()["version"] = version;
  auto read = rules::read_pack_untested(json.write());
  INFO((read ? "" : read.error().message));
  REQUIRE(read);
  return *read;
}
inline std::shared_ptr<const rules::Pack> shared_statutes() {
  static const auto pack = std::make_shared<const rules::Pack>(statutes());
  return pack;
}

inline const CaseId kTransfer = id<CaseId>("C");
using Fields = std::map<std::string, std::string>;

/// Whether the decision is denied by that statutory rule.
inline bool denied_by(const Decision& decision, const std::string& rule) {
  return std::ranges::any_of(decision.reasons, [&](const Reason& reason) { return reason.rule == rule; });
}

class TransferStory : public KeyringStory {
 public:
  TransferStory() { pack = joined(builtin_0(), shared_statutes()); }

  /// What another room of the house decides; only its outcome matters here.
  void tell(EventBody body, const Actor& actor = kOlivia) {
    const Event event{clock.now, actor, std::move(body)};
    const Status applied = apply(state, event);
    INFO((applied ? "" : applied.error().message));
    REQUIRE(applied);
    events.push_back(event);
    clock.now = clock.now + 1000;
  }

  [[nodiscard]] Attestation attestation(const Person& who, const std::string& kind, const Subject& subject,
                                        Fields fields = {}) {
    Attestation said;
    said.id = id<AttestationId>(kind + "-" + std::to_string(++said_));
    said.case_id = kTransfer;
    said.person = who.id;
    said.kind = kind;
    said.subject = subject;
    // An agreement is signed as it was published, with every clause that the pack wants.
    const bool agreement = kind == "nda" || kind == "nda_version";
    said.document = sha256(agreement ? "agreement " + fields["version"] : "document of " + said.id.text());
    said.from = clock.now;
    said.fields = std::move(fields);
    const auto of_kind = pack.attestations.find(kind);
    if (kind == "nda_version" && of_kind != pack.attestations.end())
      for (const auto& clause : of_kind->second.fields) said.fields.try_emplace(clause, "its words");
    if (of_kind != pack.attestations.end() && of_kind->second.longest_days > 0)
      said.until = clock.now + 60 * kDay;
    said.nonce = sha256("nonce of " + said.id.text());
    return said;
  }
  static EnterAttestation entering(const Attestation& said) {
    return {said.case_id,
            {proof::encode(said), to_bytes("certificate of " + said.person.text()), to_bytes("signature")}};
  }
  Decision attest(const Person& who, const std::string& kind, const Subject& subject, Fields fields = {}) {
    return act(who, entering(attestation(who, kind, subject, std::move(fields))));
  }
  Decision take_back(const Person& who, const std::string& attestation_id) {
    return attest(who, "revocation", about(id<AttestationId>(attestation_id)), {{"reason", "a mistake"}});
  }

  static Party party(const std::string& name, PartyRole role) {
    Party made;
    made.id = id<PartyId>(name);
    made.role = role;
    made.name = "the " + name;
    made.licence = "lending";
    return made;
  }
  void make_fit(const Person& who) {
    attest(who, "nda", about(who.id), {{"version", "1"}});
    attest(who.id == kEli.id ? kBo : kEli, "training", about(who.id),
           {{"course", "safety"}, {"score", "90"}});
  }
  /// Case "C": everybody of story.hpp works for the transferor, and is fit; nina, pia and rex are not yet.
  void open_transfer(const std::string& deal = "merger") {
    Roles roles;
    roles[Role::operator_] = {kNina.id, kPia.id, kRex.id};
    roles[Role::approver] = {kBo.id, kChen.id};
    roles[Role::responsible] = {kDara.id};
    roles[Role::witness] = {kWei.id};
    roles[Role::auditor] = {kEli.id};
    act(kOlivia, OpenCase{kTransfer, "a transfer", deal, true, roles, ""});
    act(kOlivia, DescribeCase{kTransfer, CaseFacts{"OTHER", 480, 1000, false, false}});
    for (const auto& [name, role] : kParties) act(kOlivia, DeclareParty{kTransfer, party(name, role)});
    for (const Person& who : kStaff) act(kOlivia, EnrolPerson{kTransfer, who.id, id<PartyId>("old")});
    act(kOlivia, EnrolPerson{kTransfer, kNina.id, id<PartyId>("new")});
    act(kOlivia, EnrolPerson{kTransfer, kPia.id, id<PartyId>("host")});
    act(kOlivia, EnrolPerson{kTransfer, kRex.id, id<PartyId>("office")});
    attest(kDara, "nda_version", about(kTransfer), {{"version", "1"}});
    for (const Person& who : kStaff) make_fit(who);
  }

  [[nodiscard]] Classification ordinary() const {
    Classification is;
    is.holding_class = HoldingClass::C2;
    is.level = 3;
    is.always_encrypted = true;
    is.subjects = 100;
    is.ended = clock.now + -11LL * 366 * kDay;
    is.due = clock.now + 400 * kDay;
    return is;
  }
  void records(const std::string& name, const Classification& is) {
    act(kOlivia,
        DeclareHolding{
            id<HoldingId>(name), kTransfer, HoldingKind::record_set, "records " + name, true, {}, {}});
    tell(HoldingClassified{id<HoldingId>(name), is});
    act(kOlivia, CreateKey{id<HoldingId>(name), id<KeyId>("K-" + name)});
  }
  void records(const std::string& name) { records(name, ordinary()); }
  [[nodiscard]] Decision open(const Person& who, const std::string& name) const {
    return ask(who, ReleaseDataKeys{id<KeyId>("K-" + name), "open", 1});
  }
  void advance_to(CasePhase last) {
    for (int to = static_cast<int>(state.find(kTransfer)->phase) + 1; to <= static_cast<int>(last); ++to)
      tell(CaseAdvanced{kTransfer, static_cast<CasePhase>(to)});
  }

 private:
  inline static const std::vector<Person> kStaff = {kOlivia, kBo, kChen, kDara, kWei, kEli};
  inline static const std::vector<std::pair<std::string, PartyRole>> kParties = {
      {"old", PartyRole::transferor},
      {"new", PartyRole::transferee},
      {"host", PartyRole::processor},
      {"office", PartyRole::regulator}};
  int said_ = 0;
};

inline TransferStory with_records() {
  TransferStory s;
  s.open_transfer();
  s.records("R");
  return s;
}

}  // namespace quietus::governance
