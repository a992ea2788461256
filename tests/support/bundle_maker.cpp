#include "tests/support/bundle_maker.hpp"

#include "base/encoding.hpp"
#include "proof/leaf.hpp"

namespace quietus::test {
namespace {

using namespace proof;

constexpr std::uint64_t kMediumBytes = 64ULL << 20;

DeviceIdentity device() {
  DeviceIdentity id;
  id.kind = MediumKind::loop_device;
  id.path = "/dev/loop7";
  id.size_bytes = kMediumBytes;
  id.model = "loop";
  id.serial = "disk-7.img";
  id.device_number = 1799;
  id.disk_sequence = 18446744073709551615ULL;  // beyond what a JSON integer holds
  id.backing_device = 66306;
  id.backing_inode = 131077;
  id.backing_path = "/srv/disk-7.img";
  return id;
}

OrderLine disk_line() {
  OrderLine line;
  line.holding = *HoldingId::parse("disk-7");
  line.kind = HoldingKind::disk;
  line.title = "customer disk 7 客户磁盘";
  line.host = *HostId::parse("host-1");
  line.device = device();
  return line;
}

OrderLine key_line() {
  OrderLine line;
  line.holding = *HoldingId::parse("ledger-2021");
  line.kind = HoldingKind::record_set;
  line.title = "loan records 2021 贷款记录";
  line.key = *KeyId::parse("key-2021");
  return line;
}

OrderLine keyring_line(Extent extent) {
  OrderLine line;
  line.holding = *HoldingId::parse("loans-2021");
  line.kind = HoldingKind::record_set;
  line.title = "loans 2021 贷款";
  line.keyring = *KeyringId::parse("loans");
  if (extent == Extent::some_keys) line.keys = *KeyRanges::parse("1-3,7,20-31");
  return line;
}

KeyRanges keyring_numbers() { return *KeyRanges::parse("1-3,7,20-31"); }

HsmInfo softhsm() {
  return {"SoftHSM project",
          "SoftHSM v2",
          "0123456789abcdef",
          "2.6",
          "libsofthsm2.so",
          "quietus",
          "softhsm2",
          "the object's file is unlinked and the folder synchronised",
          false};
}

/// Shown to be gone as it must be; the caller says which key it was.
KeyDestruction gone() {
  KeyDestruction key;
  key.ref.cka_id.fill(0x5a);
  key.hsm = softhsm();
  key.created = kNow + -1000 * kHourMs;
  key.destroyed = kNow + -kMinuteMs;
  key.census_before = 9;
  key.census_after = 8;
  key.census_differs_by_target_only = true;
  key.canary_found_and_opens = true;
  key.target_found = false;
  key.target_sample_opens = false;
  key.token_synced = true;
  return key;
}

KeyDestruction root_of_keyring(KeyClass key_class, std::uint64_t epoch) {
  KeyDestruction root = gone();
  root.key = *KeyId::parse("keyring.loans");
  root.hsm.copy_revives_keys = true;
  root.attributes_before = {
      true, true, false, true, true, false, false, true, 31, 32, "keyring.loans." + std::to_string(epoch)};
  HsmKeyUsage usage{false, false, false, false, false, false, false};
  (key_class == KeyClass::wrapped ? usage.wrap : usage.encrypt) = true;
  (key_class == KeyClass::wrapped ? usage.unwrap : usage.decrypt) = true;
  root.attributes_before.usage = usage;
  return root;
}

Approval approval(const Order& order, const X509Certificate& certificate, Role role) {
  Approval approval;
  approval.order = order.id;
  approval.order_digest = sha256(encode(order));
  approval.case_id = order.case_id;
  approval.person = *PersonId::parse(certificate.person_id());
  approval.role = role;
  approval.nonce = sha256(certificate.person_id());
  approval.not_after = order.not_after;
  return approval;
}

}  // namespace

Order BundleMaker::order_of(const OrderLine& line) const {
  Order order;
  order.id = *OrderId::parse("order-1");
  order.case_id = *CaseId::parse("case-1");
  order.proposer = *PersonId::parse("p-0001");
  order.reason = "retention served, contract §7 保管期满";
  order.lines = {line};
  order.not_before = kNow + -kHourMs;
  order.not_after = kNow + 24 * kHourMs;
  order.rule_pack = sha256("pack");
  order.rule_pack_name = "builtin-0";
  order.requirement = {2, 2, true, true};
  order.nonce = sha256("order nonce");
  return order;
}

std::vector<SignedStatement> BundleMaker::approvals(const Order& order) const {
  const auto sign = [&](const Holder& holder, Role role) {
    return holder.sign(encode(approval(order, holder.certificate, role)));
  };
  return {sign(world_.proposer, Role::proposer), sign(world_.approver_1, Role::approver),
          sign(world_.approver_2, Role::approver), sign(world_.responsible, Role::responsible),
          sign(world_.witness, Role::witness)};
}

MediumStory BundleMaker::medium_story() const {
  MediumStory s;
  s.line = disk_line();
  s.order = order_of(s.line);
  s.facts.host = s.line.host;
  s.facts.boot_id = "boot-1";
  s.facts.nonce = sha256("facts nonce");
  s.facts.identity = s.line.device;
  s.plan = {"overwrite-zeros",
            OverwritePattern::zeros,
            {},
            SanitizationMethod::clear,
            "NIST SP 800-88r2 §3.1.1",
            kMediumBytes,
            {"snapshots of the backing file"}};
  s.sample.order = s.order.id;
  s.sample.holding = s.line.holding;
  s.sample.seed = sha256("seed");
  s.sample.count = 1000;
  s.evidence.host = s.facts.host;
  s.evidence.boot_id = s.facts.boot_id;
  s.evidence.identity = s.facts.identity;
  s.evidence.verdict = Verdict::verified;
  s.evidence.bytes_overwritten = kMediumBytes;
  s.evidence.blocks_read = s.evidence.blocks_matching = 1002;
  s.evidence.blocks_digest = sha256("blocks");
  s.evidence.commands = {"open /dev/loop7 O_EXCL -> 5", "pread x1002 -> ok"};
  s.evidence.areas_not_covered = s.plan.areas_not_covered;
  s.evidence.started = kNow + -10 * kMinuteMs;
  s.evidence.finished = kNow + -kMinuteMs;
  s.report.order = s.order.id;
  s.report.holding = s.line.holding;
  s.report.bytes_overwritten = kMediumBytes;
  s.report.tool = "quietus-eraser 0.1.0";
  s.report.io_mode = "psync O_DIRECT 1 MiB";
  s.report.started = s.evidence.started;
  s.report.finished = s.evidence.finished;
  return s;
}

CertificateInput BundleMaker::medium_input(MediumStory s, const MediumTwists& twists) const {
  CertificateInput input = input_of("cert-0001", s.line);
  input.order = s.order;
  input.approvals = approvals(s.order);
  CertificateInput::Medium medium;
  medium.facts = world_.host.sign(encode(s.facts));
  Mandate mandate;
  mandate.order = s.order.id;
  mandate.order_digest = sha256(encode(s.order));
  mandate.holding = s.line.holding;
  for (const auto& statement : input.approvals) mandate.approvals.push_back(statement_digest(statement));
  mandate.facts_digest = statement_digest(medium.facts);
  mandate.nonce = s.facts.nonce;
  mandate.plan = s.plan;
  mandate.valid_for_ms = 600'000;
  twists.mandate(mandate);
  medium.mandate = world_.mandate.sign(encode(mandate));
  s.sample.mandate_digest = s.report.mandate_digest = s.evidence.mandate_digest =
      statement_digest(medium.mandate);
  twists.sample(s.sample);
  medium.sample = world_.mandate.sign(encode(s.sample));
  twists.report(s.report);
  medium.eraser_report = as_text(encode(s.report));
  s.evidence.sample_digest = statement_digest(medium.sample);
  if (!s.evidence.drive) s.evidence.sample_nonce = sha256("the agent's own");
  s.evidence.eraser_report_digest = sha256(medium.eraser_report);
  twists.evidence(s.evidence);
  medium.evidence = world_.host.sign(encode(s.evidence));
  medium.transcript = s.transcript;
  input.medium = std::move(medium);
  return input;
}

CertificateInput BundleMaker::input_of(const std::string& id, const OrderLine& line) const {
  CertificateInput input;
  input.certificate_id = id;
  input.laboratory = "laboratory";
  input.issued = kNow;
  input.line = line;
  input.order = order_of(input.line);
  input.approvals = approvals(input.order);
  input.issuer = "Quietus laboratory";
  input.software = "quietus 0.1.0 (test)";
  input.waivers.emplace();
  input.completion = {1, sha256("not yet")};
  return input;
}

CertificateInput BundleMaker::key_input() const {
  CertificateInput input = input_of("cert-0002", key_line());
  KeyDestruction key = gone();
  key.key = input.line.key;
  key.attributes_before = {true, true, false, true, true, false, false, true, 31, 32, "device-key-2021"};
  key.releases = {{kNow + -900 * kHourMs, *PersonId::parse("p-0009"), "seal", 12}};
  input.key = key;
  return input;
}

KeyReceipts BundleMaker::receipts() {
  std::vector<SaltedNumber> keys;
  for (const KeyNumber number : keyring_numbers().numbers())
    keys.push_back({number, sha256("salt " + std::to_string(number.value))});
  return *KeyReceipts::make(*KeyringId::parse("loans"), keys);
}

CertificateInput BundleMaker::keyring_input(KeyClass key_class, Extent extent) const {
  const bool whole = extent == Extent::whole_keyring;
  KeyringShredding keys;
  keys.keyring = *KeyringId::parse("loans");
  keys.key_class = key_class;
  keys.from_epoch = 4;
  keys.to_epoch = whole ? 0 : 5;
  keys.destroyed = keyring_numbers().count();
  keys.survivors_verified = whole ? 0 : 967;
  keys.numbers = numbers_digest(keyring_numbers().numbers());
  keys.receipts = receipts().root();
  keys.root = root_of_keyring(key_class, keys.from_epoch);
  keys.begun = keys.root.destroyed + -2000;
  keys.committed = keys.root.destroyed + -1000;
  keys.releases = {{kNow + -900 * kHourMs, *PersonId::parse("p-0009"), "open", 3}};
  keys.known_copies = {"cartridge 12 of the token's backup"};
  return keyring_input(keyring_line(extent), keys);
}

CertificateInput BundleMaker::keyring_input(const OrderLine& line, const KeyringShredding& shredding) const {
  CertificateInput input = input_of("cert-0003", line);
  input.keyring = shredding;
  return input;
}

LedgerEntry BundleMaker::enter(UnixMs at, const std::string& type, Json body) {
  body["at"] = rfc3339(at);
  body["type"] = type;
  LedgerEntry entry{tree_.size(), {}, Bytes(kSaltBytes, 0x44), to_bytes(body.write())};
  entry.leaf = encode(LedgerLeaf{salted_body_digest(entry.salt, entry.body), entry.index, at, type});
  tree_.append(entry.leaf);
  leaves_.push_back({entry.leaf, entry.salt, entry.body});
  return entry;
}

void BundleMaker::log_of_others(UnixMs at) {
  const Digest body = sha256("somebody else's event " + std::to_string(tree_.size()));
  leaves_.push_back({encode(LedgerLeaf{body, tree_.size(), at, "holding.declared"}), {}, {}});
  tree_.append(leaves_.back().leaf);
}

CertificateInput BundleMaker::scheduled_input(KeyClass key_class) {
  CertificateInput input = keyring_input(key_class);
  input.order = {};
  input.approvals.clear();
  const auto schedule = [&](const Holder& holder, const std::string& numbers, UnixMs at) {
    const Person person = person_from_certificate(holder.certificate).value();
    return enter(at, "keys.destruction_scheduled",
                 Json::Object{{"actor", Json::Object{{"person", to_json(person)}}},
                              {"due", rfc3339(at + 168 * kHourMs)},
                              {"keyring", "loans"},
                              {"numbers", numbers},
                              {"reason", "retention served 保管期满"}});
  };
  ScheduleBasis basis{*CaseId::parse("case-1"), sha256("pack"), "builtin-0", {}};
  basis.parts.push_back(
      {schedule(world_.proposer, "1-3,5,7", kNow + -200 * kHourMs), *KeyRanges::parse("1-3,7")});
  basis.parts.push_back(
      {schedule(world_.approver_1, "20-31", kNow + -190 * kHourMs), *KeyRanges::parse("20-31")});
  input.schedule = std::move(basis);
  return input;
}

OpenedLeaf BundleMaker::log(const std::string& type, const CertificateInput& input, Json body) {
  OpenedLeaf opened;
  opened.salt = Bytes(kSaltBytes, 0x33);
  opened.body = to_bytes(body.write());
  opened.leaf =
      encode(LedgerLeaf{salted_body_digest(opened.salt, opened.body), tree_.size(), input.issued, type});
  tree_.append(opened.leaf);
  leaves_.push_back(opened);
  return opened;
}

TlogProof BundleMaker::prove(std::uint64_t index, const std::string& origin) const {
  const auto note = sign_checkpoint({origin, tree_.size(), tree_.root()}, world_.checkpoint.key.public_key(),
                                    world_.checkpoint.signer());
  return {index, tree_.inclusion_proof(index, tree_.size()).value(), note.value()};
}

BundleInput BundleMaker::certify(CertificateInput input, bool stamped, const BundleTwists& twists) {
  const auto body = [&](const std::string& type, Json detail, const std::function<void(Json&)>& twist) {
    Json json =
        Json::Object{{"detail", std::move(detail)}, {"holding", input.line.holding.text()}, {"type", type}};
    if (type == kIssueEvent || type == kScheduledIssueEvent) json["certificate_id"] = input.certificate_id;
    if (type == kReplacedEvent) {
      json["certificate_id"] = input.certificate_id;
      json["outcome"] = to_string(input.predecessor->reason);
      json["predecessor"] = input.predecessor->certificate_id;
      twist(json);
      return json;
    }
    if (input.schedule) {
      json["from_epoch"] = input.keyring->from_epoch;
      json["keyring"] = input.line.keyring.text();
    } else {
      json["order"] = input.order.id.text();
    }
    twist(json);
    return json;
  };
  input.completion = {};
  for (int i = 0; i < 5; ++i) log_of_others(input.issued);
  const auto type_of = [&](const std::string& twisted, std::string_view ordered, std::string_view scheduled) {
    return input.schedule && twisted == ordered ? std::string(scheduled) : twisted;
  };
  const std::string completion_type =
                        type_of(twists.completion_type, kCompletionEvent, kScheduledCompletionEvent),
                    issue_type = input.predecessor && twists.issue_type == kIssueEvent
                                     ? std::string(kReplacedEvent)
                                     : type_of(twists.issue_type, kIssueEvent, kScheduledIssueEvent);
  const OpenedLeaf completion =
      log(completion_type, input,
          body(completion_type, completion_detail(input).value(), twists.completion_body));
  const std::uint64_t completed_at = decode_leaf(completion.leaf).value().index;
  input.completion = {completed_at, leaf_hash(completion.leaf)};
  twists.cited(input);
  log_of_others(input.issued);

  const X509Certificate& signer = signer_ ? signer_->first : world_.certificate.certificate;
  BundleInput out{make_certificate(input).value(),
                  {},
                  std::nullopt,
                  {},
                  {},
                  {world_.root.certificate(), world_.service.certificate(), world_.people.certificate(),
                   world_.tsa_ca.certificate(), world_.tsa, signer, world_.checkpoint.certificate,
                   world_.mandate.certificate, std::nullopt},
                  {}};
  out.p7s = build_cades_bes(out.certificate_json, signer, {world_.service.certificate()},
                            input.issued + twists.signed_later_ms,
                            signer_ ? signer_->second : world_.certificate.digest_signer())
                .value();
  if (stamped) out.tsr = world_.stamp(out.p7s);
  if (input.medium) out.trust.host = world_.host.certificate;
  const OpenedLeaf issued = log(
      issue_type, input,
      body(issue_type, issue_detail(input.certificate_id, out.certificate_json, out.p7s), twists.issue_body));
  for (int i = 0; i < 3; ++i) log_of_others(input.issued);
  out.issued = {issued, prove(decode_leaf(issued.leaf).value().index)};
  out.completion = {completion, prove(completed_at)};
  if (input.schedule) {
    for (const auto& [entry, numbers] : input.schedule->parts)
      out.schedule.push_back({{entry.leaf, entry.salt, entry.body}, prove(entry.index)});
  }
  return out;
}

}  // namespace quietus::test
