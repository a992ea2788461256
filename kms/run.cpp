// quietus-kms run: opens token, store and ledger, in that order refuses what is rolled back or missing, then
// serves.
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <thread>

#include "base/crypto.hpp"
#include "base/encoding.hpp"
#include "base/file.hpp"
#include "base/log.hpp"
#include "base/process.hpp"
#include "kms/house.hpp"
#include "kms/http/http_edge.hpp"
#include "kms/http/idempotency.hpp"
#include "kms/rule_packs.hpp"
#include "kms/service/conductor.hpp"
#include "kms/service/key_destruction_job.hpp"
#include "kms/service/key_refs.hpp"
#include "kms/service/shredding_job.hpp"
#include "kms/timestamp/client.hpp"
#include "kms/timestamp/confirmed_clock.hpp"
#include "proof/bundle.hpp"
#include "witness/link/connection.hpp"

namespace quietus::kms {
namespace {

constexpr const char* kSoftware = "quietus 0.1.0";

Result<proof::X509Certificate> certificate_in(const std::string& path) {
  QUIETUS_TRY(pem, read_file(path));
  auto certificate = proof::X509Certificate::parse(pem);
  if (!certificate) return fail(certificate.error().kind, path + ": " + certificate.error().message);
  return certificate;
}

struct Chain {
  proof::X509Certificate root, service_ca;
};

/// The certificate must be ours (same key as in the token) and fit its one purpose under our own root.
Result<service::SigningKey> signing_key(Hsm& hsm, const Chain& chain, const HsmKeyRef& ref,
                                        const std::string& path, EcCurve curve, proof::Purpose purpose,
                                        UnixMs now) {
  QUIETUS_TRY(certificate, certificate_in(path));
  QUIETUS_TRY(spki, hsm.public_key(ref));
  if (certificate.spki() != spki) {
    return fail(ErrorKind::invalid_input, path + " is a certificate for another key than the token's",
                "have a certificate made from the request that `quietus-kms init` wrote");
  }
  QUIETUS_CHECK(proof::verify_chain(certificate, {chain.service_ca}, chain.root, now, purpose));
  return service::SigningKey{ref, certificate.der(), curve};
}

Result<service::SigningKeys> signing_keys(const Settings& settings, Hsm& hsm, Store& store,
                                          const Chain& chain, UnixMs now) {
  QUIETUS_TRY(refs, signing_refs(store));
  const auto& files = settings.signing;
  using proof::Purpose;
  QUIETUS_TRY(mandate,
              signing_key(hsm, chain, refs.mandate, files.mandate, EcCurve::p256, Purpose::mandate, now));
  QUIETUS_TRY(certificate, signing_key(hsm, chain, refs.certificate, files.certificate, EcCurve::p384,
                                       Purpose::certificate, now));
  QUIETUS_TRY(checkpoint, signing_key(hsm, chain, refs.checkpoint, files.checkpoint, EcCurve::p256,
                                      Purpose::checkpoint, now));
  return service::SigningKeys{mandate, certificate, checkpoint};
}

/// The list in the file as it is when it is asked for.
std::function<Result<Bytes>()> list_in(const std::string& path) {
  return [path]() -> Result<Bytes> {
    QUIETUS_TRY(list, read_file(path));
    return proof::parse_crl(list);
  };
}

Result<service::ServiceSettings> service_settings(const Settings& settings, const Chain& chain, UnixMs now) {
  service::ServiceSettings out;
  out.origin = settings.origin;
  out.issuer = settings.issuer;
  out.laboratory = settings.laboratory ? "laboratory" : "";
  out.software = kSoftware;
  out.sample_blocks = settings.sample_blocks;
  out.extract_page_entries = settings.extract_page_entries;
  for (const auto& host : settings.hosts) {
    QUIETUS_TRY(certificate, certificate_in(host.certificate));
    QUIETUS_CHECK(
        proof::verify_chain(certificate, {chain.service_ca}, chain.root, now, proof::Purpose::host));
    if (certificate.common_name() != host.host.text()) {
      return fail(ErrorKind::invalid_input,
                  host.certificate + " is not the certificate of host " + host.host.text());
    }
    out.hosts.push_back({host.host, certificate.der()});
  }
  QUIETUS_TRY(root, read_text(settings.tls.root));
  QUIETUS_TRY(service_ca, read_text(settings.tls.service_ca));
  QUIETUS_TRY(people_ca, read_text(settings.tls.people_ca));
  QUIETUS_TRY(tsa_ca, read_text(settings.time_stamp.ca));
  QUIETUS_TRY(tsa, read_text(settings.time_stamp.certificate));
  out.trust = {root,
               service_ca,
               people_ca,
               tsa_ca,
               tsa,
               {},
               list_in(settings.tls.people_crl),
               list_in(settings.tls.service_crl)};
  if (settings.time_stamp.root.empty()) return out;
  QUIETUS_TRY(tsa_root, read_text(settings.time_stamp.root));
  out.trust.time_stamp_root = tsa_root;
  return out;
}

Result<std::vector<service::Witness>> open_witnesses(const Settings& settings) {
  std::vector<service::Witness> witnesses;
  for (const auto& setting : settings.witnesses) {
    QUIETUS_TRY(key, proof::parse_witness_key(setting.key));
    if (std::ranges::count(witnesses, key.name, [](const auto& one) { return one.key.name; }) > 0)
      return fail(ErrorKind::invalid_input, "two witnesses of the name " + key.name);
    QUIETUS_TRY(send, witness::connection_to(setting.url, setting.ca));
    witnesses.push_back({key, send});
  }
  return witnesses;
}

Result<std::unique_ptr<timestamp::TimeStampClient>> time_stamps(const Settings& settings) {
  const std::string& root = settings.time_stamp.root.empty() ? settings.tls.root : settings.time_stamp.root;
  QUIETUS_TRY(trust, timestamp::load_trust(settings.time_stamp.certificate, settings.time_stamp.ca, root));
  return timestamp::TimeStampClient::create({.url = settings.time_stamp.url, .ca_file = {}, .trust = trust});
}

Result<UnixMs> ask_authority(timestamp::TimeStampClient& client) {
  QUIETUS_TRY(stamp, client.stamp_with_time(random_bytes(32)));
  return stamp.time;
}

timestamp::ConfirmedClockSettings clock_settings(const Settings& settings) {
  timestamp::ConfirmedClockSettings out;
  out.interval_ms = std::int64_t{settings.time_stamp.interval_s} * 1000;
  out.retry_ms = 2000;
  out.max_age_ms = std::int64_t{settings.time_stamp.max_age_s} * 1000;
  return out;
}

/// Idempotency records as rows; swept when kms starts and every hour.
class IdempotencyRows : public http::IdempotencyStore {
 public:
  explicit IdempotencyRows(Store& store) : store_(store) {}
  Result<std::optional<Bytes>> load(const std::string& key) override { return store_.row(kTable, key); }
  Status save(const std::string& key, BytesView record) override {
    return store_.append({{}, {{kTable, key, Bytes(record.begin(), record.end())}}});
  }
  Status sweep(UnixMs now) {
    std::vector<Row> over;
    QUIETUS_CHECK(store_.scan_rows(kTable, [&](const std::string& key, BytesView record) -> Status {
      if (http::record_is_over(record, now)) over.push_back({kTable, key, {}});
      return {};
    }));
    constexpr std::size_t kAtOnce = 1000;  // others write between two batches
    for (std::size_t at = 0; at < over.size(); at += kAtOnce) {
      Batch batch;
      batch.rows.assign(over.begin() + static_cast<std::ptrdiff_t>(at),
                        over.begin() + static_cast<std::ptrdiff_t>(std::min(at + kAtOnce, over.size())));
      QUIETUS_CHECK(store_.append(batch));
    }
    return {};
  }

