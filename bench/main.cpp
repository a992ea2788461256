// quietus-bench: what scripts/bench runs.
#include <array>
#include <cstdio>
#include <string_view>

#include "base/secure_heap.hpp"
#include "bench/figure.hpp"
#include "bench/groups.hpp"

namespace quietus::bench {
namespace {

/// `of`: the command that runs it together with others.
struct Group {
  std::string_view of, name, about;
  void (*measure)(const Ground&);
};

constexpr std::array<Group, 9> kGroups{{
    {"keys", "encrypt", "one encryption, inside the process", encrypt_in_process},
    {"keys", "tls", "encryptions over mutual TLS", encrypt_over_tls},
    {"keys", "tls-batch", "a hundred of them in one request", encrypt_batches_over_tls},
    {"keys", "shred-wrapped", "destroying wrapped keys", shred_wrapped},
    {"keys", "shred-records", "destroying record keys, looking them up", shred_records},
    {"keys", "pairs", "keys made and destroyed, next to PyKMIP", pairs},
    {"ledger", "ledger-rate", "entries made durable, checkpoints", ledger_rate},
    {"ledger", "ledger-growth", "ten million entries", ledger_growth},
    {"", "ledger-growth-small", "two million entries", ledger_growth_small},
}};

int list() {
  for (const Group& group : kGroups)
    std::fprintf(stderr, "%-7s %-20s %s\n", group.of.data(), group.name.data(), group.about.data());
  return 3;
}

int run(std::string_view name) {
  bool found = false;
  if (name.empty()) return list();
  for (const Group& group : kGroups) found = found || name == group.of || name == group.name;
  if (!found) return list();
  const Ground ground;
  for (const Group& group : kGroups)
    if (name == group.of || name == group.name) group.measure(ground);
  return 0;
}

}  // namespace
}  // namespace quietus::bench

constexpr std::size_t kSecureHeapBytes = std::size_t{4} << 20;

int main(int argc, char** argv) {
  using namespace quietus;
  try {
    bench::must(ensure_secure_heap(kSecureHeapBytes));
    if (argc == 4 && std::string_view(argv[1]) == "probe") return bench::answer_probe(argv[2], argv[3]);
    return argc == 2 ? bench::run(argv[1]) : bench::list();
  } catch (const std::exception& thrown) {
    std::fprintf(stderr, "quietus-bench: %s\n", thrown.what());
    return 1;
  }
}
