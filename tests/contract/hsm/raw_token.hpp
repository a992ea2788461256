// The token as somebody with the PIN and pkcs11.h sees it, past our adapter; and the library's function
// table, in which tests replace entries to play a failing vendor.
#pragma once

#include <p11-kit/pkcs11.h>

#include <vector>

#include "kms/pkcs11/module.hpp"
#include "quietus/hsm.hpp"
#include "tests/support/softhsm_token.hpp"

namespace quietus::testing {

inline pkcs11::Module softhsm_module() { return pkcs11::Module::load(SoftHsmTokens::kModule).value(); }

/// A session of its own on a token where the process is already logged in (a login belongs to the process).
class RawSession {
 public:
  explicit RawSession(const std::string& label) : slot_(pkcs11::find_slot(p11, label, "").value()) {
    p11->C_OpenSession(slot_, CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr, nullptr, &handle);
  }
  ~RawSession() { p11->C_CloseSession(handle); }
  RawSession(const RawSession&) = delete;
  RawSession& operator=(const RawSession&) = delete;

  CK_OBJECT_HANDLE find(const HsmKeyRef& key) {
    CK_ATTRIBUTE search{CKA_ID, const_cast<std::uint8_t*>(key.cka_id.data()), key.cka_id.size()};
    CK_OBJECT_HANDLE object = 0;
    CK_ULONG count = 0;
    p11->C_FindObjectsInit(handle, &search, 1);
    p11->C_FindObjects(handle, &object, 1, &count);
    p11->C_FindObjectsFinal(handle);
    return count == 1 ? object : 0;
  }
  std::vector<CK_OBJECT_HANDLE> find_all(std::vector<CK_ATTRIBUTE> search) {
    std::vector<CK_OBJECT_HANDLE> objects(64);
    CK_ULONG count = 0;
    p11->C_FindObjectsInit(handle, search.data(), search.size());
    p11->C_FindObjects(handle, objects.data(), objects.size(), &count);
    p11->C_FindObjectsFinal(handle);
    objects.resize(count);
    return objects;
  }
  CK_RV set_flag(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type, bool value) {
    CK_BBOOL octet = value ? CK_TRUE : CK_FALSE;
    CK_ATTRIBUTE attribute{type, &octet, 1};
    return p11->C_SetAttributeValue(handle, object, &attribute, 1);
  }

  const pkcs11::Module p11 = softhsm_module();
  CK_SESSION_HANDLE handle = 0;

 private:
  const CK_SLOT_ID slot_;
};

/// Replaces one entry of the function table while it lives. `Member` is e.g. &CK_FUNCTION_LIST::C_Login.
template <auto Member>
class Replaced {
 public:
  using Function = std::remove_reference_t<decltype(std::declval<CK_FUNCTION_LIST&>().*Member)>;
  explicit Replaced(Function by) {
    real = table_->*Member;
    table_->*Member = by;
  }
  ~Replaced() { table_->*Member = real; }
  Replaced(const Replaced&) = delete;
  Replaced& operator=(const Replaced&) = delete;
  static inline Function real = nullptr;

 private:
  const pkcs11::Module module_ = softhsm_module();
  CK_FUNCTION_LIST* table_ = module_.operator->().operator->();  // outlives the call that it was asked for
};

}  // namespace quietus::testing
