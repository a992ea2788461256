// The text forms of the closed lists in include/quietus. Each to_string is a switch without a default, so
// that the compiler names a list that has grown.
#include <string>

#include "quietus/attestation.hpp"
#include "quietus/certificate.hpp"
#include "quietus/key.hpp"
#include "quietus/media.hpp"
#include "quietus/order.hpp"
#include "quietus/permit.hpp"
#include "quietus/result.hpp"

namespace quietus {
namespace {

constexpr std::string_view kNoEnumerator = "";

template <class Enum>
Result<Enum> enumerator_named(std::string_view text, Enum last, std::string_view what) {
  for (int value = 0; value <= static_cast<int>(last); ++value) {
    if (to_string(static_cast<Enum>(value)) == text) return static_cast<Enum>(value);
  }
  return fail(ErrorKind::invalid_input, "unknown " + std::string(what));
}

}  // namespace

std::string_view to_string(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::invalid_input:
      return "invalid_input";
    case ErrorKind::denied:
      return "denied";
    case ErrorKind::unauthenticated:
      return "unauthenticated";
    case ErrorKind::not_found:
      return "not_found";
    case ErrorKind::conflict:
      return "conflict";
    case ErrorKind::unavailable:
      return "unavailable";
    case ErrorKind::timed_out:
      return "timed_out";
    case ErrorKind::exhausted:
      return "exhausted";
    case ErrorKind::corrupt:
      return "corrupt";
    case ErrorKind::verification_failed:
      return "verification_failed";
    case ErrorKind::io:
      return "io";
    case ErrorKind::hsm:
      return "hsm";
    case ErrorKind::internal:
      return "internal";
  }
  return kNoEnumerator;
}

std::string_view to_string(Verb verb) {
  switch (verb) {
    case Verb::open_case:
      return "open_case";
    case Verb::close_case:
      return "close_case";
    case Verb::declare:
      return "declare";
    case Verb::seal:
      return "seal";
    case Verb::open:
      return "open";
    case Verb::release_data_key:
      return "release_data_key";
    case Verb::propose:
      return "propose";
    case Verb::sign:
      return "sign";
    case Verb::withdraw:
      return "withdraw";
    case Verb::freeze:
      return "freeze";
    case Verb::thaw:
      return "thaw";
    case Verb::suspend:
      return "suspend";
    case Verb::destroy:
      return "destroy";
    case Verb::issue_mandate:
      return "issue_mandate";
    case Verb::draw_sample:
      return "draw_sample";
    case Verb::accept_evidence:
      return "accept_evidence";
    case Verb::issue_certificate:
      return "issue_certificate";
    case Verb::checkpoint:
      return "checkpoint";
    case Verb::read:
      return "read";
    case Verb::reinstate:
      return "reinstate";
    case Verb::shred:
      return "shred";
    case Verb::restrict_key:
      return "restrict_key";
    case Verb::change_key:
      return "change_key";
    case Verb::schedule_destruction:
      return "schedule_destruction";
    case Verb::cancel_destruction:
      return "cancel_destruction";
    case Verb::describe_case:
      return "describe_case";
    case Verb::advance_case:
      return "advance_case";
    case Verb::classify:
      return "classify";
    case Verb::attest:
      return "attest";
    case Verb::open_finding:
      return "open_finding";
    case Verb::settle_finding:
      return "settle_finding";
    case Verb::end_holding:
      return "end_holding";
    case Verb::adopt_pack:
      return "adopt_pack";
    case Verb::break_glass:
      return "break_glass";
  }
  return kNoEnumerator;
}
Result<Verb> verb_from(std::string_view text) { return enumerator_named(text, Verb::break_glass, "verb"); }

std::string_view to_string(SubjectKind kind) {
  switch (kind) {
    case SubjectKind::case_:
      return "case";
    case SubjectKind::party:
      return "party";
    case SubjectKind::person:
      return "person";
    case SubjectKind::holding:
      return "holding";
    case SubjectKind::order:
      return "order";
    case SubjectKind::finding:
      return "finding";
    case SubjectKind::attestation:
      return "attestation";
  }
  return kNoEnumerator;
}

Result<SubjectKind> subject_kind_from(std::string_view text) {
  return enumerator_named(text, SubjectKind::attestation, "kind of subject");
}

std::string_view to_string(KeyClass key_class) {
  switch (key_class) {
    case KeyClass::device:
      return "device";
    case KeyClass::wrapped:
      return "wrapped";
    case KeyClass::record:
      return "record";
  }
  return kNoEnumerator;
}

Result<KeyClass> key_class_from(std::string_view text) {
  return enumerator_named(text, KeyClass::record, "key class");
}

std::string_view to_string(KeyPurpose purpose) {
  switch (purpose) {
    case KeyPurpose::encrypt_decrypt:
      return "encrypt_decrypt";
    case KeyPurpose::sign_verify:
      return "sign_verify";
    case KeyPurpose::mac:
      return "mac";
  }
  return kNoEnumerator;
}

Result<KeyPurpose> key_purpose_from(std::string_view text) {
  return enumerator_named(text, KeyPurpose::mac, "key purpose");
}

std::string_view to_string(KeyAlgorithm algorithm) {
  switch (algorithm) {
    case KeyAlgorithm::aes_256_gcm:
      return "aes_256_gcm";
    case KeyAlgorithm::ecdsa_p256:
      return "ecdsa_p256";
    case KeyAlgorithm::ecdsa_p384:
      return "ecdsa_p384";
    case KeyAlgorithm::hmac_sha256:
      return "hmac_sha256";
  }
  return kNoEnumerator;
}

