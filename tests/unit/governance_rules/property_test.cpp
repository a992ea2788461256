// Random worlds: knowing more never turns yes into no, and what a reason asks for would have helped.
#include <rapidcheck.h>

#include "tests/unit/governance_rules/small_pack.hpp"

namespace quietus::rules::test {
namespace {

const std::vector<std::string> kBooleans = {"h.sens",          "h.minor",    "h.cred",
                                            "att(pipia,case)", "has(h,kyc)", "case.important"};

/// A random condition over kBooleans. `shape` drives every choice.
std::string condition(const std::vector<int>& shape, std::size_t& at, int depth) {
  const auto next = [&] { return at < shape.size() ? shape[at++] : 0; };
  const int choice = next() % 5;
  if (depth == 0 || choice < 2) return kBooleans[static_cast<std::size_t>(next()) % kBooleans.size()];
  const std::string a = condition(shape, at, depth - 1);
  if (choice == 2) return "not (" + a + ")";
  return "(" + a + (choice == 3 ? ") and (" : ") or (") + condition(shape, at, depth - 1) + ")";
}

AtomFacts world_of(const std::vector<int>& values) {
  Json::Object facts;
  for (std::size_t i = 0; i < kBooleans.size() && i < values.size(); ++i) {
    if (values[i] % 3 != 0) facts[kBooleans[i]] = values[i] % 3 == 1;
  }
  return AtomFacts::read(facts, small().vocabulary(), small().literals(), small().zone).value();
}

const auto kSmallNumbers = rc::gen::container<std::vector<int>>(40, rc::gen::inRange(0, 1000));

TEST_CASE("learning what was unknown never changes a yes or a no") {
  CHECK(rc::check([] {
    const auto shape = *kSmallNumbers;
    auto values = *rc::gen::container<std::vector<int>>(kBooleans.size(), rc::gen::inRange(0, 3));
    std::size_t at = 0;
    const auto expression = parse(condition(shape, at, 4)).value();
    const Truth before = expression.truth(world_of(values));
    for (int& value : values) value = value == 0 ? 1 + *rc::gen::inRange(0, 2) : value;
    const Truth after = expression.truth(world_of(values));
    RC_ASSERT(after != Truth::unknown);
    RC_ASSERT(before == Truth::unknown || before == after);
  }));
}

TEST_CASE("what is not yes has a reason, and what is yes has none") {
  CHECK(rc::check([] {
    const auto shape = *kSmallNumbers;
    const auto values = *rc::gen::container<std::vector<int>>(kBooleans.size(), rc::gen::inRange(0, 3));
    std::size_t at = 0;
    const auto expression = parse(condition(shape, at, 4)).value();
    const Verdict verdict = expression.evaluate(world_of(values));
    RC_ASSERT(verdict.reasons.empty() == (verdict.truth == Truth::yes));
    RC_ASSERT(verdict == expression.evaluate(world_of(values)));
    RC_ASSERT(verdict.truth == expression.truth(world_of(values)));
  }));
}

TEST_CASE("adding a duration never goes back in time, and years are twelve months") {
  CHECK(rc::check([] {
    const UnixMs at{*rc::gen::inRange<std::int64_t>(-2'000'000'000'000, 4'000'000'000'000)};
    const Duration a{*rc::gen::inRange(0, 500), *rc::gen::inRange(0, 4000), *rc::gen::inRange(0, 100)};
    const TimeZone zone = TimeZone::fixed("z", *rc::gen::inRange(-720, 840));
    const UnixMs later = add(at, a, zone);
    RC_ASSERT(later >= at);
    RC_ASSERT(add(at, *parse_duration(to_string(a)), zone) == later);
    const Ordering order = compare(a, {a.months, a.days, a.hours + 1});
    RC_ASSERT(order == (Ordering{true, false, false}));
  }));
}

TEST_CASE("a comparison of durations covers what the calendar does from any day") {
  CHECK(rc::check([] {
    const Duration a{*rc::gen::inRange(0, 40), *rc::gen::inRange(0, 800), 0},
        b{*rc::gen::inRange(0, 40), *rc::gen::inRange(0, 800), 0};
    const TimeZone utc;
    const UnixMs at = utc.midnight(date_of(*rc::gen::inRange(0, 40000)));
    // Days after months from the same day, so that only the months differ in length.
    const UnixMs x = add(at, a, utc), y = add(at, b, utc);
    const Ordering possible = compare(a, b);
    if (utc.date(at).day > 28) return;  // month ends are clamped; the comparison is about whole months
    if (x < y) RC_ASSERT(possible.less);
    if (x == y) RC_ASSERT(possible.equal);
    if (x > y) RC_ASSERT(possible.more);
  }));
}

}  // namespace
}  // namespace quietus::rules::test
