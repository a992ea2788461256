#include "tests/support/loanbook/search.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bit>
#include <cstdlib>
#include <filesystem>
#include <memory>

#include "base/file.hpp"
#include "tests/support/loanbook/identifiers.hpp"
#include "tests/support/loanbook/random_stream.hpp"

namespace quietus::loanbook {
namespace {

constexpr std::uint64_t kTenTo16 = 10'000'000'000'000'000;
constexpr std::size_t kBlockBytes = 1 << 20;
constexpr std::size_t kAlignment = 4096;  // enough for O_DIRECT on every sector size

bool is_digit(std::uint8_t byte) { return byte >= '0' && byte <= '9'; }
std::uint64_t pack(std::uint64_t digits17, unsigned check) { return digits17 * 11 + check; }

std::uint64_t pack(std::string_view id) {
  return pack(std::stoull(std::string(id.substr(0, 17))),
              id[17] == 'X' ? 10U : static_cast<unsigned>(id[17] - '0'));
}

}  // namespace

IdSet::IdSet(std::uint64_t seed, std::uint64_t customers) : slots_(std::bit_ceil(4 * customers + 4)) {
  for (std::uint64_t i = 0; i < customers; ++i) {
    const std::uint64_t packed = pack(resident_id(seed, i));
    slots_[slot(packed)] = packed;
  }
}

/// Where the number is, or the free slot where it would be.
std::size_t IdSet::slot(std::uint64_t packed) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = RandomStream::mix(packed) & mask;
  while (slots_[at] != 0 && slots_[at] != packed) at = (at + 1) & mask;
  return at;
}

// 0 marks a free slot, and is what a run of zeros packs to (an all-zero digest in a log): never a member.
bool IdSet::contains(std::uint64_t packed) const { return packed != 0 && slots_[slot(packed)] == packed; }

void IdScanner::take(Lane& lane, std::uint8_t character) {
  const bool digit = is_digit(character);
  if (lane.length == 17 && (digit || character == 'X')) {
    const unsigned check = digit ? static_cast<unsigned>(character - '0') : 10U;
    if (ids_.contains(pack(lane.digits, check))) ++hits_;
  }
  if (!digit) {
    lane.length = 0;
    lane.digits = 0;
    return;
  }
  lane.digits = lane.digits % kTenTo16 * 10 + static_cast<std::uint64_t>(character - '0');
  if (lane.length < 17) ++lane.length;
}

void IdScanner::scan(BytesView bytes) {
  for (const std::uint8_t byte : bytes) {
    if (is_digit(byte) || narrow_.length != 0) take(narrow_, byte);
    // UTF-16LE: a character is a low byte and a zero; only then is there anything to look at.
    if (byte == 0 && previous_ != 0) {
      Lane& lane = wide_[position_ & 1U];
      if (lane.next != position_) lane.length = 0;
      take(lane, previous_);
      lane.next = position_ + 2;
    }
    previous_ = byte;
    ++position_;
  }
}

namespace {

struct FreeDeleter {
  void operator()(std::uint8_t* block) const { std::free(block); }
};

/// A block device is read past the page cache, else a search may see what the medium does not hold.
Result<Fd> open_for_search(const std::string& path, bool device) {
  Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | (device ? O_DIRECT : 0)));
  if (!fd && device) fd = Fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return io_error("open", path);
  return fd;
}

Status search_one(const std::string& path, bool device, const IdSet& ids, SearchResult& result) {
  QUIETUS_TRY(fd, open_for_search(path, device));
  const std::unique_ptr<std::uint8_t, FreeDeleter> block(
      static_cast<std::uint8_t*>(std::aligned_alloc(kAlignment, kBlockBytes)));
  if (!block) return fail(ErrorKind::exhausted, "no memory to read into");
  IdScanner scanner(ids);
  while (true) {
    const ssize_t got = ::read(fd.get(), block.get(), kBlockBytes);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return io_error("read", path);
    if (got == 0) break;
    scanner.scan({block.get(), static_cast<std::size_t>(got)});
    result.bytes += static_cast<std::uint64_t>(got);
  }
  result.hits += scanner.hits();
  return {};
}

Status search_folder(const std::string& path, const IdSet& ids, SearchResult& result) {
  std::error_code failed;
  std::filesystem::recursive_directory_iterator it(path, failed);
  for (; !failed && it != std::filesystem::recursive_directory_iterator(); it.increment(failed)) {
    if (it->is_symlink(failed) || !it->is_regular_file(failed)) continue;
    QUIETUS_CHECK(search_one(it->path().string(), false, ids, result));
  }
  if (failed) return fail(ErrorKind::io, "cannot walk " + path + ": " + failed.message());
  return {};
}

}  // namespace

Result<SearchResult> search(const std::vector<std::string>& paths, const IdSet& ids) {
  SearchResult result;
  for (const std::string& path : paths) {
    struct stat about{};
    if (::stat(path.c_str(), &about) != 0) return io_error("look at", path);
    if (S_ISDIR(about.st_mode))
      QUIETUS_CHECK(search_folder(path, ids, result));
    else if (S_ISREG(about.st_mode) || S_ISBLK(about.st_mode))
      QUIETUS_CHECK(search_one(path, S_ISBLK(about.st_mode), ids, result));
    else
      return fail(ErrorKind::invalid_input, path + " is no file, folder or block device");
  }
  return result;
}

}  // namespace quietus::loanbook
