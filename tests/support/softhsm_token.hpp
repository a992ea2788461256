// SoftHSM tokens in a folder of their own, made with softhsm2-util before the library is first initialised
// (it reads its configuration and its list of tokens once per process), removed when the process ends.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/crypto.hpp"

namespace quietus::testing {

class SoftHsmTokens {
 public:
  static constexpr const char* kModule = "/usr/lib/softhsm/libsofthsm2.so";
  static constexpr const char* kPin = "491625";

  explicit SoftHsmTokens(const std::vector<std::string>& labels)
      : folder_(std::filesystem::temp_directory_path() / random_id("quietus-softhsm")) {
    std::filesystem::create_directories(token_directory());
    std::ofstream(folder_ / "softhsm2.conf") << "directories.tokendir = " << token_directory().string()
                                             << "\nobjectstore.backend = file\nlog.level = ERROR\n";
    ::setenv("SOFTHSM2_CONF", (folder_ / "softhsm2.conf").c_str(), 1);
    for (const std::string& label : labels) make(label);
  }
  ~SoftHsmTokens() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  SoftHsmTokens(const SoftHsmTokens&) = delete;
  SoftHsmTokens& operator=(const SoftHsmTokens&) = delete;

  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
  [[nodiscard]] std::filesystem::path token_directory() const { return folder_ / "tokens"; }
  /// The folder in which one token keeps its objects.
  [[nodiscard]] const std::filesystem::path& files_of(const std::string& label) const {
    return files_.at(label);
  }

 private:
  void make(const std::string& label) {
    const std::string command = "softhsm2-util --init-token --free --label '" + label +
                                "' --so-pin 987654 --pin " + kPin + " >/dev/null 2>&1";
    if (std::system(command.c_str()) != 0) throw std::runtime_error("softhsm2-util failed");
    for (const auto& entry : std::filesystem::directory_iterator(token_directory()))
      if (seen_.insert(entry.path()).second) files_[label] = entry.path();
  }

  std::filesystem::path folder_;
  std::map<std::string, std::filesystem::path> files_;
  std::set<std::filesystem::path> seen_;
};

}  // namespace quietus::testing
