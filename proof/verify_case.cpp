#include "proof/verify_case.hpp"

#include <algorithm>
#include <atomic>
#include <thread>

#include "base/encoding.hpp"
#include "base/file.hpp"
#include "proof/chain_cache.hpp"
#include "proof/check_texts.hpp"
#include "proof/differs.hpp"
#include "proof/subject_receipt.hpp"
#include "proof/withdrawals.hpp"

namespace quietus::proof {

namespace {

/// The worst first.
constexpr BundleVerdict kOrder[] = {
    BundleVerdict::invalid,           BundleVerdict::incomplete,
    BundleVerdict::revoked,           BundleVerdict::withdrawal,
    BundleVerdict::cannot_check,      BundleVerdict::consistent_issuer_not_established,
    BundleVerdict::superseded,        BundleVerdict::signed_before_revocation,
    BundleVerdict::valid_but_expired, BundleVerdict::valid};

/// Runs `work` for 0 … count-1.
template <class Work>
void in_parallel(std::size_t count, unsigned threads, const Work& work) {
  std::atomic<std::size_t> next{0};
  const auto run = [&] {
    for (std::size_t i = next++; i < count; i = next++) work(i);
  };
  std::vector<std::jthread> others;
  for (std::size_t i = 1; i < std::min<std::size_t>(threads, count); ++i) others.emplace_back(run);
  run();
}

VerifyReport report_on(const std::string& path, const std::optional<Anchor>& anchor,
                       const OtherAnchors& others, ChainCache& cache) {
  const auto files = read_bundle(path);
  if (!files) {
    VerifyReport unreadable;
    add_check(unreadable, "files", std::unexpected(files.error()));
    return unreadable;
  }
  auto report = verify_bundle(*files, anchor, cache);
  check_from_outside(report, others);
  report.trust.reset();
  return report;
}

CaseLog log_of(const std::string& folder, const std::string& name, const std::optional<Anchor>& anchor) {
  const auto files = read_extract(folder + "/" + name);
  if (!files) return CaseLog{name, std::unexpected(files.error())};
  return CaseLog{name, verify_extract(*files, anchor)};
}

/// The entry of that number, if the log shows its body.
const ExtractEntry* entry_at(const VerifiedExtract& log, std::uint64_t index) {
  const auto& opened = log.ledger.opened;
  const auto found = std::ranges::lower_bound(opened, index, {}, &ExtractEntry::index);
  return found == opened.end() || found->index != index ? nullptr : &*found;
}

bool holds(const VerifiedExtract& log, const EventPlace& place) {
  const auto* entry = entry_at(log, place.index);
  return entry != nullptr && leaf_hash(entry->opened.leaf) == place.leaf;
}

/// Which of the logs has both events of the bundle.
Result<std::string> in_a_log(const VerifyReport& report, const std::vector<CaseLog>& logs) {
  if (!report.ledger) return differs("not reached: completion_proof");
  const auto& places = *report.ledger;
  std::string why = "no log of this folder has its entries";
  for (const auto& log : logs) {
    if (!log.extract || log.extract->checkpoint.origin != places.origin ||
        log.extract->root.fingerprint() != report.root_fingerprint)
      continue;
    const Checkpoint& head = log.extract->checkpoint;
    if (head.size == places.size && head.root != places.root)
      return differs(log.name + " shows another ledger of the same size");
    if (holds(*log.extract, places.completion) && holds(*log.extract, places.issued)) return log.name;
    if (places.issued.index >= head.size) why = log.name + " was taken before it was issued";
  }
  return differs(why);
}

/// Two trees of one size and two roots: the issuer showed two ledgers.
void check_one_ledger(std::vector<CaseBundle>& bundles) {
  std::map<std::pair<std::string, std::uint64_t>, std::pair<Digest, std::string>> seen;
  for (auto& bundle : bundles) {
    if (!bundle.report.ledger) continue;
    const auto& places = *bundle.report.ledger;
    const auto [first, is_new] =
        seen.try_emplace({places.origin, places.size}, std::pair(places.root, bundle.name));
    if (!is_new && first->second.first != places.root)
      add_check(bundle.report, "one_ledger",
                differs("its ledger is not the one of " + first->second.second + ", of the same size"));
  }
}

/// By the certificate that each says it is of.
using ByCertificate = std::map<std::string, const CaseBundle*, std::less<>>;

ByCertificate by_certificate(const std::vector<CaseBundle>& bundles) {
  ByCertificate found;
  for (const auto& bundle : bundles)
    if (bundle.report.subject) found.emplace(bundle.report.subject->certificate_id, &bundle);
  return found;
}

void find_missing(CaseReport& report, const ByCertificate& bundles) {
  for (const auto& log : report.logs) {
    if (!log.extract) continue;
    for (const auto& entry : log.extract->ledger.opened) {
      const auto leaf = decode_leaf(entry.opened.leaf);
      if (!leaf ||
          (leaf->type != kIssueEvent && leaf->type != kScheduledIssueEvent && leaf->type != kReplacedEvent))
        continue;
      const auto body = Json::parse_canonical(as_text(entry.opened.body));
      const std::string certificate = body ? text_in(*body, "certificate_id") : std::string();
      if (!bundles.contains(certificate))
        report.missing.push_back({log.name, certificate, body ? text_in(*body, "holding") : std::string()});
    }
  }
}

/// "Li Na 李娜 (p-0002)", each once.
std::string names_of(const Withdrawal& one) {
  std::string names;
  for (const auto& person : one.persons)
    names += (names.empty() ? "" : ", ") + person.name + " (" + person.id.text() + ")";
  return names;
}

/// "cert-… (bundle/disk)".
SubjectText place_of(const std::string& certificate, const ByCertificate& bundles) {
  const auto found = bundles.find(certificate);
  if (found == bundles.end())
    return {certificate + ", of which the folder has no bundle", certificate + "（文件夹内无其证明包）"};
  return {certificate + " (" + found->second->name + ")", certificate + "（" + found->second->name + "）"};
}

SubjectText withdrawal_text(const Withdrawal& one, const ByCertificate& bundles) {
  const std::string who = names_of(one), why = ": " + one.reason;
  if (!one.holds())
    return {"asked to be withdrawn, by too few: " + who + why, "有人请求撤回，但签字人数不足：" + who + why};
  const bool corrected = one.outcome == Replacement::corrected;
  const std::string en = corrected ? "superseded" : "revoked", zh = corrected ? "取代" : "撤回";
  if (one.issued_as.empty())
    return {
        en + " at " + rfc3339(one.at) + " by the word of " + who + ", and no certificate says so yet" + why,
        "于 " + rfc3339(one.at) + " 由 " + who + " 声明" + zh + "，尚无证书载明" + why};
  const auto place = place_of(one.issued_as, bundles);
  return {en + " by " + place.en + " at " + rfc3339(one.at) + ", said " + who + why,
          "于 " + rfc3339(one.at) + " 被 " + place.zh + " " + zh + "，由 " + who + " 声明" + why};
}

/// A bundle's own log, and no other, can take its certificate back.
bool is_about(const Withdrawal& one, const VerifiedExtract& log, const VerifyReport& report) {
  return report.subject && report.ledger && report.subject->certificate_id == one.certificate &&
         report.subject->holding == one.holding && report.ledger->origin == log.checkpoint.origin &&
         report.root_fingerprint == log.root.fingerprint();
}

void take_back(CaseBundle& bundle, Replacement outcome) {
  bundle.report.verdict =
      worse(bundle.report.verdict,
            outcome == Replacement::withdrawn ? BundleVerdict::revoked : BundleVerdict::superseded);
}

void apply_withdrawals(CaseReport& report, const ByCertificate& bundles, ChainCache& cache) {
  for (const auto& log : report.logs) {
    if (!log.extract) continue;
    for (const auto& one : withdrawals_in(*log.extract, cache)) {
      const auto text = withdrawal_text(one, bundles);
      for (auto& bundle : report.bundles) {
        if (!is_about(one, *log.extract, bundle.report)) continue;
        bundle.withdrawn.push_back(text);
        if (one.holds()) take_back(bundle, one.outcome);
      }
    }
  }
}

bool of_one_issuer(const VerifyReport& a, const VerifyReport& b) {
  return a.subject && b.subject && a.ledger && b.ledger && a.root_fingerprint == b.root_fingerprint &&
         a.ledger->origin == b.ledger->origin;
}

/// It names the other one; or both are about one completion, and what lies between them is not in the folder.
bool takes_the_place_of(const VerifyReport& later, const VerifyReport& other) {
  if (!of_one_issuer(later, other)) return false;
  const auto& predecessor = *later.subject->predecessor;
  if (other.subject->certificate_id == predecessor.certificate_id)
    return other.subject->certificate_sha256 == predecessor.sha256;
  return other.ledger->completion.leaf == later.ledger->completion.leaf &&
         other.ledger->issued.index < later.ledger->issued.index;
}

/// Without a log, and with one that was taken too early: what the certificates say of each other.
void apply_successors(CaseReport& report) {
  for (auto& later : report.bundles) {
    if (!later.report.subject || !later.report.subject->predecessor) continue;
    if (later.report.verdict == BundleVerdict::invalid || later.report.verdict == BundleVerdict::incomplete)
      continue;
    const auto predecessor = *later.report.subject->predecessor;
    for (auto& bundle : report.bundles) {
      if (!takes_the_place_of(later.report, bundle.report)) continue;
      const bool corrected = predecessor.reason == Replacement::corrected;
      bundle.withdrawn.push_back({std::string(corrected ? "superseded" : "revoked") + " by " +
                                      later.report.subject->certificate_id + " (" + later.name + "), which " +
                                      predecessor.line.en,
                                  "被 " + later.report.subject->certificate_id + "（" + later.name + "）" +
                                      (corrected ? "取代" : "撤回") + "，其载明：" + predecessor.line.zh});
      take_back(bundle, predecessor.reason);
    }
  }
}

/// Against the bundle of its certificate in the folder, or the one that it carries.
CaseReceipt receipt_of(const CaseFolder& folder, const std::string& name, const ByCertificate& bundles,
                       const std::optional<Anchor>& anchor, const OtherAnchors& others, ChainCache& cache) {
  CaseReceipt row{name, {}, {}};
  const auto bytes = read_file(folder.folder + "/" + name, kMaxSubjectReceiptBytes);
  const auto receipt = bytes ? read_receipt(*bytes) : std::unexpected(bytes.error());
  if (!receipt) {
    row.why = receipt.error().message;
    return row;
  }
  row.key = key_text(receipt->record.keyring, receipt->record.key.number);
  const auto found = bundles.find(receipt->record.certificate);
  VerifyReport of;
  if (found != bundles.end()) {
    of = found->second->report;
  } else if (receipt->bundle) {
    of = verify_bundle(*receipt->bundle, anchor, cache);
    check_from_outside(of, others);
  } else {
    row.why = "the folder has no bundle of certificate " + receipt->record.certificate;
    row.verdict = BundleVerdict::incomplete;
    return row;
  }
  check_receipt(of, *bytes);
  row.verdict = of.verdict;
  if (const auto failed = std::ranges::find(of.checks, false, &Check::ok); failed != of.checks.end())
    row.why = failed->id + ": " + failed->detail;
  return row;
}

BundleVerdict verdict_of(const CaseReport& report) {
  if (report.bundles.empty()) return BundleVerdict::invalid;
  BundleVerdict verdict = BundleVerdict::valid;
  for (const auto& bundle : report.bundles) verdict = worse(verdict, bundle.report.verdict);
  for (const auto& receipt : report.receipts) verdict = worse(verdict, receipt.verdict);
  for (const auto& log : report.logs) {
    verdict = worse(verdict, !log.extract            ? BundleVerdict::invalid
                             : log.extract->anchored ? BundleVerdict::valid
                                                     : BundleVerdict::consistent_issuer_not_established);
  }
  return report.missing.empty() ? verdict : worse(verdict, BundleVerdict::incomplete);
}

Json bundle_json(const CaseBundle& bundle) {
  Json json = to_json(bundle.report);
  json["name"] = bundle.name;
  Json::Array withdrawn;
  for (const auto& text : bundle.withdrawn)
    withdrawn.push_back(Json::Object{{"en", text.en}, {"zh", text.zh}});
  if (!withdrawn.empty()) json["withdrawn"] = std::move(withdrawn);
  return json;
}

Json log_json(const CaseLog& log) {
  Json json = Json::Object{{"name", log.name}, {"ok", log.extract.has_value()}};
  if (!log.extract) {
    json["why"] = log.extract.error().message;
    return json;
  }
  json["entries"] = log.extract->checkpoint.size;
  json["opened"] = std::uint64_t{log.extract->ledger.opened.size()};
  json["origin"] = log.extract->checkpoint.origin;
  return json;
}

}  // namespace

BundleVerdict worse(BundleVerdict a, BundleVerdict b) {
  return std::ranges::find(kOrder, a) < std::ranges::find(kOrder, b) ? a : b;
}

std::string CaseBundle::why() const {
  const auto failed = std::ranges::find(report.checks, false, &Check::ok);
  return failed == report.checks.end() ? std::string() : failed->id + ": " + failed->detail;
}

CaseReport verify_case(const CaseFolder& folder, const std::optional<Anchor>& anchor,
                       const OtherAnchors& others, unsigned threads) {
  CaseReport report;
  ChainCache cache;
  report.bundles.resize(folder.bundles.size());
  in_parallel(folder.bundles.size(), threads, [&](std::size_t i) {
    const auto& name = folder.bundles[i];
    report.bundles[i] = {name, report_on(folder.folder + "/" + name, anchor, others, cache), {}};
  });
  for (const auto& name : folder.logs) report.logs.push_back(log_of(folder.folder, name, anchor));
  if (!report.logs.empty()) {
    for (auto& bundle : report.bundles)
      add_check(bundle.report, "case_log", in_a_log(bundle.report, report.logs));
  }
  check_one_ledger(report.bundles);
  const auto bundles = by_certificate(report.bundles);
  find_missing(report, bundles);
  apply_successors(report);
  apply_withdrawals(report, bundles, cache);
  report.receipts.resize(folder.receipts.size());
  in_parallel(folder.receipts.size(), threads, [&](std::size_t i) {
    report.receipts[i] = receipt_of(folder, folder.receipts[i], bundles, anchor, others, cache);
  });
  report.others = folder.others;
  report.verdict = verdict_of(report);
  return report;
}

Json to_json(const CaseReport& report) {
  Json::Array bundles, logs, receipts, missing, others;
  for (const auto& bundle : report.bundles) bundles.push_back(bundle_json(bundle));
  for (const auto& log : report.logs) logs.push_back(log_json(log));
  for (const auto& receipt : report.receipts)
    receipts.push_back(Json::Object{{"key", receipt.key},
                                    {"name", receipt.name},
                                    {"verdict", to_string(receipt.verdict)},
                                    {"why", receipt.why}});
  for (const auto& one : report.missing)
    missing.push_back(
        Json::Object{{"certificate", one.certificate}, {"holding", one.holding}, {"log", one.log}});
  for (const auto& name : report.others) others.emplace_back(name);
  return Json::Object{{"bundles", std::move(bundles)},   {"logs", std::move(logs)},
                      {"missing", std::move(missing)},   {"not_looked_at", std::move(others)},
                      {"receipts", std::move(receipts)}, {"verdict", to_string(report.verdict)}};
}

}  // namespace quietus::proof
