#include "firmware-agent/evidence/session.hpp"

#include "base/crash_point.hpp"
#include "base/crypto.hpp"
#include "base/utf8.hpp"
#include "eraser/method/firmware_method.hpp"
#include "eraser/verify/fd_block_device.hpp"
#include "eraser/verify/reread.hpp"
#include "eraser/verify/sampling.hpp"
#include "proof/documents.hpp"
#include "proof/drive_run.hpp"

namespace quietus::agent {
namespace {

constexpr std::size_t kMostFailureBytes =
    1000;  // the document's reader takes 4096, a replaced byte takes three

/// Fills in what the re-read found. The verdict is `verified` on one path only: everything read, everything
/// as planned.
Status reread_into(Evidence& evidence, GuardedMedium& medium, const Plan& plan, const Sample& sample) {
  QUIETUS_CHECK(medium.settle());
  QUIETUS_CHECK(medium.check_unchanged());
  evidence.sample_nonce = random_digest();  // only now: the eraser had kms's seed before it had closed
  QUIETUS_TRY(blocks, eraser::sample_blocks(eraser::sample_seed(sample.seed, evidence.sample_nonce),
                                            plan.length_bytes, sample.block_bytes, sample.count));
  QUIETUS_TRY(descriptor, medium.reopen_for_reading());
  QUIETUS_TRY(device, eraser::FdBlockDevice::adopt(std::move(descriptor)));
  QUIETUS_TRY(found, eraser::reread(*device, plan, blocks, sample.block_bytes));
  evidence.blocks_read = found.blocks_read;
  evidence.blocks_matching = found.blocks_matching;
  evidence.read_errors = found.read_errors;
  evidence.blocks_digest = found.blocks_digest;
  medium.note("pread (" + device->io_mode() + ") of " + std::to_string(found.blocks_asked) + " blocks of " +
              std::to_string(sample.block_bytes) + " bytes -> " + std::to_string(found.blocks_read) +
              " read, " + std::to_string(found.blocks_matching) + " as planned");
  if (!found.all_match()) return fail(ErrorKind::verification_failed, found.failure);
  return medium.check_unchanged();
}

}  // namespace

Session::Session(SessionSettings settings, AgentMemory memory)
    : settings_(std::move(settings)), memory_(std::move(memory)) {}

Status Session::check_permitted(AgentRequest request) const {
  if (permitted(state_, request)) return {};
  return fail(ErrorKind::conflict, "the agent does not do that in its present state",
              "release the medium and begin again");
}

void Session::release() {
  firmware_.reset();
  medium_.reset();
  nonce_ = facts_digest_ = {};
  mandate_ = {};
  state_ = State::idle;
}

Result<SignedStatement> Session::open(const std::string& path) {
  QUIETUS_CHECK(check_permitted(AgentRequest::open));
  QUIETUS_TRY(medium, GuardedMedium::open(path, settings_.guard));
  transcript_.clear();
  Facts facts;
  facts.host = settings_.host;
  facts.boot_id = memory_.boot_id();
  facts.nonce = random_digest();
  facts.identity = medium->identity();
  facts.remembered_tree_size = memory_.checkpoint().tree_size;
  facts.remembered_tree_root = memory_.checkpoint().root;
  QUIETUS_TRY(statement,
              proof::sign_statement(proof::encode(facts), settings_.certificate.der(), settings_.sign));
  medium_ = std::move(medium);
  nonce_ = facts.nonce;
  facts_digest_ = proof::statement_digest(statement);
  facts_at_ms_ = settings_.boot_time_ms();
  state_ = State::opened;
  crash_point(CrashPoint::agent_opened);
  return std::move(statement);
}

OwnKnowledge Session::own_knowledge() const {
  OwnKnowledge own;
  own.host = settings_.host;
  own.host_spki = settings_.certificate.spki();
  own.identity = medium_->identity();
  own.facts_digest = facts_digest_;
  own.nonce = nonce_;
  own.since_facts_ms = settings_.boot_time_ms() - facts_at_ms_;
  own.now = settings_.wall();
  own.remembered = memory_.checkpoint();
  return own;
}

Status Session::accept_mandate(const MandatePackage& package) {
  QUIETUS_CHECK(check_permitted(AgentRequest::mandate));
  QUIETUS_TRY(checked, check_mandate(package, settings_.trust, own_knowledge()));
  QUIETUS_CHECK(medium_->check_unchanged());
  QUIETUS_CHECK(memory_.remember({checked.mandate.tree_size, checked.mandate.tree_root}));
  QUIETUS_CHECK(memory_.consume_nonce(nonce_));
  mandate_ = std::move(checked);
  state_ = State::mandated;
  crash_point(CrashPoint::agent_nonce_consumed);
  return {};
}

Status Session::check_mandate_alive() const {
  const auto since_facts = settings_.boot_time_ms() - facts_at_ms_;
  if (since_facts < 0 || static_cast<std::uint64_t>(since_facts) > longest_use_ms(mandate_.mandate)) {
    return fail(ErrorKind::timed_out, "the mandate has run out", "ask for a mandate over fresh facts");
  }
  return {};
}

Result<Fd> Session::lend() {
  QUIETUS_CHECK(check_permitted(AgentRequest::lend));
  if (mandate_.mandate.plan.pattern == OverwritePattern::none)
    return fail(ErrorKind::denied, "the mandate is for a command of the drive: nobody writes to the medium");
  QUIETUS_CHECK(check_mandate_alive());
  QUIETUS_CHECK(medium_->check_unchanged());
  QUIETUS_TRY(writer, medium_->lend_writer());
  lent_at_ = settings_.wall();
  state_ = State::lent;
  return std::move(writer);
}

Status Session::check_returned(int borrower_pid) const {
  return state_ == State::lent ? medium_->check_returned(borrower_pid) : Status{};
}

Result<FirmwareProgress> Session::erase() {
  QUIETUS_CHECK(check_permitted(AgentRequest::erase));
  if (firmware_) return FirmwareProgress{firmware_->finished(), firmware_->progress()};
  const auto& mandate = mandate_.mandate;
  const auto* method = eraser::find_firmware_method(mandate.plan.technique_id);
  if (method == nullptr)
    return fail(ErrorKind::denied, "the mandate is to overwrite, not for a command of the drive");
  QUIETUS_CHECK(check_mandate_alive());
  QUIETUS_CHECK(medium_->check_unchanged());
  QUIETUS_TRY(queue, settings_.admin_queue(medium_->descriptor()));
  FirmwareRequest request{std::string(method->drive_command),
                          mandate.order.text() + "." + mandate.holding.text(), memory_.folder() + "/nvme",
                          settings_.patience};
  lent_at_ = settings_.wall();
  firmware_ = std::make_unique<FirmwareRun>(std::move(request), *medium_, std::move(queue));
  state_ = State::erasing;
  return FirmwareProgress{};
}

/// What the drive did and what was found afterwards. An error is why the verdict is `failed`. Before it is
/// `verified`, the verifier's own question is asked of what will be signed.
Status Session::firmware_into(Evidence& evidence) {
  const auto& plan = mandate_.mandate.plan;
  auto outcome = firmware_->take();
  for (auto& command : outcome.commands) medium_->note(std::move(command));
  transcript_ = std::move(outcome.transcript);
  auto& drive = evidence.drive.emplace();
  drive.command = eraser::find_firmware_method(plan.technique_id)->drive_command;
  drive.outcome = nvme::to_string(nvme::Outcome::pending);
  drive.transcript = sha256(transcript_);
  QUIETUS_TRY(report, std::move(outcome.report));
  medium_->note("the drive: " + std::string(nvme::to_string(report.outcome)) + ", " + report.why);
  drive.word = report.word;
  drive.outcome = nvme::to_string(report.outcome);
  drive.marker_seed = report.marker_seed;
  if (report.markers) {
    drive.markers = report.markers->looked_at + report.markers->unreadable;
    drive.surviving = report.markers->surviving;
    drive.unreadable = report.markers->unreadable;
    evidence.blocks_read = report.markers->looked_at;
    evidence.blocks_matching = report.markers->looked_at - report.markers->surviving;
    evidence.read_errors = report.markers->unreadable;
    evidence.blocks_digest = report.markers->read_digest;
  }
  if (report.verdict != Verdict::verified) return fail(ErrorKind::verification_failed, report.why);
  QUIETUS_CHECK(medium_->check_unchanged());
  evidence.identity = medium_->identity();
  QUIETUS_CHECK(proof::claim_shown(plan, evidence, transcript_));
  return {};
}

Result<Sample> Session::check_sample(const SignedStatement& statement) const {
  QUIETUS_CHECK(check_kms_statement(statement, settings_.trust, settings_.wall()));
  QUIETUS_TRY(sample, proof::decode_sample(statement.payload));
  const auto& mandate = mandate_.mandate;
  if (sample.mandate_digest != mandate_.mandate_digest || sample.order != mandate.order ||
      sample.holding != mandate.holding || sample.seed == Digest{}) {
    return fail(ErrorKind::verification_failed, "the sample is not about this mandate");
  }
  const auto logical = medium_->identity().logical_block_bytes;
  if (sample.block_bytes > (1U << 20) || sample.block_bytes % logical != 0) {
    return fail(ErrorKind::invalid_input, "the sample's blocks do not fit the medium's");
  }
  if (sample.count < kFewestSampleBlocks)
    return fail(ErrorKind::denied, "the sample is too small to mean anything");
  return sample;
}

Evidence Session::read_back(const Sample& sample) {
  Evidence evidence;
  evidence.host = settings_.host;
  evidence.boot_id = memory_.boot_id();
  evidence.mandate_digest = mandate_.mandate_digest;
  evidence.started = lent_at_;
  evidence.areas_not_covered = mandate_.mandate.plan.areas_not_covered;
  const auto status =
      firmware_ ? firmware_into(evidence) : reread_into(evidence, *medium_, mandate_.mandate.plan, sample);
  evidence.verdict = status ? Verdict::verified : Verdict::failed;
  if (!status)
    evidence.failure = with_replacement_characters(status.error().message.substr(0, kMostFailureBytes));
  evidence.identity = medium_->identity();  // check_unchanged() compared it, or the verdict is `failed`
  evidence.commands = medium_->commands();
  evidence.finished = settings_.wall();
  return evidence;
}

Result<SignedStatement> Session::give_evidence(const SignedStatement& statement, const EraserWord& word) {
  QUIETUS_CHECK(check_permitted(AgentRequest::sample));
  if (firmware_ && !firmware_->finished())
    return fail(ErrorKind::conflict, "the drive is still at work", "ask again how far it is");
  QUIETUS_TRY(sample, check_sample(statement));
  crash_point(CrashPoint::agent_sampling);
  auto evidence = read_back(sample);
  evidence.sample_digest = proof::statement_digest(statement);
  evidence.eraser_report_digest = word.report_digest;
  evidence.bytes_overwritten = word.bytes_overwritten;
  QUIETUS_TRY(signed_evidence,
              proof::sign_statement(proof::encode(evidence), settings_.certificate.der(), settings_.sign));
  crash_point(CrashPoint::agent_signed);
  release();
  return std::move(signed_evidence);
}

}  // namespace quietus::agent
