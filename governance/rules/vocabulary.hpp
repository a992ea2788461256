// Every name that an expression may use, with its kind. Checked when a pack is loaded: an unknown name never
// reaches an evaluation.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "governance/rules/value.hpp"
#include "quietus/result.hpp"

namespace quietus::rules {

/// `of`: the domain of a symbol or of symbols ("deal"), the kind of an entity or of entities ("holding");
/// empty: any.
struct Type {
  Kind kind = Kind::unknown;
  std::string of;
  bool operator==(const Type&) const = default;
};

/// What an expression reads. `expiry`: answers that change by themselves when an attestation expires.
struct Reads {
  bool person = false, order = false, holding = false, finding = false;  // p o h f
  bool now = false, sets = false, of_case = false, expiry = false;       // of_case: case, parties, config
  bool operator==(const Reads&) const = default;
  Reads& operator|=(const Reads& other);
  /// The same answer for one state of the world, whoever asks, whatever it is about, whenever.
  [[nodiscard]] bool only_state() const {
    return !person && !order && !holding && !finding && !now && !expiry;
  }
};

inline constexpr std::size_t kMaxArguments = 3;
struct Function {
  std::vector<Type> arguments;  ///< at most kMaxArguments
  Type result;
  Reads reads;
};

class Vocabulary {
 public:
  /// The closed vocabulary of the code. Domains that packs fill are there and empty: attestation, tag, table,
  /// department, licence, jurisdiction.
  static const Vocabulary& house();
  /// `invalid_input`: not a domain that packs fill; not a word ([A-Za-z_][A-Za-z0-9_]*, at most 40); a word
  /// that is a bound name.
  Status add_word(const std::string& domain, const std::string& word);
  /// A further bound entity, for fixtures: `h1` of kind holding.
  void add_entity(const std::string& name, const std::string& kind);

  [[nodiscard]] const Type* name(std::string_view name) const;
  [[nodiscard]] const Type* attribute(std::string_view entity_kind, std::string_view name) const;
  [[nodiscard]] const Function* function(std::string_view name) const;
  [[nodiscard]] const std::set<std::string, std::less<>>* words(std::string_view domain) const;
  [[nodiscard]] Reads reads_of_name(std::string_view name) const;
  [[nodiscard]] static bool open_domain(std::string_view domain);

  [[nodiscard]] std::vector<std::string> names() const;
  [[nodiscard]] std::vector<std::string> attributes_of(std::string_view entity_kind) const;
  [[nodiscard]] std::vector<std::string> functions() const;

 private:
  std::map<std::string, Type, std::less<>> names_;
  std::map<std::string, std::map<std::string, Type, std::less<>>, std::less<>> attributes_;
  std::map<std::string, Function, std::less<>> functions_;
  std::map<std::string, std::set<std::string, std::less<>>, std::less<>> domains_;
};

/// "; did you mean `class`", or "" when nothing is near.
std::string suggestion(std::string_view wrong, const std::vector<std::string>& right);
/// The gates that a rule may stand at: verbs (seal open copy hand thaw destroy surrender release close),
/// steps (cleared accept certify close_finding config purge), and `all` for every one of them.
const std::vector<std::string>& gates();
/// One bit for each gate, every one for `all`; 0 when there is no such gate.
std::uint32_t gate_bit(std::string_view gate);

}  // namespace quietus::rules
