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
  freeze,  ///< a holding or a case; also: enter a hold or the order of a court
  thaw,
  suspend,
  destroy,        ///< irreversible: needs a confirmed clock
  issue_mandate,  ///< irreversible: needs a confirmed clock
  draw_sample,
  accept_evidence,
  issue_certificate,
  checkpoint,
  read,
  reinstate,
  shred,                 ///< an epoch that takes scheduled keys away; irreversible: needs a confirmed clock
  restrict_key,          ///< suspend a key or declare it compromised
  change_key,            ///< activate, resume or deactivate a key
  schedule_destruction,  ///< of keys of a keyring, after a waiting period
  cancel_destruction,
  describe_case,  ///< facts of the case, its parties and who belongs to which
  advance_case,   ///< to another phase
  classify,       ///< a holding: class, tags, place in the tree; also: confirm looser facts of a case
  attest,         ///< enter a signed statement of fact
  open_finding,
  settle_finding,  ///< fix, accept for a time, close; also: thaw a case
  end_holding,     ///< otherwise than by destruction: transferred, retained, surrendered, returned
  adopt_pack,
  break_glass,  ///< open without fitness for a quarter of an hour: two people, one finding
};
std::string_view to_string(Verb verb);
Result<Verb> verb_from(std::string_view text);

/// How many uses are left. Shared by a permit and by the ledger that granted it, which can end it at once.
class PermitUses {
 public:
  explicit PermitUses(std::uint32_t uses) : left_(uses) {}

  enum class Taken { one, none_left, ended };
  Taken take() {
    std::uint64_t left = left_.load();
    while (left > 0 && left != kEnded) {
      if (left_.compare_exchange_weak(left, left - 1)) return Taken::one;
    }
    return left == kEnded ? Taken::ended : Taken::none_left;
  }
  void end() { left_.store(kEnded); }
  /// Also false when every use is taken.
  [[nodiscard]] bool live() const { return left_.load() != kEnded && left_.load() != 0; }

 private:
  static constexpr std::uint64_t kEnded = UINT64_MAX;
  std::atomic<std::uint64_t> left_;
};

/// Move-only. `subject` is the id of the one key, keyring, holding or order it is for. Uses were reserved in
/// the ledger when it was granted: a crash burns the rest. It ends before its time when the ledger learns of
/// something that it must not outlive: a freeze, a suspension, a destruction that is scheduled or begun.
class Permit {
 public:
  Permit(Permit&&) noexcept = default;
  Permit& operator=(Permit&&) noexcept = default;

  [[nodiscard]] Verb verb() const { return verb_; }
  [[nodiscard]] const std::string& subject() const { return subject_; }
  [[nodiscard]] UnixMs valid_until() const { return valid_until_; }
  [[nodiscard]] std::uint64_t ledger_index() const { return ledger_index_; }
  /// Whether a use may still be left: a cache asks it before it asks the ledger for another permit.
  [[nodiscard]] bool live(UnixMs now) const { return now <= valid_until_ && uses_->live(); }

  /// Takes one use. `denied` when the verb or subject is another, the time is over, no use is left or the
  /// permit was ended. Neither locks nor allocates unless it refuses.
  [[nodiscard]] Status use(Verb verb, std::string_view subject, UnixMs now) const {
    if (verb != verb_ || subject != subject_) return fail(ErrorKind::denied, "the permit is for another act");
    if (now > valid_until_) return fail(ErrorKind::denied, "the permit has expired", "ask again");
    switch (uses_->take()) {
      case PermitUses::Taken::one:
        return {};
      case PermitUses::Taken::none_left:
        return fail(ErrorKind::denied, "the permit is used up", "ask again");
      case PermitUses::Taken::ended:
        break;
    }
    return fail(ErrorKind::denied, "the permit was ended before its time", "ask again for the reasons");
  }

 private:
  friend class Ledger;  // kms/service/ledger.hpp: made from a committed decision, never otherwise
  Permit(Verb verb, std::string subject, UnixMs valid_until, std::uint32_t uses, std::uint64_t ledger_index)
      : verb_(verb),
        subject_(std::move(subject)),
        valid_until_(valid_until),
        ledger_index_(ledger_index),
        uses_(std::make_shared<PermitUses>(uses)) {}

  Verb verb_;
  std::string subject_;
  UnixMs valid_until_;
  std::uint64_t ledger_index_;
  std::shared_ptr<PermitUses> uses_;
};

}  // namespace quietus
