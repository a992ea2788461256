#include <sys/stat.h>

#include <chrono>

#include "base/log.hpp"
#include "wire/tls.hpp"

namespace quietus::wire {

namespace {

constexpr std::int64_t kLookEveryMs = 500;

std::int64_t steady_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

// Which files these are: a list that was replaced, rewritten or removed has another stamp.
std::string stamp_of(const std::vector<std::string>& files) {
  std::string text;
  for (const auto& path : files) {
    struct stat facts = {};
    if (stat(path.c_str(), &facts) != 0) facts = {};
    text += std::to_string(facts.st_ino) + ' ' + std::to_string(facts.st_size) + ' ' +
            std::to_string(facts.st_mtim.tv_sec) + '.' + std::to_string(facts.st_mtim.tv_nsec) + '\n';
  }
  return text;
}

}  // namespace

Result<std::unique_ptr<FollowingTls>> FollowingTls::create(ServerTls settings) {
  std::string stamp = stamp_of(settings.crl_files);
  QUIETUS_TRY(context, server_tls(settings));
  return std::unique_ptr<FollowingTls>(
      new FollowingTls(std::move(settings), std::move(stamp), std::move(context), steady_ms()));
}

Result<TlsContext> FollowingTls::current() {
  const MutexLock lock(mutex_);
  if (steady_ms() - looked_ms_ < kLookEveryMs) return context_;
  looked_ms_ = steady_ms();
  const std::string now = stamp_of(settings_.crl_files);
  if (now == stamp_ && context_) return context_;
  const bool worked_before = context_.has_value();
  stamp_ = now;
  context_ = server_tls(settings_);
  if (context_) {
    log(LogLevel::info, "revocation lists read again");
  } else if (worked_before) {
    log(LogLevel::error, "no connection is accepted: TLS files cannot be used",
        {{"why", context_.error().message}});
  }
  return context_;
}

}  // namespace quietus::wire
