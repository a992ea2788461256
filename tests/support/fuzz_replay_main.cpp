// Runs every file of the corpus folders named on the command line through a fuzz target, and then every file
// cut short at every length up to a bound: what libFuzzer would try first, without libFuzzer.
#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

constexpr std::size_t kMaxCuts = 512;

std::vector<std::uint8_t> content(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void replay(const std::filesystem::path& path) {
  // A copy of exactly the size, so that the sanitizer sees a read beyond the end.
  const std::vector<std::uint8_t> whole = content(path);
  LLVMFuzzerTestOneInput(whole.data(), whole.size());
  for (std::size_t size = 0; size < std::min(whole.size(), kMaxCuts); ++size) {
    const std::vector<std::uint8_t> cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    LLVMFuzzerTestOneInput(cut.data(), cut.size());
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::size_t files = 0;
  for (int i = 1; i < argc; ++i) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(argv[i])) {
      if (!entry.is_regular_file()) continue;
      std::cout << entry.path().filename().string()
                << std::endl;  // the last name seen is the one that failed
      replay(entry.path());
      ++files;
    }
  }
  std::cout << files << " files replayed" << std::endl;
  return files == 0 ? 1 : 0;  // an empty corpus tests nothing
}
