// Chains that were believed before, so that a folder of a thousand bundles does not verify the same few
// signatures of authorities ten thousand times.
#pragma once

#include <map>

#include "base/mutex.hpp"
#include "proof/revocation.hpp"

namespace quietus::proof {

/// Thread-safe. Only what verify_chain accepted is remembered, and for no other time than one at which it
/// would accept it again: time enters there as the validity of three certificates and of the lists alone,
/// each of which is one interval.
class ChainCache {
 public:
  /// As the functions of the same names.
  Status verify_chain(const X509Certificate& leaf, const X509Certificate& intermediate,
                      const X509Certificate& root, UnixMs at, Purpose purpose,
                      const std::vector<Bytes>& crls_der = {});
  Status verify_authority(const X509Certificate& authority, std::string_view unit,
                          const X509Certificate& root, UnixMs at);
  [[nodiscard]] bool self_signed(const X509Certificate& root);

 private:
  static constexpr std::size_t kMost = 1 << 16;
  bool knows(const Digest& chain, UnixMs at);
  void remember(const Digest& chain, const ListTimes& when);

  Mutex mutex_;
  std::map<Digest, ListTimes> believed_ QUIETUS_GUARDED_BY(mutex_);
};

}  // namespace quietus::proof
