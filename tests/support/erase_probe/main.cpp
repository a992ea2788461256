// erase_probe DEVICE zeros|stream JOURNAL [read-back]: the eraser's run over a device or file, without
// daemons, orders or evidence; for tests and for trying a drive that nobody misses. Prints the report's way
// of writing.
#include <fcntl.h>

#include <iostream>
#include <string_view>

#include "base/crypto.hpp"
#include "eraser/method/method.hpp"
#include "eraser/run/run.hpp"
#include "eraser/verify/fd_block_device.hpp"

namespace quietus::eraser {
namespace {

Status overwrite(const char* path, std::string_view pattern_name, const char* journal, bool read_back) {
  QUIETUS_TRY(pattern, overwrite_pattern_from(pattern_name));
  const Method* method = method_for(pattern);
  if (method == nullptr) return fail(ErrorKind::invalid_input, "no method overwrites so");
  QUIETUS_TRY(device, FdBlockDevice::adopt(Fd(open(path, O_RDWR | O_DIRECT | O_EXCL | O_CLOEXEC))));
  QUIETUS_TRY(queue, open_io_queue(device->descriptor()));
  RunRequest request;
  QUIETUS_TRY(order, OrderId::parse("probe"));
  QUIETUS_TRY(holding, HoldingId::parse("probe"));
  request.order = order;
  request.holding = holding;
  request.plan.technique_id = method->id;
  request.plan.pattern = pattern;
  request.plan.claim = SanitizationMethod::clear;
  request.plan.length_bytes = device->size_bytes();
  if (pattern == OverwritePattern::stream) request.plan.stream_seed = random_digest();
  request.identity.size_bytes = device->size_bytes();
  request.journal_path = journal;
  request.tool = "erase_probe";
  request.io_mode = device->direct() ? "O_DIRECT" : "buffered";
  request.read_back = read_back;
  QUIETUS_TRY(report, run_plan(*device, *queue, request, {}));
  std::cout << report.io_mode << '\n';
  return {};
}

}  // namespace
}  // namespace quietus::eraser

int main(int argc, char** argv) {
  if (argc != 4 && argc != 5) return 3;
  const auto status = quietus::eraser::overwrite(argv[1], argv[2], argv[3], argc == 5);
  if (status) return 0;
  std::cerr << "erase_probe: " << status.error().message << '\n';
  return 1;
}
