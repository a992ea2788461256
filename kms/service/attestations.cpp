// Use cases: the signed words of people about facts.
#include <algorithm>

#include "base/subject.hpp"
#include "kms/service/asking.hpp"
#include "kms/service/render_transfer.hpp"
#include "kms/service/signer.hpp"
#include "proof/documents.hpp"

namespace quietus::service {
namespace {

constexpr std::size_t kMaxListed = 1000;

using Records = std::vector<const governance::AttestationRecord*>;

Records records_of(const governance::State& state, const CaseId& id, const std::string& kind,
                   const std::optional<Subject>& about) {
  Records records;
  const auto in_case = state.attested.find(id);
  if (in_case == state.attested.end()) return records;
  for (const auto& [name, subjects] : in_case->second) {
    if (!kind.empty() && name != kind) continue;
    for (const auto& [subject, ids] : subjects) {
      if (about && *about != subject) continue;
      for (const auto& one : ids) records.push_back(state.find(one));
    }
  }
  std::ranges::sort(records, std::greater{}, [](const auto* record) { return record->ledger_index; });
  return records;
}

}  // namespace

Result<Reply> enter_attestation(Service& service, const Request& request) {
  QUIETUS_TRY(person, require_person(request));
  QUIETUS_TRY(in, case_of(service, request));
  QUIETUS_TRY(statement, statement_of(request));
  QUIETUS_TRY(signer, signer_of(service, person, statement));
  QUIETUS_TRY(said, proof::decode_attestation(statement.payload));
  QUIETUS_CHECK(service.ledger.commit_or_deny({signer, governance::EnterAttestation{in.id, statement}}));
  Reply reply;
  reply.status = 201;
  reply.json = service.ledger.look([&](const governance::State& state) {
    return render_attestation(*state.find(said.id), service.clock().now);
  });
  return reply;
}

Result<Reply> list_attestations(Service& service, const Request& request) {
  QUIETUS_TRY(in, case_of(service, request));
  const std::string kind = asked(request, "kind");
  std::optional<Subject> about;
  if (const std::string text = asked(request, "about"); !text.empty()) {
    QUIETUS_TRY(subject, subject_from(text));
    about = std::move(subject);
  }
  const UnixMs now = service.clock().now;
  Json::Array listed;
  std::size_t all = 0;
  service.ledger.look([&](const governance::State& state) {
    const Records records = records_of(state, in.id, kind, about);
    all = records.size();
    for (std::size_t i = 0; i < std::min(all, kMaxListed); ++i)
      listed.push_back(render_attestation(*records[i], now));
  });
  Reply reply;
  reply.json["left_off"] = static_cast<std::uint64_t>(all - listed.size());
  reply.json["attestations"] = std::move(listed);
  return reply;
}

Result<Reply> attestation_kinds(Service& service, const Request& request) {
  QUIETUS_CHECK(require_person(request));
  Json::Array kinds;
  for (const auto& [name, kind] : service.ledger.packs().house().attestations)
    kinds.push_back(render_attestation_kind(name, kind));
  Reply reply;
  reply.json["kinds"] = std::move(kinds);
  return reply;
}

}  // namespace quietus::service
