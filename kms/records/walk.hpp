// What making and checking a next version have in common. Private to kms/records.
#pragma once

#include <functional>

#include "kms/records/next_version.hpp"

namespace quietus::records {

/// Walks the pages of a version with their keys, one segment open at a time.
class Walk {
 public:
  static Result<Walk> begin(const Seals& seals, const Version& version);
  Status go_to(std::uint32_t page);
  /// Key and content of the page that go_to went to.
  [[nodiscard]] BytesView key() const { return key_.view(); }
  Result<Sheet*> open();
  Gcm& gcm() { return gcm_; }

 private:
  Walk(const Seals& seals, const Version& version, Sheet segment, SecretBytes key, Sheet sheet)
      : seals_(&seals),
        version_(&version),
        segment_(std::move(segment)),
        key_(std::move(key)),
        sheet_(std::move(sheet)) {}
  const Seals* seals_;
  const Version* version_;
  Gcm gcm_;
  Sheet segment_;
  SecretBytes key_;
  Sheet sheet_;
  std::uint32_t open_ = UINT32_MAX, page_ = 0;
};

/// `not_found` names a key of the mask that the page has no more.
Status all_live(std::uint32_t page, const Sheet& sheet, std::uint32_t mask);
void blank(Sheet& sheet, std::uint32_t mask);
/// How many keys go.
std::uint32_t total(const PageMasks& masks);

/// Segments `first` to `end` - 1, and the pages they list.
struct Part {
  std::size_t index = 0;
  std::uint32_t first = 0, end = 0;
};
/// Ciphers are the greater part of a large epoch, and segments do not depend on each other: splits them among
/// a few threads when there is enough to do. Gives the first error.
std::vector<Part> parts_of(const Version& now, const PageMasks& masks);
Status in_parallel(const std::vector<Part>& parts, const std::function<Status(const Part&)>& work);

}  // namespace quietus::records
