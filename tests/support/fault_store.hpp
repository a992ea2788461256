// A store that fails its Nth call, before or after the call has had its effect, and is fine again afterwards.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>

#include "quietus/store.hpp"

namespace quietus::test {

class FaultStore : public Store {
 public:
  /// `after`: it happened, but the caller is told that it failed. `restart`: the same of an append that only
  /// the next process sees; nothing else reaches the store before that one starts.
  enum class When { before, after, restart };

  explicit FaultStore(Store& store) : store_(store) {}

  /// The `call`th call from now on (1 = the next) fails with `kind`. 0 = none.
  void fail_call(std::uint64_t call, ErrorKind kind = ErrorKind::io, When when = When::before) {
    failing_ = call == 0 ? 0 : calls_ + call;
    kind_ = kind;
    when_ = when;
  }
  [[nodiscard]] std::uint64_t calls() const { return calls_; }
  [[nodiscard]] bool down() const { return down_; }
  /// The process that saw the failure has ended.
  void restart() {
    down_ = false;
    if (late_) static_cast<void>(store_.append(*std::exchange(late_, std::nullopt)));
  }

  Status append(const Batch& batch) override {
    return through([&] { return store_.append(batch); }, &batch);
  }
  Result<std::uint64_t> size() override {
    return through([&] { return store_.size(); });
  }
  Status scan(std::uint64_t from, const std::function<Status(const LedgerEntry&)>& visit) override {
    return through([&] { return store_.scan(from, visit); });
  }
  Result<std::optional<LedgerEntry>> entry(std::uint64_t index) override {
    return through([&] { return store_.entry(index); });
  }
  Result<std::optional<Bytes>> row(const std::string& table, const std::string& key) override {
    return through([&] { return store_.row(table, key); });
  }
  Status scan_prefix(const std::string& table, const std::string& prefix,
                     const std::function<Status(const std::string& key, BytesView value)>& visit) override {
    return through([&] { return store_.scan_prefix(table, prefix, visit); });
  }
  Result<std::unique_ptr<DurableRows>> read_back() override {
    return through([&] { return store_.read_back(); });
  }

 private:
  template <class Call>
  auto through(Call&& call, const Batch* batch = nullptr) -> decltype(call()) {
    const bool fails = ++calls_ == failing_;
    if (down_) return fail(kind_, "the store is gone until the next start");
    if (fails && when_ == When::restart) {
      down_ = true;
      if (batch != nullptr) late_ = *batch;
      return fail(kind_, "injected failure that comes true later");
    }
    if (fails && when_ == When::before) return fail(kind_, "injected failure");
    auto result = call();
    if (fails) return fail(kind_, "injected failure after the fact");
    return result;
  }

  Store& store_;
  std::uint64_t calls_ = 0, failing_ = 0;
  ErrorKind kind_ = ErrorKind::io;
  When when_ = When::before;
  bool down_ = false;
  std::optional<Batch> late_;
};

}  // namespace quietus::test
