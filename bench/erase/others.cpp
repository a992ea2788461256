#include <filesystem>
#include <sstream>

#include "base/crypto.hpp"
#include "bench/erase/command.hpp"
#include "bench/erase/contestants.hpp"
#include "bench/figure.hpp"

namespace quietus::bench {
namespace {

Sample sample_of(const CommandRun& run, std::uint64_t bytes) {
  const auto size = static_cast<double>(bytes);
  return {size / run.seconds, run.processor_seconds / (size / 1e9)};
}

std::vector<std::string> fields_of(const std::string& line) {
  std::vector<std::string> fields;
  std::istringstream text(line);
  for (std::string field; std::getline(text, field, ';');) fields.push_back(field);
  return fields;
}

}  // namespace

BenchMedium::BenchMedium(const std::string& folder, std::uint64_t size_bytes)
    : folder_(folder), file_(folder + "/" + random_id("medium")), size_(size_bytes) {
  const auto mebibytes = std::to_string(size_bytes >> 20);
  run_command(
      {"dd", "if=/dev/zero", "of=" + file_, "bs=1M", "count=" + mebibytes, "conv=fsync", "status=none"});
  path_ = run_command({"losetup", "--direct-io=on", "-f", "--show", file_}).output;
  path_.pop_back();  // the newline
}

BenchMedium::~BenchMedium() {
  std::error_code ignored;
  try {
    if (!path_.empty()) run_command({"losetup", "-d", path_});
  } catch (const std::exception&) {
    std::fprintf(stderr, "%s is left\n", path_.c_str());
  }
  std::filesystem::remove(file_, ignored);
}

std::string to_string(const FioWay& way) {
  return way.engine + " " + std::to_string(way.depth) + " x " + way.block;
}

const std::vector<FioWay>& fio_grid() {
  static const std::vector<FioWay> grid{
      {"psync", "1M", 1},      {"psync", "4M", 1},      {"psync", "8M", 1},    {"io_uring", "128k", 16},
      {"io_uring", "256k", 8}, {"io_uring", "512k", 8}, {"io_uring", "1M", 4}, {"io_uring", "1M", 8},
      {"io_uring", "1M", 16},  {"io_uring", "4M", 4}};
  return grid;
}

Sample fio(const std::vector<const BenchMedium*>& media, const std::string& action, const FioWay& way) {
  std::vector<std::string> words{"fio",
                                 "--output-format=terse",
                                 "--terse-version=3",
                                 "--direct=1",
                                 "--thread",
                                 "--zero_buffers",
                                 "--end_fsync=1",
                                 "--group_reporting",
                                 "--rw=" + action,
                                 "--bs=" + way.block,
                                 "--ioengine=" + way.engine,
                                 "--iodepth=" + std::to_string(way.depth)};
  if (way.engine == "io_uring") words.insert(words.end(), {"--fixedbufs=1", "--registerfiles=1"});
  std::uint64_t bytes = 0;
  for (const auto* medium : media) {
    words.insert(words.end(), {"--name=" + medium->path().substr(5), "--filename=" + medium->path(),
                               "--size=" + std::to_string(medium->size_bytes())});
    bytes += medium->size_bytes();
  }
  const auto run = run_command(words);
  const auto fields = fields_of(run.output);
  // Terse version 3: KiB transferred, KiB/s, I/O a second, milliseconds; of reads from field 6 on, of writes
  // from 47.
  const std::size_t first = action == "read" ? 5 : 46;
  must(fields.size() > first + 3, "fio's answer is not as expected");
  must(std::stoull(fields[first]) * 1024 == bytes, "fio did not transfer everything");
  const double rate = static_cast<double>(bytes) / (std::stod(fields[first + 3]) / 1e3);
  return {rate, run.processor_seconds / (static_cast<double>(bytes) / 1e9)};
}

FioWay best_of_grid(const BenchMedium& medium, const std::string& action) {
  double best = 0;
  FioWay chosen;
  for (int round = 0; round < 3; ++round) {
    for (const auto& way : fio_grid()) {
      const double rate = fio({&medium}, action, way).bytes_per_s;
      if (round == 0 || rate < best) continue;  // the first round warms up
      best = rate;
      chosen = way;
    }
  }
  return chosen;
}

Sample dd_zeros(const BenchMedium& medium) {
  return sample_of(
      run_command({"dd", "if=/dev/zero", "of=" + medium.path(), "bs=4M", "oflag=direct",
                   "count=" + std::to_string(medium.size_bytes() >> 22), "conv=fsync", "status=none"}),
      medium.size_bytes());
}

Sample shred_random(const BenchMedium& medium) {
  return sample_of(run_command({"shred", "-n1", medium.path()}), medium.size_bytes());
}

Sample nwipe_random(const BenchMedium& medium) {
  // It looks for modules and tables of the board on its way, and complains of each that is missing.
  const std::string log = medium.folder() + "/nwipe.log";
  const auto run = run_command({"sh", "-c", "exec \"$@\" 2>/dev/null", "sh", "nwipe", "--autonuke", "--nogui",
                                "--nowait", "--noblank", "--method=random", "--verify=off", "--rounds=1",
                                "--logfile=" + log, medium.path()});
  std::filesystem::remove(log);
  return sample_of(run, medium.size_bytes());
}

}  // namespace quietus::bench
