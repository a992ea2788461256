#include "firmware-agent/socket/requests.hpp"

#include "base/log.hpp"
#include "firmware-agent/evidence/listing.hpp"
#include "quietus/agent_link.hpp"

namespace quietus::agent {
namespace {

constexpr std::size_t kMaxPathBytes = 4096;

std::unexpected<Error> malformed() {
  return fail(ErrorKind::invalid_input, "the request does not have the right fields");
}

Answer refused(const Error& error) {
  Frame frame{static_cast<std::uint8_t>(AgentAnswer::refused),
              {to_bytes(to_string(error.kind)), to_bytes(error.message), to_bytes(error.next_step)}};
  return {std::move(frame), std::nullopt};
}

Answer done(std::vector<Bytes> fields = {}, std::optional<Fd> lent = std::nullopt) {
  return {Frame{static_cast<std::uint8_t>(AgentAnswer::done), std::move(fields)}, std::move(lent)};
}

Answer done_with(SignedStatement statement, const std::string& transcript = {}) {
  std::vector<Bytes> fields;
  fields.push_back(std::move(statement.payload));
  fields.push_back(std::move(statement.certificate));
  fields.push_back(std::move(statement.signature));
  if (!transcript.empty()) fields.push_back(to_bytes(transcript));
  return done(std::move(fields));
}

SignedStatement statement_at(const std::vector<Bytes>& fields, std::size_t at) {
  return {fields[at], fields[at + 1], fields[at + 2]};
}

Result<Answer> list(const Session& session, const GuardSettings& guard) {
  QUIETUS_TRY(devices, list_with_reasons(guard, session.admin_queue()));
  return done({to_bytes(devices.write())});
}

Result<Answer> open(Session& session, const Frame& request) {
  if (request.fields.size() != 1 || request.fields[0].size() > kMaxPathBytes) return malformed();
  QUIETUS_TRY(facts, session.open(std::string(as_text(request.fields[0]))));
  return done_with(std::move(facts));
}

Result<Answer> mandate(Session& session, const Frame& request) {
  const auto& fields = request.fields;
  const std::size_t before_approvals = kStatementFields + 1;
  if (fields.size() < before_approvals || (fields.size() - before_approvals) % kStatementFields != 0) {
    return malformed();
  }
  MandatePackage package{statement_at(fields, 0), fields[kStatementFields], {}};
  for (std::size_t at = before_approvals; at < fields.size(); at += kStatementFields) {
    package.approvals.push_back(statement_at(fields, at));
  }
  QUIETUS_CHECK(session.accept_mandate(package));
  return done();
}

Result<Answer> lend(Session& session, const Frame& request) {
  if (!request.fields.empty()) return malformed();
  QUIETUS_TRY(writer, session.lend());
  return done({}, std::move(writer));
}

Result<Answer> erase(Session& session, const Frame& request) {
  if (!request.fields.empty()) return malformed();
  QUIETUS_TRY(at, session.erase());
  return done({{static_cast<std::uint8_t>(at.over ? 1 : 0)},
               {static_cast<std::uint8_t>(at.progress >> 8), static_cast<std::uint8_t>(at.progress & 0xFF)}});
}

Result<Answer> sample(Session& session, const Frame& request, int eraser_pid) {
  const auto& fields = request.fields;
  EraserWord word;
  if (fields.size() != kStatementFields + 2 || fields[3].size() != word.report_digest.value.size() ||
      fields[4].size() != sizeof word.bytes_overwritten) {
    return malformed();
  }
  std::ranges::copy(fields[3], word.report_digest.value.begin());
  for (const auto byte : fields[4]) word.bytes_overwritten = word.bytes_overwritten << 8 | byte;
  QUIETUS_CHECK(session.check_returned(eraser_pid));
  QUIETUS_TRY(evidence, session.give_evidence(statement_at(fields, 0), word));
  return done_with(std::move(evidence), session.transcript());
}

Result<Answer> dispatch(Session& session, const GuardSettings& guard, const Frame& request, int eraser_pid) {
  switch (static_cast<AgentRequest>(request.type)) {
    case AgentRequest::list:
      return list(session, guard);
    case AgentRequest::open:
      return open(session, request);
    case AgentRequest::mandate:
      return mandate(session, request);
    case AgentRequest::lend:
      return lend(session, request);
    case AgentRequest::sample:
      return sample(session, request, eraser_pid);
    case AgentRequest::erase:
      return erase(session, request);
    case AgentRequest::release:
      session.release();
      return done();
  }
  return fail(ErrorKind::invalid_input, "the agent knows no such request");
}

}  // namespace

Answer answer(Session& session, const GuardSettings& guard, const Frame& request, int eraser_pid) {
  auto result = dispatch(session, guard, request, eraser_pid);
  if (result) return std::move(*result);
  log(LogLevel::warning, "request refused",
      {{"request", int{request.type}},
       {"kind", to_string(result.error().kind)},
       {"reason", result.error().message}});
  return refused(result.error());
}

}  // namespace quietus::agent
