#include <fcntl.h>

#include <filesystem>
#include <thread>

#include "base/crypto.hpp"
#include "bench/erase/contestants.hpp"
#include "bench/interleaved.hpp"
#include "eraser/run/read_back.hpp"
#include "eraser/run/run.hpp"
#include "eraser/verify/fd_block_device.hpp"

namespace quietus::bench {
namespace {

using namespace eraser;

Plan plan_for(const BenchMedium& medium, OverwritePattern pattern) {
  Plan plan;
  plan.technique_id = pattern == OverwritePattern::zeros ? "overwrite-zeros" : "overwrite-stream";
  plan.pattern = pattern;
  plan.claim = SanitizationMethod::clear;
  plan.length_bytes = medium.size_bytes();
  if (pattern == OverwritePattern::stream) plan.stream_seed.value.fill(7);
  return plan;
}

std::unique_ptr<FdBlockDevice> open_medium(const BenchMedium& medium) {
  return must(FdBlockDevice::adopt(Fd(open(medium.path().c_str(), O_RDWR | O_DIRECT | O_EXCL | O_CLOEXEC))));
}

std::string overwrite(const BenchMedium& medium, OverwritePattern pattern) {
  const auto device = open_medium(medium);
  const auto queue = must(open_io_queue(device->descriptor()));
  RunRequest request;
  request.order = must(OrderId::parse("O-1"));
  request.holding = must(HoldingId::parse("H-1"));
  request.plan = plan_for(medium, pattern);
  request.identity.size_bytes = medium.size_bytes();
  // The daemon's journal is on a disk of its own, whatever the medium is.
  request.journal_path = std::filesystem::temp_directory_path() / random_id("journal");
  request.tool = "quietus-bench-erase";
  request.io_mode = device->direct() ? "O_DIRECT" : "buffered";
  const auto report = must(run_plan(*device, *queue, request, {}));
  must(remove_journal(request.journal_path));
  return report.io_mode;
}

template <class Act>
Sample sample_of(std::uint64_t bytes, Act act) {
  const double processor = processor_seconds();
  const double seconds = seconds_of(act);
  const auto size = static_cast<double>(bytes);
  return {size / seconds, (processor_seconds() - processor) / (size / 1e9)};
}

}  // namespace

Sample our_overwrite(const std::vector<const BenchMedium*>& media, OverwritePattern pattern,
                     std::string& mode) {
  std::uint64_t bytes = 0;
  for (const auto* medium : media) bytes += medium->size_bytes();
  return sample_of(bytes, [&] {
    std::vector<std::thread> others;
    for (std::size_t i = 1; i < media.size(); ++i)
      others.emplace_back([&, i] { static_cast<void>(overwrite(*media[i], pattern)); });
    mode = overwrite(*media[0], pattern);
    for (auto& other : others) other.join();
  });
}

Sample our_read_back(const BenchMedium& medium, OverwritePattern pattern, std::string& mode) {
  const auto plan = plan_for(medium, pattern);
  return sample_of(medium.size_bytes(), [&] {
    const auto device = open_medium(medium);
    const auto queue = must(open_io_queue(device->descriptor()));
    const auto result = must(read_back(*device, *queue, plan, {}));
    must(result.all_match(plan), "read back, the medium does not hold the plan's content");
    mode = queue->name() + ", " + to_string(result.pace);
  });
}

}  // namespace quietus::bench
