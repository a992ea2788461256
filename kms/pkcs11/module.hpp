// One PKCS#11 library in this process, loaded and initialised once for every user of it, and kept until the
// process ends.
#pragma once

#include <p11-kit/pkcs11.h>

#include <string>

#include "kms/pkcs11/watchdog.hpp"
#include "quietus/result.hpp"

namespace quietus::pkcs11 {

class Module {
 public:
  /// `path` is absolute. `arguments` go to C_Initialize as pReserved, unless empty. Errors: `invalid_input`
  /// (relative path), `not_found` (no such file), `hsm` (no PKCS#11 library, or it does not start). A library
  /// that another user in the process has already initialised is shared.
  static Result<Module> load(const std::string& path, const std::string& arguments = {});

  /// Each call through it is seen by the watchdog.
  Call operator->() const { return Call(functions_); }

 private:
  explicit Module(CK_FUNCTION_LIST* functions) : functions_(functions) {}
  CK_FUNCTION_LIST* functions_;
};

/// PKCS#11 pads fixed-size text with blanks (v2.40 §3.2).
std::string unpadded(const CK_UTF8CHAR* text, std::size_t size_bytes);

/// The one slot whose token has that label and that serial number; an empty one matches any. `not_found`, or
/// `conflict` when there are several.
Result<CK_SLOT_ID> find_slot(const Module& module, const std::string& label, const std::string& serial);

}  // namespace quietus::pkcs11
