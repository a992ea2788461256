// What it costs to write into the ledger: decided, appended, durable, answered.
#include <fcntl.h>
#include <unistd.h>

#include <thread>

#include "base/encoding.hpp"
#include "base/file.hpp"
#include "bench/groups.hpp"
#include "bench/house.hpp"
#include "bench/timed_store.hpp"

namespace quietus::bench {
namespace {

constexpr double kSeconds = 10, kWarmUpSeconds = 2;
constexpr int kCallers = 64;  ///< as many as a transaction takes

/// A block appended to a file and synced: what the disk asks for being durable. Median of many, in seconds.
double bare_sync(const Ground& ground) {
  const Fd fd(
      ::open(ground.path("bare").c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, S_IRUSR | S_IWUSR));
  must(static_cast<bool>(fd), "no file to sync");
  const Bytes block(4096, 7);
  std::vector<double> seconds;
  for (int i = 0; i < 500; ++i)
    seconds.push_back(seconds_of([&] {
      must(::write(fd.get(), block.data(), block.size()) == std::ssize(block), "a block was not written");
      must(::fdatasync(fd.get()) == 0, "a block was not synced");
    }));
  return median(std::move(seconds));
}

Ledger::Settings settings() {
  Ledger::Settings made;
  made.clock = [] { return ClockReading{system_now(), true}; };
  return made;
}

/// Commands a second that many callers got answered, each asking again as soon as it was.
double rate(Ledger& ledger, const governance::Command& command, int callers, double seconds) {
  std::atomic<std::uint64_t> answered = 0;
  std::atomic<bool> over = false;
  std::vector<std::thread> threads;
  const auto begun = SteadyClock::now();
  for (int i = 0; i < callers; ++i)
    threads.emplace_back([&] {
      while (!over) {
        if (!ledger.commit_or_deny(command)) return;
        ++answered;
      }
    });
  while (seconds_since(begun) < seconds) std::this_thread::sleep_for(std::chrono::milliseconds(20));
  const double per_second = static_cast<double>(answered) / seconds_since(begun);
  over = true;
  for (auto& thread : threads) thread.join();
  must(answered > 0, "the ledger took nothing");
  return per_second;
}

/// A head signed and remembered by the token, each over a new entry: what every destruction waits for once.
void publishing(House& house, const KeyId& key) {
  const auto signing = must(house.hsm->generate_signing_key("bench checkpoint", EcCurve::p384));
  service::Checkpointer checkpointer("quietus.bench/ledger", *house.ledger, *house.hsm,
                                     {signing, {}, EcCurve::p384});
  std::vector<double> ms;
  for (int i = 0; i < 200; ++i) {
    must(house.ledger->commit_or_deny(
        {house.owner, governance::ReserveUses{key, std::nullopt, Verb::open, 1}}));
    ms.push_back(1000 * seconds_of([&] { must(checkpointer.publish()); }));
  }
  print({"checkpoint.publish.p50", median(ms), "ms", std::nullopt,
         "ECDSA P-384 and a data object on SoftHSM, over a new entry each; p99 " +
             digits(percentile(ms, 99)) + " ms"});
}

}  // namespace

void ledger_rate(const Ground& ground) {
  House house(ground, kQuietToken, "ledger-rate");
  const KeyId key = must(KeyId::parse(house.create_device_key()));
  publishing(house, key);
  // The same database under a ledger of its own: the house writes nothing meanwhile.
  TimedStore store(*house.store);
  const auto ledger = must(Ledger::open(settings(), store, governance::builtin_0(), std::nullopt));
  const governance::Command command{house.owner, governance::ReserveUses{key, std::nullopt, Verb::open, 100}};
  const double bare = bare_sync(ground);
  for (const int callers : {1, 16, kCallers, 256}) {
    rate(*ledger, command, callers, kWarmUpSeconds);
    store.start_over();
    const double per_second = rate(*ledger, command, callers, kSeconds);
    const auto took = store.seconds();
    const double batch = static_cast<double>(store.entries()) / static_cast<double>(took.size());
    const std::string name = "append.durable" + (callers == kCallers ? "" : "." + std::to_string(callers));
    print({name + ".rate", per_second, "1/s", std::nullopt,
           "reservations of uses decided, applied and synced, " + std::to_string(callers) +
               " callers; entries a sync: " + digits(batch)});
    print({name + ".sync.p50", 1000 * median(took), "ms", 1000 * bare,
           "a transaction of the ledger; baseline: 4 KiB appended to a file and synced"});
  }
}

}  // namespace quietus::bench
