// Statutes that ask for nothing: what is left are phases, classes, places and people.
#include <stdexcept>

#include "governance/packs.hpp"
#include "governance/rules/pack.hpp"
#include "tests/property/governance/matrix_world.hpp"

namespace quietus::governance::matrix {

namespace {

/// One rule, which never applies.
constexpr std::string_view kStatutes = R"json({
"type": "quietus.rules/1", "name": "matrix", "version": 1, "effective": "2026-01-01",
"zone": {"name": "UTC", "offset_minutes": 0},
"jurisdiction": {"zh": "试", "en": "a test"}, "note": {"zh": "试", "en": "a test"},
"changelog": [{"version": 1, "date": "2026-01-01", "text": {"zh": "首版", "en": "first"}}],
"parameters": [], "words": {},
"rules": [
  {"id": "M01", "severity": "block", "gates": ["hand"], "law": "none", "basis": "M",
   "when": "case.deal == revocation", "check": "case.deal == merger",
   "text": {"zh": "试", "en": "never"}, "next": {"zh": "试", "en": "none"},
   "fixtures": {"pass": {"case.deal": "merger"}, "fail": {"case.deal": "revocation"}}}
]})json";

}  // namespace

Pack pack_with_statutes() {
  const auto read = rules::read_pack_untested(kStatutes);
  if (!read) throw std::runtime_error("the pack of the matrix: " + read.error().message);
  return joined(builtin_0(), std::make_shared<const rules::Pack>(*read));
}

}  // namespace quietus::governance::matrix
