#include "tests/unit/governance_rules/small_pack.hpp"

namespace quietus::rules::test {
namespace {

std::string error_of(const std::string& text) {
  const auto parsed = parse(text);
  return parsed ? "parsed" : parsed.error().message;
}

TEST_CASE("and, or and not are Kleene's over every pair of yes, no and unknown") {
  const std::string names[] = {"h.sens", "h.minor"};
  const std::pair<Truth, std::string> values[] = {
      {Truth::yes, "true"}, {Truth::no, "false"}, {Truth::unknown, ""}};
  for (const auto& [a, a_text] : values) {
    for (const auto& [b, b_text] : values) {
      std::string facts = "{";
      if (!a_text.empty()) facts += "\"h.sens\":" + a_text;
      if (!b_text.empty()) facts += std::string(facts.size() > 1 ? "," : "") + "\"h.minor\":" + b_text;
      facts += "}";
      CHECK(truth("h.sens and h.minor", facts) == std::min(a, b));
      CHECK(truth("h.sens or h.minor", facts) == std::max(a, b));
      CHECK(truth("not h.sens", facts) == !a);
    }
  }
}

TEST_CASE("and binds tighter than or, not tighter than and, a comparison tighter than not") {
  const std::string facts = R"w({"h.sens":true,"h.minor":false,"h.cred":false,"h.class":"C2"})w";
  CHECK(truth("h.sens or h.minor and h.cred", facts) == Truth::yes);
  CHECK(truth("(h.sens or h.minor) and h.cred", facts) == Truth::no);
  CHECK(truth("not h.minor and h.cred", facts) == Truth::no);
  CHECK(truth("not h.class == C1", facts) == Truth::yes);
}

TEST_CASE("shares are exact: 992/1000 is not 1, 999999999999999 parts of as many are") {
  CHECK(truth("cov(notice22,h) == 1", R"w({"cov(notice22,h)":"992/1000"})w") == Truth::no);
  CHECK(truth("cov(notice22,h) >= 991/1000", R"w({"cov(notice22,h)":"992/1000"
})w") == Truth::yes);
  CHECK(truth("cov(notice22,h) == 124/125", R"w({"cov(notice22,h)":"992/1000"
})w") == Truth::yes);
  CHECK(truth("cov(notice22,h) == 1", R"w({"cov(notice22,h)":"999999999999999/999999999999999"
})w") == Truth::yes);
  CHECK(truth("cov(notice22,h) == 1", R"w({"cov(notice22,h)":"999999999999998/999999999999999"
})w") == Truth::no);
}

TEST_CASE("a set of words contains another, or not") {
  const std::string facts = R"w({"o.witness":["w1"],"depts(o.witness)":"{archives, it}"})w";
  const auto pack = pack_of(changed(
      "\"tag\":",
      R"w("department": {"archives":{"zh":"a","en":"a"},"it":{"zh":"a","en":"a"},"hr":{"zh":"a","en":"a"}}, "tag":)w"));
  const auto ask = [&](const std::string& text) {
    return Expression::parse(text, pack.vocabulary()).value().truth(facts_of(pack, facts));
  };
  CHECK(ask("depts(o.witness) >= {it}") == Truth::yes);
  CHECK(ask("depts(o.witness) >= {it, hr}") == Truth::no);
  CHECK(ask("depts(o.witness) <= {it, hr, archives}") == Truth::yes);
  CHECK(ask("depts(o.witness) == {it, archives}") == Truth::yes);
}

TEST_CASE("all and any over an empty set, over members that are unknown, over a set that is unknown") {
  CHECK(truth("all(x in H: x.sens)", R"w({"H":[]})w") == Truth::yes);
  CHECK(truth("any(x in H: x.sens)", R"w({"H":[]})w") == Truth::no);
  CHECK(truth("all(x in H: x.sens)", R"w({"H":["h1","h2"],"h1.sens":true})w") == Truth::unknown);
  CHECK(truth("all(x in H: x.sens)", R"w({"H":["h1","h2"],"h1.sens":false})w") == Truth::no);
  CHECK(truth("any(x in H: x.sens)", R"w({"H":["h1","h2"],"h2.sens":true})w") == Truth::yes);
  CHECK(truth("all(x in H: true)", "{}") == Truth::unknown);
  CHECK(truth("any(x in H: all(y in H: x.sens or y.minor))",
              R"w({"H":["h1"],"h1.sens":false,"h1.minor":true})w") == Truth::yes);
}

TEST_CASE("a mistake is shown at its character, with what was expected") {
  CHECK(error_of("h.sens and h.clas == C2") ==
        "column 14: there is no attribute `clas` of a holding; did you mean `class`");
  CHECK(error_of("case.deal == mergr") == "column 14: there is no deal `mergr`; did you mean `merger`");
  CHECK(error_of("case.deal in {asset,mergr}") ==
        "column 21: there is no deal `mergr`; did you mean `merger`");
  CHECK(error_of("covv(notice22,h) == 1") == "column 1: there is no function `covv`; did you mean `cov`");
  CHECK(error_of("cov(notice2,h) == 1") ==
        "column 5: there is no attestation `notice2`; did you mean `notice22`");
  CHECK(error_of("cov(notice22) == 1") == "column 13: `cov` takes 2 arguments");
  CHECK(error_of("cov(notice22,p) == 1") ==
        "column 14: `p` (a person) does not fit here; expected a holding or finding");
  CHECK(error_of("h.due < 10y") == "column 7: `<` does not compare `h.due` (a date) with `10y` (a duration)");
  CHECK(error_of("now >= h.ended + $kep") ==
        "column 18: the pack has no parameter `$kep`; did you mean `$keep`");
  CHECK(error_of("h.sens = true") == "column 8: `=` is no sign of the language; expected `==`");
  CHECK(error_of("h.sens and") == "column 11: expected a value, not the end");
  CHECK(error_of("(h.sens") == "column 8: expected `)` after what is in brackets, not the end");
  CHECK(error_of("h.sens h.minor") ==
        "column 8: `h` does not continue the expression; expected `and`, `or` or the end");
  CHECK(error_of("now >= 2027-02-29").starts_with("column 8: `2027-02-29` is not a date"));
  CHECK(error_of("config.log_keep >= 6m").starts_with("column 20: `6m` is not a duration"));
  CHECK(error_of("all(h in H: true)") == "column 5: expected a new name for the members, not `h`");
  CHECK(error_of("all(x in case.deal: true)")
            .starts_with("column 10: `case.deal` (a word of the kind deal) has no members"));
  CHECK(error_of("x.sens") == "column 1: there is no name `x`");
  CHECK(error_of("h.due") == "parsed");
  CHECK(error_of("h.due and true") == "column 1: `h.due` (a date) is not yes or no; expected a comparison");
  CHECK(error_of("1 < 2 < 3") == "column 7: comparisons are not chained; join two with `and`");
  CHECK(error_of("case.deal == p.party.role")
            .starts_with("column 14: `p.party.role` (a word of the kind party role) cannot be compared"));
  CHECK(error_of("h.sens \xE6") == "column 8: expressions are printable ASCII");
  CHECK(error_of("") == "column 1: expected a value, not the end");
}

TEST_CASE("size, depth and number of parts are bounded when an expression is read") {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '(') + "true" + std::string(depth, ')');
  };
  CHECK(parse(nested(kMaxDepth - 1)));
  CHECK(error_of(nested(kMaxDepth)).find("nested deeper") != std::string::npos);
  std::string nots;
  for (int i = 0; i < 400; ++i) nots += "not ";
  CHECK(error_of(nots + "true").find("nested deeper") != std::string::npos);
  CHECK(error_of(std::string(kMaxExpressionBytes + 1, ' ')).find("longer than") != std::string::npos);
  std::string many = "true ";
  for (std::size_t i = 0; i < kMaxNodes / 2; ++i) many += "or 1==1 ";
  CHECK(error_of(many).find("more than 256 parts") != std::string::npos);
}

