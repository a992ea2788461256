#include <algorithm>

#include "base/encoding.hpp"
#include "proof/bundle_layout.hpp"
#include "proof/certificate_reading.hpp"
#include "proof/certificate_words.hpp"
#include "proof/chain_cache.hpp"
#include "proof/check_texts.hpp"
#include "proof/cms.hpp"
#include "proof/differs.hpp"
#include "proof/issue_event.hpp"
#include "proof/merkle.hpp"
#include "proof/time_stamp.hpp"
#include "proof/verify_text.hpp"

namespace quietus::proof {
namespace {

/// Clocks of kms, host and time-stamp authority may be apart by this much.
constexpr std::int64_t kClockSlackMs = 300'000;

/// One pass over a bundle. A step that another one needs and that failed makes the later one fail too:
/// nothing is skipped.
class BundleReader {
 public:
  BundleReader(const BundleFiles& files, const std::optional<Anchor>& anchor, ChainCache& cache)
      : files_(files), anchor_(anchor), cache_(cache) {}

  VerifyReport run() {
    check("files", &BundleReader::files);
    check("trust", &BundleReader::trust);
    if (anchor_) check("anchor", &BundleReader::anchor);
    check("certificate", &BundleReader::certificate);
    check("laboratory", &BundleReader::laboratory);
    if (stamped()) check("time_stamp", &BundleReader::time_stamp);
    check("chains", &BundleReader::chains);
    check("cades", &BundleReader::cades);
    if (!scheduled()) check("statements", &BundleReader::statements);
    check("issued", &BundleReader::issued);
    check("issued_proof", &BundleReader::issued_proof);
    if (scheduled()) check("schedule", &BundleReader::schedule);
    check("completion", &BundleReader::completion);
    check("completion_proof", &BundleReader::completion_proof);
    if (trust_ && !trust_->witnesses.empty()) check("witness", &BundleReader::witness);
    check("verify_txt", &BundleReader::verify_txt);
    report_.verdict = verdict();
    report_.trust = std::move(trust_);
    return std::move(report_);
  }

 private:
  using Step = Result<std::string> (BundleReader::*)();

  void check(std::string_view id, Step step) {
    auto outcome = (this->*step)();
    const bool other = scheduled() && id == kScheduledCertificate.id;
    const auto& text = other ? kScheduledCertificate : *std::ranges::find(kTexts, id, &CheckText::id);
    report_.checks.push_back({std::string(id), outcome.has_value(), std::string(text.en),
                              std::string(text.zh), outcome ? *outcome : outcome.error().message});
  }

  [[nodiscard]] BundleVerdict verdict() const {
    if (newer_format_ && signed_by_the_signer()) return BundleVerdict::cannot_check;
    if (!std::ranges::all_of(report_.checks, &Check::ok)) return BundleVerdict::invalid;
    if (!stamped()) return BundleVerdict::incomplete;
    if (!anchor_) return BundleVerdict::consistent_issuer_not_established;
    return is_withdrawal(*input_) ? BundleVerdict::withdrawal : BundleVerdict::valid;
  }

  /// A changed byte does not make a bundle one that nobody can judge.
  [[nodiscard]] bool signed_by_the_signer() const {
    const auto p7s = file("certificate.p7s"), json = file("certificate.json");
    return trust_ && p7s && json &&
           verify_cades_bes(*p7s, *json, trust_->certificate_signer, {trust_->service_ca});
  }

  struct Event {
    LedgerLeaf leaf;
    Digest hash;
    Json body;
  };

  [[nodiscard]] bool scheduled() const { return input_ && input_->schedule; }
  [[nodiscard]] bool stamped() const { return files_.contains("certificate.tsr"); }

  [[nodiscard]] Result<Bytes> file(std::string_view name) const {
    const auto found = files_.find(std::string(name));
    if (found == files_.end()) return fail(ErrorKind::invalid_input, std::string(name) + " is missing");
    return found->second;
  }

  [[nodiscard]] Status need(bool there, const char* what) const {
    if (!there) return differs(std::string("not reached: ") + what);
    return {};
  }

  Result<std::string> files() {
    QUIETUS_CHECK(check_file_set(files_));
    return std::to_string(files_.size()) + " files";
  }

  Result<std::string> trust() {
    QUIETUS_TRY(root, trusted(files_, trust_file::root));
    report_.root_fingerprint = root.fingerprint();
    QUIETUS_TRY(all, read_trust(files_, cache_));
    trust_ = std::move(all);
    return "root sha256:" + hex(report_.root_fingerprint);
  }

