// Who overwrites or reads a medium in a figure: ours and the others, each in the way that suits it best.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "quietus/media.hpp"

namespace quietus::bench {

/// A loop device over a file that has been written once, so that nothing is touched for the first time.
class BenchMedium {
 public:
  BenchMedium(const std::string& folder, std::uint64_t size_bytes);
  ~BenchMedium();
  BenchMedium(const BenchMedium&) = delete;
  BenchMedium& operator=(const BenchMedium&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::uint64_t size_bytes() const { return size_; }
  [[nodiscard]] const std::string& folder() const { return folder_; }

 private:
  std::string folder_, file_, path_;
  std::uint64_t size_;
};

struct Sample {
  double bytes_per_s = 0;
  double processor_s_per_gb = 0;  ///< 10^9 bytes; the kernel's own threads are in nobody's account
};

struct FioWay {
  std::string engine, block;
  int depth = 1;
};
std::string to_string(const FioWay& way);
/// What fio may use: the baseline is the best of these on the medium at hand.
const std::vector<FioWay>& fio_grid();

/// By fio's own clock, its start and end not counted; all media at the same time.
Sample fio(const std::vector<const BenchMedium*>& media, const std::string& action, const FioWay& way);
FioWay best_of_grid(const BenchMedium& medium, const std::string& action);

Sample dd_zeros(const BenchMedium& medium);
Sample shred_random(const BenchMedium& medium);
Sample nwipe_random(const BenchMedium& medium);

/// eraser/run as the daemon runs it: choice of the engine, pace found out, journal, flush; `mode` gets what
/// it chose.
Sample our_overwrite(const std::vector<const BenchMedium*>& media, OverwritePattern pattern,
                     std::string& mode);
/// Read and compared with what the plan must have left.
Sample our_read_back(const BenchMedium& medium, OverwritePattern pattern, std::string& mode);

}  // namespace quietus::bench
