// Runs the built program and compares what it says with a file.
#pragma once

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include "base/file.hpp"
#include "cli/terminal/table.hpp"
#include "tests/support/signing_world.hpp"

namespace quietus::test {

struct Ran {
  int status = -1;
  std::string output;  ///< standard output and error
};

inline Ran run_quietus(const TemporaryFolder& folder, const std::vector<std::string>& arguments) {
  std::string command = "env -u QUIETUS_PROFILE LC_ALL=C.UTF-8 '" QUIETUS_BIN_DIR "/quietus'";
  for (const auto& argument : arguments) command += " '" + argument + "'";
  Ran ran;
  ran.status = run_shell(command + " </dev/null", folder.path(), &ran.output);
  return ran;
}

/// QUIETUS_GOLDEN_UPDATE=1 writes the file anew: look at the difference before it is committed.
inline void check_golden(const std::string& name, const std::string& text) {
  const std::string path = QUIETUS_SOURCE_DIR "/tests/golden/cli/expected/" + name;
  if (std::getenv("QUIETUS_GOLDEN_UPDATE") != nullptr) {
    std::filesystem::create_directories(std::filesystem::path(path).parent_path());
    REQUIRE(write_file_atomically(path, as_bytes(text)));
  }
  const auto expected = read_text(path);
  REQUIRE(expected);
  INFO(name);
  CHECK(text == *expected);
}

inline std::size_t widest_line(const std::string& text) {
  std::size_t widest = 0;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) widest = std::max(widest, cli::display_width(line));
  return widest;
}

}  // namespace quietus::test
