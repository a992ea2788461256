// lab.json: what a laboratory has decided once and keeps.
#pragma once

#include <cstdint>
#include <string>

#include "lab/layout.hpp"
#include "quietus/result.hpp"

namespace quietus::lab {

struct LabSettings {
  std::string name;
  std::string programs;            ///< folder of the daemons
  std::uint32_t uid = 0, gid = 0;  ///< whom kms, eraser and the time-stamp authority run as
  std::uint16_t kms_port = 0, time_stamp_port = 0;

  [[nodiscard]] std::string url() const { return "https://127.0.0.1:" + std::to_string(kms_port); }
};

Result<LabSettings> load_lab_settings(const Layout& layout);
Status save_lab_settings(const Layout& layout, const LabSettings& settings);

/// Absolute layout of an existing laboratory; `not_found` with the next step when there is none.
Result<Layout> existing_lab(const std::string& folder);

/// A TCP port on 127.0.0.1 that nothing uses now, below the range the kernel hands out to clients.
Result<std::uint16_t> free_port();
bool port_is_free(std::uint16_t port);

inline constexpr const char* kHost = "host-1";

}  // namespace quietus::lab
