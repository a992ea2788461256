#include "proof/chain_cache.hpp"

#include <algorithm>

#include "base/crypto.hpp"

namespace quietus::proof {

namespace {

/// One name for the question, whatever the time. Each part is of a fixed size or the last of its kind.
Digest name_of(std::string_view question, const std::vector<const X509Certificate*>& path,
               const std::vector<Bytes>& crls_der) {
  Sha256 hash;
  hash.update(sha256(question).view());
  for (const auto* certificate : path) hash.update(certificate->fingerprint().view());
  for (const auto& list : crls_der) hash.update(sha256(list).view());
  return hash.finish();
}

/// OpenSSL holds a certificate or a list to have run out in the very second that it names.
Result<ListTimes> common_times(const std::vector<const X509Certificate*>& path,
                               const std::vector<Bytes>& crls_der) {
  ListTimes when{UnixMs{INT64_MIN}, UnixMs{INT64_MAX}};
  for (const auto* certificate : path) {
    when.first = std::max(when.first, certificate->not_before());
    when.before = std::min(when.before, certificate->not_after());
  }
  for (const auto& der : crls_der) {
    QUIETUS_TRY(list, list_times(der));
    when.first = std::max(when.first, list.first);
    when.before = std::min(when.before, list.before);
  }
  return when;
}

}  // namespace

bool ChainCache::knows(const Digest& chain, UnixMs at) {
  const MutexLock lock(mutex_);
  const auto found = believed_.find(chain);
  return found != believed_.end() && found->second.first <= at && at < found->second.before;
}

void ChainCache::remember(const Digest& chain, const ListTimes& when) {
  const MutexLock lock(mutex_);
  if (believed_.size() >= kMost) return;
  believed_.emplace(chain, when);
}

Status ChainCache::verify_chain(const X509Certificate& leaf, const X509Certificate& intermediate,
                                const X509Certificate& root, UnixMs at, Purpose purpose,
                                const std::vector<Bytes>& crls_der) {
  const Digest name = name_of(to_string(purpose), {&leaf, &intermediate, &root}, crls_der);
  if (knows(name, at)) return {};
  QUIETUS_CHECK(proof::verify_chain(leaf, {intermediate}, root, at, purpose, crls_der));
  QUIETUS_TRY(when, common_times({&leaf, &intermediate, &root}, crls_der));
  remember(name, when);
  return {};
}

Status ChainCache::verify_authority(const X509Certificate& authority, std::string_view unit,
                                    const X509Certificate& root, UnixMs at) {
  const Digest name = name_of("authority " + std::string(unit), {&authority, &root}, {});
  if (knows(name, at)) return {};
  QUIETUS_CHECK(proof::verify_authority(authority, unit, root, at));
  QUIETUS_TRY(when, common_times({&authority, &root}, {}));
  remember(name, when);
  return {};
}

bool ChainCache::self_signed(const X509Certificate& root) {
  const Digest name = name_of("self-signed", {&root}, {});
  if (knows(name, root.not_before())) return true;
  if (!root.self_signed()) return false;
  remember(name, {root.not_before(), root.not_before() + 1});
  return true;
}

}  // namespace quietus::proof
