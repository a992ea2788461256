#include "tests/fault/keys/process.hpp"

#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

namespace quietus::test {

namespace {

/// Everything until the other end is closed.
std::string read_all(int fd) {
  std::string text;
  std::array<char, 4096> chunk{};
  for (ssize_t got = 0; (got = ::read(fd, chunk.data(), chunk.size())) > 0;)
    text.append(chunk.data(), static_cast<std::size_t>(got));
  return text;
}

[[noreturn]] void say(int fd, const Result<std::string>& answer) {
  const std::string word =
      answer ? "+" + *answer
             : "-" + std::string(to_string(answer.error().kind)) + ": " + answer.error().message;
  if (::write(fd, word.data(), word.size()) != static_cast<ssize_t>(word.size())) ::_exit(2);
  ::_exit(0);
}

Result<std::string> probe_once(const ProbingProcess::Attach& attach, const std::string& question) {
  QUIETUS_TRY(json, Json::parse_canonical(question));
  QUIETUS_TRY(request, keys::probe_request_from(json));
  QUIETUS_TRY(hsm, attach());
  QUIETUS_TRY(result, keys::probe(*hsm, request));
  return to_json(result).write();
}

[[noreturn]] void answer_questions(int socket, const ProbingProcess::Attach& attach) {
  std::array<char, 65536> question{};
  for (ssize_t got = 0; (got = ::recv(socket, question.data(), question.size(), 0)) > 0;) {
    const std::string text(question.data(), static_cast<std::size_t>(got));
    const Ending ending = in_life([&] { return probe_once(attach, text); });
    const std::string word = ending.said ? "+" + *ending.said : "-" + ending.said.error().message;
    if (::send(socket, word.data(), word.size(), 0) < 0) break;
  }
  ::_exit(0);
}

}  // namespace

Ending in_life(const std::function<Result<std::string>()>& act) {
  int ends[2];
  if (::pipe(ends) != 0) std::abort();
  const pid_t child = ::fork();
  if (child < 0) std::abort();
  if (child == 0) {
    ::signal(SIGABRT, SIG_DFL);  // Catch2's own handlers would report in the parent's name
    ::signal(SIGSEGV, SIG_DFL);
    ::close(ends[0]);
    ::alarm(120);
    say(ends[1], act());
  }
  ::close(ends[1]);
  const std::string word = read_all(ends[0]);
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  Ending ending;
  if (WIFSIGNALED(status)) ending.signal = WTERMSIG(status);
  if (word.starts_with("+")) ending.said = word.substr(1);
  if (!word.starts_with("+"))
    ending.said = fail(ErrorKind::internal, word.empty() ? "it said nothing" : word.substr(1));
  return ending;
}

ProbingProcess::ProbingProcess(Attach attach) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) != 0) std::abort();
  pid_ = ::fork();
  if (pid_ < 0) std::abort();
  if (pid_ == 0) {
    ::close(ends[0]);
    answer_questions(ends[1], attach);
  }
  ::close(ends[1]);
  socket_ = ends[0];
}

ProbingProcess::~ProbingProcess() {
  ::close(socket_);
  ::waitpid(pid_, nullptr, 0);
}

Result<keys::ProbeResult> ProbingProcess::operator()(const keys::ProbeRequest& request) const {
  const std::string question = to_json(request).write();
  std::array<char, 65536> word{};
  const bool sent = ::send(socket_, question.data(), question.size(), 0) >= 0;
  const ssize_t got = sent ? ::recv(socket_, word.data(), word.size(), 0) : -1;
  if (got <= 0 || word[0] != '+') return fail(ErrorKind::unavailable, "the probe gave no answer");
  QUIETUS_TRY(json, Json::parse_canonical({word.data() + 1, static_cast<std::size_t>(got) - 1}));
  return keys::probe_result_from(json);
}

}  // namespace quietus::test
