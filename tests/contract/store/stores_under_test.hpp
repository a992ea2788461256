// The stores that have to keep the contract: a fake, SQLite, and a fake behind a fault wrapper.
#pragma once

#include <catch2/catch.hpp>
#include <memory>

#include "kms/store/sqlite_store.hpp"
#include "tests/support/fake_store.hpp"
#include "tests/support/fault_store.hpp"
#include "tests/support/scratch_folder.hpp"

namespace quietus::test {

struct Fake {
  FakeStore fake;
  Store& store = fake;
};

struct Sqlite {
  ScratchFolder folder;
  std::unique_ptr<store::SqliteStore> sqlite =
      store::SqliteStore::open(folder.file("ledger.db"),
                               {.reserve_bytes = 4096, .busy_timeout_ms = 1000, .vfs = {}})
          .value();
  Store& store = *sqlite;
};

/// A fault wrapper that injects nothing must be invisible.
struct Wrapped {
  FakeStore fake;
  FaultStore wrapped{fake};
  Store& store = wrapped;
};

inline ErrorKind kind_of(const Status& status) {
  REQUIRE_FALSE(status);
  return status.error().kind;
}

}  // namespace quietus::test
