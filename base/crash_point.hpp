// Named places at which a test may kill the process, as a power cut would. The list is the enum:
// `--list-crash-points` prints it, and a test asserts that each was hit. Compiled out in release builds.
#pragma once

#include <string_view>
#include <vector>

namespace quietus {

// clang-format off
#define QUIETUS_CRASH_POINT_LIST(X)                              \
  X(kms_before_append) X(kms_after_append)                       \
  X(kms_mandate_committed) X(kms_sample_committed)               \
  X(kms_evidence_before_commit) X(kms_evidence_committed)        \
  X(kms_key_intent_committed) X(kms_key_act_begun)               \
  X(kms_key_before_destroy)                                      \
  X(kms_key_destroyed) X(kms_key_synced) X(kms_key_shown_gone)   \
  X(kms_key_completed)                                           \
  X(kms_certificate_signed) X(kms_certificate_committed)         \
  X(kms_certificate_stamped)                                     \
  X(kms_data_object_stored) X(kms_checkpoint_remembered)         \
  X(kms_order_ended)                                             \
  X(eraser_facts_sent) X(eraser_overwriting)                     \
  X(eraser_journal_written) X(eraser_overwritten)                \
  X(eraser_report_sent) X(eraser_evidence_received)              \
  X(agent_opened) X(agent_nonce_consumed) X(agent_lent)          \
  X(agent_sampling) X(agent_signed)
/// Passed when an epoch takes keys away from a keyring or a record table, and when what died of it is rolled back. An order
/// over media and device keys passes none of them: they are not in crash_point_names(), and have a sweep of their own
/// (tests/fault/keys).
#define QUIETUS_EPOCH_CRASH_POINT_LIST(X)                        \
  X(kms_epoch_intent) X(kms_epoch_root_made)                     \
  X(kms_epoch_prepared) X(kms_epoch_verified)                    \
  X(kms_epoch_committed) X(kms_epoch_adopted)                    \
  X(kms_epoch_leases_ended) X(kms_epoch_root_destroyed)          \
  X(kms_epoch_shown) X(kms_epoch_done)                           \
  X(kms_epoch_rolling_back) X(kms_epoch_next_root_removed)       \
  X(kms_epoch_rolled_back)
// clang-format on

enum class CrashPoint {
#define QUIETUS_X(name) name,
  QUIETUS_CRASH_POINT_LIST(QUIETUS_X) QUIETUS_EPOCH_CRASH_POINT_LIST(QUIETUS_X)
#undef QUIETUS_X
};

std::string_view to_string(CrashPoint point);
std::vector<std::string_view> crash_point_names();
std::vector<std::string_view> epoch_crash_point_names();

#ifdef QUIETUS_CRASH_POINTS
/// Arms one point: its `hit`-th passage (1 = first) ends the process with SIGKILL. Also appends each passed
/// name to `trace_path` when that is not empty; with a trace, a process that died at the point once is not
/// armed again, so that a supervised daemon comes back. Set from the configuration member "crash_at": "name"
/// or "name:hit".
void arm_crash_point(std::string_view name_and_hit, std::string_view trace_path);
void crash_point(CrashPoint point);
#else
inline void crash_point(CrashPoint) {}
#endif

}  // namespace quietus
