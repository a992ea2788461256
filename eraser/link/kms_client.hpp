// What the eraser asks of kms, one call per endpoint. The eraser only ever calls out.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "eraser/link/settings.hpp"
#include "quietus/order.hpp"
#include "quietus/statement.hpp"
#include "wire/client.hpp"

namespace quietus::eraser {

struct WorkItem {
  CaseId case_id;
  OrderId order;
  HoldingId holding;
  OrderLine line;
};

struct GivenMandate {
  SignedStatement mandate;
  Bytes order;  ///< canonical
  std::vector<SignedStatement> approvals;
};

struct ReportedProgress {
  std::string phase;
  std::uint64_t done_bytes = 0, total_bytes = 0, rate_bytes_per_s = 0;
};

/// Every error is `unavailable`: whether something has failed for good is not for an answer of kms to say,
/// kms knows its own mind. The message carries kms's words.
class KmsClient {
 public:
  static Result<KmsClient> create(const EraserSettings& settings);

  Status report_inventory(const Json& devices);
  Result<std::vector<WorkItem>> work();
  Result<GivenMandate> request_mandate(const HoldingId& holding, const SignedStatement& facts,
                                       const Plan& plan);
  /// False = kms wants the run to stop: its witness left or stopped it, or its order is over.
  Result<bool> report_progress(const HoldingId& holding, const ReportedProgress& progress);
  /// These two keep the kind of kms's error: `unavailable` and `timed_out` are worth another try, the rest is
  /// not.
  Result<SignedStatement> request_sample(const HoldingId& holding, const EraserReport& report);
  /// What kms read in the evidence: `failed` is an answer too.
  Result<Verdict> accept_evidence(const HoldingId& holding, const SignedStatement& evidence,
                                  const std::string& transcript = {});
  Status report_failure(const HoldingId& holding, const std::string& reason);

 private:
  KmsClient(HostId host, std::unique_ptr<wire::HttpClient> http)
      : host_(std::move(host)), http_(std::move(http)) {}
  Result<Json> post(const std::string& target, const Json& body);
  Result<Json> exchange(std::string_view method, const std::string& target, const Json* body);
  [[nodiscard]] std::string run(const HoldingId& holding, std::string_view verb) const;

  HostId host_;
  std::unique_ptr<wire::HttpClient> http_;
};

}  // namespace quietus::eraser
