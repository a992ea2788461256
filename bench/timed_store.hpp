// A store that notes how long each transaction took, and how many entries of the ledger it made durable.
#pragma once

#include <atomic>
#include <mutex>
#include <vector>

#include "bench/interleaved.hpp"
#include "quietus/store.hpp"

namespace quietus::bench {

class TimedStore : public Store {
 public:
  explicit TimedStore(Store& inner) : inner_(inner) {}

  Status append(const Batch& batch) override {
    const auto begun = SteadyClock::now();
    Status written = inner_.append(batch);
    const double took = seconds_since(begun);
    const std::scoped_lock lock(mutex_);
    seconds_.push_back(took);
    entries_ += batch.entries.size();
    return written;
  }
  Result<std::uint64_t> size() override { return inner_.size(); }
  Status scan(std::uint64_t from, const std::function<Status(const LedgerEntry&)>& visit) override {
    return inner_.scan(from, visit);
  }
  Result<std::optional<LedgerEntry>> entry(std::uint64_t index) override { return inner_.entry(index); }
  Result<std::optional<Bytes>> row(const std::string& table, const std::string& key) override {
    return inner_.row(table, key);
  }
  Status scan_prefix(const std::string& table, const std::string& prefix,
                     const std::function<Status(const std::string& key, BytesView value)>& visit) override {
    return inner_.scan_prefix(table, prefix, visit);
  }
  Result<std::unique_ptr<DurableRows>> read_back() override { return inner_.read_back(); }

  void start_over() {
    const std::scoped_lock lock(mutex_);
    seconds_.clear();
    entries_ = 0;
  }
  /// One value a transaction, each of which is one sync of the write-ahead log.
  std::vector<double> seconds() {
    const std::scoped_lock lock(mutex_);
    return seconds_;
  }
  std::uint64_t entries() {
    const std::scoped_lock lock(mutex_);
    return entries_;
  }

 private:
  Store& inner_;
  std::mutex mutex_;
  std::vector<double> seconds_;
  std::uint64_t entries_ = 0;
};

}  // namespace quietus::bench
