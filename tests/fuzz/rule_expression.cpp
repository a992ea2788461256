// An expression of a rule: whatever parses evaluates in bounded time, the same every time, and says why it is
// not yes.
#include <cstdlib>

#include "governance/rules/expression.hpp"
#include "quietus/bytes.hpp"

namespace {

using namespace quietus;
using namespace quietus::rules;

void require(bool holds) {
  if (!holds) std::abort();
}

/// Answers everything in some way: of the right kind, of the wrong kind, or not at all.
class World : public Facts {
 public:
  [[nodiscard]] Value bound(std::string_view name) const override {
    if (name == "now") return UnixMs{1'800'000'000'000};
    if (name == "p") return Entity{"person", "P-1"};
    if (name == "o") return Entity{"order", "O-1"};
    if (name == "h") return Entity{"holding", "H-1"};
    if (name == "f") return Unknown{"no finding"};
    if (name == "case" || name == "config") return Entity{std::string(name), "C-1"};
    return Entity{"party", std::string(name)};
  }
  [[nodiscard]] Value attribute(const Entity& of, std::string_view name) const override {
    switch ((of.id.back() + name.front() + name.back()) % 7) {
      case 0:
        return Unknown{};
      case 1:
        return true;
      case 2:
        return std::int64_t{128};
      case 3:
        return UnixMs{1'790'000'000'000};
      case 4:
        return Symbol{"merger"};
      case 5:
        return Duration{6, 0, 0};
      default:
        return Entities{{"person", "P-2"}, {"person", "P-3"}};
    }
  }
  [[nodiscard]] Value members(std::string_view set) const override {
    if (set == "H") return Entities{{"holding", "H-1"}, {"holding", "H-2"}, {"holding", "H-3"}};
    if (set == "F") return Entities{};
    return Unknown{};
  }
  [[nodiscard]] Value call(std::string_view function, std::span<const Value> arguments) const override {
    if (function == "cov") return Share{992, 1000};
    if (function == "age") return Age{{1'700'000'000'000}};
    if (function == "limit") return Duration{0, 0, 4};
    if (function == "depts") return Symbols{{"it"}};
    return arguments.size() % 2 == 0;
  }
  [[nodiscard]] const TimeZone& zone() const override { return zone_; }

 private:
  TimeZone zone_ = TimeZone::fixed("z", 480);
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace quietus;
  using namespace quietus::rules;
  static const Vocabulary vocabulary = [] {
    Vocabulary words = Vocabulary::house();
    for (const char* word : {"a", "notice22", "pipia"})
      require(words.add_word("attestation", word).has_value());
    require(words.add_word("tag", "kyc").has_value());
    require(words.add_word("department", "it").has_value());
    return words;
  }();
  static const Parameters parameters = {
      {"keep", "10y"}, {"set", "{it}"}, {"day", "2027-01-01"}, {"bad", "1 or 2"}};
  static const World world;
  const auto expression = Expression::parse(as_text({bytes, size}), vocabulary, parameters);
  if (!expression) {
    require(expression.error().message.starts_with("column "));
    return 0;
  }
  (void)to_text(expression->value(world), world.zone());
  (void)expression->asks();
  if (expression->type().kind != Kind::truth) return 0;
  const Verdict verdict = expression->evaluate(world);
  require(verdict == expression->evaluate(world));
  require(verdict.truth == expression->truth(world));
  require(verdict.truth != Truth::yes || verdict.reasons.empty());
  require(verdict.reasons.size() <= kMaxReasons);
  for (const Reason& reason : verdict.reasons) require(!english(reason).empty() && !chinese(reason).empty());
  // The same text means the same.
  const auto again = Expression::parse(expression->text(), vocabulary, parameters);
  require(again && again->truth(world) == verdict.truth);
  return 0;
}
