// A rule pack from outside: what is taken is canonical, reads the same again, and reports the same twice.
#include <cstdlib>

#include "governance/rules/atoms.hpp"
#include "governance/rules/diff.hpp"
#include "governance/rules/report.hpp"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace quietus;
  const auto pack = rules::read_pack_untested(as_text({bytes, size}));
  (void)rules::read_pack(as_text({bytes, size}));
  if (!pack) return 0;
  const auto again = rules::read_pack_untested(pack->text);
  require(again && again->text == pack->text && again->digest() == pack->digest());
  require(rules::differences(*pack, *again).empty());
  (void)rules::run_fixtures(*pack);
  for (const rules::Rule& rule : pack->rules) {
    const auto facts =
        rules::AtomFacts::read(rule.failing.facts, pack->vocabulary(), pack->literals(), pack->zone);
    if (!facts) continue;
    for (const std::string& gate : rules::gates()) {
      const std::string report = rules::to_json(rules::evaluate(*pack, gate, *facts)).write();
      require(report == rules::to_json(rules::evaluate(*again, gate, *facts)).write());
    }
  }
  return 0;
}