  Result<std::string> anchor() {
    QUIETUS_CHECK(need(trust_.has_value(), "trust"));
    if (report_.root_fingerprint != anchor_->root_fingerprint) {
      return differs("the bundle's root is sha256:" + hex(report_.root_fingerprint) + ", not the given one");
    }
    return std::string("it is");
  }

  Result<std::string> certificate() {
    QUIETUS_TRY(json, file("certificate.json"));
    newer_format_ = is_of_a_newer_format(json);
    QUIETUS_TRY(read, read_with_sources(json));
    report_.subject = subject_of(read, json);
    input_ = std::move(read.input);
    completion_detail_ = std::move(read.completion_detail);
    return input_->certificate_id + ", holding " + input_->line.holding.text();
  }

  Result<std::string> laboratory() {
    QUIETUS_CHECK(need(trust_ && input_, "trust, certificate"));
    const bool root_says =
        (trust_->root.common_name() + trust_->root.organization()).find("laboratory") != std::string::npos;
    if (root_says == input_->laboratory.empty())
      return differs("the root and the certificate disagree about a laboratory");
    return std::string(root_says ? "LABORATORY: for learning and tests" : "not a laboratory");
  }

  Result<std::string> time_stamp() {
    QUIETUS_CHECK(need(trust_ && input_, "trust, certificate"));
    QUIETUS_TRY(tsr, file("certificate.tsr"));
    QUIETUS_TRY(p7s, file("certificate.p7s"));
    QUIETUS_TRY(time, verify_time_stamp(tsr, p7s, std::nullopt,
                                        {trust_->tsa, trust_->tsa_ca, trust_->time_stamp_root()}, &cache_));
    if (time + kClockSlackMs < input_->issued) return differs("the time-stamp is older than the certificate");
    report_.stamped_at = time;
    return rfc3339(time);
  }

  /// When the signers' certificates must have been good.
  [[nodiscard]] Result<UnixMs> chain_time() const {
    if (report_.stamped_at) return *report_.stamped_at;
    if (!stamped() && input_) return input_->issued;
    return differs("not reached: time_stamp");
  }

  Result<std::string> chains() {
    QUIETUS_CHECK(need(trust_ && input_, "trust, certificate"));
    QUIETUS_TRY(at, chain_time());
    std::vector<Bytes> lists;
    if (trust_->service_crl) lists.push_back(*trust_->service_crl);
    const auto service = [&](const X509Certificate& leaf, Purpose purpose) {
      return cache_.verify_chain(leaf, trust_->service_ca, trust_->root, at, purpose, lists);
    };
    QUIETUS_CHECK(service(trust_->certificate_signer, Purpose::certificate));
    QUIETUS_CHECK(service(trust_->checkpoint_signer, Purpose::checkpoint));
    QUIETUS_CHECK(service(trust_->mandate_signer, Purpose::mandate));
    if (trust_->host) QUIETUS_CHECK(service(*trust_->host, Purpose::host));
    QUIETUS_CHECK(
        cache_.verify_chain(trust_->tsa, trust_->tsa_ca, trust_->time_stamp_root(), at, Purpose::time_stamp));
    if (scheduled()) QUIETUS_CHECK(cache_.verify_authority(trust_->people_ca, kPeopleUnit, trust_->root, at));
    for (const auto& approval : input_->approvals) {
      QUIETUS_TRY(person, X509Certificate::parse(approval.certificate));
      QUIETUS_CHECK(cache_.verify_chain(person, trust_->people_ca, trust_->root, at, Purpose::person));
    }
    QUIETUS_CHECK(entered_chains());
    return "at " + rfc3339(at);
  }

  [[nodiscard]] Status not_a_service(const X509Certificate& person) const {
    for (const auto* service :
         {&trust_->certificate_signer, &trust_->checkpoint_signer, &trust_->mandate_signer}) {
      if (person.spki() == service->spki()) return differs("a service key speaks as a person");
    }
    return {};
  }

  /// Who signed had to be good for it when it was entered: that was long ago, perhaps.
  [[nodiscard]] Status entered_chain(const SignedStatement& statement, UnixMs entered) const {
    QUIETUS_TRY(person, X509Certificate::parse(statement.certificate));
    QUIETUS_CHECK(cache_.verify_chain(person, trust_->people_ca, trust_->root, entered, Purpose::person));
    return not_a_service(person);
  }
  [[nodiscard]] Status entered_chains() const {
    if (input_->waivers)
      for (const auto& waiver : *input_->waivers)
        QUIETUS_CHECK(entered_chain(waiver.statement, waiver.entered));
    if (input_->predecessor)
      for (const auto& word : input_->predecessor->words)
        QUIETUS_CHECK(entered_chain(word.statement, word.entered));
    return {};
  }

