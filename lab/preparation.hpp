// Everything a laboratory needs before its daemons start. Each step looks first whether its work is done.
#pragma once

#include "lab/authorities.hpp"
#include "lab/lab.hpp"
#include "lab/settings.hpp"

namespace quietus::lab {

/// Folders, authorities, token, people, configurations, the daemons' keys and certificates.
Result<LabSettings> prepare(const Layout& layout, const UpSettings& settings);

/// Copies of root, authorities and revocation lists where the daemons read them.
Status publish_trust(const Layout& layout, const Authorities& authorities);

}  // namespace quietus::lab
