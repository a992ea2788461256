// An NSS key database in a folder of its own, made with certutil and removed when the process ends. The
// library takes its folder once per process.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

#include "base/crypto.hpp"

namespace quietus::testing {

class NssToken {
 public:
  static constexpr const char* kLabel = "NSS Certificate DB";
  static constexpr const char* kPin = "491625-nss";

  NssToken() : folder_(std::filesystem::temp_directory_path() / random_id("quietus-nss")) {
    std::filesystem::create_directories(folder_);
    std::ofstream(folder_ / "pin") << kPin << "\n";
    const std::string command = "certutil -N -d 'sql:" + folder_.string() + "' -f '" +
                                (folder_ / "pin").string() + "' >/dev/null 2>&1";
    if (std::system(command.c_str()) != 0) throw std::runtime_error("certutil failed");
  }
  ~NssToken() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  NssToken(const NssToken&) = delete;
  NssToken& operator=(const NssToken&) = delete;

  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

 private:
  std::filesystem::path folder_;
};

}  // namespace quietus::testing
