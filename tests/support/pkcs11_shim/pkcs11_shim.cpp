#include "tests/support/pkcs11_shim/pkcs11_shim.hpp"

#include <dlfcn.h>
#include <p11-kit/pkcs11.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <thread>
#include <tuple>
#include <utility>

#include "tests/support/pkcs11_shim/forward.hpp"

namespace quietus::testing {
namespace {

constexpr CK_ULONG kGenerationShift = 32, kGenerationMask = 0xFFFFUL << kGenerationShift;

struct Shim {
  std::unique_ptr<FaultControl> control;
  CK_FUNCTION_LIST* real = nullptr;
  CK_FUNCTION_LIST ours{};
  std::atomic<CK_ULONG> session_generation{0}, object_generation{0};
  std::atomic<bool> away{false};
};
Shim shim;

CK_ULONG tagged(CK_ULONG handle, CK_ULONG generation) {
  return (handle & ~kGenerationMask) | (generation << kGenerationShift & kGenerationMask);
}

/// Takes the generation off; false when the handle is of an older one.
bool untag(CK_ULONG& handle, CK_ULONG generation) {
  const bool current = (handle & kGenerationMask) == (generation << kGenerationShift & kGenerationMask);
  handle &= ~kGenerationMask;
  return current;
}

template <class T>
CK_RV enter(T& argument, char kind) {
  if constexpr (std::is_same_v<T, CK_ULONG>) {
    if (kind == 's' && !untag(argument, shim.session_generation)) return CKR_SESSION_HANDLE_INVALID;
    if (kind == 'o' && !untag(argument, shim.object_generation)) return CKR_OBJECT_HANDLE_INVALID;
    if (kind == 'k' && !untag(argument, shim.object_generation)) return CKR_KEY_HANDLE_INVALID;
  }
  return CKR_OK;
}

template <class T>
void leave(T argument, char kind, CK_ULONG found) {
  if constexpr (std::is_same_v<T, CK_ULONG*>) {
    if (argument == nullptr) return;
    if (kind == 'S') *argument = tagged(*argument, shim.session_generation);
    if (kind == 'O') *argument = tagged(*argument, shim.object_generation);
    for (CK_ULONG i = 0; kind == 'F' && i < found; ++i)
      argument[i] = tagged(argument[i], shim.object_generation);
  }
}

void see_slot(bool away) {
  if (shim.away.exchange(away) || !away) return;
  ++shim.session_generation;
  ++shim.object_generation;
}

/// What a call answers while the slot is away; CKR_OK: what it would answer anyway.
CK_RV answer_away(std::string_view kinds) {
  if (kinds.starts_with('s')) return CKR_DEVICE_REMOVED;
  return kinds.starts_with('l') ? CKR_TOKEN_NOT_PRESENT : CKR_OK;
}

void suffer(const FaultRule& fault) {
  switch (fault.action) {
    case FaultAction::hang:
      std::this_thread::sleep_for(std::chrono::milliseconds(fault.hang_ms));
      return;
    case FaultAction::crash_segv:
      ::signal(SIGSEGV, SIG_DFL);
      ::raise(SIGSEGV);
      return;
    case FaultAction::crash_abort:
      std::abort();
    case FaultAction::stale_sessions:
      ++shim.session_generation;
      return;
    case FaultAction::stale_objects:
      ++shim.object_generation;
      return;
    default:
      return;
  }
}

template <class... A>
CK_RV enter_all(std::string_view kinds, std::tuple<A...>& arguments) {
  return [&]<std::size_t... I>(std::index_sequence<I...>) {
    CK_RV rv = CKR_OK;
    ((rv = rv == CKR_OK ? enter(std::get<I>(arguments), kinds[I]) : rv), ...);
    return rv;
  }(std::index_sequence_for<A...>{});
}

template <class... A>
void leave_all(std::string_view kinds, std::tuple<A...>& arguments) {
  CK_ULONG found = 0;
  if constexpr (sizeof...(A) == 4) {
    if constexpr (std::is_same_v<std::tuple_element_t<3, std::tuple<A...>>, CK_ULONG*>)
      if (kinds[1] == 'F') found = *std::get<3>(arguments);
  }
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    (leave(std::get<I>(arguments), kinds[I], found), ...);
  }(std::index_sequence_for<A...>{});
}

template <class... A>
CK_RV forward(const char* name, std::string_view kinds, CK_RV (*real)(A...), A... given) {
  const FaultRule fault = shim.control->at_call(name);
  if (std::string_view(name) == "C_Login") shim.control->trace(name);
  see_slot(fault.action == FaultAction::away);
  if (fault.action == FaultAction::away)
    if (const CK_RV rv = answer_away(kinds); rv != CKR_OK) return rv;
  suffer(fault);
  if (fault.action == FaultAction::answer && !fault.after) return fault.rv;
  std::tuple<A...> arguments(given...);
  if (const CK_RV stale = enter_all(kinds, arguments); stale != CKR_OK) return stale;
  const CK_RV rv = std::apply(real, arguments);
  if (rv == CKR_OK) leave_all(kinds, arguments);
  return fault.action == FaultAction::answer ? fault.rv : rv;
}

// One function of PKCS#11 linkage for each: Nth names it, for the table.
#define QUIETUS_FORWARD(function, kinds)                                         \
  template <class... A>                                                          \
  auto bind_##function(CK_RV (*)(A...)) {                                        \
    return +[](A... arguments) -> CK_RV {                                        \
      return forward<A...>(#function, kinds, shim.real->function, arguments...); \
    };                                                                           \
  }
QUIETUS_PKCS11_FUNCTIONS(QUIETUS_FORWARD)
#undef QUIETUS_FORWARD

CK_RV slots_unless_away(CK_BBOOL present, CK_SLOT_ID* slots, CK_ULONG* count) {
  const CK_RV rv = forward<CK_BBOOL, CK_SLOT_ID*, CK_ULONG*>("C_GetSlotList", "...", shim.real->C_GetSlotList,
                                                             present, slots, count);
  if (shim.away && count != nullptr) *count = 0;
  return rv;
}

CK_RV our_list(CK_FUNCTION_LIST** list) {
  *list = &shim.ours;
  return CKR_OK;
}

std::string prefix_of_library() {
  if (const char* prefix = std::getenv("QUIETUS_PKCS11_SHIM")) return prefix;
  Dl_info here{};
  return ::dladdr(reinterpret_cast<void*>(&our_list), &here) != 0 ? here.dli_fname : "";
}

bool load_real(const std::string& prefix) {
  std::ifstream setup(prefix + ".module");
  std::string path, line;
  std::getline(setup, path);
  while (std::getline(setup, line))
    if (const auto equals = line.find('='); equals != std::string::npos)
      ::setenv(line.substr(0, equals).c_str(), line.substr(equals + 1).c_str(), 1);
  void* library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return false;
  const auto get_list = reinterpret_cast<CK_C_GetFunctionList>(::dlsym(library, "C_GetFunctionList"));
  return get_list != nullptr && get_list(&shim.real) == CKR_OK && shim.real != nullptr;
}

bool load() {
  const std::string prefix = prefix_of_library();
  shim.control = std::make_unique<FaultControl>(prefix);
  if (!load_real(prefix)) return false;
  shim.ours.version = {2, 40};
#define QUIETUS_BIND(function, kinds) shim.ours.function = bind_##function(shim.real->function);
  QUIETUS_PKCS11_FUNCTIONS(QUIETUS_BIND)
#undef QUIETUS_BIND
  shim.ours.C_GetSlotList = slots_unless_away;
  shim.ours.C_GetFunctionList = our_list;
  return true;
}

}  // namespace
}  // namespace quietus::testing

extern "C" __attribute__((visibility("default"))) CK_RV C_GetFunctionList(CK_FUNCTION_LIST** list) {
  static const bool loaded = quietus::testing::load();
  return loaded ? quietus::testing::our_list(list) : CKR_GENERAL_ERROR;
}
