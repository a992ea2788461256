// An attestation: a person's signed word about a fact (an agreement signed, a course passed, a notice sent, a
// hold, a filing). Nothing is edited and nothing lapses but by time: taking one back is another attestation.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "quietus/bytes.hpp"
#include "quietus/clock.hpp"
#include "quietus/ids.hpp"

namespace quietus {

/// What an attestation or a finding is about. Text form = enumerator name.
enum class SubjectKind { case_, party, person, holding, order, finding, attestation };
std::string_view to_string(SubjectKind kind);  ///< "case", "party", …
Result<SubjectKind> subject_kind_from(std::string_view text);

struct Subject {
  SubjectKind kind = SubjectKind::case_;
  std::string id;
  auto operator<=>(const Subject&) const = default;
};

/// Of one case, whether they still stand or not: every certificate of the case prints them all.
inline constexpr std::size_t kMaxWaiversOfCase = 256;

/// What a person signs (type quietus.attestation/1). Their name and department come from their certificate,
/// not from here; which kinds there are, who may say them and about what, is the rule pack's.
struct Attestation {
  AttestationId id;
  CaseId case_id;
  PersonId person;   ///< who says it
  std::string kind;  ///< "nda", "training", "hold" …: [a-z0-9_], 1..48 characters
  Subject subject;
  Digest document;  ///< SHA-256 of the paper it rests on
  UnixMs from;
  std::optional<UnixMs> until;  ///< absent = until it is taken back
  /// "score" -> "85": keys [a-z0-9_] 1..48, values up to 4096 bytes, at most 32 of them. A share of subjects
  /// is written "covered" and "total".
  std::map<std::string, std::string> fields;
  Digest nonce;
  bool operator==(const Attestation&) const = default;

  /// What it says there; empty when it says nothing.
  [[nodiscard]] std::string_view field(std::string_view name) const {
    const auto found = fields.find(std::string(name));
    return found == fields.end() ? std::string_view() : std::string_view(found->second);
  }
  [[nodiscard]] bool valid(UnixMs at) const { return from <= at && (!until || at < *until); }
};

}  // namespace quietus
