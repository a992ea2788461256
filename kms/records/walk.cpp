#include "kms/records/walk.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <bit>
#include <system_error>
#include <thread>

namespace quietus::records {

namespace {

constexpr std::uint32_t kMaxParts = 4, kLeastPages = 1024;

/// Runs one part; a thread that cannot be had is no reason not to work.
std::thread start(const std::function<void()>& work) {
  try {
    return std::thread(work);
  } catch (const std::system_error&) {
    work();
    return {};
  }
}

}  // namespace

Result<Walk> Walk::begin(const Seals& seals, const Version& version) {
  QUIETUS_TRY(segment, Sheet::blank());
  QUIETUS_TRY(key, SecretBytes::allocate(kKeyBytes));
  QUIETUS_TRY(sheet, Sheet::blank());
  return Walk(seals, version, std::move(segment), std::move(key), std::move(sheet));
}

Status Walk::go_to(std::uint32_t page) {
  if (page / kSheetKeys != open_) {
    QUIETUS_CHECK(open_segment(*seals_, gcm_, *version_, page / kSheetKeys, segment_));
    open_ = page / kSheetKeys;
  }
  page_ = page;
  return page_key_into(*seals_, *version_, segment_, page, key_.mutable_view());
}

Result<Sheet*> Walk::open() {
  QUIETUS_CHECK(open_page_under(*seals_, gcm_, key_.view(), *version_, page_, sheet_));
  return &sheet_;
}

Status all_live(std::uint32_t page, const Sheet& sheet, std::uint32_t mask) {
  const std::uint32_t gone = mask & ~sheet.marks();
  if (gone == 0) return {};
  const std::uint32_t number = page * kSheetKeys + static_cast<std::uint32_t>(std::countr_zero(gone)) + 1;
  return fail(ErrorKind::not_found, "key " + std::to_string(number) + " is destroyed already");
}

void blank(Sheet& sheet, std::uint32_t mask) {
  sheet.set_marks(sheet.marks() & ~mask);
  for (std::uint32_t i = 0; i < kSheetKeys; ++i) {
    if (mask >> i & 1U) OPENSSL_cleanse(sheet.mutable_key(i).data(), kKeyBytes);
  }
}

std::uint32_t total(const PageMasks& masks) {
  std::uint32_t sum = 0;
  for (const std::uint32_t mask : masks) sum += static_cast<std::uint32_t>(std::popcount(mask));
  return sum;
}

std::vector<Part> parts_of(const Version& now, const PageMasks& masks) {
  std::uint32_t busy = 0;
  for (std::uint32_t page = 0; page < now.pages(); ++page)
    busy += masks[page] != 0 || now.is_appended(page) ? 1 : 0;
  const std::uint32_t threads = std::clamp(std::thread::hardware_concurrency(), 1U, kMaxParts);
  const std::uint32_t count = std::clamp(busy / kLeastPages, 1U, threads);
  const std::uint32_t segments = segments_for(now.given);
  std::vector<Part> parts;
  for (std::uint32_t i = 0; i < count; ++i)
    parts.push_back({i, segments * i / count, segments * (i + 1) / count});
  return parts;
}

Status in_parallel(const std::vector<Part>& parts, const std::function<Status(const Part&)>& work) {
  std::vector<Status> done(parts.size());
  std::vector<std::thread> threads;
  for (const Part& part : parts) {
    if (part.index != 0) threads.push_back(start([&] { done[part.index] = work(part); }));
  }
  done[0] = work(parts[0]);
  for (std::thread& thread : threads) {
    if (thread.joinable()) thread.join();
  }
  for (Status& status : done) QUIETUS_CHECK(std::move(status));
  return {};
}

}  // namespace quietus::records
