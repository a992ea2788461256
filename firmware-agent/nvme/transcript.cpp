#include "firmware-agent/nvme/transcript.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <optional>

#include "base/encoding.hpp"
#include "base/json.hpp"
#include "firmware-agent/nvme/commands.hpp"
#include "firmware-agent/nvme/logs.hpp"

namespace quietus::nvme {
namespace {

constexpr std::size_t kMaxTransfer = 4096;

template <class Number>
std::string word(Number value) {
  std::array<std::uint8_t, sizeof(Number)> bytes{};
  for (std::size_t i = 0; i < sizeof(Number); ++i)
    bytes[sizeof(Number) - 1 - i] = static_cast<std::uint8_t>(std::uint64_t{value} >> 8 * i);
  return hex(bytes);
}

template <class Number>
Result<Number> from_word(std::string_view text) {
  QUIETUS_TRY(bytes, from_hex(text));
  if (bytes.size() != sizeof(Number)) return fail(ErrorKind::invalid_input, "a word of another length");
  std::uint64_t value = 0;
  for (const auto byte : bytes) value = value << 8 | byte;
  return static_cast<Number>(value);
}

Result<ErrorKind> error_kind_from(std::string_view text) {
  for (const auto kind : {ErrorKind::unavailable, ErrorKind::timed_out, ErrorKind::denied,
                          ErrorKind::invalid_input, ErrorKind::io}) {
    if (to_string(kind) == text) return kind;
  }
  return fail(ErrorKind::invalid_input, "a kind of error that no transport gives");
}

Result<Exchange> read_command(const Json& json, std::uint64_t number) {
  ObjectReader reader(json, "command");
  Exchange exchange;
  auto& command = exchange.command;
  const auto sent = reader.integer("send", 1, Json::kMaxInteger);
  if (static_cast<std::uint64_t>(sent) != number) reader.reject("commands are numbered from 1");
  exchange.sent_ms = reader.integer("at_ms", 0, Json::kMaxInteger);
  command.opcode = reader.parsed(reader.text("opcode"), &from_word<std::uint8_t>);
  command.nsid = reader.parsed(reader.text("nsid"), &from_word<std::uint32_t>);
  const auto words = reader.texts("cdw", command.cdw.size());
  if (words.size() != command.cdw.size()) reader.reject("a command has six words from CDW10 on");
  for (std::size_t i = 0; i < words.size() && !reader.failed(); ++i)
    command.cdw[i] = reader.parsed(words[i], &from_word<std::uint32_t>);
  command.transfer_bytes = static_cast<std::uint32_t>(reader.integer("read", 0, kMaxTransfer));
  if (command.transfer_bytes > 0) command.direction = Direction::from_drive;
  command.timeout_ms = static_cast<std::uint32_t>(reader.integer("timeout_ms", 0, 0xFFFFFFFF));
  QUIETUS_CHECK(reader.finish());
  return exchange;
}

Status read_answer(const Json& json, std::uint64_t number, Exchange& exchange) {
  ObjectReader reader(json, "answer");
  const auto answered = reader.integer("answer", 1, Json::kMaxInteger);
  if (static_cast<std::uint64_t>(answered) != number) reader.reject("the answer is to another command");
  exchange.answered_ms = reader.integer("at_ms", 0, Json::kMaxInteger);
  if (json.find("error") != nullptr) {
    const auto kind = reader.parsed(reader.text("error"), &error_kind_from);
    exchange.answer = fail(kind, reader.text("message"));
    return reader.finish();
  }
  Completion completion;
  completion.result = reader.parsed(reader.text("result"), &from_word<std::uint32_t>);
  completion.status = reader.parsed(reader.text("status"), &from_word<std::uint16_t>);
  exchange.data = reader.parsed(reader.text("data", 2 * kMaxTransfer), &from_hex);
  if (exchange.data.size() != exchange.command.transfer_bytes)
    reader.reject("the data is not as long as the command asked for");
  exchange.answer = completion;
  return reader.finish();
}

std::unexpected<Error> at_line(std::size_t line, const std::string& message) {
  return fail(ErrorKind::corrupt, "transcript, line " + std::to_string(line) + ": " + message);
}

/// The next line and what is left; the last line must end too.
Result<std::string_view> take_line(std::string_view& text) {
  const auto end = text.find('\n');
  if (end == std::string_view::npos || end > kMaxTranscriptLine)
    return fail(ErrorKind::corrupt, "it does not end, or is too long");
  const auto line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

/// What a read of the sanitize log says, progress apart; nullopt for every other exchange.
std::optional<std::string> saying(const Exchange& exchange) {
  const auto log_page = get_sanitize_log();
  if (exchange.command.opcode != log_page.opcode || exchange.command.cdw != log_page.cdw) return std::nullopt;
  if (!exchange.answer) return "no answer";
  if (!exchange.answer->ok()) return "status " + std::to_string(exchange.answer->code());
  const auto log = decode_sanitize_log(exchange.data);
  if (!log) return std::nullopt;
  return std::string(to_string(log->state)) + " " + word(log->word) +
         (log->nothing_written_since ? " blank" : "");
}

}  // namespace

std::string command_line(const Command& command, std::uint64_t number, std::int64_t at_ms) {
  Json::Array words;
  for (const auto value : command.cdw) words.emplace_back(word(value));
  return Json(Json::Object{{"at_ms", at_ms},
                           {"cdw", std::move(words)},
                           {"nsid", word(command.nsid)},
                           {"opcode", word(command.opcode)},
                           {"read", command.transfer_bytes},
                           {"send", number},
                           {"timeout_ms", command.timeout_ms}})
      .write();
}

std::string answer_line(const Result<Completion>& answer, BytesView data, std::uint64_t number,
                        std::int64_t at_ms) {
  Json json = Json::Object{{"answer", number}, {"at_ms", at_ms}};
  if (answer) {
    json["data"] = hex(data);
    json["result"] = word(answer->result);
    json["status"] = word(answer->status);
  } else {
    json["error"] = to_string(answer.error().kind);
    json["message"] = answer.error().message;
  }
  return json.write();
}

Result<std::vector<Exchange>> parse_transcript(std::string_view text) {
  if (text.size() > kMaxTranscriptBytes) return fail(ErrorKind::exhausted, "the transcript is too long");
  std::vector<Exchange> exchanges;
  bool open = false;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto line = take_line(text);
    if (!line) return at_line(number, line.error().message);
    if (number == 1) {
      if (*line != kTranscriptHead) return at_line(1, "it is not a transcript of ours");
      continue;
    }
    const auto json = Json::parse_canonical(*line, kMaxTranscriptLine);
    if (!json) return at_line(number, json.error().message);
    if (!open) {
      auto exchange = read_command(*json, exchanges.size() + 1);
      if (!exchange) return at_line(number, exchange.error().message);
      exchanges.push_back(std::move(*exchange));
    } else if (const auto status = read_answer(*json, exchanges.size(), exchanges.back()); !status) {
      return at_line(number, status.error().message);
    }
    open = !open;
  }
  return exchanges;
}

Result<std::string> without_repeats(std::string_view transcript) {
  QUIETUS_TRY(exchanges, parse_transcript(transcript));
  std::string text = std::string(kTranscriptHead) + '\n';
  std::optional<std::string> before;
  std::uint64_t number = 0;
  for (const auto& exchange : exchanges) {
    auto now = saying(exchange);
    if (now && now == before) continue;
    before = std::move(now);
    ++number;
    text += command_line(exchange.command, number, exchange.sent_ms) + '\n' +
            answer_line(exchange.answer, exchange.data, number, exchange.answered_ms) + '\n';
  }
  return text;
}

Result<Completion> RecordingAdmin::submit(const Command& command, std::span<std::uint8_t> buffer) {
  if (next_ == 1) QUIETUS_CHECK(sink_(kTranscriptHead));
  const auto number = next_++;
  QUIETUS_CHECK(sink_(command_line(command, number, clock_ms_())));
  auto answer = drive_.submit(command, buffer);
  QUIETUS_CHECK(sink_(answer_line(answer, buffer, number, clock_ms_())));
  return answer;
}

Result<TranscriptFile> TranscriptFile::create(const std::string& path) {
  Fd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600));
  if (!fd) return io_error("create", path);
  return TranscriptFile(std::move(fd), path);
}

