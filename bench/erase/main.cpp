// quietus-bench-erase: what `scripts/bench erase` runs. The eraser on loop devices, next to programs that
// others wrote, in turns.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <functional>

#include "base/secure_heap.hpp"
#include "bench/erase/contestants.hpp"
#include "bench/figure.hpp"

namespace quietus::bench {
namespace {

constexpr int kRounds = 7;
constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;
constexpr std::size_t kSecureHeapBytes = std::size_t{4} << 20;

using Turn = std::function<Sample()>;

struct Compared {
  double baseline = 0, ours = 0, ratio = 0;  ///< medians; of the ratios within a pair
  double baseline_processor = 0, our_processor = 0;
};

/// Who goes first changes from pair to pair; one pair before is not counted.
Compared in_turns(const Turn& baseline, const Turn& ours) {
  std::vector<double> theirs, own, ratios, their_processor, own_processor;
  baseline();
  ours();
  for (int round = 0; round < kRounds; ++round) {
    Sample other, mine;
    if (round % 2 == 0) other = baseline();
    mine = ours();
    if (round % 2 != 0) other = baseline();
    theirs.push_back(other.bytes_per_s);
    own.push_back(mine.bytes_per_s);
    ratios.push_back(mine.bytes_per_s / other.bytes_per_s);
    their_processor.push_back(other.processor_s_per_gb);
    own_processor.push_back(mine.processor_s_per_gb);
  }
  return {median(theirs), median(own), median(ratios), median(their_processor), median(own_processor)};
}

std::string megabytes(double bytes_per_s) { return digits(bytes_per_s / 1e6) + " MB/s"; }

/// `ratio`'s baseline is in MB/s.
void say(const std::string& name, const Compared& found, const std::string& note) {
  print({name + ".ratio", found.ratio, "ratio", found.baseline / 1e6,
         "ours " + megabytes(found.ours) + ", baseline in MB/s; median of " + std::to_string(kRounds) +
             " pairs; " + note});
  print({name + ".cpu", found.our_processor, "s/GB", found.baseline_processor,
         "processor time of the process; what the kernel's own threads do is in neither"});
}

struct Ground {
  std::string folder;  ///< of the files behind the loop devices
  std::string suffix;  ///< of the figures' names
  std::string words;
  std::uint64_t size_mebibytes;
};

void against_fio(const Ground& ground, const BenchMedium& medium) {
  const std::string where = ground.words + " of " + std::to_string(ground.size_mebibytes) + " MiB, ours ";
  std::string mode;
  const auto write_way = best_of_grid(medium, "write");
  const auto zero = in_turns([&] { return fio({&medium}, "write", write_way); },
                             [&] { return our_overwrite({&medium}, OverwritePattern::zeros, mode); });
  say("overwrite.zero.vs_fio" + ground.suffix, zero, where + mode + "; fio " + to_string(write_way));
  const auto read_way = best_of_grid(medium, "read");
  const auto read = in_turns([&] { return fio({&medium}, "read", read_way); },
                             [&] { return our_read_back(medium, OverwritePattern::zeros, mode); });
  say("verify.read.vs_fio" + ground.suffix, read,
      where + mode + ", compared with zeros; fio " + to_string(read_way) + ", compares nothing");
  const auto stream = in_turns([&] { return fio({&medium}, "write", write_way); },
                               [&] { return our_overwrite({&medium}, OverwritePattern::stream, mode); });
  say("overwrite.stream.vs_fio" + ground.suffix, stream,
      where + mode + "; fio writes zeros: what generating a stream costs");
  const auto read_stream = in_turns([&] { return fio({&medium}, "read", read_way); },
                                    [&] { return our_read_back(medium, OverwritePattern::stream, mode); });
  say("verify.stream.vs_fio" + ground.suffix, read_stream, where + mode + ", generated again and compared");
}

void against_dd_and_shred(const Ground& ground, const BenchMedium& medium) {
  std::string mode;
  const auto zero = in_turns([&] { return dd_zeros(medium); },
                             [&] { return our_overwrite({&medium}, OverwritePattern::zeros, mode); });
  say("overwrite.zero.vs_dd" + ground.suffix, zero, ground.words + "; dd 4 MiB, O_DIRECT, fsync");
  const auto stream = in_turns([&] { return shred_random(medium); },
                               [&] { return our_overwrite({&medium}, OverwritePattern::stream, mode); });
  say("overwrite.stream.vs_shred" + ground.suffix, stream,
      ground.words + "; shred -n1, through the page cache");
}

void against_nwipe(const Ground& ground) {
  // At its pace on loop devices, 128 MiB are three seconds.
  const std::uint64_t mebibytes = std::clamp<std::uint64_t>(ground.size_mebibytes / 16, 8, 128);
  const BenchMedium small(ground.folder, mebibytes * kMiB);
  std::string mode;
  const auto stream = in_turns([&] { return nwipe_random(small); },
                               [&] { return our_overwrite({&small}, OverwritePattern::stream, mode); });
  say("overwrite.stream.vs_nwipe" + ground.suffix, stream,
      ground.words + " of " + std::to_string(mebibytes) +
          " MiB; flatters us: nwipe writes 512 bytes at a time on loop devices");
}

void four_at_once(const Ground& ground) {
  const std::uint64_t each = ground.size_mebibytes / 4 * kMiB;
  const BenchMedium a(ground.folder, each), b(ground.folder, each), c(ground.folder, each),
      d(ground.folder, each);
  const std::vector<const BenchMedium*> media{&a, &b, &c, &d};
  const auto way = best_of_grid(a, "write");
  std::string mode;
  const auto all = in_turns([&] { return fio(media, "write", way); },
                            [&] { return our_overwrite(media, OverwritePattern::zeros, mode); });
  say("parallel4" + ground.suffix, all, "four media at once, " + ground.words + "; fio " + to_string(way));
}

void measure(const Ground& ground) {
  {
    const BenchMedium medium(ground.folder, ground.size_mebibytes * kMiB);
    against_fio(ground, medium);
    against_dd_and_shred(ground, medium);
  }
  against_nwipe(ground);
  four_at_once(ground);
}

}  // namespace
}  // namespace quietus::bench

int main() {
  using namespace quietus;
  try {
    bench::must(geteuid() == 0, "loop devices need root");
    bench::must(ensure_secure_heap(bench::kSecureHeapBytes));
    const char* asked = std::getenv("QUIETUS_BENCH_MIB");  // for who has less time
    const std::uint64_t size = asked != nullptr ? std::max(std::strtoull(asked, nullptr, 10), 64ULL) : 4096;
    const std::string disk = std::filesystem::temp_directory_path();
    bench::measure({disk, "", "loop device with direct I/O over a file on a disk", size});
    // The same name: scripts/bench clears both away when it is interrupted.
    const std::string memory = "/dev/shm/" + std::filesystem::path(disk).filename().string();
    std::filesystem::create_directory(memory);
    const struct Folder {
      const std::string& path;
      ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path, ignored);
      }
    } removed{memory};
    bench::measure({memory, ".tmpfs", "loop device over a file in memory", size / 2});
    return 0;
  } catch (const std::exception& thrown) {
    std::fprintf(stderr, "quietus-bench-erase: %s\n", thrown.what());
    return 1;
  }
}
