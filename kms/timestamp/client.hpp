// RFC 3161 over HTTP (RFC 3161 §3.4): a stamp that is not verified is not given out.
#pragma once

#include <memory>
#include <string>

#include "proof/time_stamp.hpp"
#include "quietus/result.hpp"

namespace quietus::timestamp {

struct TimeStampSettings {
  std::string url;      ///< "http://host:port/path" of the authority
  std::string ca_file;  ///< only for https: whom to believe about its server certificate
  int timeout_ms = 10000;
  proof::TimeStampTrust trust;
};

struct Stamp {
  Bytes response;  ///< whole TimeStampResp, DER
  UnixMs time;     ///< genTime
};

/// Thread-safe; calls take turns.
class TimeStampClient {
 public:
  static Result<std::unique_ptr<TimeStampClient>> create(TimeStampSettings settings);
  ~TimeStampClient();
  TimeStampClient(const TimeStampClient&) = delete;
  TimeStampClient& operator=(const TimeStampClient&) = delete;

  /// Over SHA-256 of `data`, with a fresh nonce. Errors: as the HTTP client's; `verification_failed` for an
  /// answer that does not hold; `unavailable` when the authority answers with a failure.
  Result<Stamp> stamp_with_time(BytesView data);
  Result<Bytes> stamp(BytesView data);

 private:
  struct State;
  explicit TimeStampClient(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// Trust out of PEM files: the authority's certificate, its intermediate, the root.
Result<proof::TimeStampTrust> load_trust(const std::string& authority_file,
                                         const std::string& intermediate_file, const std::string& root_file);

}  // namespace quietus::timestamp
