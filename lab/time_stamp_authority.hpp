// An RFC 3161 authority with a file key: for the laboratory and tests. It belongs in other hands than the
// appliance's.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/crypto.hpp"
#include "proof/x509.hpp"

namespace quietus::lab {

class TimeStampAuthority {
 public:
  /// `key` belongs to `certificate` (extended key usage timeStamping, critical), issued by `intermediate`.
  /// `serial_path` holds the last serial number; empty: kept in memory only (tests).
  static Result<TimeStampAuthority> create(FileKey key, proof::X509Certificate certificate,
                                           proof::X509Certificate intermediate, std::string serial_path,
                                           WallClock clock);
  /// TimeStampReq -> TimeStampResp, both DER. A request it cannot grant (other hash, garbage) gets a
  /// rejection response; an error only when it cannot answer at all. Millisecond genTime. Not thread-safe.
  Result<Bytes> answer(BytesView request);

  TimeStampAuthority(TimeStampAuthority&&) noexcept;
  TimeStampAuthority& operator=(TimeStampAuthority&&) noexcept;
  ~TimeStampAuthority();

 private:
  TimeStampAuthority();
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace quietus::lab
