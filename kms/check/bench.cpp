#include <algorithm>
#include <utility>

#include "kms/check/checks.hpp"

namespace quietus::kms {

Result<HsmKeyRef> CheckBench::keep(Result<HsmKeyRef> made) {
  if (made) made_.push_back(*made);
  return made;
}

std::string CheckBench::data_label() {
  data_made_ = true;
  return label("data");
}

Status CheckBench::clean_up(const std::string& of_label) {
  for (const auto& key : made_) static_cast<void>(hsm.destroy(key));
  if (std::exchange(data_made_, false)) static_cast<void>(outside.remove_data(label("data")));
  made_.clear();
  std::size_t left = 0;
  QUIETUS_TRY(census, hsm.census());
  for (const auto& object : census) {
    if (!object.label.starts_with(of_label)) continue;
    HsmKeyRef key;
    const bool named = object.cka_id.size() == key.cka_id.size();
    if (named) std::ranges::copy(object.cka_id, key.cka_id.begin());
    const Status gone = named ? hsm.destroy(key) : outside.remove_data(object.label);
    if (!gone && gone.error().kind != ErrorKind::not_found) ++left;
  }
  if (left == 0) return {};
  return fail(ErrorKind::hsm,
              std::to_string(left) + " objects labelled '" + of_label + "…' are left on the token",
              "destroy them by hand (pkcs11-tool --delete-object)");
}

}  // namespace quietus::kms
