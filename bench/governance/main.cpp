// quietus-bench-governance: what `scripts/bench governance` runs. It sees no key, no store and no network.
#include <cstdio>
#include <exception>
#include <string_view>

#include "base/secure_heap.hpp"
#include "bench/figure.hpp"
#include "bench/governance/figures.hpp"
#include "bench/interleaved.hpp"

namespace quietus::bench {

double processor_seconds_of(const std::function<void()>& act) {
  const double begun = processor_seconds();
  act();
  return processor_seconds() - begun;
}

}  // namespace quietus::bench

constexpr std::size_t kSecureHeapBytes = std::size_t{4} << 20;

int main(int argc, char** argv) {
  using namespace quietus;
  try {
    bench::must(ensure_secure_heap(kSecureHeapBytes));
    const std::string_view what = argc > 1 ? argv[1] : "governance";
    bench::LargeCase large;
    bench::may_rate(large);
    if (what != "may") bench::replay_rate(large, what != "governance-1e5");
    return 0;
  } catch (const std::exception& thrown) {
    std::fprintf(stderr, "quietus-bench-governance: %s\n", thrown.what());
    return 1;
  }
}
