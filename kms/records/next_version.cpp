#include "kms/records/next_version.hpp"

#include <algorithm>

#include "kms/records/walk.hpp"

namespace quietus::records {

namespace {

Status check_order(const Version& now, const epochs::Deletion& deletion) {
  if (deletion.numbers.size() > epochs::Domain::kMaxDeletion)
    return fail(ErrorKind::exhausted, "an epoch takes away at most a million keys");
  if (std::ranges::adjacent_find(deletion.numbers, std::ranges::greater_equal{}) != deletion.numbers.end())
    return fail(ErrorKind::invalid_input, "the numbers of a deletion are sorted, each once");
  for (const KeyNumber number : deletion.numbers) {
    if (number.value == 0 || number.value > now.given)
      return fail(ErrorKind::not_found, "key " + std::to_string(number.value) + " was never given");
  }
  return {};
}

}  // namespace

Result<PageMasks> masks_of(const Version& now, const epochs::Deletion& deletion) {
  QUIETUS_CHECK(check_order(now, deletion));
  PageMasks masks(now.pages());
  for (const KeyNumber number : deletion.numbers)
    masks[(number.value - 1) / kSheetKeys] |= 1U << (number.value - 1) % kSheetKeys;
  return masks;
}

bool is_touched(const PageMasks& masks, std::uint32_t extent) {
  const std::size_t first = std::size_t{extent} * kExtentPages;
  for (std::size_t page = first; page < std::min(first + kExtentPages, masks.size()); ++page) {
    if (masks[page] != 0) return true;
  }
  return false;
}

Status check_live(const Seals& seals, const Version& now, const PageMasks& masks) {
  return in_parallel(parts_of(now, masks), [&](const Part& part) -> Status {
    QUIETUS_TRY(walk, Walk::begin(seals, now));
    const std::uint32_t end = std::min(now.pages(), part.end * kSheetKeys);
    for (std::uint32_t page = part.first * kSheetKeys; page < end; ++page) {
      if (masks[page] == 0) continue;
      QUIETUS_CHECK(walk.go_to(page));
      QUIETUS_TRY(sheet, walk.open());
      QUIETUS_CHECK(all_live(page, *sheet, masks[page]));
    }
    return {};
  });
}

}  // namespace quietus::records
