#include "kms/pkcs11/module.hpp"

#include <dlfcn.h>

#include <algorithm>
#include <filesystem>
#include <vector>

#include "kms/pkcs11/errors.hpp"

namespace quietus::pkcs11 {

namespace {

constexpr CK_ULONG kMaxSlots = 256;

Status initialize(CK_FUNCTION_LIST* functions, std::string arguments) {
  struct {
    CK_C_INITIALIZE_ARGS standard{};
    void* more = nullptr;  // NSS reads one pointer past the standard structure when pReserved is set
  } block;
  block.standard.flags = CKF_OS_LOCKING_OK;  // our workers call from many threads
  if (!arguments.empty()) block.standard.pReserved = arguments.data();
  const CK_RV rv = functions->C_Initialize(&block.standard);
  if (rv == CKR_OK || rv == CKR_CRYPTOKI_ALREADY_INITIALIZED) return {};
  return std::unexpected(translate(Operation::attach, rv, {}));
}

Result<std::vector<CK_SLOT_ID>> slots_with_token(const Module& module) {
  std::vector<CK_SLOT_ID> slots(kMaxSlots);
  CK_ULONG count = kMaxSlots;
  if (const CK_RV rv = module->C_GetSlotList(CK_TRUE, slots.data(), &count); rv != CKR_OK)
    return std::unexpected(translate(Operation::attach, rv, {}));
  slots.resize(std::min(count, kMaxSlots));
  return slots;
}

}  // namespace

Result<Module> Module::load(const std::string& path, const std::string& arguments) {
  // Never by name alone: the search path of the loader is not ours.
  if (!path.starts_with('/'))
    return fail(ErrorKind::invalid_input, "the PKCS#11 module path must be absolute");
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored))
    return fail(ErrorKind::not_found, "no PKCS#11 module at " + path,
                "install the HSM's library or correct its path");
  const InFlight loading;  // the library's own start counts as one call
  void* library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    const char* why = ::dlerror();
    return fail(ErrorKind::hsm, std::string("cannot load the PKCS#11 module: ") + (why ? why : path));
  }
  const auto get_list = reinterpret_cast<CK_C_GetFunctionList>(::dlsym(library, "C_GetFunctionList"));
  CK_FUNCTION_LIST* functions = nullptr;
  if (get_list == nullptr || get_list(&functions) != CKR_OK || functions == nullptr)
    return fail(ErrorKind::hsm, path + " is not a PKCS#11 module");
  QUIETUS_CHECK(initialize(functions, arguments));
  return Module(functions);
}

std::string unpadded(const CK_UTF8CHAR* text, std::size_t size_bytes) {
  std::string value(reinterpret_cast<const char*>(text), size_bytes);
  value.erase(std::find(value.begin(), value.end(), '\0'), value.end());  // some libraries pad with zeros
  while (!value.empty() && value.back() == ' ') value.pop_back();
  return value;
}

Result<CK_SLOT_ID> find_slot(const Module& module, const std::string& label, const std::string& serial) {
  QUIETUS_TRY(slots, slots_with_token(module));
  std::vector<CK_SLOT_ID> matching;
  for (const CK_SLOT_ID slot : slots) {
    CK_TOKEN_INFO info{};
    if (module->C_GetTokenInfo(slot, &info) != CKR_OK) continue;  // another token's trouble
    if (!label.empty() && unpadded(info.label, sizeof info.label) != label) continue;
    if (!serial.empty() && unpadded(info.serialNumber, sizeof info.serialNumber) != serial) continue;
    matching.push_back(slot);
  }
  const std::string wanted = label.empty() ? "has the serial number '" + serial + "'"
                                           : "is labelled '" + label + "'" +
                                                 (serial.empty() ? "" : " and numbered '" + serial + "'");
  if (matching.empty())
    return fail(ErrorKind::not_found, "no token " + wanted,
                "check label and serial number, and the library's own configuration (for SoftHSM: "
                "SOFTHSM2_CONF)");
  if (matching.size() > 1)
    return fail(ErrorKind::conflict, "more than one token " + wanted,
                "name the token by its serial number as well");
  return matching.front();
}

}  // namespace quietus::pkcs11
