// quietus backup …: copies of the key service's database, on the appliance's own host.
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <iostream>
#include <memory>
#include <vector>

#include "base/file.hpp"
#include "base/json.hpp"
#include "cli/api.hpp"
#include "cli/commands.hpp"
#include "cli/terminal/table.hpp"

extern char** environ;

namespace quietus::cli {
namespace {

constexpr std::size_t kMaxAnswerBytes = std::size_t{256} << 20U;
constexpr int kKmsRestart = 75;  ///< quietus-kms ended at once: the token does not answer

struct Options {
  std::string config, folder;
  bool accept_lost = false;
};
using Shared = std::shared_ptr<Options>;

struct Answer {
  int status = 0;
  std::string text;
};

Result<std::string> read_all(int fd) {
  std::string text;
  std::array<char, 1 << 16> chunk{};
  while (text.size() <= kMaxAnswerBytes) {
    const ssize_t got = ::read(fd, chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return io_error("read from", "quietus-kms");
    if (got == 0) return text;
    text.append(chunk.data(), static_cast<std::size_t>(got));
  }
  return fail(ErrorKind::exhausted, "the answer of quietus-kms is too long");
}

Result<pid_t> spawn(std::vector<std::string> words, int standard_output) {
  std::vector<char*> argv;
  for (auto& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, standard_output, STDOUT_FILENO);
  pid_t pid = -1;
  const int failed = ::posix_spawn(&pid, argv.front(), &actions, nullptr, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (failed == 0) return pid;
  errno = failed;
  return io_error("start", words.front());
}

/// quietus-kms does it: it is the only program that opens the database and loads the token's library. What it
/// complains about goes to our standard error.
Result<Answer> ask_kms(std::vector<std::string> words) {
  words.insert(words.begin(), {programs_folder() + "/quietus-kms", "backup"});
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return io_error("make", "a pipe");
  const Fd from(ends[0]);
  Fd to(ends[1]);
  QUIETUS_TRY(pid, spawn(std::move(words), to.get()));
  to.reset();
  auto text = read_all(from.get());
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (!text) return std::unexpected(text.error());
  return Answer{WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), std::move(*text)};
}

/// Without an answer it has said why, and its exit code is ours.
ExitCode without_answer(int status) {
  if (status == kKmsRestart) return ExitCode::unavailable;
  const bool known = status > 0 && status <= static_cast<int>(ExitCode::internal);
  return known ? static_cast<ExitCode>(status) : ExitCode::internal;
}

using Show = void (*)(const Json& json, const Context& context);

Result<ExitCode> run(std::vector<std::string> words, Show show, const Context& context) {
  QUIETUS_TRY(answer, ask_kms(std::move(words)));
  if (answer.text.empty() || answer.status > 1) return without_answer(answer.status);
  while (answer.text.ends_with('\n')) answer.text.pop_back();
  QUIETUS_TRY(json, Json::parse_canonical(answer.text, kMaxAnswerBytes));
  if (context.json) {
    std::cout << json.write_pretty() << "\n";
  } else {
    show(json, context);
  }
  return answer.status == 0 ? ExitCode::ok : ExitCode::negative;
}

std::string_view spoken(const std::string& verdict, bool device, const Context& context) {
  if (verdict == "opens") return context.say("可打开", "opens");
  if (verdict == "lost")
    return device ? context.say("已失去:此后密钥已被销毁", "lost: it was destroyed since")
                  : context.say("已失去:此后其根密钥已被销毁", "lost: its root was destroyed since");
  if (verdict == "destroyed") return context.say("按指令销毁", "destroyed on purpose");
  if (verdict == "never_made") return context.say("从未建成", "never made: its making was interrupted");
  if (verdict == "still_there")
    return context.say("备份称已销毁,但令牌中仍有", "the backup says destroyed, the token still has it");
  return context.say("损坏", "damaged");
}

void show_keys(const Json& json, const Context& context) {
  const auto& keys = list_of(json, "keys");
  if (keys.empty()) return;
  Table table({std::string(context.say("密钥或密钥环", "key or keyring")),
               std::string(context.say("类别", "class")), std::string(context.say("代", "epoch")),
               std::string(context.say("状态", "state"))});
  for (const auto& key : keys) {
    const auto epoch = number_of(key, "epoch");
    std::string state(spoken(text_of(key, "verdict"), text_of(key, "class") == "device", context));
    if (!text_of(key, "why").empty()) state += ": " + text_of(key, "why");
    table.add({text_of(key, "id"), text_of(key, "class"), epoch == 0 ? "-" : std::to_string(epoch), state});
  }
  std::cout << table.text();
}

void show_standing(const Json& json, const Context& context) {
  const auto size = number_of(json, "ledger_size"), remembered = number_of(json, "remembered_size");
  const std::string standing = text_of(json, "standing");
  std::cout << context.say("备份时间 ", "taken ") << text_of(json, "taken") << context.say(",账本 ", ", ")
            << size << context.say(" 条\n", " ledger entries\n");
  if (standing == "stale") {
    std::cout << context.say("过期:令牌记得的账本多 ", "STALE: behind what the token remembers by ")
              << remembered - size << context.say(" 条;不会被恢复\n", " entries; it will not be restored\n");
  } else if (standing == "foreign") {
    std::cout << context.say(
        "属于另一台设备,或账本被改写\n",
        "OF ANOTHER APPLIANCE, or of one whose ledger was rewritten; it will not be restored\n");
  } else if (standing == "unknown") {
    std::cout << context.say("新旧不明:令牌不记得任何检查点;不会被恢复\n",
                             "OF UNKNOWN AGE: the token remembers no checkpoint; it will not be restored\n");
  } else {
    std::cout << context.say("最新:包含令牌记得的全部账本(", "NEWEST: it has all that the token remembers (")
              << remembered << context.say(" 条)\n", " entries)\n");
  }
}

void show_check(const Json& json, const Context& context) {
  show_standing(json, context);
  show_keys(json, context);
}

void show_create(const Json& json, const Context& context) {
  std::cout << context.say("已备份:账本 ", "backed up: ") << number_of(json, "ledger_size")
            << context.say(" 条,密钥和密钥环 ", " ledger entries, ") << number_of(json, "keys")
            << context.say(" 个\n密钥本身不在其中:它们只在令牌里\n",
                           " keys and keyrings\nno key is in it: those are in the token and nowhere else\n");
}

void show_restore(const Json& json, const Context& context) {
  show_check(json, context);
  const std::string kept = text_of(json, "kept");
  std::cout << context.say("已恢复,可以启动 quietus-kms\n", "restored; start quietus-kms now\n");
  if (!kept.empty())
    std::cout << context.say("原数据库保留在 ", "the old database is kept as ") << kept << "\n";
}

Command add_verb(Command backup, const Shared& options, const char* name, const char* help) {
  return backup.add(name, help).text("--config", options->config, "Configuration of quietus-kms", true);
}

}  // namespace

void add_backup_commands(Command top, const Context& context) {
  const auto options = std::make_shared<Options>();
  Command backup = top.add("backup", "Copies of the key service's database, on its own host (备份)");
  add_verb(backup, options, "create", "A consistent copy; kms may run")
      .text("--out", options->folder, "New folder for it", true)
      .runs([options, &context] {
        return run({"create", "--config", options->config, "--out", options->folder}, show_create, context);
      });
  add_verb(backup, options, "check", "Is a copy whole and the newest, and which keys does it still open?")
      .text("--from", options->folder, "Folder of the copy", true)
      .runs([options, &context] {
        return run({"check", "--config", options->config, "--from", options->folder}, show_check, context);
      });
  add_verb(backup, options, "restore", "Put a copy in place of the database; kms must not run")
      .text("--from", options->folder, "Folder of the copy", true)
      .flag("--accept-lost", options->accept_lost, "Also when keys in it do not open any more")
      .runs([options, &context] {
        std::vector<std::string> words{"restore", "--config", options->config, "--from", options->folder};
        if (options->accept_lost) words.emplace_back("--accept-lost");
        return run(std::move(words), show_restore, context);
      });
}

}  // namespace quietus::cli