/// A world with as many holdings as one likes.
class ManyHoldings : public Facts {
 public:
  explicit ManyHoldings(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) all_.push_back({"holding", "H-" + std::to_string(i)});
  }
  [[nodiscard]] Value bound(std::string_view) const override { return Unknown{"nobody asks"}; }
  [[nodiscard]] Value attribute(const Entity&, std::string_view) const override { return false; }
  [[nodiscard]] Value members(std::string_view) const override { return all_; }
  [[nodiscard]] Value call(std::string_view, std::span<const Value>) const override { return Unknown{}; }
  [[nodiscard]] const TimeZone& zone() const override { return zone_; }

 private:
  Entities all_;
  TimeZone zone_;
};

TEST_CASE("an evaluation that takes too many steps is unknown, and says so") {
  const auto expression = parse("any(x in H: any(y in H: any(z in H: x.sens and y.sens and z.sens)))");
  REQUIRE(expression);
  const auto few = expression->evaluate(ManyHoldings(20));
  CHECK(few.truth == Truth::no);
  CHECK(few.reasons.size() == kMaxReasons);
  const auto verdict = expression->evaluate(ManyHoldings(2000));
  CHECK(verdict.truth == Truth::unknown);
  REQUIRE(verdict.reasons.size() == 1);
  CHECK(verdict.reasons[0].why == "the evaluation took more than 1000000 steps");
}

