// The answer to a question or a command: permit with obligations, or deny with every reason.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "governance/event.hpp"
#include "quietus/clock.hpp"
#include "quietus/permit.hpp"

namespace quietus::governance {

struct Reason {
  std::string rule;    ///< id in the rule pack
  std::string clause;  ///< law, standard or invariant it comes from
  std::string text_en, text_zh;
  std::string next_step;
  bool operator==(const Reason&) const = default;
};

/// What the ledger turns into a Permit once the events are committed.
struct Grant {
  Verb verb = Verb::read;
  std::string subject;
  UnixMs valid_until;  ///< earliest expiry of any fact the decision used
  std::uint32_t uses = 0;
  HoldingId holding;  ///< that the subject is, or belongs to: whatever stops the holding ends the permit
  bool operator==(const Grant&) const = default;
};

struct Decision {
  bool permitted = false;
  std::vector<Reason> reasons;  ///< why not: all of them; empty when permitted
  std::vector<Event> events;    ///< to be committed; empty when denied, and for a mere question
  std::optional<Grant> grant;   ///< never without an event
  std::vector<std::string> obligations;
  std::optional<UnixMs> rests_until;  ///< the first of the facts it rests on to expire; a grant ends by then
  bool operator==(const Decision&) const = default;

  /// One line with every reason, for Error::message.
  [[nodiscard]] std::string why() const;
};

}  // namespace quietus::governance
