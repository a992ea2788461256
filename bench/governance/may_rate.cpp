// may(): a fixed sequence of questions over and over, the clock going on.
#include "bench/figure.hpp"
#include "bench/governance/figures.hpp"
#include "governance/may.hpp"

namespace quietus::bench {

using namespace governance;

namespace {

constexpr int kRounds = 7;
constexpr std::size_t kQuestions = 20'000, kApproversFrom = 64;

struct Question {
  const Person* person;
  Verb verb;
  const HoldingId* holding;
  const CaseId* case_id;
};

/// Of a thousand: 350 open, 200 release, 100 seal and 100 propose by people who may; 49 read, 50 freeze; and
/// 151 denied: 50 thaw what is not frozen, 50 open without the role, 50 destroy without an order, 1 close.
Question question(const LargeCase& large, std::size_t i) {
  const std::size_t card = (i * 617) % 1000, holding = (i * 7919) % kHoldings, who = (i * 31) % kOperators;
  const auto ask = [&](Verb verb, std::size_t by) {
    return Question{&large.person(by), verb, &large.holding(holding), nullptr};
  };
  if (card < 350) return ask(Verb::open, who);
  if (card < 550) return ask(Verb::release_data_key, who);
  if (card < 650) return ask(Verb::seal, who);
  if (card < 750) return ask(Verb::propose, who);
  if (card < 799) return ask(Verb::read, who);
  if (card < 849) return ask(Verb::freeze, who);
  if (card < 899) return ask(Verb::thaw, who);
  if (card < 949) return ask(Verb::open, kApproversFrom + who);
  if (card < 999) return ask(Verb::destroy, who);
  return {&large.person(who), Verb::close_case, nullptr, &large.id()};
}

struct Asked {
  double rate = 0;
  std::size_t denied = 0;
};

Asked ask(const LargeCase& large, const Pack& pack, const std::vector<Question>& questions) {
  ClockReading clock = large.clock;
  Asked asked;
  const double took = processor_seconds_of([&] {
    for (const auto& one : questions) {
      const Decision answer = may(large.state, pack, one.person, one.verb, one.holding, one.case_id, clock);
      asked.denied += answer.permitted ? 0 : 1;
      clock.now = clock.now + 1;
    }
  });
  asked.rate = static_cast<double>(questions.size()) / took;
  return asked;
}

/// The same pack, under which no statute is asked.
Pack without_statutes(Pack pack) {
  pack.rules.erase(RuleId::statute);
  return pack;
}

struct Rates {
  double with = 0, without = 0;
  std::size_t denied = 0;
};

Rates rates(const LargeCase& large, const std::vector<Question>& questions) {
  const Pack bare = without_statutes(large.pack());
  std::vector<double> with, without;
  Rates found;
  for (int round = 0; round <= kRounds; ++round) {
    const Asked asked = ask(large, large.pack(), questions), plain = ask(large, bare, questions);
    found.denied = asked.denied;
    if (round == 0) continue;  // warms the caches
    with.push_back(asked.rate);
    without.push_back(plain.rate);
  }
  return {median(with), median(without), found.denied};
}

std::string percent_of(std::size_t part, std::size_t all) {
  return digits(100.0 * static_cast<double>(part) / static_cast<double>(all)) + " %";
}

}  // namespace

void may_rate(const LargeCase& large) {
  std::vector<Question> mix, closes(200, {&large.person(0), Verb::close_case, nullptr, &large.id()});
  for (std::size_t i = 0; i < kQuestions; ++i) mix.push_back(question(large, i));
  const Rates all = rates(large, mix);
  print(
      {"may.rate", all.with, "1/s", all.without,
       "questions a second of processor time, one thread, about 1,000 holdings by 200 people under the 40 "
       "rules "
       "of cn-smallloan; of 1,000 questions 350 open, 200 release_data_key, 100 seal, 100 propose, 50 "
       "freeze, "
       "49 read; and denied: 50 thaw of what is not frozen, 50 open without the role, 50 destroy without an "
       "order, 1 close; " +
           percent_of(all.denied, mix.size()) +
           " denied in all, with every reason in both languages; the clock goes on by 1 ms a question; "
           "baseline: the same without statutes; median of " +
           std::to_string(kRounds)});
  const Rates close = rates(large, closes);
  print({"may.close.rate", close.with, "1/s", close.without,
         "close alone, which asks about every one of the 1,000 holdings and is denied; baseline: the same "
         "without statutes; median of " +
             std::to_string(kRounds)});
}

}  // namespace quietus::bench
