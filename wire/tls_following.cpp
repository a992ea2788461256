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

}  // namespace

Result<std::unique_ptr<FollowingTls>> FollowingTls::create(ServerTls settings) {
  std::unique_ptr<FollowingTls> following(new FollowingTls(std::move(settings)));
  following->stamp_ = following->stamp();
  following->context_ = server_tls(following->settings_);
  following->looked_ms_ = steady_ms();
  if (!following->context_) return std::unexpected(following->context_.error());
  return following;
}

// Which files these are: a list that was replaced, rewritten or removed has another stamp.
std::string FollowingTls::stamp() const {
  std::string text;
  for (const auto& path : settings_.crl_files) {
    struct stat facts = {};
    if (stat(path.c_str(), &facts) != 0) facts = {};
    text += std::to_string(facts.st_ino) + ' ' + std::to_string(facts.st_size) + ' ' +
            std::to_string(facts.st_mtim.tv_sec) + '.' + std::to_string(facts.st_mtim.tv_nsec) + '\n';
  }
  return text;
}

Result<TlsContext> FollowingTls::current() {
  if (steady_ms() - looked_ms_ < kLookEveryMs) return context_;
  looked_ms_ = steady_ms();
  const std::string now = stamp();
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
