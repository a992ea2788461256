#include "bench/bare_token.hpp"

#include <dlfcn.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <ranges>
#include <utility>
#include <vector>

#include "bench/figure.hpp"
#include "bench/interleaved.hpp"
#include "kms/pkcs11/module.hpp"
#include "tests/support/softhsm_token.hpp"

namespace quietus::bench {

namespace {

void must_ok(CK_RV rv, const char* what) {
  if (rv != CKR_OK) throw std::runtime_error(std::string(what) + " gave " + std::to_string(rv));
}

/// The library's own table, without the watchdog of the adapter. It is loaded and initialised already.
CK_FUNCTION_LIST* softhsm() {
  void* library = ::dlopen(testing::SoftHsmTokens::kModule, RTLD_NOW | RTLD_NOLOAD);
  must(library != nullptr, "the PKCS#11 library is not loaded");
  const auto get = reinterpret_cast<CK_C_GetFunctionList>(::dlsym(library, "C_GetFunctionList"));
  CK_FUNCTION_LIST* table = nullptr;
  must_ok(get(&table), "C_GetFunctionList");
  return table;
}

struct Tally {
  const char* name = nullptr;
  std::atomic<std::int64_t> spent_ns = 0;
  std::atomic<std::uint64_t> calls = 0;
};
std::vector<Tally*>& tallies() {
  static std::vector<Tally*> all;
  return all;
}

/// Stands in the library's table in front of one of its functions.
template <auto Member, class Function>
struct Metered;
template <auto Member, class... Arguments>
struct Metered<Member, CK_RV (*)(Arguments...)> {
  static inline CK_RV (*real)(Arguments...) = nullptr;
  static inline Tally tally;
  static CK_RV call(Arguments... arguments) {
    const auto begun = SteadyClock::now();
    const CK_RV rv = real(arguments...);
    tally.spent_ns +=
        std::chrono::duration_cast<std::chrono::nanoseconds>(SteadyClock::now() - begun).count();
    ++tally.calls;
    return rv;
  }
  static void stand_in(CK_FUNCTION_LIST& table, const char* name) {
    real = std::exchange(table.*Member, &Metered::call);
    tally.name = name;
    tallies().push_back(&tally);
  }
};

template <auto Member>
void meter(CK_FUNCTION_LIST& table, const char* name) {
  Metered<Member, std::remove_cvref_t<decltype(table.*Member)>>::stand_in(table, name);
}

}  // namespace

BareSession::BareSession(const std::string& token_label) : p11_(softhsm()) {
  const CK_SLOT_ID slot =
      must(pkcs11::find_slot(must(pkcs11::Module::load(testing::SoftHsmTokens::kModule)), token_label, ""));
  must_ok(p11_->C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr, nullptr, &session_),
          "C_OpenSession");
}
BareSession::~BareSession() { p11_->C_CloseSession(session_); }

CK_OBJECT_HANDLE BareSession::find(const HsmKeyRef& key) const {
  CK_ATTRIBUTE search{CKA_ID, const_cast<std::uint8_t*>(key.cka_id.data()), key.cka_id.size()};
  CK_OBJECT_HANDLE object = 0;
  CK_ULONG count = 0;
  must_ok(p11_->C_FindObjectsInit(session_, &search, 1), "C_FindObjectsInit");
  must_ok(p11_->C_FindObjects(session_, &object, 1, &count), "C_FindObjects");
  must_ok(p11_->C_FindObjectsFinal(session_), "C_FindObjectsFinal");
  must(count == 1, "the key is not on the token");
  return object;
}

void BareSession::encrypt(CK_OBJECT_HANDLE key, BytesView plaintext) {
  std::uint64_t counter = 0;
  std::memcpy(&counter, iv_.data(), sizeof counter);
  ++counter;
  std::memcpy(iv_.data(), &counter, sizeof counter);
  CK_GCM_PARAMS parameters{iv_.data(), iv_.size(), iv_.size() * 8, nullptr, 0, Hsm::kGcmTagBytes * 8};
  CK_MECHANISM mechanism{CKM_AES_GCM, &parameters, sizeof parameters};
  CK_ULONG written = ciphertext_.size();
  must_ok(p11_->C_EncryptInit(session_, &mechanism, key), "C_EncryptInit");
  must_ok(p11_->C_Encrypt(session_, const_cast<CK_BYTE*>(plaintext.data()), plaintext.size(),
                          ciphertext_.data(), &written),
          "C_Encrypt");
}