TEST_CASE("reasons name the facts with their ids, what they are and what is needed") {
  const auto verdict = judge(
      "cov(notice22,h) == 1 and (att(pipia,case) or h.class == C1) and now >= h.ended + $keep",
      R"w({"cov(notice22,h)":"992/1000","att(pipia,case)":false,"h.class":"C2","now":"2027-01-01","h.ended":"2020-02-29"})w");
  CHECK(verdict.truth == Truth::no);
  REQUIRE(verdict.reasons.size() == 4);
  CHECK(english(verdict.reasons[0]) == "cov(notice22, h) is 992/1000, needs 1");
  CHECK(english(verdict.reasons[1]) == "att(pipia, case) is no, needs yes");
  CHECK(english(verdict.reasons[2]) == "or h.class is C2, needs C1");
  CHECK(english(verdict.reasons[3]) == "now is 2027-01-01, needs at least 2030-02-28 (h.ended + 10y)");
  CHECK(chinese(verdict.reasons[0]) == "cov(notice22, h) 为 992/1000,须为 1");
}

TEST_CASE("an unknown fact is named, once, however deep it stands") {
  const auto verdict = judge("now >= h.ended + $keep and not h.ended == now", R"w({"now":"2027-01-01"})w");
  CHECK(verdict.truth == Truth::unknown);
  REQUIRE(verdict.reasons.size() == 1);
  CHECK(english(verdict.reasons[0]) == "h.ended is unknown");
}

TEST_CASE("members of a set that break a rule are named one by one") {
  const auto verdict = judge("all(x in H: not x.class == unset)",
                             R"w({"H":["h1","h2","h3"],"h1.class":"unset","h2.class":"C1"})w");
  CHECK(verdict.truth == Truth::no);
  REQUIRE(verdict.reasons.size() == 2);
  CHECK(english(verdict.reasons[0]) == "h1.class is unset, must not be unset");
  CHECK(english(verdict.reasons[1]) == "h3.class is unknown");
}

/// Answers with things of the wrong kind.
class Liar : public ManyHoldings {
 public:
  Liar() : ManyHoldings(1) {}
  [[nodiscard]] Value bound(std::string_view name) const override {
    return name == "now" ? Value(UnixMs{INT64_MAX}) : Value(Entity{"person", "not a holding"});
  }
  [[nodiscard]] Value call(std::string_view, std::span<const Value>) const override { return Share{1, 0}; }
};

TEST_CASE("an answer of the wrong kind or out of bounds counts as unknown") {
  const Liar liar;
  CHECK(parse("h.sens")->truth(liar) == Truth::unknown);
  CHECK(parse("now + $keep > 2027-01-01")->truth(liar) == Truth::unknown);
  CHECK(parse("all(x in H: cov(notice22,x) == 1)")->truth(liar) == Truth::unknown);
  CHECK(parse("all(x in H: x.class == C1)")->truth(liar) == Truth::unknown);
}

TEST_CASE("an expression knows what it reads") {
  const auto reads = [](const std::string& text) { return parse(text)->depends_on(); };
  CHECK(reads("all(x in H: not x.class == unset)").only_state());
  CHECK(reads("all(x in H: not x.class == unset)").sets);
  CHECK(reads("h.sens").holding);
  CHECK_FALSE(reads("h.sens").only_state());
  CHECK(reads("now >= 2027-01-01").now);
  CHECK(reads("att(pipia,case)").expiry);
  CHECK(reads("att(pipia,case)").of_case);
  CHECK(reads("ordered(h,destroy,30d)").now);
  CHECK(reads("p.party.role == transferee").person);
  CHECK_FALSE(reads("p.party.role == transferee").of_case);
  CHECK(reads("o.verb == hand and f.kind == risk").order);
  CHECK(reads("o.verb == hand and f.kind == risk").finding);
}

TEST_CASE("a word that is also a name is a word where a word is compared") {
  CHECK(truth("p.party.role == transferee", R"w({"p.party.role":"transferee"})w") == Truth::yes);
  CHECK(truth("transferee.foreign", R"w({"transferee.foreign":false})w") == Truth::no);
}

}  // namespace
}  // namespace quietus::rules::test
