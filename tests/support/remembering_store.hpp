// A store that forgets nothing: every batch of rows is written to a log beside it before it is passed on, as
// if somebody kept every backup, write-ahead log and replica there ever was. What is destroyed must not come
// back from any of them.
#pragma once

#include <fcntl.h>

#include <string>
#include <utility>
#include <vector>

#include "base/file.hpp"
#include "quietus/store.hpp"

namespace quietus::test {

class RememberingStore : public Store {
 public:
  RememberingStore(Store& store, std::string log_path) : store_(store), log_path_(std::move(log_path)) {}

  Status append(const Batch& batch) override {
    QUIETUS_CHECK(remember(batch.rows));
    return store_.append(batch);
  }
  Result<std::uint64_t> size() override { return store_.size(); }
  Status scan(std::uint64_t from, const std::function<Status(const LedgerEntry&)>& visit) override {
    return store_.scan(from, visit);
  }
  Result<std::optional<LedgerEntry>> entry(std::uint64_t index) override { return store_.entry(index); }
  Result<std::optional<Bytes>> row(const std::string& table, const std::string& key) override {
    return store_.row(table, key);
  }
  Status scan_prefix(const std::string& table, const std::string& prefix,
                     const std::function<Status(const std::string& key, BytesView value)>& visit) override {
    return store_.scan_prefix(table, prefix, visit);
  }
  Result<std::unique_ptr<DurableRows>> read_back() override { return store_.read_back(); }

 private:
  Status remember(const std::vector<Row>& rows) {
    const Fd log(::open(log_path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    if (!log) return io_error("opening", log_path_);
    Bytes out = number(rows.size());
    for (const Row& row : rows)
      for (const BytesView part : {as_bytes(row.table), as_bytes(row.key), BytesView(row.value)}) {
        const Bytes size = number(part.size());
        out.insert(out.end(), size.begin(), size.end());
        out.insert(out.end(), part.begin(), part.end());
      }
    return write_all(log.get(), out, log_path_);
  }
  static Bytes number(std::size_t value) {
    return {static_cast<std::uint8_t>(value >> 24), static_cast<std::uint8_t>(value >> 16),
            static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value)};
  }

  Store& store_;
  const std::string log_path_;
};

/// Every batch that was ever written, in order.
inline std::vector<std::vector<Row>> remembered_batches(const std::string& log_path) {
  const Bytes log = read_file(log_path, std::size_t{1} << 30).value();
  std::size_t at = 0;
  const auto number = [&] {
    std::size_t value = 0;
    for (int i = 0; i < 4; ++i) value = value << 8 | log.at(at++);
    return value;
  };
  const auto part = [&] {
    const std::size_t size = number();
    const Bytes bytes(log.begin() + static_cast<std::ptrdiff_t>(at),
                      log.begin() + static_cast<std::ptrdiff_t>(at + size));
    at += size;
    return bytes;
  };
  std::vector<std::vector<Row>> batches;
  while (at < log.size()) {
    std::vector<Row> rows(number());
    for (Row& row : rows) {
      row.table = as_text(part());
      row.key = as_text(part());
      row.value = part();
    }
    batches.push_back(std::move(rows));
  }
  return batches;
}

}  // namespace quietus::test
