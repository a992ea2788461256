// A small value kept on the token. Token objects cannot be changed everywhere (SoftHSM refuses), so a new one
// is made and then the old ones are destroyed. A crash in between leaves two: each value begins with an
// 8-byte big-endian sequence number, and the larger one counts.
#include <algorithm>

#include "base/crash_point.hpp"
#include "kms/pkcs11/capabilities.hpp"
#include "kms/pkcs11/objects.hpp"
#include "kms/pkcs11/operations.hpp"

namespace quietus::pkcs11 {

namespace {

constexpr std::size_t kSequenceBytes = 8, kMaxVersions = 16;

struct Version {
  CK_OBJECT_HANDLE object = 0;
  std::uint64_t sequence = 0;
  Bytes value;
};

Bytes frame(std::uint64_t sequence, BytesView value) {
  Bytes framed;
  framed.reserve(kSequenceBytes + value.size());
  for (int shift = 56; shift >= 0; shift -= 8) framed.push_back(static_cast<std::uint8_t>(sequence >> shift));
  framed.insert(framed.end(), value.begin(), value.end());
  return framed;
}

Result<Version> read_version(Token& token, Lease& lease, CK_OBJECT_HANDLE object) {
  QUIETUS_TRY(framed, read_attribute(token, lease, object, CKA_VALUE));
  if (!framed || framed->size() < kSequenceBytes)
    return fail(ErrorKind::corrupt, "a data object on the token is damaged");
  Version version{object, 0, Bytes(framed->begin() + kSequenceBytes, framed->end())};
  for (std::size_t i = 0; i < kSequenceBytes; ++i) version.sequence = version.sequence << 8 | (*framed)[i];
  return version;
}

/// Newest first.
Result<std::vector<Version>> read_versions(Token& token, Lease& lease, const std::string& label)
    QUIETUS_REQUIRES(token.objects_mutex) {
  QUIETUS_TRY(objects, find_objects(token, lease, data_objects_with_label(label)));
  if (objects.size() > kMaxVersions) return fail(ErrorKind::corrupt, "too many data objects carry one label");
  std::vector<Version> versions;
  for (const CK_OBJECT_HANDLE object : objects) {
    QUIETUS_TRY(version, read_version(token, lease, object));
    versions.push_back(std::move(version));
  }
  std::ranges::sort(versions, std::ranges::greater{}, &Version::sequence);
  if (versions.size() > 1 && versions[0].sequence == versions[1].sequence)
    return fail(ErrorKind::corrupt, "two data objects carry the same label and sequence number");
  return versions;
}

}  // namespace

Status store_data(Token& token, const std::string& label, BytesView value) {
  QUIETUS_CHECK(check_label(label));
  if (value.size() > Pkcs11Hsm::kMaxDataBytes)
    return fail(ErrorKind::invalid_input, "a data object has at most 65536 bytes");
  QUIETUS_CHECK(require_data_objects(token));
  const MutexLock one_at_a_time(token.objects_mutex);
  QUIETUS_TRY(lease, token.lease());
  QUIETUS_TRY(old_versions, read_versions(token, lease, label));
  const std::uint64_t newest = old_versions.empty() ? 0 : old_versions.front().sequence;
  if (newest == UINT64_MAX)
    return fail(ErrorKind::exhausted, "the data object's sequence number has run out");
  Template wanted = fitted(data_object_template(label, frame(newest + 1, value)), token.profile.quirks);
  CK_OBJECT_HANDLE made = 0;
  if (const CK_RV rv = token.module->C_CreateObject(lease.handle(), wanted.data(), wanted.size(), &made);
      rv != CKR_OK)
    return token.failed(lease, Operation::data, rv);
  QUIETUS_CHECK(token.sync());
  crash_point(CrashPoint::kms_data_object_stored);
  for (const Version& old : old_versions)
    if (const CK_RV rv = token.module->C_DestroyObject(lease.handle(), old.object); rv != CKR_OK)
      return token.failed(lease, Operation::data, rv);
  return token.sync();
}

Result<std::optional<Bytes>> load_data(Token& token, const std::string& label) {
  QUIETUS_CHECK(check_label(label));
  QUIETUS_CHECK(require_data_objects(token));
  const MutexLock not_between_new_and_old(token.objects_mutex);
  QUIETUS_TRY(lease, token.lease());
  QUIETUS_TRY(versions, read_versions(token, lease, label));
  if (versions.empty()) return std::optional<Bytes>{};
  return std::optional(std::move(versions.front().value));
}

Status remove_data(Token& token, const std::string& label) {
  QUIETUS_CHECK(check_label(label));
  const MutexLock one_at_a_time(token.objects_mutex);
  QUIETUS_TRY(lease, token.lease());
  QUIETUS_TRY(objects, find_objects(token, lease, data_objects_with_label(label)));
  for (const CK_OBJECT_HANDLE object : objects)
    if (const CK_RV rv = token.module->C_DestroyObject(lease.handle(), object); rv != CKR_OK)
      return token.failed(lease, Operation::data, rv);
  return token.sync();
}

}  // namespace quietus::pkcs11
