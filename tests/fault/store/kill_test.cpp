#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "base/crypto.hpp"
#include "base/file.hpp"
#include "kms/store/sqlite_store.hpp"
#include "tests/support/ledger_entries.hpp"
#include "tests/support/scratch_folder.hpp"

using namespace quietus;
using namespace quietus::store;
using namespace quietus::test;

namespace {

constexpr std::uint64_t kEach = 4;

/// In a child: appends for ever, and says through the pipe how far it was answered for.
[[noreturn]] void append_for_ever(const std::string& path, int pipe) {
  const auto store = SqliteStore::open(path, {.reserve_bytes = 64 << 10, .busy_timeout_ms = 1000, .vfs = {}});
  if (!store) _exit(1);
  for (std::uint64_t size = (*store)->size().value();; size += kEach) {
    if (!(*store)->append(batch_from(size, kEach))) _exit(2);
    const std::uint64_t answered = size + kEach;
    if (::write(pipe, &answered, sizeof answered) != sizeof answered) _exit(3);
  }
}

}  // namespace

TEST_CASE(
    "a process that is killed while it appends leaves whole batches, and all that it was answered for") {
  ScratchFolder folder;
  const std::string path = folder.file("ledger.db");
  std::uint64_t answered = 0;
  for (int round = 0; round < 25; ++round) {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const Fd reading(ends[0]);
    Fd writing(ends[1]);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) append_for_ever(path, writing.get());
    writing.reset();
    REQUIRE(::read(reading.get(), &answered, sizeof answered) == sizeof answered);
    ::usleep(random_bytes(1)[0] * 100U);  // 0 to 25 ms into its work
    REQUIRE(::kill(child, SIGKILL) == 0);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE((WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL));
    std::uint64_t last = 0;
    while (::read(reading.get(), &last, sizeof last) == sizeof last) answered = last;

    const auto store =
        SqliteStore::open(path, {.reserve_bytes = 64 << 10, .busy_timeout_ms = 1000, .vfs = {}});
    REQUIRE(store);
    const std::uint64_t size = (*store)->size().value();
    CHECK(size >= answered);
    CHECK(size % kEach == 0);
    CHECK((*store)->row("meta", "size").value() == to_bytes(std::to_string(size)));
  }
  const auto store =
      SqliteStore::open(path, {.reserve_bytes = 0, .busy_timeout_ms = 1000, .vfs = {}}).value();
  std::uint64_t next = 0;
  bool whole = true;
  CHECK(store->scan(0, [&](const LedgerEntry& entry) -> Status {
    whole = whole && is_entry_number(entry, next++);
    return {};
  }));
  CHECK(whole);
  CHECK(next > 25 * kEach);
}
