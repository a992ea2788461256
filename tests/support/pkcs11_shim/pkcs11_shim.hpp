// A PKCS#11 library that stands before a real one and misbehaves when told to: what an HSM, its network and
// its vendor's library do on bad days. For tests only. Exports C_GetFunctionList and nothing else.
//
// Three files beside the library, named after it (or after $QUIETUS_PKCS11_SHIM when that is set):
//   X.module    first line: absolute path of the real library; further lines NAME=VALUE are put into the
//               environment before it is loaded
//   X.control   one line, the fault that is in force; looked at before every call, absent = well-behaved.
//               Write it elsewhere and rename it here.
//   X.trace     appended: one line "PID C_Login" per login, "PID fired RULE" per fault
//
// The line of X.control:
//   FUNCTION NTH ACTION     once, at the NTH call (from 1) of FUNCTION, or of any function ("any"), counted
//   by
//                           each process from when it saw the rule. The file is removed first: of several
//                           processes one sees the fault, and a restarted one does not see it again.
//   FUNCTION NTH+ ACTION    at that call and every later one, until the file is removed
//   away                    the slot is gone as long as the file says so: no slots, CKR_TOKEN_NOT_PRESENT for
//   what
//                           names a slot, CKR_DEVICE_REMOVED for what names a session. When it is back,
//                           sessions and objects of before are stale.
// ACTION:
//   return RV [after]       RV in hexadecimal (0x30), instead of the call, or after its effect
//   hang MS | hang forever  then the call goes on; for ever is 10 minutes
//   crash segv | crash abort
//   stale sessions          all session handles given out until now answer CKR_SESSION_HANDLE_INVALID
//   stale objects           all object handles given out until now answer CKR_OBJECT_HANDLE_INVALID, or
//                           CKR_KEY_HANDLE_INVALID where a key is named
//
// Handles carry a generation in bits 32..47; nothing is remembered per handle.
#pragma once

#include <sys/stat.h>

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace quietus::testing {

enum class FaultAction { none, answer, hang, crash_segv, crash_abort, stale_sessions, stale_objects, away };

struct FaultRule {
  std::string function;  ///< "any" for all
  unsigned long nth = 1;
  bool lasting = false;
  FaultAction action = FaultAction::none;
  unsigned long rv = 0;  ///< of `answer`
  bool after = false;    ///< of `answer`
  unsigned long hang_ms = 0;
  std::string text;
};

/// nullopt for a line that is no rule.
std::optional<FaultRule> parse_fault(std::string_view line);

/// The rule in force, followed through X.control. Thread-safe.
class FaultControl {
 public:
  explicit FaultControl(std::string prefix) : prefix_(std::move(prefix)) {}
  /// The fault that this call meets, if any.
  FaultRule at_call(std::string_view function);
  void trace(std::string_view words) const;

 private:
  void follow();
  const std::string prefix_;
  std::mutex mutex_;
  struct stat seen_{};
  FaultRule rule_;
  unsigned long calls_ = 0;
};

}  // namespace quietus::testing