Result<KeyAlgorithm> key_algorithm_from(std::string_view text) {
  return enumerator_named(text, KeyAlgorithm::hmac_sha256, "key algorithm");
}

KeyPurpose purpose_of(KeyAlgorithm algorithm) {
  switch (algorithm) {
    case KeyAlgorithm::aes_256_gcm:
      break;
    case KeyAlgorithm::ecdsa_p256:
    case KeyAlgorithm::ecdsa_p384:
      return KeyPurpose::sign_verify;
    case KeyAlgorithm::hmac_sha256:
      return KeyPurpose::mac;
  }
  return KeyPurpose::encrypt_decrypt;
}

std::string_view to_string(KeyState state) {
  switch (state) {
    case KeyState::pre_active:
      return "pre_active";
    case KeyState::active:
      return "active";
    case KeyState::suspended:
      return "suspended";
    case KeyState::deactivated:
      return "deactivated";
    case KeyState::compromised:
      return "compromised";
    case KeyState::destroy_scheduled:
      return "destroy_scheduled";
    case KeyState::destroying:
      return "destroying";
    case KeyState::destroyed:
      return "destroyed";
    case KeyState::destroyed_compromised:
      return "destroyed_compromised";
    case KeyState::destroy_failed:
      return "destroy_failed";
  }
  return kNoEnumerator;
}

Result<KeyState> key_state_from(std::string_view text) {
  return enumerator_named(text, KeyState::destroy_failed, "key state");
}

std::string_view to_string(MediumKind kind) {
  switch (kind) {
    case MediumKind::loop_device:
      return "loop_device";
    case MediumKind::block_device:
      return "block_device";
    case MediumKind::disk_image:
      return "disk_image";
  }
  return kNoEnumerator;
}
Result<MediumKind> medium_kind_from(std::string_view text) {
  return enumerator_named(text, MediumKind::disk_image, "kind of medium");
}

std::string_view to_string(SanitizationMethod method) {
  switch (method) {
    case SanitizationMethod::none:
      return "none";
    case SanitizationMethod::clear:
      return "clear";
    case SanitizationMethod::purge:
      return "purge";
    case SanitizationMethod::destroy:
      return "destroy";
  }
  return kNoEnumerator;
}
Result<SanitizationMethod> sanitization_method_from(std::string_view text) {
  return enumerator_named(text, SanitizationMethod::destroy, "sanitization method");
}

std::string_view to_string(OverwritePattern pattern) {
  switch (pattern) {
    case OverwritePattern::zeros:
      return "zeros";
    case OverwritePattern::stream:
      return "stream";
    case OverwritePattern::none:
      return "none";
  }
  return kNoEnumerator;
}
Result<OverwritePattern> overwrite_pattern_from(std::string_view text) {
  return enumerator_named(text, OverwritePattern::none, "overwrite pattern");
}

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::not_verified:
      return "not_verified";
    case Verdict::verified:
      return "verified";
    case Verdict::failed:
      return "failed";
  }
  return kNoEnumerator;
}
Result<Verdict> verdict_from(std::string_view text) {
  return enumerator_named(text, Verdict::failed, "verdict");
}

std::string_view to_string(HoldingKind kind) {
  switch (kind) {
    case HoldingKind::record_set:
      return "record_set";
    case HoldingKind::disk:
      return "disk";
  }
  return kNoEnumerator;
}
Result<HoldingKind> holding_kind_from(std::string_view text) {
  return enumerator_named(text, HoldingKind::disk, "kind of holding");
}

std::string_view to_string(Replacement value) {
  switch (value) {
    case Replacement::corrected:
      return "corrected";
    case Replacement::withdrawn:
      return "withdrawn";
  }
  return "";
}
Result<Replacement> replacement_from(std::string_view text) {
  return enumerator_named(text, Replacement::withdrawn, "outcome of a certificate");
}

std::string_view to_string(OrderAct act) {
  switch (act) {
    case OrderAct::destroy:
      return "destroy";
    case OrderAct::hand:
      return "hand";
    case OrderAct::surrender:
      return "surrender";
    case OrderAct::thaw:
      return "thaw";
    case OrderAct::close:
      return "close";
    case OrderAct::open:
      return "open";
  }
  return kNoEnumerator;
}
Result<OrderAct> order_act_from(std::string_view text) {
  return enumerator_named(text, OrderAct::open, "act");
}

std::string_view to_string(Role role) {
  switch (role) {
    case Role::operator_:
      return "operator";
    case Role::proposer:
      return "proposer";
    case Role::approver:
      return "approver";
    case Role::responsible:
      return "responsible";
    case Role::witness:
      return "witness";
    case Role::auditor:
      return "auditor";
  }
  return kNoEnumerator;
}
Result<Role> role_from(std::string_view text) { return enumerator_named(text, Role::auditor, "role"); }

bool same_medium(const DeviceIdentity& a, const DeviceIdentity& b) {
  // Blanking what may change, instead of listing what may not, keeps a field that is added later in the
  // comparison.
  const auto stable = [](DeviceIdentity identity) {
    identity.path.clear();
    identity.backing_path.clear();
    identity.device_number = 0;
    identity.disk_sequence = 0;
    return identity;
  };
  return stable(a) == stable(b);
}

}  // namespace quietus
