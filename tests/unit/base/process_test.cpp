#include "base/process.hpp"

#include <openssl/crypto.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <fstream>

#include "base/secure_heap.hpp"
#include "quietus/bytes.hpp"
#include "quietus/secret_bytes.hpp"
#include "tests/unit/base/child_process.hpp"
#include "tests/unit/base/temporary_folder.hpp"

using namespace quietus;

namespace {

std::string credential_in(const TemporaryFolder& folder, std::string_view text, mode_t mode = 0600) {
  const std::string path = folder.file("pin");
  std::ofstream(path, std::ios::binary) << text;
  ::chmod(path.c_str(), mode);
  return path;
}

/// The number of the first check that does not hold after hardening, 0 when all do.
int first_soft_spot() {
  if (!harden_process()) return 1;
  rlimit core{1, 1};
  ::getrlimit(RLIMIT_CORE, &core);
  if (core.rlim_cur != 0 || core.rlim_max != 0) return 2;
#if !__has_feature(address_sanitizer)
  if (::prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0) return 3;
#endif
  if (::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1) return 4;
  if (::umask(0) != 077) return 5;
  struct sigaction pipe_action{};
  ::sigaction(SIGPIPE, nullptr, &pipe_action);
  if (pipe_action.sa_handler != SIG_IGN) return 6;
  if (CRYPTO_secure_malloc_initialized() != 1) return 7;
  return 0;
}

}  // namespace

TEST_CASE("a hardened process has no core file, no tracer, no new privileges and a secure heap") {
  CHECK(in_child(&first_soft_spot).code == 0);
}

TEST_CASE("the secure heap is a power of two of at most 4 MiB") {
  for (const std::size_t bad :
       {std::size_t{0}, std::size_t{1000}, std::size_t{3} << 20, std::size_t{8} << 20}) {
    CAPTURE(bad);
    CHECK(ensure_secure_heap(bad).error().kind == ErrorKind::invalid_input);
  }
}

TEST_CASE("a credential is the one line of a private file") {
  const TemporaryFolder folder;
  CHECK(as_text(read_credential(credential_in(folder, "1234\n")).value().view()) == "1234");
  const SecretBytes pin = read_credential(credential_in(folder, "12 34")).value();
  CHECK(as_text(pin.view()) == "12 34");
  CHECK(CRYPTO_secure_allocated(pin.view().data()) == 1);
  CHECK(read_credential(credential_in(folder, "1234\n", 0400)).has_value());
}

TEST_CASE("a credential of another form is refused") {
  const TemporaryFolder folder;
  const auto kind_of = [&](std::string_view text) {
    const auto secret = read_credential(credential_in(folder, text));
    return secret ? ErrorKind::internal : secret.error().kind;
  };
  for (const std::string_view bad :
       {std::string_view(""), std::string_view("\n"), std::string_view("1\n2\n"), std::string_view("1\n\n"),
        std::string_view("1\r\n"), std::string_view("1\0", 2)}) {
    CHECK(kind_of(bad) == ErrorKind::invalid_input);
  }
  CHECK(kind_of(std::string(5000, '1')) == ErrorKind::exhausted);
  CHECK(read_credential(folder.file("absent")).error().kind == ErrorKind::not_found);
  CHECK(read_credential(credential_in(folder, "1234", 0640)).error().kind == ErrorKind::denied);
}

TEST_CASE("a refused credential is not in its error") {
  const TemporaryFolder folder;
  const auto refused = read_credential(credential_in(folder, "hunter2\nhunter2"));
  CHECK(refused.error().message.find("hunter2") == std::string::npos);
}

TEST_CASE("a credential of another user is refused") {
  if (::geteuid() != 0) return;  // only root can give a file away
  const TemporaryFolder folder;
  const std::string path = credential_in(folder, "1234");
  REQUIRE(::chown(path.c_str(), 65534, 65534) == 0);
  CHECK(read_credential(path).error().kind == ErrorKind::denied);
}

TEST_CASE("TERM and INT ask the process to stop, and nothing else does") {
  for (const int signal : {SIGTERM, SIGINT}) {
    const Ending ending = in_child([&] {
      install_stop_signals();
      if (stop_requested()) return 1;
      ::raise(signal);
      return stop_requested() ? 0 : 2;
    });
    CHECK(ending.code == 0);
  }
  CHECK(in_child([] { return request_stop(), stop_requested() ? 0 : 1; }).code == 0);
  CHECK_FALSE(stop_requested());
}
