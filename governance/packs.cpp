#include "governance/packs.hpp"

#include <charconv>

namespace quietus::governance {

std::optional<std::int64_t> version_of(std::string_view pack_name) {
  const auto at = pack_name.rfind('@');
  if (at == std::string_view::npos) return std::nullopt;
  std::int64_t version = 0;
  const auto* end = pack_name.data() + pack_name.size();
  const auto read = std::from_chars(pack_name.data() + at + 1, end, version);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return version;
}

std::string_view without_version(std::string_view pack_name) {
  return pack_name.substr(0, pack_name.rfind('@'));
}

bool is_pinned_to(const Case& in, const Pack& pack) {
  const bool only_the_house = pack.statutes == nullptr && in.pack_name == pack.name;
  return only_the_house || in.pack == pack.digest();
}

Status Packs::add(rules::Pack statutes) {
  auto pack =
      std::make_shared<const Pack>(joined(*house_, std::make_shared<const rules::Pack>(std::move(statutes))));
  const Pack* same = find(pack->name);
  if (same != nullptr && same->digest() != pack->digest()) {
    return fail(ErrorKind::conflict, "two rule packs are called " + pack->name,
                "a change gets a new version");
  }
  joined_[pack->digest()] = std::move(pack);
  return {};
}

const Pack* Packs::find(std::string_view name) const {
  if (name == house_->name) return house_.get();
  const Pack* newest = nullptr;
  for (const auto& [digest, pack] : joined_) {
    if (pack->name == name) return pack.get();
    const bool newer = newest == nullptr || pack->statutes->version > newest->statutes->version;
    if (pack->statutes->name == name && newer) newest = pack.get();
  }
  return newest;
}

const Pack* Packs::find(const Digest& digest) const {
  if (digest == house_->digest()) return house_.get();
  const auto found = joined_.find(digest);
  return found == joined_.end() ? nullptr : found->second.get();
}

std::vector<const Pack*> Packs::all() const {
  std::vector<const Pack*> found;
  for (const auto& [digest, pack] : joined_) found.push_back(pack.get());
  return found;
}

const Pack& Packs::of(const Case* in) const {
  const Pack* pinned = in == nullptr ? nullptr : find(in->pack);
  return pinned == nullptr ? *house_ : *pinned;
}

const Pack& pack_of(const Packs& packs, const State& state, const CommandBody& body) {
  if (const auto* open = std::get_if<OpenCase>(&body)) {
    const Pack* named = open->pack.empty() ? nullptr : packs.find(open->pack);
    return named == nullptr ? packs.house() : *named;
  }
  return packs.of(case_of(state, body));
}

}  // namespace quietus::governance
