// What an auditor carries away of a whole case: bundles, the case's log, receipts. Each is checked by itself,
// and then against the others.
#pragma once

#include "proof/bundle.hpp"
#include "proof/ledger_extract.hpp"

namespace quietus::proof {

inline constexpr std::size_t kMaxCaseBundles = 100'000, kMaxCaseLogs = 64, kMaxCaseReceipts = 100'000;

/// Where things lie. Names are relative to the folder, sorted.
struct CaseFolder {
  std::string folder;
  std::vector<std::string> bundles;   ///< folders with a certificate.json, and all folders under bundle/
  std::vector<std::string> logs;      ///< folders with a ledger.ndjson
  std::vector<std::string> receipts;  ///< receipts/*.json
  std::vector<std::string> others;  ///< whatever else lies there, at which nobody looks; links are among them
};
/// Whether it is one rather than a single bundle: it has none of a bundle's files and something of a case's.
bool is_case_folder(const std::string& folder);
/// `exhausted` beyond the limits.
Result<CaseFolder> look_into_case(const std::string& folder);

struct CaseBundle {
  std::string name;
  VerifyReport report;  ///< without `trust`; with the check "case_log" when the folder holds a log
  std::vector<SubjectText> withdrawn;  ///< by whom, and why; or that one of two has said so
  /// The first thing that is wrong; empty when nothing is.
  [[nodiscard]] std::string why() const;
};
struct CaseLog {
  std::string name;
  Result<VerifiedExtract> extract;
};
struct CaseReceipt {
  std::string name;
  std::string key;                                 ///< as it says itself
  std::string why;                                 ///< empty: it holds
  BundleVerdict verdict = BundleVerdict::invalid;  ///< not better than the one of its bundle
};
/// A certificate that a log says was issued, and of which the folder has no bundle.
struct MissingBundle {
  std::string log, certificate, holding;
};

struct CaseReport {
  std::vector<CaseBundle> bundles;
  std::vector<CaseLog> logs;
  std::vector<CaseReceipt> receipts;
  std::vector<MissingBundle> missing;
  std::vector<std::string> others;
  BundleVerdict verdict = BundleVerdict::invalid;  ///< the worst of all
};

/// The one of the two that is further from `valid`.
BundleVerdict worse(BundleVerdict a, BundleVerdict b);

/// In as many threads as `threads` says, at least one. A folder without a bundle is invalid. A certificate
/// that a log names and that is not there makes the case incomplete.
CaseReport verify_case(const CaseFolder& folder, const std::optional<Anchor>& anchor,
                       const OtherAnchors& others, unsigned threads);
Json to_json(const CaseReport& report);

}  // namespace quietus::proof