 private:
  static constexpr const char* kTable = "idempotency";
  Store& store_;
};

http::HttpEdgeSettings edge_settings(const Settings& settings) {
  http::HttpEdgeSettings edge;
  edge.listen_address = settings.listen;
  edge.port = settings.port;
  edge.public_ledger = settings.ledger.is_public;
  edge.tls.certificate_file = settings.tls.certificate;
  edge.tls.key_file = settings.tls.key;
  edge.tls.client_ca_files = {settings.tls.root, settings.tls.people_ca, settings.tls.service_ca};
  edge.tls.crl_files = {settings.tls.people_crl, settings.tls.service_crl};
  return edge;
}

/// The port answers from here on, at first that the token is away.
Result<std::unique_ptr<http::HttpEdge>> waiting_edge(const Settings& settings) {
  QUIETUS_TRY(edge, http::HttpEdge::start_waiting(edge_settings(settings)));
  QUIETUS_CHECK(write_file_atomically(settings.port_file, as_bytes(std::to_string(edge->port()) + "\n")));
  return std::move(edge);
}

/// Until SIGTERM, SIGINT, a lost token or a lost store; the reserve of a full disk is taken again when there
/// is room.
void wait_for_the_end(store::SqliteStore& store, const Ledger& ledger, IdempotencyRows& idempotency,
                      const std::function<UnixMs()>& clock) {
  auto swept = std::chrono::steady_clock::now();
  while (!stop_requested() && !ledger.store_lost()) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    if (!store.reserve_held()) static_cast<void>(store.restore_reserve());
    if (std::chrono::steady_clock::now() - swept < std::chrono::hours(1)) continue;
    swept = std::chrono::steady_clock::now();
    if (const auto done = idempotency.sweep(clock()); !done)
      log(LogLevel::warning, "old idempotency records are still there", {{"why", done.error().message}});
  }
}

Status serve(const Settings& settings) {
  QUIETUS_CHECK(check_token_files(settings));
  QUIETUS_TRY(edge, waiting_edge(settings));
  QUIETUS_TRY(there, wait_for_token(settings, [&edge](int pause_s) { edge->set_retry_after(pause_s); }));
  if (!there) return {};
  QUIETUS_TRY(hsm, attach_token(settings));
  QUIETUS_TRY(store, open_store(settings));
  QUIETUS_TRY(root, certificate_in(settings.tls.root));
  QUIETUS_TRY(service_ca, certificate_in(settings.tls.service_ca));
  const Chain chain{root, service_ca};
  QUIETUS_TRY(stamps, time_stamps(settings));
  QUIETUS_TRY(watching, open_witnesses(settings));

  timestamp::TimeStampClient& authority = *stamps;
  timestamp::ConfirmedClock clock(
      clock_settings(settings),
      {[&authority] { return ask_authority(authority); }, &system_now, &timestamp::boot_clock_ms});
  const UnixMs now = clock.reading().now;
  QUIETUS_TRY(signing, signing_keys(settings, *hsm, *store, chain, now));
  QUIETUS_TRY(service_settings_read, service_settings(settings, chain, now));
  QUIETUS_TRY(remembered, service::remembered_head(*hsm));

  Ledger::Settings ledger_settings;
  ledger_settings.clock = [&clock] { return clock.reading(); };
  ledger_settings.release_reserve = [database = store.get()] {
    static_cast<void>(database->release_reserve());
  };
  ledger_settings.reserve_held = [database = store.get()] { return database->reserve_held(); };
  QUIETUS_TRY(packs, load_packs(settings, now));
  QUIETUS_TRY(ledger, Ledger::open(ledger_settings, *store, packs, remembered));
  keys::KeyRoom key_room(*hsm, [&clock] { return clock.reading().now; });
  service::Service house(
      service_settings_read, *ledger, *store, *hsm, key_room, signing, [&clock] { return clock.reading(); },
      fresh_process_prober(settings), [&authority](BytesView data) { return authority.stamp(data); });
  house.witnesses = std::move(watching);
  QUIETUS_CHECK(service::owe_open_destructions(house));
  QUIETUS_CHECK(service::owe_open_epochs(house));
  QUIETUS_CHECK(service::remove_half_made_keys(house));
  clock.start();
  service::Conductor::Settings rounds;
  rounds.heartbeat_every_ms = std::int64_t{settings.ledger.heartbeat_s} * 1000;
  service::Conductor conductor(house, rounds);
  IdempotencyRows idempotency(*store);
  QUIETUS_CHECK(idempotency.sweep(now));
  edge->open(house, idempotency);
  log(LogLevel::info, "serving",
      {{"port", std::int64_t{edge->port()}}, {"ledger_size", ledger->head().size}});
  wait_for_the_end(*store, *ledger, idempotency, [&clock] { return clock.reading().now; });
  edge->stop();
  // Nothing below may call into a library whose token is gone: destructors would.
  if (token_lost()) ::_exit(kExitRestart);
  if (ledger->store_lost())
    return fail(ErrorKind::unavailable, "the ledger's store does not answer any more");
  return {};
}

}  // namespace

int run(const Settings& settings) {
  const Status served = serve(settings);
  const int code = served ? 0 : report(served.error());
  if (pin_refused()) return kExitRefused;
  return token_lost() ? kExitRestart : code;
}

}  // namespace quietus::kms
