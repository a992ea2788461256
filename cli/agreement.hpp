// An agreement of secrecy as a file that people write: clauses by id, each in Chinese and in English. What is
// published is these words, signed; what changed between two versions is said clause by clause.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "cli/terminal/context.hpp"

namespace quietus::cli {

struct Clause {
  std::string zh, en;
  bool operator==(const Clause&) const = default;
};

/// {"type": "quietus.agreement/1", "version": "1", "clauses": {"scope": {"zh": …, "en": …}, …}}
struct Agreement {
  std::string version;
  std::map<std::string, Clause> clauses;  ///< by id
  bool operator==(const Agreement&) const = default;
};

/// A first draft with every clause that the house's rules ask for. Counsel reads it before it is published.
Agreement agreement_template(const std::string& version);
Json to_json(const Agreement& agreement);
/// `invalid_input`: unknown members, no version, no clause. Which clauses are wanted, kms says.
Result<Agreement> agreement_from_json(const Json& json);

/// Of an attestation of kind "nda_version": "clause_scope_zh=…" and so on, and "version=…".
std::vector<std::string> agreement_fields(const Agreement& agreement);
/// The other way round, from what kms answered. `corrupt` when it says no version.
Result<Agreement> agreement_from_fields(const Json& fields);

/// All its words in both languages, the person's own first.
std::string agreement_text(const Agreement& agreement, const Context& context);
/// Clause by clause: unchanged, changed (before and after), new, removed.
std::string agreement_difference(const Agreement& from, const Agreement& to, const Context& context);

}  // namespace quietus::cli
