// RFC 3161 client: a time-stamp over some bytes, verified before it is handed on.
#pragma once

#include <memory>
#include <string>

#include "proof/time_stamp.hpp"
#include "quietus/result.hpp"
#include "wire/client.hpp"

namespace quietus::timestamp {

struct TimeStamp {
  Bytes response;   ///< full TimeStampResp, DER
  UnixMs gen_time;  ///< what the authority says
};

class TimeStampClient {
 public:
  /// `url`: http or https address that answers application/timestamp-query (RFC 3161 §3.4).
  static Result<std::unique_ptr<TimeStampClient>> create(const std::string& url, proof::TimeStampTrust trust);

  /// `unavailable` or `timed_out` when the authority is away; `verification_failed` when its answer does not
  /// hold.
  Result<TimeStamp> stamp(BytesView data);

 private:
  TimeStampClient(std::unique_ptr<wire::HttpClient> http, proof::TimeStampTrust trust, std::string target)
      : http_(std::move(http)), trust_(std::move(trust)), target_(std::move(target)) {}
  std::unique_ptr<wire::HttpClient> http_;
  proof::TimeStampTrust trust_;
  std::string target_;
};

}  // namespace quietus::timestamp
