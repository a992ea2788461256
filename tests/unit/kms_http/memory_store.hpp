// Idempotency records in memory, and a Service that no use case of these tests looks at.
#pragma once

#include <map>

#include "kms/http/idempotency.hpp"
#include "kms/service/service.hpp"

namespace quietus::tests {

class MemoryStore final : public http::IdempotencyStore {
 public:
  Result<std::optional<Bytes>> load(const std::string& key) override {
    if (broken) return fail(ErrorKind::io, "the store is broken");
    const MutexLock lock(mutex_);
    const auto found = rows_.find(key);
    if (found == rows_.end()) return std::optional<Bytes>();
    return std::optional(found->second);
  }
  Status save(const std::string& key, BytesView record) override {
    if (broken) return fail(ErrorKind::io, "the store is broken");
    const MutexLock lock(mutex_);
    rows_[key] = Bytes(record.begin(), record.end());
    return {};
  }
  std::map<std::string, Bytes> rows() {
    const MutexLock lock(mutex_);
    return rows_;
  }
  bool broken = false;

 private:
  Mutex mutex_;
  std::map<std::string, Bytes> rows_ QUIETUS_GUARDED_BY(mutex_);
};

// The use cases of these tests take the reference and leave it alone: what they test is the way to them.
inline service::Service& unused_service() {
  alignas(service::Service) static std::byte place[sizeof(service::Service)];
  return reinterpret_cast<service::Service&>(place);
}

}  // namespace quietus::tests
