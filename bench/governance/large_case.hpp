// A transfer case as large as the aims name: a thousand holdings, two hundred people who sign with keys of
// their own, the rules of cn-smallloan. Everything in it was decided; nothing was put into the state by hand.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "governance/command.hpp"
#include "governance/decision.hpp"
#include "governance/event.hpp"
#include "governance/packs.hpp"
#include "quietus/clock.hpp"
#include "tests/support/signing_world.hpp"

namespace quietus::bench {

inline constexpr std::size_t kHoldings = 1000, kPeople = 200;
inline constexpr std::size_t kOperators = 64;  ///< the first of the people; all are fit to touch a key

class LargeCase {
 public:
  LargeCase();

  /// Decided and applied. A command that is denied ends the program: the figure would mean something else.
  void act(const Person& who, governance::CommandBody body);
  void attest(std::size_t who, const std::string& kind, const Subject& subject,
              const std::map<std::string, std::string>& fields);
  /// An approved order to thaw them: one entry that proposes, four signatures, one approval.
  void order_to_thaw(const std::vector<HoldingId>& which);
  [[nodiscard]] const Person& person(std::size_t which) const { return people_[which % kPeople].person; }
  [[nodiscard]] const HoldingId& holding(std::size_t which) const { return holdings_[which % kHoldings]; }
  [[nodiscard]] KeyId key(std::size_t which) const;
  [[nodiscard]] const CaseId& id() const { return case_id_; }
  [[nodiscard]] const governance::Pack& pack() const;  ///< of the case
  [[nodiscard]] const test::SigningWorld& world() const { return world_; }

  governance::Packs packs;
  governance::State state;
  ClockReading clock{test::kNow, true};
  std::vector<governance::Event> events;

 private:
  struct Member {
    test::Holder holder;
    Person person;
  };
  void open();
  void make_fit(std::size_t who);
  void declare(std::size_t which);

  test::SigningWorld world_ = test::SigningWorld::make();
  CaseId case_id_;
  std::vector<Member> people_;
  std::vector<HoldingId> holdings_;
  std::uint64_t said_ = 0, ordered_ = 0;
};

}  // namespace quietus::bench
