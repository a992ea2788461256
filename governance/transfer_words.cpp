// The text forms of what transfer cases are made of.
#include "governance/transfer_event.hpp"

namespace quietus::governance {

namespace {

template <class Enum>
Result<Enum> named(std::string_view text, Enum last, std::string_view what) {
  for (int value = 0; value <= static_cast<int>(last); ++value) {
    if (to_string(static_cast<Enum>(value)) == text) return static_cast<Enum>(value);
  }
  return fail(ErrorKind::invalid_input, "unknown " + std::string(what));
}

}  // namespace

std::string_view to_string(CasePhase value) {
  switch (value) {
    case CasePhase::draft:
      return "draft";
    case CasePhase::inventoried:
      return "inventoried";
    case CasePhase::cleared:
      return "cleared";
    case CasePhase::moving:
      return "moving";
    case CasePhase::accepted:
      return "accepted";
    case CasePhase::disposing:
      return "disposing";
    case CasePhase::closed:
      return "closed";
    case CasePhase::aborted:
      return "aborted";
  }
  return "";
}
Result<CasePhase> case_phase_from(std::string_view text) {
  return named<CasePhase>(text, CasePhase::aborted, "phase of a case");
}

std::string_view to_string(PartyRole value) {
  switch (value) {
    case PartyRole::transferor:
      return "transferor";
    case PartyRole::transferee:
      return "transferee";
    case PartyRole::processor:
      return "processor";
    case PartyRole::intermediary:
      return "intermediary";
    case PartyRole::witness_body:
      return "witness_body";
    case PartyRole::regulator:
      return "regulator";
  }
  return "";
}
Result<PartyRole> party_role_from(std::string_view text) {
  return named<PartyRole>(text, PartyRole::regulator, "role of a party");
}

std::string_view to_string(FindingKind value) {
  switch (value) {
    case FindingKind::risk:
      return "risk";
    case FindingKind::incident:
      return "incident";
    case FindingKind::breach:
      return "breach";
    case FindingKind::rule_failure:
      return "rule_failure";
    case FindingKind::complaint:
      return "complaint";
    case FindingKind::anomaly:
      return "anomaly";
    case FindingKind::improvement:
      return "improvement";
    case FindingKind::break_glass:
      return "break_glass";
    case FindingKind::overdue:
      return "overdue";
    case FindingKind::major_risk:
      return "major_risk";
  }
  return "";
}
Result<FindingKind> finding_kind_from(std::string_view text) {
  return named<FindingKind>(text, FindingKind::major_risk, "kind of finding");
}

std::string_view to_string(FindingLevel value) {
  switch (value) {
    case FindingLevel::low:
      return "low";
    case FindingLevel::medium:
      return "medium";
    case FindingLevel::high:
      return "high";
    case FindingLevel::larger:
      return "larger";
    case FindingLevel::major:
      return "major";
    case FindingLevel::extreme:
      return "extreme";
  }
  return "";
}
Result<FindingLevel> finding_level_from(std::string_view text) {
  return named<FindingLevel>(text, FindingLevel::extreme, "level of a finding");
}

std::string_view to_string(FindingState value) {
  switch (value) {
    case FindingState::open:
      return "open";
    case FindingState::accepted:
      return "accepted";
    case FindingState::fixed:
      return "fixed";
    case FindingState::closed:
      return "closed";
  }
  return "";
}

std::string_view to_string(FindingStep value) {
  switch (value) {
    case FindingStep::fix:
      return "fix";
    case FindingStep::accept:
      return "accept";
    case FindingStep::close:
      return "close";
    case FindingStep::reopen:
      return "reopen";
  }
  return "";
}
Result<FindingStep> finding_step_from(std::string_view text) {
  return named<FindingStep>(text, FindingStep::reopen, "step of a finding");
}

std::string_view to_string(HoldingClass value) {
  switch (value) {
    case HoldingClass::unset:
      return "unset";
    case HoldingClass::C1:
      return "C1";
    case HoldingClass::C2:
      return "C2";
    case HoldingClass::C3:
      return "C3";
    case HoldingClass::important:
      return "important";
  }
  return "";
}
Result<HoldingClass> holding_class_from(std::string_view text) {
  return named<HoldingClass>(text, HoldingClass::important, "class");
}

std::string_view to_string(CopyKind value) {
  switch (value) {
    case CopyKind::original:
      return "original";
    case CopyKind::backup:
      return "backup";
    case CopyKind::extract:
      return "extract";
    case CopyKind::staging:
      return "staging";
    case CopyKind::transferee_copy:
      return "transferee_copy";
    case CopyKind::key_backup:
      return "key_backup";
  }
  return "";
}
Result<CopyKind> copy_kind_from(std::string_view text) {
  return named<CopyKind>(text, CopyKind::key_backup, "kind of copy");
}

std::string_view to_string(HoldingEnd value) {
  switch (value) {
    case HoldingEnd::transferred:
      return "transferred";
    case HoldingEnd::retained:
      return "retained";
    case HoldingEnd::surrendered:
      return "surrendered";
    case HoldingEnd::returned:
      return "returned";
  }
  return "";
}
Result<HoldingEnd> holding_end_from(std::string_view text) {
  return named<HoldingEnd>(text, HoldingEnd::returned, "end of a holding");
}

}  // namespace quietus::governance
