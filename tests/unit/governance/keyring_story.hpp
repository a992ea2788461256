// A story with keyrings in it.
#pragma once

#include "tests/unit/governance/story.hpp"

namespace quietus::governance {

inline KeyRanges keys(const std::string& text) { return KeyRanges::parse(text).value(); }

class KeyringStory : public Story {
 public:
  static constexpr std::int64_t kDay = 24 * kHour;

  /// Holding `name` with keyring `ring-<name>` of `count` keys.
  void keyring(const std::string& name, std::uint32_t count, KeyClass key_class = KeyClass::wrapped) {
    act(kOlivia,
        DeclareHolding{
            id<HoldingId>(name), id<CaseId>("C"), HoldingKind::record_set, "records " + name, true, {}, {}});
    act(kOlivia, CreateKeyring{id<HoldingId>(name), ring_id(name), key_class});
    if (count > 0) act(kOlivia, add(name, count));
  }
  static KeyringId ring_id(const std::string& name) { return id<KeyringId>("ring-" + name); }
  [[nodiscard]] const Keyring& ring(const std::string& name) const { return *state.find(ring_id(name)); }
  [[nodiscard]] std::string in(const std::string& name, KeyState where) const {
    return ring(name).in(where).text();
  }

  static AddKeys add(const std::string& name, std::uint32_t count) {
    return {ring_id(name), KeyOrigin::made, count, KeyPurpose::encrypt_decrypt, KeyState::active};
  }
  static ChangeKeys change(const std::string& name, const std::string& numbers, KeyChange how) {
    return {ring_id(name), keys(numbers), how, "why"};
  }
  [[nodiscard]] ScheduleDestruction schedule(const std::string& name, const std::string& numbers) const {
    return {ring_id(name), keys(numbers), clock.now + 7 * kDay, "the contract has ended"};
  }
  static ReserveUses reserve(const std::string& name, std::optional<std::uint32_t> number, Verb verb,
                             std::uint32_t uses = 10) {
    const auto one = number ? std::optional(KeyNumber{*number}) : std::nullopt;
    return {ring_id(name), one, verb, uses};
  }
  /// Scheduled, and the waiting period over.
  void make_due(const std::string& name, const std::string& numbers) {
    act(kOlivia, schedule(name, numbers));
    clock.now = clock.now + 7 * kDay + kMinuteMsOfTests;
  }

  static BeginShredding begin(const std::string& name, const std::string& order = "") {
    return {ring_id(name), order.empty() ? std::nullopt : std::optional(id<OrderId>(order))};
  }
  static BeginShreddingAct begin_act(const std::string& name, Target root = Target::there) {
    return {ring_id(name), root};
  }
  [[nodiscard]] CompleteShredding shredded(const std::string& name) const {
    const Keyring& now = ring(name);
    CompleteShredding command;
    command.keyring = now.id;
    const std::uint64_t taken = now.shredding ? now.shredding->numbers.count() : 0;
    command.to_epoch = now.shredding && now.shredding->whole ? 0 : now.epoch + 1;
    command.destroyed = taken;
    command.survivors = now.living().count() - taken;
    command.shown = {.old_root_found = false,
                     .deleted_opens = false,
                     .survivors_open = true,
                     .canary_found_and_opens = true,
                     .census_differs_by_root_only = true,
                     .token_synced = true};
    command.evidence_digest = sha256("evidence of the epoch");
    command.detail = Json::Object{{"epoch", "digest"}};
    command.pack = state.find(state.find(now.holding)->case_id)->pack;
    return command;
  }
  static CertifyKeys certified(const std::string& name, std::uint64_t from_epoch) {
    return {ring_id(name), from_epoch, "cert-" + name, Json::Object{{"sha256", "digest"}}};
  }
  /// One whole epoch.
  void shred(const std::string& name, const std::string& order = "") {
    act(kHouse, begin(name, order));
    act(kHouse, begin_act(name));
    act(kHouse, shredded(name));
  }
  /// An approved order about some keys of a keyring; "" = all of it.
  void order_keys(const std::string& order, const std::string& name, const std::string& numbers) {
    auto command = proposal(order, {name});
    if (!numbers.empty()) command.keys[id<HoldingId>(name)] = keys(numbers);
    act(kOlivia, command);
    sign_fully(order);
  }

 private:
  static constexpr std::int64_t kMinuteMsOfTests = 60'000;
};

}  // namespace quietus::governance
