// A rule pack: rules, words, numbers and the cases they were tried on, in one file that lawyers sign.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "governance/rules/expression.hpp"
#include "quietus/result.hpp"

namespace quietus::rules {

inline constexpr std::size_t kMaxShortBytes = 256;  ///< of a name, a type, a date
inline constexpr std::int64_t kMaxVersion = 1'000'000'000;

struct Words {
  std::string zh, en;
  bool operator==(const Words&) const = default;
};

enum class Severity { warn, alarm, block };
std::string_view to_string(Severity severity);

/// Which way of changing a parameter is stricter. `fixed`: nobody may change it locally.
enum class Stricter { fixed, more, less };

struct Parameter {
  std::string name;
  Value value;
  std::string literal;  ///< "10y"
  Stricter stricter = Stricter::fixed;
  Words text;
};

/// One answer of the world in a fixture: `cov(notice22,h)` is `992/1000`.
struct Fixture {
  Json::Object facts;
};

struct Rule {
  std::string id;
  std::vector<std::string> gates;
  Severity severity = Severity::block;
  bool never_waivable = false;
  std::string law, basis;  ///< basis: V read in the primary text, S a secondary source, M from memory
  Expression when, check;
  Words text, next;  ///< may name parameters as $name
  Fixture passing, failing;
  std::uint32_t gate_bits = 0;  ///< of `gates`
  [[nodiscard]] Reads depends_on() const;
  [[nodiscard]] bool stands_at(std::string_view gate) const { return stands_at(gate_bit(gate)); }
  [[nodiscard]] bool stands_at(std::uint32_t bit) const { return (gate_bits & bit) != 0; }
};

struct Change {
  std::int64_t version = 0;
  std::string date;
  Words text;
  bool operator==(const Change&) const = default;
};

struct Pack {
  std::string name;
  std::int64_t version = 0;
  Date effective;
  TimeZone zone;  ///< of the effective date, of dates in expressions without a case, and of fixtures
  Words jurisdiction, note;
  std::map<std::string, Parameter, std::less<>> parameters;
  std::map<std::string, std::map<std::string, Words>> words;  ///< domain -> word -> what it is called
  std::vector<Rule> rules;                                    ///< in the file's order
  std::vector<Change> changelog;                              ///< newest first
  std::string text;                                           ///< canonical JSON; what is digested and signed
  bool tightened = false;  ///< by local changes: `text` is then these and the digest of the signed pack

  /// SHA-256 of `text`, kept from when it was read.
  [[nodiscard]] const Digest& digest() const { return digest_; }
  void set_text(std::string canonical);
  [[nodiscard]] const Rule* find(std::string_view rule) const;
  /// May a signed attestation set the rule aside for one case? False for a rule that does not exist.
  [[nodiscard]] bool waivable(std::string_view rule) const;
  /// Midnight at which the pack takes effect, in its own zone.
  [[nodiscard]] UnixMs effective_at() const { return zone.midnight(effective); }
  /// `$name` replaced by the parameter's value, in words: "10 years".
  [[nodiscard]] Words with_numbers(const Words& phrase) const;
  [[nodiscard]] Vocabulary vocabulary() const;
  [[nodiscard]] Parameters literals() const;

 private:
  Digest digest_;
};

inline constexpr std::size_t kMaxPackBytes = 1 << 20, kMaxRules = 256;

/// Laid out in any way; canonicalised first. Every name is checked and every fixture run: `invalid_input`
/// names rule, member and column. Says nothing about signatures.
Result<Pack> read_pack(std::string_view json);
/// Everything as read_pack, except that fixtures are not run: for `test`, which shows them one by one.
Result<Pack> read_pack_untested(std::string_view json);

struct FixtureResult {
  std::string rule;
  bool passing = false;  ///< which of the two
  bool as_written = false;
  std::string en, zh;  ///< what came out instead
};
std::vector<FixtureResult> run_fixtures(const Pack& pack);

/// {"parameters": {name: literal}, "rules": [as in a pack]}: parameters only in their stricter direction,
/// rules only added. `denied` with the name of what would be looser.
Result<Pack> tighten(const Pack& pack, std::string_view local_json);

}  // namespace quietus::rules