  Result<std::string> cades() {
    QUIETUS_CHECK(need(trust_ && input_, "trust, certificate"));
    QUIETUS_TRY(p7s, file("certificate.p7s"));
    QUIETUS_TRY(json, file("certificate.json"));
    QUIETUS_TRY(signed_at, verify_cades_bes(p7s, json, trust_->certificate_signer, {trust_->service_ca}));
    if (std::abs(signed_at - input_->issued) > kClockSlackMs)
      return differs("it was signed at another time than it says");
    return "signed by " + trust_->certificate_signer.common_name() + " at " + rfc3339(signed_at);
  }

  /// Raw signatures, joins and quorum were checked when certificate.json was read; here: that the signers are
  /// those of trust/, whose chains were checked.
  Result<std::string> statements() {
    QUIETUS_CHECK(need(trust_ && input_, "trust, certificate"));
    if (schedule_files() > 0) return differs("entries are there that the certificate does not cite");
    if (trust_->host.has_value() != input_->medium.has_value())
      return differs("trust/host.pem belongs to media only");
    if (input_->medium) {
      const auto& medium = *input_->medium;
      for (const auto* statement : {&medium.mandate, &medium.sample}) {
        if (statement->certificate != trust_->mandate_signer.der())
          return differs("another key signed the mandate");
      }
      for (const auto* statement : {&medium.facts, &medium.evidence}) {
        if (statement->certificate != trust_->host->der()) return differs("another host signed the evidence");
      }
    }
    for (const auto& approval : input_->approvals) {
      QUIETUS_TRY(person, X509Certificate::parse(approval.certificate));
      QUIETUS_CHECK(not_a_service(person));
    }
    return std::to_string(input_->approvals.size()) + " people signed";
  }

  /// That the entries are about these keys and older than the act was checked when certificate.json was read;
  /// here: that they are in the ledger.
  Result<std::string> schedule() {
    QUIETUS_CHECK(need(trust_ && head_, "trust, issued_proof"));
    if (trust_->host) return differs("trust/host.pem belongs to media only");
    const auto& parts = input_->schedule->parts;
    if (schedule_files() != 2 * parts.size())
      return differs("entries are there that the certificate does not cite");
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const LedgerEntry& entry = parts[i].entry;
      QUIETUS_TRY(leaf, encode(OpenedLeaf{entry.leaf, entry.salt, entry.body}));
      QUIETUS_TRY(given, file(schedule_file(i + 1) + ".leaf.json"));
      if (given != leaf)
        return differs(schedule_file(i + 1) + " is not the entry that the certificate cites");
      QUIETUS_TRY(head, proved(schedule_file(i + 1),
                               {.leaf = {.index = entry.index}, .hash = leaf_hash(entry.leaf)}));
      QUIETUS_CHECK(same_ledger(head.checkpoint));
    }
    return std::to_string(parts.size()) + " entries; nobody signed";
  }

