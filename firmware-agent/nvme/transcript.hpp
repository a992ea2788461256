// Every admin command as it was sent and every answer as it came, as JSON lines: for the evidence, and to be
// played again (replay.hpp). A command that cannot be written down is not sent.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/crypto.hpp"
#include "base/file.hpp"
#include "firmware-agent/nvme/admin.hpp"
#include "quietus/bytes.hpp"

namespace quietus::nvme {

/// First line of a transcript.
inline constexpr std::string_view kTranscriptHead = R"({"transcript":"quietus.nvme/1"})";
inline constexpr std::size_t kMaxTranscriptBytes = 64 << 20;
inline constexpr std::size_t kMaxTranscriptLine = 16384;

/// One command and what came of it.
struct Exchange {
  Command command;
  Result<Completion> answer = fail(ErrorKind::unavailable, "no answer was written down");
  Bytes data;                                 ///< what the drive transferred; empty without an answer
  std::int64_t sent_ms = 0, answered_ms = 0;  ///< on the writer's clock, which begins anew with each boot
};

/// One line each, without line feed; canonical JSON.
std::string command_line(const Command& command, std::uint64_t number, std::int64_t at_ms);
std::string answer_line(const Result<Completion>& answer, BytesView data, std::uint64_t number,
                        std::int64_t at_ms);
/// Whole transcripts, also one that ends between a command and its answer (the machine went down there).
/// `corrupt` with the line number.
Result<std::vector<Exchange>> parse_transcript(std::string_view text);
/// The same without the reads of the sanitize log that say again what the read before them said, progress
/// apart: what goes into evidence does not grow with the time that a drive takes.
Result<std::string> without_repeats(std::string_view transcript);

/// Where lines go; a line is kept when this returns success.
using TranscriptSink = std::function<Status(std::string_view line)>;

/// Before any other NvmeAdmin. Not thread-safe.
class RecordingAdmin final : public NvmeAdmin {
 public:
  /// `recorded`: commands that the transcript has already.
  RecordingAdmin(NvmeAdmin& drive, TranscriptSink sink, std::function<std::int64_t()> clock_ms,
                 std::uint64_t recorded = 0)
      : drive_(drive), sink_(std::move(sink)), clock_ms_(std::move(clock_ms)), next_(recorded + 1) {}
  [[nodiscard]] Result<Completion> submit(const Command& command, std::span<std::uint8_t> buffer) override;

 private:
  NvmeAdmin& drive_;
  TranscriptSink sink_;
  std::function<std::int64_t()> clock_ms_;
  std::uint64_t next_;
};

/// A file of lines, each durable before the next thing happens.
class TranscriptFile {
 public:
  /// A new file of mode 0600; what is there already is never written to.
  static Result<TranscriptFile> create(const std::string& path);
  /// One that a process before this one wrote, to go on with it: a line that was cut off is dropped, a
  /// command that was left without an answer gets the answer that nobody heard one. `not_found`, `corrupt`.
  static Result<TranscriptFile> reopen(const std::string& path);
  /// Everything that it holds, with what was appended since.
  [[nodiscard]] const std::string& text() const { return text_; }
  /// `exhausted` beyond kMaxTranscriptBytes.
  [[nodiscard]] Status append(std::string_view line);

 private:
  TranscriptFile(Fd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}
  Fd fd_;
  std::string path_, text_;
};

}  // namespace quietus::nvme
