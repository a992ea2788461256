#include "tests/support/nvme_target/connection.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace quietus::test {
namespace {

constexpr std::size_t kReadAtOnce = 1 << 16;

bool needs_data(bool admin, const Submission& command) { return !admin && command.opcode() == 0x01; }

}  // namespace

TargetConnection::~TargetConnection() { close(socket_); }

bool TargetConnection::serve(std::int64_t now_ms) {
  Octets piece(kReadAtOnce);
  const auto got = recv(socket_, piece.data(), piece.size(), MSG_DONTWAIT);
  if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) return false;
  if (got > 0) input_.insert(input_.end(), piece.begin(), piece.begin() + got);
  return take_pdus(now_ms);
}

bool TargetConnection::take_pdus(std::int64_t now_ms) {
  while (input_.size() >= kCommonHeader) {
    const auto bytes = get(input_, 4, 4);
    const std::size_t header = input_[2];
    if (bytes < kCommonHeader || bytes > kMaxPdu || header > bytes) return false;
    if (input_.size() < bytes) return true;
    if (!handle(std::span(input_).first(bytes), now_ms)) return false;
    input_.erase(input_.begin(), input_.begin() + static_cast<std::ptrdiff_t>(bytes));
  }
  return true;
}

bool TargetConnection::handle(std::span<const std::uint8_t> whole, std::int64_t now_ms) {
  switch (whole[0]) {
    case kIcReq:
      return whole.size() == kIcBytes && greet(whole);
    case kCapsuleCmd:
      return whole.size() >= kCommandHeader && command(whole, now_ms);
    case kH2cData:
      return whole.size() >= kDataHeader && data(whole, now_ms);
    default:
      return false;
  }
}

bool TargetConnection::greet(std::span<const std::uint8_t> whole) {
  if (get(whole, 8, 2) != 0 || whole[11] != 0) return false;  // PDU format 0, no digests
  auto answer = pdu(kIcResp, 0, kIcBytes, kIcBytes);
  set(answer, 12, 4, kMaxH2cData);
  return send(answer);
}

bool TargetConnection::command(std::span<const std::uint8_t> whole, std::int64_t now_ms) {
  const auto bytes = whole.subspan(kCommonHeader, 64);
  const Submission submission{bytes};
  const std::size_t start = std::clamp<std::size_t>(whole[3], kCommandHeader, whole.size());
  const auto inside = whole.subspan(start);
  if (submission.opcode() == 0x7F && bytes[4] == 1) admin_ = get(bytes, 42, 2) == 0;
  if (!needs_data(admin_, submission) || !inside.empty()) return execute(submission, inside, now_ms);
  const auto length = submission.data_bytes();
  if (length > kMaxPdu) return false;
  awaited_[submission.id()] = {Octets(bytes.begin(), bytes.end()), Octets(length), 0};
  auto ready = pdu(kR2t, 0, kDataHeader, kDataHeader);
  set(ready, 8, 2, submission.id());
  set(ready, 10, 2, submission.id());  // the tag that the data will carry
  set(ready, 16, 4, length);
  return send(ready);
}

bool TargetConnection::data(std::span<const std::uint8_t> whole, std::int64_t now_ms) {
  const auto found = awaited_.find(static_cast<std::uint16_t>(get(whole, 10, 2)));
  if (found == awaited_.end()) return false;
  auto& awaited = found->second;
  const auto offset = get(whole, 12, 4), length = get(whole, 16, 4);
  const std::size_t start = whole[3];
  if (start > whole.size() || whole.size() - start != length || offset != awaited.have ||
      length > awaited.data.size() - offset)
    return false;
  std::ranges::copy(whole.subspan(start), awaited.data.begin() + static_cast<std::ptrdiff_t>(offset));
  awaited.have += length;
  if (awaited.have < awaited.data.size()) return true;
  const auto finished = std::move(awaited);
  awaited_.erase(found);
  return execute(Submission{finished.command}, finished.data, now_ms);
}

bool TargetConnection::execute(const Submission& command, std::span<const std::uint8_t> data,
                               std::int64_t now_ms) {
  auto answer = controller_.execute(admin_, command, data, now_ms);
  ++head_;
  if (answer.later) return true;
  if (answer.status == 0 && !answer.data.empty()) {
    answer.data.resize(command.data_bytes());
    auto carrier = pdu(kC2hData, kLastData, kDataHeader, kDataHeader + answer.data.size());
    set(carrier, 8, 2, command.id());
    set(carrier, 16, 4, answer.data.size());
    std::ranges::copy(answer.data, carrier.begin() + kDataHeader);
    if (!send(carrier)) return false;
  }
  auto response = pdu(kCapsuleResp, 0, kDataHeader, kDataHeader);
  set(response, 8, 8, answer.result);
  set(response, 16, 2, head_ % 128);
  set(response, 20, 2, command.id());
  set(response, 22, 2, std::uint64_t{answer.status} << 1);
  return send(response);
}

bool TargetConnection::send(const Octets& bytes) const {
  for (std::size_t done = 0; done < bytes.size();) {
    const auto sent = ::send(socket_, bytes.data() + done, bytes.size() - done, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    done += static_cast<std::size_t>(sent);
  }
  return true;
}

}  // namespace quietus::test
