#include "kms/service/conductor.hpp"

#include <algorithm>
#include <chrono>

#include "base/crash_point.hpp"
#include "base/log.hpp"
#include "governance/live_witness.hpp"
#include "kms/service/bundles.hpp"
#include "kms/service/certificate_job.hpp"
#include "kms/service/heartbeats.hpp"
#include "kms/service/key_destruction_job.hpp"
#include "kms/service/shredding_job.hpp"
#include "kms/service/watch.hpp"

namespace quietus::service {
namespace {

using governance::LineState;

bool ended(LineState state) {
  return state == LineState::destroyed || state == LineState::certified || state == LineState::failed;
}

/// Media first, keys last.
bool media_done(const governance::OrderRecord& record) {
  for (std::size_t i = 0; i < record.lines.size(); ++i) {
    if (record.order.lines[i].kind == HoldingKind::disk && !ended(record.lines[i].state)) return false;
  }
  return true;
}

/// Also when the clock was set back: what was done "later" than now is due.
bool is_due(UnixMs now, UnixMs last, std::int64_t every_ms) {
  const std::int64_t since = now - last;
  return since < 0 || since >= every_ms;
}

bool all_over(const governance::OrderRecord& record) {
  return std::ranges::all_of(record.lines, [](const auto& line) {
    return line.state == LineState::certified || line.state == LineState::failed;
  });
}

}  // namespace

Conductor::Conductor(Service& service, Settings settings)
    : service_(service), settings_(settings), thread_([this] { run(); }) {}

Conductor::~Conductor() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void Conductor::run() {
  for (;;) {
    {
      MutexLock lock(mutex_);
      if (!stopping_) wake_.wait_for(mutex_, std::chrono::milliseconds(settings_.round_ms));
      if (stopping_) return;
    }
    round();
  }
}

void Conductor::round() {
  const auto alive = service_.ledger.look([](const governance::State& state) {
    std::vector<governance::OrderRecord> records;
    for (const auto& [id, record] : state.orders) {
      const bool going =
          record.state == governance::OrderState::approved || record.state == governance::OrderState::running;
      if (going && record.order.act == OrderAct::destroy) records.push_back(record);
    }
    return records;
  });
  watch();
  for (const auto& record : alive) carry_on(record);
  shred_due();
  certify_scheduled();
  replace_certificates();
  stamp_all();
  checkpoint();
  heartbeat();
  forget_retries();
}

void Conductor::watch() {
  const UnixMs now = service_.clock().now;
  if (!is_due(now, last_watch_, settings_.watch_every_ms)) return;
  last_watch_ = now;
  keep_watch(service_, [this](const auto& job, const auto& act) { return attempt(job, act); });
}

void Conductor::carry_on(const governance::OrderRecord& record) {
  const OrderId& id = record.order.id;
  for (const auto& line : record.lines) {
    if (line.state == LineState::destroyed && !waits_for_witness(record, line.holding)) {
      const bool made =
          attempt("certify " + line.holding.text(), [&] { return certify(service_, {line.holding, id}); });
      if (made) unstamped_.insert({line.holding, id});
    }
  }
  if (all_over(record)) {
    const bool over = attempt("end " + id.text(), [&]() -> Status {
      QUIETUS_CHECK(service_.ledger.commit_or_deny(
          {governance::House{"every line of the order has ended"}, governance::EndOrder{id}}));
      return {};
    });
    if (over) crash_point(CrashPoint::kms_order_ended);
    return;
  }
  for (const auto& line : record.lines) {  // begun is ended, also when the window has closed meanwhile
    if (line.state == LineState::ending && cannot_be_taken_back(record, line.holding))
      return key_line(record, line.holding);
  }
  if (const std::string by = stopped(record); !by.empty())
    return give_up(record, "stopped by its witness " + by);
  const UnixMs now = service_.clock().now;
  if (now > record.order.not_after) return give_up(record, "the order's window has closed");
  if (now < record.order.not_before || !media_done(record)) return;
  for (std::size_t i = 0; i < record.lines.size(); ++i) {
    const bool keys = record.order.lines[i].kind == HoldingKind::record_set;
    const HoldingId& holding = record.lines[i].holding;
    if (keys && !ended(record.lines[i].state) && !waits_for_witness(record, holding))
      key_line(record, holding);
  }
}

bool Conductor::cannot_be_taken_back(const governance::OrderRecord& record, const HoldingId& holding) const {
  const auto* ordered = record.ordered(holding);
  if (!ordered->key.empty()) return awaits_proof(service_, record.order.id, holding);
  return !ordered->keyring.empty() && shredding_has_acted(service_, ordered->keyring);
}

bool Conductor::waits_for_witness(const governance::OrderRecord& record, const HoldingId& holding) const {
  const UnixMs now = service_.clock().now;
  return service_.ledger.look([&](const governance::State& state) {
    const auto& pack = service_.ledger.packs().of(state.find(record.order.case_id));
    return governance::witness_wanted(state, pack, record, holding, now) != governance::WitnessWord::none;
  });
}

std::string Conductor::stopped(const governance::OrderRecord& record) const {
  return service_.ledger.look([&](const governance::State& state) -> std::string {
    const auto* word = governance::stopped_by_witness(state, record);
    if (word == nullptr) return {};
    return word->signer.id.text() + ": " + std::string(word->attestation.field("reason"));
  });
}

void Conductor::shred_keys(const KeyringId& keyring, const std::optional<OrderId>& order) {
  attempt("shred keys of " + keyring.text(), [&]() -> Status {
    const Status done = shred(service_, keyring, order);
    if (done || done.error().kind != ErrorKind::verification_failed) return done;
    // The old root is destroyed by the token's word, and not shown to be gone: a failure, never a
    // certificate.
    QUIETUS_CHECK(service_.ledger.commit_or_deny(
        {governance::House{"keys of a keyring"}, governance::FailShredding{keyring, done.error().message}}));
    forget_epoch_debt(service_, keyring);
    return done;
  });
}

void Conductor::shred_due() {
  const UnixMs now = service_.clock().now;
  const auto due = service_.ledger.look([&](const governance::State& state) {
    std::vector<KeyringId> keyrings;
    for (const auto& [id, ring] : state.keyrings) {
      const bool under_way = ring.shredding && !ring.shredding->order;
      if (under_way || (!ring.shredding && !state.due(ring, now).empty())) keyrings.push_back(id);
    }
    return keyrings;
  });
  for (const KeyringId& keyring : due) shred_keys(keyring, std::nullopt);
}

void Conductor::certify_scheduled() {
  const auto waiting = service_.ledger.look([this](const governance::State& state) {
    std::vector<CertifiedLine> lines;
    for (const auto& [id, ring] : state.keyrings) {
      if (ring.ended.empty()) continue;
      std::uint64_t& before = certified_before_[id];
      auto end = ring.ended.lower_bound(before);
      for (; end != ring.ended.end() && !end->second.certificate_id.empty(); ++end) before = end->first + 1;
      for (; end != ring.ended.end(); ++end) {
        if (end->second.completion_index > 0 && end->second.certificate_id.empty())
          lines.push_back({ring.holding, {}, end->first});
      }
    }
    return lines;
  });
  for (const CertifiedLine& line : waiting) {
    const std::string job = "certify " + line.holding.text() + ", epoch " + std::to_string(line.epoch);
    if (attempt(job, [&] { return certify(service_, line); })) unstamped_.insert(line);
  }
}

void Conductor::replace_certificates() {
  const UnixMs now = service_.clock().now;
  const auto all = service_.ledger.look(
      [&](const governance::State& state) { return governance::due_replacements(state, now); });
  for (const auto& due : all) {
    attempt("replace certificate " + due.certificate_id, [&]() -> Status {
      QUIETUS_TRY(line, replace_certificate(service_, due));
      unstamped_.insert(line);
      return {};
    });
  }
}

void Conductor::key_line(const governance::OrderRecord& record, const HoldingId& holding) {
  const KeyringId& keyring = record.ordered(holding)->keyring;
  if (!keyring.empty()) return shred_keys(keyring, record.order.id);
  attempt("destroy key of " + holding.text(), [&]() -> Status {
    const Status done = destroy_key(service_, record.order.id, holding);
    if (done || done.error().kind != ErrorKind::verification_failed) return done;
    // Destroyed by the token's word, and not shown to be gone: a failure, never a certificate.
    QUIETUS_CHECK(service_.ledger.commit_or_deny(
        {governance::House{"key destruction"},
         governance::FailHolding{record.order.id, holding, done.error().message}}));
    forget_debt(service_, holding);
    return done;
  });
}

void Conductor::give_up(const governance::OrderRecord& record, const std::string& why) {
  for (const auto& line : record.lines) {
    if (ended(line.state)) continue;
    attempt("give up " + line.holding.text(), [&]() -> Status {
      const KeyringId& keyring = record.ordered(line.holding)->keyring;
      const bool shredding = !keyring.empty() && line.state == LineState::ending;
      const governance::CommandBody failed =
          shredding ? governance::CommandBody(governance::FailShredding{keyring, why})
                    : governance::CommandBody(governance::FailHolding{record.order.id, line.holding, why});
      QUIETUS_CHECK(service_.ledger.commit_or_deny({governance::House{why}, failed}));
      return {};
    });
  }
}

Status Conductor::find_unstamped() {
  QUIETUS_TRY(lines, certified_lines(service_.store));
  for (const CertifiedLine& line : lines)
    if (certificate_state(service_.store, line) == "certified") unstamped_.insert(line);
  looked_for_unstamped_ = true;
  return {};
}

void Conductor::stamp_all() {
  if (!looked_for_unstamped_) attempt("list certificates", [&] { return find_unstamped(); });
  for (auto line = unstamped_.begin(); line != unstamped_.end();) {
    const bool stamped = attempt("stamp " + line->holding.text() + " " + line->order.text() +
                                     std::to_string(line->epoch) + " " + line->replaces,
                                 [&] { return stamp(service_, *line); });
    line = stamped ? unstamped_.erase(line) : std::next(line);
  }
}

void Conductor::checkpoint() {
  const UnixMs now = service_.clock().now;
  if (!is_due(now, last_checkpoint_, settings_.checkpoint_every_ms)) return;
  if (attempt("checkpoint", [&]() -> Status {
        QUIETUS_CHECK(service_.checkpointer.publish());
        return {};
      })) {
    last_checkpoint_ = now;
  }
}

void Conductor::heartbeat() {
  if (!last_heartbeat_) {
    const auto made = heartbeats_made(service_.store);
    if (!made) return;
    last_heartbeat_ = made->newest;
  }
  const UnixMs now = service_.clock().now;
  if (!is_due(now, *last_heartbeat_, settings_.heartbeat_every_ms)) return;
  if (attempt("heartbeat", [&] { return beat(service_); })) last_heartbeat_ = now;
}

bool Conductor::attempt(const std::string& job, const std::function<Status()>& act) {
  const UnixMs now = service_.clock().now;
  const auto waiting = retries_.find(job);
  if (waiting != retries_.end() && !is_due(now, waiting->second.failed, waiting->second.delay_ms))
    return false;
  const Status done = act();
  if (done) {
    retries_.erase(job);
    return true;
  }
  auto& retry = retries_[job];
  retry.delay_ms = std::clamp(retry.delay_ms * 2, settings_.first_retry_ms, settings_.longest_retry_ms);
  retry.failed = now;
  log(LogLevel::warning, "will try again",
      {{"job", job}, {"why", done.error().message}, {"retry_ms", std::int64_t{retry.delay_ms}}});
  return false;
}

void Conductor::forget_retries() {
  const UnixMs now = service_.clock().now;
  std::erase_if(retries_, [&](const auto& entry) {
    return is_due(now, entry.second.failed, std::int64_t{3} * settings_.longest_retry_ms);
  });
}

}  // namespace quietus::service
