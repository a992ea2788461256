#include "quietus/key_ranges.hpp"

#include <algorithm>
#include <cassert>
#include <charconv>

#include "base/crypto.hpp"

namespace quietus {
namespace {

// Few ranges are spliced in, many are merged.
constexpr std::size_t kFew = 16;

std::uint64_t size_of(KeyRange range) { return std::uint64_t{range.last} - range.first + 1; }

/// The first range that ends at `number` or behind it.
auto reaching(auto&& ranges, std::uint32_t number) {
  return std::ranges::lower_bound(ranges, number, {}, &KeyRange::last);
}

/// The one spelling of a number; 0 when it is another.
std::uint32_t number_of(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool good = error == std::errc{} && end == text.data() + text.size() && !text.starts_with('0');
  return good && value <= kMaxKeyNumber ? value : 0;
}

}  // namespace

KeyRanges::KeyRanges(KeyRange range) {
  if (range.last < range.first) return;
  assert(range.first >= 1 && range.last <= kMaxKeyNumber);
  append(range);
}

Result<KeyRanges> KeyRanges::of(std::vector<KeyNumber> numbers) {
  std::ranges::sort(numbers);
  const auto repeated = std::ranges::unique(numbers);
  numbers.erase(repeated.begin(), repeated.end());
  if (!numbers.empty() && (numbers.front().value == 0 || numbers.back().value > kMaxKeyNumber))
    return fail(ErrorKind::invalid_input, "a key number is 1 to " + std::to_string(kMaxKeyNumber));
  KeyRanges set;
  for (const KeyNumber number : numbers) set.append({number.value, number.value});
  return set;
}

Result<KeyRanges> KeyRanges::parse(std::string_view text) {
  const auto bad = [] {
    return fail(ErrorKind::invalid_input,
                "key numbers are written as ascending ranges that do not touch: 1-3,7,20-31");
  };
  if (text.size() > kMaxTextBytes) return bad();
  KeyRanges set;
  while (!text.empty()) {
    const std::string_view part = text.substr(0, text.find(','));
    const std::size_t dash = part.find('-');
    const std::string_view from = part.substr(0, dash);
    const std::string_view to = dash == std::string_view::npos ? from : part.substr(dash + 1);
    if (from.empty() || to.empty()) return bad();
    const KeyRange range{number_of(from), number_of(to)};
    const bool pair = dash == std::string_view::npos || range.first < range.last;
    const bool behind = set.empty() || range.first > set.ranges_.back().last + 1;
    if (range.first == 0 || range.last == 0 || !pair || !behind || set.ranges_.size() == kMaxTextRanges)
      return bad();
    set.append(range);
    if (part.size() + 1 == text.size()) return bad();  // nothing follows the last comma
    text.remove_prefix(std::min(text.size(), part.size() + 1));
  }
  return set;
}

std::string KeyRanges::text() const {
  std::string text;
  for (const KeyRange range : ranges_) {
    if (!text.empty()) text += ',';
    text += std::to_string(range.first);
    if (range.last != range.first) text += '-' + std::to_string(range.last);
  }
  return text;
}

Digest KeyRanges::digest() const { return sha256(text()); }

std::vector<KeyNumber> KeyRanges::numbers() const {
  std::vector<KeyNumber> numbers;
  numbers.reserve(count_);
  for (const KeyRange range : ranges_) {
    for (std::uint32_t value = range.first; value <= range.last; ++value) numbers.push_back({value});
  }
  return numbers;
}

bool KeyRanges::contains(KeyNumber number) const {
  const auto found = reaching(ranges_, number.value);
  return found != ranges_.end() && found->first <= number.value;
}

bool KeyRanges::contains(const KeyRanges& other) const {
  return std::ranges::all_of(other.ranges_, [&](KeyRange range) {
    const auto found = reaching(ranges_, range.first);
    return found != ranges_.end() && found->first <= range.first && range.last <= found->last;
  });
}

bool KeyRanges::intersects(const KeyRanges& other) const {
  return std::ranges::any_of(other.ranges_, [&](KeyRange range) {
    const auto found = reaching(ranges_, range.first);
    return found != ranges_.end() && found->first <= range.last;
  });
}

void KeyRanges::append(KeyRange range) {
  if (ranges_.empty() || range.first > ranges_.back().last + 1) {
    ranges_.push_back(range);
    count_ += size_of(range);
  } else if (range.last > ranges_.back().last) {
    count_ += range.last - ranges_.back().last;
    ranges_.back().last = range.last;
  }
}

void KeyRanges::add(KeyRange range) {
  const auto from = reaching(ranges_, range.first - 1);  // one that touches it melts into it
  auto to = from;
  for (; to != ranges_.end() && to->first <= range.last + 1; ++to) {
    range = {std::min(range.first, to->first), std::max(range.last, to->last)};
    count_ -= size_of(*to);
  }
  count_ += size_of(range);
  if (from == to) {
    ranges_.insert(from, range);
  } else {
    *from = range;
    ranges_.erase(from + 1, to);
  }
}

void KeyRanges::remove(KeyRange range) {
  const auto from = reaching(ranges_, range.first);
  auto to = from;
  std::vector<KeyRange> left;  // at most one on each side
  for (; to != ranges_.end() && to->first <= range.last; ++to) {
    count_ -= size_of(*to);
    if (to->first < range.first) left.push_back({to->first, range.first - 1});
    if (to->last > range.last) left.push_back({range.last + 1, to->last});
  }
  for (const KeyRange part : left) count_ += size_of(part);
  ranges_.insert(ranges_.erase(from, to), left.begin(), left.end());
}

KeyRanges& KeyRanges::operator|=(const KeyRanges& other) {
  if (other.ranges_.size() <= kFew) {
    for (const KeyRange range : other.ranges_) add(range);
    return *this;
  }
  KeyRanges both;
  auto a = ranges_.begin();
  auto b = other.ranges_.begin();
  while (a != ranges_.end() || b != other.ranges_.end()) {
    const bool take_a = b == other.ranges_.end() || (a != ranges_.end() && a->first <= b->first);
    both.append(take_a ? *a++ : *b++);
  }
  return *this = std::move(both);
}

KeyRanges& KeyRanges::operator-=(const KeyRanges& other) {
  if (other.ranges_.size() <= kFew) {
    for (const KeyRange range : other.ranges_) remove(range);
    return *this;
  }
  KeyRanges left;
  auto taken = other.ranges_.begin();
  for (KeyRange range : ranges_) {
    while (taken != other.ranges_.end() && taken->last < range.first) ++taken;
    for (auto cut = taken; cut != other.ranges_.end() && cut->first <= range.last; ++cut) {
      if (cut->first > range.first) left.append({range.first, cut->first - 1});
      range.first = std::max(range.first, cut->last + 1);
    }
    if (range.first <= range.last) left.append(range);
  }
  return *this = std::move(left);
}

KeyRanges operator&(const KeyRanges& a, const KeyRanges& b) {
  const KeyRanges& fewer = a.ranges_.size() < b.ranges_.size() ? a : b;
  const KeyRanges& more = &fewer == &a ? b : a;
  KeyRanges both;
  for (const KeyRange range : fewer.ranges_) {
    for (auto other = reaching(more.ranges_, range.first);
         other != more.ranges_.end() && other->first <= range.last; ++other) {
      both.append({std::max(range.first, other->first), std::min(range.last, other->last)});
    }
  }
  return both;
}

std::string key_text(const KeyringId& keyring, KeyNumber number) {
  return keyring.text() + '.' + std::to_string(number.value);
}

std::optional<KeyNumber> key_number_of(const KeyringId& keyring, std::string_view text) {
  const std::string& prefix = keyring.text();
  if (!text.starts_with(prefix) || text.size() < prefix.size() + 2 || text[prefix.size()] != '.')
    return std::nullopt;
  const std::uint32_t value = number_of(text.substr(prefix.size() + 1));
  return value == 0 ? std::nullopt : std::optional(KeyNumber{value});
}

}  // namespace quietus