  [[nodiscard]] std::size_t schedule_files() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(files_, [](const auto& item) { return item.first.starts_with("schedule-"); }));
  }

  [[nodiscard]] Result<Event> event(const char* name, std::string_view type) const {
    QUIETUS_TRY(bytes, file(std::string(name) + ".leaf.json"));
    QUIETUS_TRY(opened, decode_opened_leaf(bytes));
    QUIETUS_TRY(leaf, decode_leaf(opened.leaf));
    QUIETUS_TRY(body, Json::parse_canonical(as_text(opened.body)));
    if (leaf.type != type) return differs("the leaf is of another type");
    QUIETUS_CHECK(check_about(*input_, type, body));
    return Event{leaf, leaf_hash(opened.leaf), body};
  }

  Result<std::string> issued() {
    QUIETUS_CHECK(need(input_.has_value(), "certificate"));
    QUIETUS_TRY(found, event("certificate", issue_event_of(*input_)));
    QUIETUS_TRY(json, file("certificate.json"));
    QUIETUS_TRY(p7s, file("certificate.p7s"));
    const Json* detail = found.body.find("detail");
    if (detail == nullptr || *detail != issue_detail(input_->certificate_id, json, p7s)) {
      return differs("the leaf names another certificate");
    }
    issued_ = std::move(found);
    return "leaf " + std::to_string(issued_->leaf.index) + " of " + rfc3339(issued_->leaf.time);
  }

  Result<std::string> completion() {
    QUIETUS_CHECK(need(input_.has_value(), "certificate"));
    QUIETUS_TRY(found, event("completion", completion_event_of(*input_)));
    QUIETUS_TRY(bytes, file("completion.leaf.json"));
    QUIETUS_TRY(opened, decode_opened_leaf(bytes));
    QUIETUS_CHECK(check_completion(*input_, completion_detail_, opened));
    completion_ = std::move(found);
    return "leaf " + std::to_string(completion_->leaf.index) + " of " + rfc3339(completion_->leaf.time);
  }

  [[nodiscard]] Result<WitnessedCheckpoint> proved(const std::string& name, const Event& event) const {
    QUIETUS_TRY(text, file(name + ".tlog-proof"));
    QUIETUS_TRY(proof, parse_tlog_proof(as_text(text)));
    if (proof.index != event.leaf.index) return differs("the proof is of another index");
    QUIETUS_TRY(head,
                verify_tlog_proof(proof, event.hash, trust_->checkpoint_signer.spki(), trust_->witnesses));
    return head;
  }

  Result<std::string> issued_proof() {
    QUIETUS_CHECK(need(trust_ && issued_, "trust, issued"));
    QUIETUS_TRY(head, proved("certificate", *issued_));
    head_ = head;
    return head.checkpoint.origin + ", size " + std::to_string(head.checkpoint.size);
  }

  /// Two roots of one size are two ledgers.
  [[nodiscard]] Status same_ledger(const Checkpoint& other) const {
    const Checkpoint& ours = head_->checkpoint;
    const bool forked = other.size == ours.size && other.root != ours.root;
    if (other.origin == ours.origin && !forked) return {};
    return differs("the two proofs are of different ledgers");
  }

  Result<std::string> completion_proof() {
    QUIETUS_CHECK(need(trust_ && completion_ && head_ && issued_, "issued_proof, completion"));
    QUIETUS_TRY(head, proved("completion", *completion_));
    const Checkpoint& checkpoint = head.checkpoint;
    QUIETUS_CHECK(same_ledger(checkpoint));
    if (completion_->leaf.index >= issued_->leaf.index)
      return differs("it was certified before it was completed");
    report_.ledger = LedgerPlaces{checkpoint.origin,
                                  head_->checkpoint.size,
                                  head_->checkpoint.root,
                                  {completion_->leaf.index, completion_->hash},
                                  {issued_->leaf.index, issued_->hash}};
    return checkpoint.origin + ", size " + std::to_string(checkpoint.size);
  }

  /// Their signatures were checked with the proofs; here: that they looked when there was something to see.
  Result<std::string> witness() {
    QUIETUS_CHECK(need(trust_ && head_ && issued_, "trust, issued_proof"));
    std::string names;
    for (std::size_t i = 0; i < head_->seen_at.size(); ++i) {
      const WitnessWord word{trust_->witnesses[i], head_->seen_at[i]};
      if (word.at + kClockSlackMs < issued_->leaf.time)
        return differs(word.key.name + " signed before the certificate was in the ledger");
      names += (i == 0 ? "" : ", ") + word.key.name + " at " + rfc3339(word.at);
      report_.witnessed.push_back(word);
    }
    return names;
  }

  Result<std::string> verify_txt() {
    QUIETUS_CHECK(
        need(trust_ && input_ && (!stamped() || report_.stamped_at), "trust, certificate, time_stamp"));
    QUIETUS_TRY(text, file("VERIFY.txt"));
    const UnixMs at = report_.stamped_at.value_or(input_->issued);
    const VerifyTextInput expected{at,
                                   stamped(),
                                   trust_parts(*trust_),
                                   input_->keyring.has_value() && !is_withdrawal(*input_),
                                   signs_with_rsa(*trust_),
                                   input_->schedule ? input_->schedule->parts.size() : 0,
                                   input_->format,
                                   input_->waivers && !input_->waivers->empty(),
                                   input_->predecessor.has_value(),
                                   is_withdrawal(*input_)};
    if (!is_verify_text(as_text(text), expected)) return differs("it was changed");
    return std::string("unchanged");
  }

  const BundleFiles& files_;
  const std::optional<Anchor>& anchor_;
  ChainCache& cache_;
  VerifyReport report_;
  std::optional<TrustFiles> trust_;
  std::optional<CertificateInput> input_;
  Json completion_detail_;  ///< that input_ asks for
  std::optional<Event> issued_, completion_;
  std::optional<WitnessedCheckpoint> head_;
  bool newer_format_ = false;
};

}  // namespace

VerifyReport verify_bundle(const BundleFiles& files, const std::optional<Anchor>& anchor, ChainCache& cache) {
  return BundleReader(files, anchor, cache).run();
}

VerifyReport verify_bundle(const BundleFiles& files, const std::optional<Anchor>& anchor) {
  ChainCache cache;
  return verify_bundle(files, anchor, cache);
}

}  // namespace quietus::proof
