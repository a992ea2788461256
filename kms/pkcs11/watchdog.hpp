// Calls into the vendor's library that do not come back. A thread that hangs in there cannot be got out again
// (C_Finalize with a thread inside is undefined, PKCS#11 v2.40 §5.4), so nothing here tries: the watchdog
// only notices, and whoever started it ends the process.
#pragma once

#include <p11-kit/pkcs11.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace quietus::pkcs11 {

/// Marks this thread as being inside the library for as long as it lives. One at a time per thread. Costs two
/// stores to memory of this thread's own: no clock, no lock, no allocation.
class InFlight {
 public:
  /// Threads beyond this number are not watched; the first of them is logged.
  static constexpr std::size_t kMaxThreads = 256;

  InFlight();
  ~InFlight();
  InFlight(const InFlight&) = delete;
  InFlight& operator=(const InFlight&) = delete;

 private:
  std::atomic<std::uint64_t>* const calls_;  ///< odd: inside
};

/// The function list for the length of one call: the temporary of `module->C_Sign(...)`.
class Call {
 public:
  explicit Call(CK_FUNCTION_LIST* functions) : functions_(functions) {}
  CK_FUNCTION_LIST* operator->() const { return functions_; }

 private:
  InFlight marked_;
  CK_FUNCTION_LIST* functions_;
};

/// Watches every thread of the process while it lives. Time is counted in ticks of its own thread: a process
/// that was stopped as a whole, or a machine that slept, has no overdue calls.
class Watchdog {
 public:
  /// `on_overdue` is called once, from the watchdog's thread, when a call has lasted `deadline` (and at most
  /// a tenth of it more). It is expected to end the process.
  Watchdog(std::chrono::milliseconds deadline, std::function<void(const std::string& why)> on_overdue);
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace quietus::pkcs11
