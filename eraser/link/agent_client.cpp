#include "eraser/link/agent_client.hpp"

#include <poll.h>

namespace quietus::eraser {
namespace {

constexpr int kQuickMs = 60 * 1000;
constexpr int kReadBackMs = 60 * 60 * 1000;  // a whole sample from a slow disk, after a flush of a full cache

ErrorKind kind_from(std::string_view text) {
  for (int value = 0; value <= static_cast<int>(ErrorKind::internal); ++value) {
    if (to_string(static_cast<ErrorKind>(value)) == text) return static_cast<ErrorKind>(value);
  }
  return ErrorKind::internal;
}

std::unexpected<Error> not_understood() {
  return fail(ErrorKind::internal, "the agent's answer is not understood");
}

void append(std::vector<Bytes>& fields, const SignedStatement& statement) {
  fields.insert(fields.end(), {statement.payload, statement.certificate, statement.signature});
}

}  // namespace

Result<AgentClient> AgentClient::connect(const std::string& socket) {
  auto connection = connect_unix(socket);
  if (!connection) {
    return fail(ErrorKind::unavailable, "the agent is not there: " + connection.error().message,
                "start quietus-firmware-agent");
  }
  return AgentClient(std::move(*connection));
}

Result<std::vector<Bytes>> AgentClient::ask(AgentRequest request, std::vector<Bytes> fields, int timeout_ms,
                                            std::optional<Fd>* lent) {
  const Frame question{static_cast<std::uint8_t>(request), std::move(fields)};
  QUIETUS_CHECK(send_frame(connection_.get(), question, -1, kQuickMs));
  QUIETUS_TRY(answer, receive_frame(connection_.get(), lent, timeout_ms));
  if (answer.type == static_cast<std::uint8_t>(AgentAnswer::done)) return std::move(answer.fields);
  if (answer.type != static_cast<std::uint8_t>(AgentAnswer::refused) || answer.fields.size() != 3) {
    return not_understood();
  }
  return fail(kind_from(as_text(answer.fields[0])), std::string(as_text(answer.fields[1])),
              std::string(as_text(answer.fields[2])));
}

Result<SignedStatement> AgentClient::ask_statement(AgentRequest request, std::vector<Bytes> fields,
                                                   int timeout_ms) {
  QUIETUS_TRY(answer, ask(request, std::move(fields), timeout_ms));
  if (answer.size() != kStatementFields) return not_understood();
  return SignedStatement{std::move(answer[0]), std::move(answer[1]), std::move(answer[2])};
}

Result<Json> AgentClient::list() {
  QUIETUS_TRY(answer, ask(AgentRequest::list, {}, kQuickMs));
  if (answer.size() != 1) return not_understood();
  return Json::parse(as_text(answer[0]));
}

Result<SignedStatement> AgentClient::open(const std::string& path) {
  return ask_statement(AgentRequest::open, {to_bytes(path)}, kQuickMs);
}

Status AgentClient::mandate(const SignedStatement& mandate, const Bytes& order,
                            const std::vector<SignedStatement>& approvals) {
  std::vector<Bytes> fields;
  append(fields, mandate);
  fields.push_back(order);
  for (const auto& approval : approvals) append(fields, approval);
  if (fields.size() > kMaxFrameFields)
    return fail(ErrorKind::exhausted, "more approvals than a frame can carry");
  QUIETUS_CHECK(ask(AgentRequest::mandate, std::move(fields), kQuickMs));
  return {};
}

Result<Fd> AgentClient::lend() {
  std::optional<Fd> lent;
  QUIETUS_CHECK(ask(AgentRequest::lend, {}, kQuickMs, &lent));
  if (!lent) return not_understood();
  return std::move(*lent);
}

Result<DriveProgress> AgentClient::erase() {
  QUIETUS_TRY(answer, ask(AgentRequest::erase, {}, kQuickMs));
  if (answer.size() != 2 || answer[0].size() != 1 || answer[0][0] > 1 || answer[1].size() != 2)
    return not_understood();
  return DriveProgress{answer[0][0] == 1, static_cast<std::uint16_t>(answer[1][0] << 8 | answer[1][1])};
}

Result<GivenEvidence> AgentClient::sample(const SignedStatement& sample, const Digest& report_digest,
                                          std::uint64_t bytes_overwritten) {
  std::vector<Bytes> fields;
  append(fields, sample);
  fields.emplace_back(report_digest.value.begin(), report_digest.value.end());
  Bytes big_endian(8);
  for (std::size_t i = 0; i < 8; ++i)
    big_endian[i] = static_cast<std::uint8_t>(bytes_overwritten >> (56 - 8 * i));
  fields.push_back(std::move(big_endian));
  QUIETUS_TRY(answer, ask(AgentRequest::sample, std::move(fields), kReadBackMs));
  if (answer.size() != kStatementFields && answer.size() != kStatementFields + 1) return not_understood();
  GivenEvidence given{{std::move(answer[0]), std::move(answer[1]), std::move(answer[2])}, {}};
  if (answer.size() > kStatementFields) given.transcript = as_text(answer[kStatementFields]);
  return given;
}

bool AgentClient::alive() const {
  pollfd peer{connection_.get(), POLLRDHUP, 0};
  return poll(&peer, 1, 0) <= 0;  // nothing to report: no hang-up, no error
}

}  // namespace quietus::eraser
