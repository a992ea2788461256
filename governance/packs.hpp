// The rule packs that are loaded here: the house's own, and with each statutory pack on top of it.
#pragma once

#include <map>
#include <memory>
#include <string_view>
#include <vector>

#include "governance/case_of.hpp"
#include "governance/command.hpp"
#include "governance/pack.hpp"

namespace quietus::governance {

/// Cheap to copy; what was loaded never changes.
class Packs {
 public:
  Packs() : Packs(builtin_0()) {}
  // NOLINTNEXTLINE(google-explicit-constructor): one pack is a set of one
  Packs(const Pack& house) : house_(std::make_shared<const Pack>(house)) {}

  /// `conflict` when other rules of this name and version are there already.
  Status add(rules::Pack statutes);
  [[nodiscard]] const Pack& house() const { return *house_; }
  /// nullptr when it is not loaded. `name` is "<name>@<version>", or a name alone for its newest version.
  [[nodiscard]] const Pack* find(std::string_view name) const;
  [[nodiscard]] const Pack* find(const Digest& digest) const;
  /// With statutes, in the order of their digests.
  [[nodiscard]] std::vector<const Pack*> all() const;
  /// That of the case; the house's when it is not loaded, under which may() then denies.
  [[nodiscard]] const Pack& of(const Case* in) const;

 private:
  std::shared_ptr<const Pack> house_;
  std::map<Digest, std::shared_ptr<const Pack>> joined_;
};

/// Whether the case is decided under this pack: the one it is pinned to, or the house's own for a case that
/// never had another.
bool is_pinned_to(const Case& in, const Pack& pack);
/// What follows the last '@'; nothing for the house's own pack.
std::optional<std::int64_t> version_of(std::string_view pack_name);
std::string_view without_version(std::string_view pack_name);

/// The pack that a command is decided under. Opening a case: the one it names.
const Pack& pack_of(const Packs& packs, const State& state, const CommandBody& body);

}  // namespace quietus::governance
