#include "kms/http/idempotency.hpp"

#include <algorithm>

#include "base/crypto.hpp"
#include "base/encoding.hpp"
#include "base/log.hpp"

namespace quietus::http {

namespace {

struct Record {
  Digest request;
  service::Reply reply;
  UnixMs at;
};

Result<Record> parse_record(BytesView bytes) {
  QUIETUS_TRY(json, Json::parse_canonical(as_text(bytes)));
  ObjectReader reader(json, "an idempotency record");
  Record record;
  record.request = reader.digest("request");
  record.reply.status = static_cast<int>(reader.integer("status", 200, 299));
  record.reply.json = reader.member("answer");
  record.at = reader.parsed<UnixMs>(reader.text("at"), &from_rfc3339);
  QUIETUS_CHECK(reader.finish());
  return record;
}

bool over(const Record& record, UnixMs now) { return now - record.at > kIdempotencyLifetimeMs; }

// A caller's keys are his own: nobody can find out, or spoil, what another one has used.
std::string row_of(std::string_view key, const Digest& caller) {
  Sha256 hash;
  hash.update(caller.view());
  hash.update(as_bytes(key));
  return hex(hash.finish());
}

}  // namespace

bool record_is_over(BytesView bytes, UnixMs now) {
  const auto record = parse_record(bytes);
  return !record || over(*record, now);
}

Result<std::optional<service::Reply>> Idempotency::remembered(const std::string& row, const Digest& request) {
  QUIETUS_TRY(bytes, store_.load(row));
  if (!bytes) return std::optional<service::Reply>();
  QUIETUS_TRY(record, parse_record(*bytes));
  if (over(record, clock_())) return std::optional<service::Reply>();
  if (record.request != request) {
    return fail(ErrorKind::conflict, "this Idempotency-Key was used for another request", "use a new key");
  }
  return std::optional(std::move(record.reply));
}

// The act is done: a record that cannot be kept must not turn its answer into a failure.
void Idempotency::remember(const std::string& row, const Digest& request, const service::Reply& reply) {
  Json record;
  record["request"] = hex(request);
  record["status"] = reply.status;
  record["answer"] = reply.json;
  record["at"] = rfc3339(clock_());
  const auto saved = store_.save(row, as_bytes(record.write()));
  if (!saved) log(LogLevel::error, "an idempotency record was not kept", {{"why", saved.error().message}});
}

Result<service::Reply> Idempotency::once(std::string_view key, const Digest& caller, const Digest& request,
                                         const std::function<Result<service::Reply>()>& act) {
  const bool visible = std::ranges::all_of(key, [](char c) { return c > 0x20 && c < 0x7f; });
  if (key.empty() || key.size() > 64 || !visible) {
    return fail(ErrorKind::invalid_input, "Idempotency-Key must be 1..64 visible ASCII characters");
  }
  const std::string row = row_of(key, caller);
  struct Running {
    Idempotency& all;
    const std::string& row;
    ~Running() {
      const MutexLock lock(all.mutex_);
      all.running_.erase(row);
    }
  };
  {
    const MutexLock lock(mutex_);
    if (!running_.insert(row).second) {
      return fail(ErrorKind::conflict, "a request under this Idempotency-Key is running",
                  "wait, then ask again");
    }
  }
  const Running running{*this, row};
  QUIETUS_TRY(kept, remembered(row, request));
  if (kept) return std::move(*kept);
  auto reply = act();
  const bool keep = reply && reply->status >= 200 && reply->status < 300 && !reply->secret && !reply->octets;
  if (keep) remember(row, request, *reply);
  return reply;
}

}  // namespace quietus::http
