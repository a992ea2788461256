#include "base/subject.hpp"

namespace quietus {

Result<Subject> subject_from(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos)
    return fail(ErrorKind::invalid_input, "'" + std::string(text) + "' does not say what it is about",
                "KIND:ID, where KIND is case, party, person, holding, order, finding or attestation");
  QUIETUS_TRY(kind, subject_kind_from(text.substr(0, colon)));
  return Subject{kind, std::string(text.substr(colon + 1))};
}

}  // namespace quietus
