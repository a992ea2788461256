// Counts generated resident ID numbers in raw bytes: what is left of the book on a disk?
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "quietus/bytes.hpp"
#include "quietus/result.hpp"

namespace quietus::loanbook {

/// The numbers as 17 digits and check character in one 64-bit integer; open addressing, a quarter full.
class IdSet {
 public:
  IdSet(std::uint64_t seed, std::uint64_t customers);
  [[nodiscard]] bool contains(std::uint64_t packed) const;

 private:
  std::size_t slot(std::uint64_t packed) const;
  std::vector<std::uint64_t> slots_;  // 0 = free: no number begins with 17 zeros
};

/// Every window of 18 characters in ASCII or UTF-8, and in UTF-16LE at even and odd offsets. Windows may span
/// calls.
class IdScanner {
 public:
  explicit IdScanner(const IdSet& ids) : ids_(ids) {}
  void scan(BytesView bytes);
  [[nodiscard]] std::uint64_t hits() const { return hits_; }

 private:
  /// The last 17 digits of one reading of the bytes.
  struct Lane {
    std::uint64_t digits = 0;
    unsigned length = 0;     ///< of the run of digits, saturates at 17
    std::uint64_t next = 0;  ///< position at which this lane goes on (UTF-16 only)
  };
  void take(Lane& lane, std::uint8_t character);

  const IdSet& ids_;
  Lane narrow_;
  std::array<Lane, 2> wide_;
  std::uint64_t position_ = 0;
  std::uint8_t previous_ = 0;
  std::uint64_t hits_ = 0;
};

struct SearchResult {
  std::uint64_t hits = 0, bytes = 0;
};
/// Regular files and block devices (past the page cache where possible), folders with all regular files below
/// them (links and special files are left out). An unreadable path is an error: not seen is not the same as
/// not there.
Result<SearchResult> search(const std::vector<std::string>& paths, const IdSet& ids);

}  // namespace quietus::loanbook
