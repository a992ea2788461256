// quietus-bench: what scripts/bench runs.
#include <array>
#include <cstdio>
#include <string_view>

#include "base/secure_heap.hpp"
#include "bench/figure.hpp"
#include "bench/groups.hpp"

namespace quietus::bench {
namespace {

struct Group {
  std::string_view name, about;
  void (*measure)(const Ground&);
};

constexpr std::array<Group, 6> kGroups{{
    {"encrypt", "one encryption, inside the process", encrypt_in_process},
    {"tls", "encryptions over mutual TLS", encrypt_over_tls},
    {"tls-batch", "a hundred of them in one request", encrypt_batches_over_tls},
    {"shred-wrapped", "destroying wrapped keys", shred_wrapped},
    {"shred-records", "destroying record keys, looking them up", shred_records},
    {"pairs", "keys made and destroyed, next to PyKMIP", pairs},
}};

int list() {
  std::fputs("keys            all of these\n", stderr);
  for (const Group& group : kGroups)
    std::fprintf(stderr, "%-15s %s\n", group.name.data(), group.about.data());
  return 3;
}

int run(std::string_view name) {
  bool found = false;
  for (const Group& group : kGroups) found = found || name == "keys" || name == group.name;
  if (!found) return list();
  const Ground ground;
  for (const Group& group : kGroups)
    if (name == "keys" || name == group.name) group.measure(ground);
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
