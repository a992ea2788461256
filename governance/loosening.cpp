#include "governance/loosening.hpp"

#include <algorithm>

namespace quietus::governance {

namespace {

/// A date that protects was taken back or moved forward.
bool sooner(const std::optional<UnixMs>& from, const std::optional<UnixMs>& to) {
  return from && (!to || *to < *from);
}

bool taken_off(bool from, bool to) { return from && !to; }

/// A word that was said is another one now, or is not said any more.
bool replaced(const std::string& from, const std::string& to) { return !from.empty() && from != to; }

bool loosens(const std::set<std::string>& from, const std::set<std::string>& to) {
  const bool all_kept = std::ranges::all_of(
      from, [&](const std::string& tag) { return tag == kDeidentified || to.contains(tag); });
  const std::string opens(kDeidentified);
  return !all_kept || taken_off(to.contains(opens), from.contains(opens));
}

}  // namespace

bool loosens(const Classification& from, const Classification& to) {
  const bool marks = taken_off(from.credentials, to.credentials) || taken_off(from.sensitive, to.sensitive) ||
                     taken_off(from.minors, to.minors) || taken_off(from.leaves, to.leaves);
  const bool encrypted = to.always_encrypted == true && from.always_encrypted != true;
  return to.holding_class < from.holding_class || to.level < from.level || marks || encrypted ||
         to.subjects < from.subjects || replaced(from.medium, to.medium) || loosens(from.tags, to.tags) ||
         sooner(from.ended, to.ended) || sooner(from.due, to.due);
}

bool loosens(const CaseFacts& from, const CaseFacts& to) {
  return to.subjects < from.subjects || taken_off(from.important, to.important) ||
         taken_off(from.litigation, to.litigation) || replaced(from.jurisdiction, to.jurisdiction) ||
         from.zone_offset_minutes != to.zone_offset_minutes;
}

bool loosens(const Party& from, const Party& to) {
  const bool duties = taken_off(from.aml, to.aml) || taken_off(from.cii, to.cii) ||
                      taken_off(from.foreign, to.foreign) || taken_off(from.agency, to.agency) ||
                      taken_off(from.pboc, to.pboc);
  const bool licensed = !to.licence.empty() && to.licence != from.licence;
  return duties || licensed || to.mlps < from.mlps || to.name != from.name;
}

}  // namespace quietus::governance
