#include "bench/erase/command.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

#include "bench/interleaved.hpp"

namespace quietus::bench {
namespace {

double seconds_of_time(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

std::string read_all(int descriptor) {
  std::string text;
  std::array<char, 4096> piece{};
  for (ssize_t got = 0; (got = read(descriptor, piece.data(), piece.size())) > 0;)
    text.append(piece.data(), static_cast<std::size_t>(got));
  return text;
}

}  // namespace

CommandRun run_command(const std::vector<std::string>& words) {
  std::vector<char*> argv;
  for (const auto& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  std::array<int, 2> ends{};
  must(pipe2(ends.data(), O_CLOEXEC) == 0, "no pipe");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
  CommandRun run;
  const auto begun = SteadyClock::now();
  pid_t child = 0;
  if (posix_spawnp(&child, words[0].c_str(), &actions, nullptr, argv.data(), environ) != 0)
    throw std::runtime_error(words[0] + " cannot be run; scripts/setup --bench installs it");
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  run.output = read_all(ends[0]);
  close(ends[0]);
  int status = 0;
  rusage used{};
  must(wait4(child, &status, 0, &used) == child, "a child is gone");
  run.seconds = seconds_since(begun);
  run.processor_seconds = seconds_of_time(used.ru_utime) + seconds_of_time(used.ru_stime);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) throw std::runtime_error(words[0] + " failed");
  return run;
}

}  // namespace quietus::bench
