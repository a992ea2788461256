#include "cli/pack_file.hpp"

#include "base/file.hpp"

namespace quietus::cli {

std::unexpected<Error> in_file(const std::string& path, const Error& error) {
  return fail(error.kind, path + ": " + error.message, error.next_step);
}

Result<rules::Pack> load_pack(const std::string& path, Result<rules::Pack> (*read)(std::string_view)) {
  QUIETUS_TRY(text, read_text(path, rules::kMaxPackBytes));
  auto pack = read(text);
  if (!pack) return in_file(path, pack.error());
  return pack;
}

}  // namespace quietus::cli