Result<TranscriptFile> TranscriptFile::reopen(const std::string& path) {
  QUIETUS_TRY(text, read_text(path, kMaxTranscriptBytes));
  text.resize(text.rfind('\n') + 1);  // npos + 1 is 0
  QUIETUS_TRY(exchanges, parse_transcript(text));
  if (exchanges.empty()) text.clear();  // the head is written with the first command
  Fd fd(::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW));
  if (!fd) return io_error("open", path);
  if (ftruncate(fd.get(), static_cast<off_t>(text.size())) != 0) return io_error("truncate", path);
  TranscriptFile file(std::move(fd), path);
  file.text_ = std::move(text);
  const auto lines = std::ranges::count(file.text_, '\n');
  if (exchanges.empty() || lines % 2 != 0) return file;  // the head and pairs
  const auto& last = exchanges.back();
  QUIETUS_CHECK(file.append(answer_line(last.answer, {}, exchanges.size(), last.sent_ms)));
  return file;
}

Status TranscriptFile::append(std::string_view line) {
  if (line.size() >= kMaxTranscriptBytes - text_.size())
    return fail(ErrorKind::exhausted, path_ + " holds no further line");
  const std::string whole = std::string(line) + '\n';
  QUIETUS_CHECK(write_all(fd_.get(), as_bytes(whole), path_));
  if (fdatasync(fd_.get()) != 0) return io_error("sync", path_);
  text_ += whole;
  return {};
}

}  // namespace quietus::nvme
