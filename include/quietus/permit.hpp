// A Permit is the only ticket to a key operation or a mandate, and Ledger::commit is the only place that
// makes one: "no log, no key" is a type.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "quietus/clock.hpp"
#include "quietus/result.hpp"

namespace quietus {

/// Everything that may() can be asked about. Text form = enumerator name.
enum class Verb {
  open_case,
  close_case,
  declare,
  seal,
  open,
  release_data_key,
  propose,
  sign,
  withdraw,
  freeze,
  thaw,
  suspend,
  destroy,        ///< irreversible: needs a confirmed clock
  issue_mandate,  ///< irreversible: needs a confirmed clock
  draw_sample,
  accept_evidence,
  issue_certificate,
  checkpoint,
  read,
};
std::string_view to_string(Verb verb);
Result<Verb> verb_from(std::string_view text);

/// Move-only. `subject` is the id of the one key, holding or order it is for. Uses were reserved in the
/// ledger when it was granted: a crash burns the rest.
class Permit {
 public:
  Permit(Permit&&) noexcept = default;
  Permit& operator=(Permit&&) noexcept = default;

  [[nodiscard]] Verb verb() const { return verb_; }
  [[nodiscard]] const std::string& subject() const { return subject_; }
  [[nodiscard]] UnixMs valid_until() const { return valid_until_; }
  [[nodiscard]] std::uint64_t ledger_index() const { return ledger_index_; }

  /// Takes one use. `denied` when the verb or subject is another, the time is over or no use is left.
  [[nodiscard]] Status use(Verb verb, std::string_view subject, UnixMs now) const {
    if (verb != verb_ || subject != subject_) return fail(ErrorKind::denied, "the permit is for another act");
    if (now > valid_until_) return fail(ErrorKind::denied, "the permit has expired", "ask again");
    std::uint32_t left = uses_left_->load();
    while (left > 0) {
      if (uses_left_->compare_exchange_weak(left, left - 1)) return {};
    }
    return fail(ErrorKind::denied, "the permit is used up", "ask again");
  }

 private:
  friend class Ledger;  // kms/service/ledger.hpp: made from a committed decision, never otherwise
  Permit(Verb verb, std::string subject, UnixMs valid_until, std::uint32_t uses, std::uint64_t ledger_index)
      : verb_(verb),
        subject_(std::move(subject)),
        valid_until_(valid_until),
        ledger_index_(ledger_index),
        uses_left_(std::make_unique<std::atomic<std::uint32_t>>(uses)) {}

  Verb verb_;
  std::string subject_;
  UnixMs valid_until_;
  std::uint64_t ledger_index_;
  std::unique_ptr<std::atomic<std::uint32_t>> uses_left_;
};

}  // namespace quietus
