#include <openssl/crypto.h>
#include <sys/resource.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "base/process.hpp"
#include "quietus/secret_bytes.hpp"
#include "tests/unit/base/child_process.hpp"

using namespace quietus;

// Hidden: for a process of its own, in which no memory may be locked and the heap has not been set up before.
TEST_CASE("without locked memory there is no heap and no secret", "[.unlocked]") {
  const Status hardened = harden_process();
  REQUIRE_FALSE(hardened.has_value());
  CHECK(hardened.error().kind == ErrorKind::unavailable);
  CHECK_THAT(hardened.error().next_step, Catch::Contains("1024 KiB"));
  CHECK(SecretBytes::allocate(16).error().kind == ErrorKind::unavailable);
  CHECK(CRYPTO_secure_malloc_initialized() == 0);
}

// The sanitizers answer mlock() themselves, always with success.
#if !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer)
TEST_CASE("a secure heap that cannot be locked is refused") {
  const Ending ending = in_child([] {
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_MEMLOCK, &none);
    if (::geteuid() == 0 && ::setuid(65534) != 0) return 99;  // root may lock whatever the limit
    ::execl("/proc/self/exe", "unit_base", "[.unlocked]", "-w", "NoTests", "-o", "/dev/null", nullptr);
    return 98;
  });
  CHECK(ending.code == 0);
}
#endif
