#include "quietus/permit.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <thread>
#include <type_traits>
#include <vector>

namespace quietus {

/// Stands where kms/service/ledger.hpp stands in the house: the one class that can make a permit.
class Ledger {
 public:
  static Permit permit(Verb verb, std::string subject, std::uint32_t uses) {
    return Permit(verb, std::move(subject), UnixMs{1000}, uses, 42);
  }
};

}  // namespace quietus

using namespace quietus;

TEST_CASE("a permit cannot be copied or made out of nothing") {
  STATIC_REQUIRE_FALSE(std::is_copy_constructible_v<Permit>);
  STATIC_REQUIRE_FALSE(std::is_copy_assignable_v<Permit>);
  STATIC_REQUIRE_FALSE(std::is_default_constructible_v<Permit>);
  STATIC_REQUIRE_FALSE(
      std::is_constructible_v<Permit, Verb, std::string, UnixMs, std::uint32_t, std::uint64_t>);
}

TEST_CASE("a permit serves for its act, its subject and its time only") {
  const Permit permit = Ledger::permit(Verb::destroy, "key-1", 100);
  CHECK(permit.ledger_index() == 42);
  CHECK(permit.use(Verb::destroy, "key-1", UnixMs{1000}).has_value());
  CHECK(permit.use(Verb::seal, "key-1", UnixMs{0}).error().kind == ErrorKind::denied);
  CHECK(permit.use(Verb::destroy, "key-2", UnixMs{0}).error().kind == ErrorKind::denied);
  CHECK(permit.use(Verb::destroy, "key-1", UnixMs{1001}).error().kind == ErrorKind::denied);
}

TEST_CASE("a permit for two uses serves twice, and refusals cost nothing") {
  const Permit permit = Ledger::permit(Verb::seal, "key-1", 2);
  CHECK(permit.use(Verb::seal, "key-1", UnixMs{0}).has_value());
  CHECK_FALSE(permit.use(Verb::open, "key-1", UnixMs{0}).has_value());
  CHECK(permit.use(Verb::seal, "key-1", UnixMs{0}).has_value());
  CHECK(permit.use(Verb::seal, "key-1", UnixMs{0}).error().message == "the permit is used up");
}

TEST_CASE("a permit without uses serves never") {
  CHECK_FALSE(Ledger::permit(Verb::seal, "key-1", 0).use(Verb::seal, "key-1", UnixMs{0}).has_value());
}

TEST_CASE("threads that race for a permit share its uses and no more") {
  const Permit permit = Ledger::permit(Verb::seal, "key-1", 1000);
  std::atomic<int> served = 0;
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int k = 0; k < 500; ++k) served += permit.use(Verb::seal, "key-1", UnixMs{0}).has_value() ? 1 : 0;
    });
  }
  threads.clear();
  CHECK(served == 1000);
}