void BareSession::fill(std::size_t objects) {
  CK_BBOOL yes = CK_TRUE;
  CK_ULONG size = 32;
  char label[] = "filler";
  CK_ATTRIBUTE wanted[] = {{CKA_TOKEN, &yes, sizeof yes},
                           {CKA_PRIVATE, &yes, sizeof yes},
                           {CKA_ENCRYPT, &yes, sizeof yes},
                           {CKA_LABEL, label, sizeof label - 1},
                           {CKA_VALUE_LEN, &size, sizeof size}};
  CK_MECHANISM mechanism{CKM_AES_KEY_GEN, nullptr, 0};
  for (; objects > 0; --objects) {
    CK_OBJECT_HANDLE made = 0;
    must_ok(p11_->C_GenerateKey(session_, &mechanism, wanted, std::size(wanted), &made), "C_GenerateKey");
  }
}

CallMeter::CallMeter() : p11_(softhsm()), real_(*p11_) {
  using List = CK_FUNCTION_LIST;
  meter<&List::C_GenerateKey>(*p11_, "C_GenerateKey");
  meter<&List::C_UnwrapKey>(*p11_, "C_UnwrapKey");
  meter<&List::C_WrapKey>(*p11_, "C_WrapKey");
  meter<&List::C_DestroyObject>(*p11_, "C_DestroyObject");
  meter<&List::C_FindObjectsInit>(*p11_, "C_FindObjectsInit");
  meter<&List::C_FindObjects>(*p11_, "C_FindObjects");
  meter<&List::C_FindObjectsFinal>(*p11_, "C_FindObjectsFinal");
  meter<&List::C_GetAttributeValue>(*p11_, "C_GetAttributeValue");
  meter<&List::C_EncryptInit>(*p11_, "C_EncryptInit");
  meter<&List::C_Encrypt>(*p11_, "C_Encrypt");
  meter<&List::C_DecryptInit>(*p11_, "C_DecryptInit");
  meter<&List::C_Decrypt>(*p11_, "C_Decrypt");
  meter<&List::C_SignInit>(*p11_, "C_SignInit");
  meter<&List::C_Sign>(*p11_, "C_Sign");
  meter<&List::C_GenerateRandom>(*p11_, "C_GenerateRandom");
  meter<&List::C_OpenSession>(*p11_, "C_OpenSession");
  meter<&List::C_CloseSession>(*p11_, "C_CloseSession");
  meter<&List::C_GetSessionInfo>(*p11_, "C_GetSessionInfo");
  meter<&List::C_GetTokenInfo>(*p11_, "C_GetTokenInfo");
  meter<&List::C_GetInfo>(*p11_, "C_GetInfo");
  meter<&List::C_CreateObject>(*p11_, "C_CreateObject");
  start();
}
CallMeter::~CallMeter() {
  *p11_ = real_;
  tallies().clear();
}

void CallMeter::start() {
  for (Tally* tally : tallies()) tally->spent_ns = 0, tally->calls = 0;
}
double CallMeter::seconds() const {
  double sum = 0;
  for (const Tally* tally : tallies()) sum += static_cast<double>(tally->spent_ns) / 1e9;
  return sum;
}
std::uint64_t CallMeter::calls() const {
  std::uint64_t sum = 0;
  for (const Tally* tally : tallies()) sum += tally->calls;
  return sum;
}
std::string CallMeter::largest(std::size_t count) const {
  std::vector<const Tally*> order(tallies().begin(), tallies().end());
  std::ranges::sort(order, std::ranges::greater{}, [](const Tally* tally) { return tally->spent_ns.load(); });
  std::string text;
  for (const Tally* tally : order | std::views::take(count))
    text += (text.empty() ? "" : ", ") + std::to_string(tally->calls) + " " + tally->name + " " +
            digits(static_cast<double>(tally->spent_ns) / 1e6) + " ms";
  return text;
}

}  // namespace quietus::bench
