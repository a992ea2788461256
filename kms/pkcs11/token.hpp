// One attached token: its library, its sessions, its handles, and whether it is still there. The files of
// this room add the operations as functions over a Token.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "base/file.hpp"
#include "base/mutex.hpp"
#include "kms/pkcs11/errors.hpp"
#include "kms/pkcs11/handle_cache.hpp"
#include "kms/pkcs11/pkcs11_hsm.hpp"
#include "kms/pkcs11/session_objects.hpp"
#include "kms/pkcs11/session_pool.hpp"

namespace quietus::pkcs11 {

class Token : public std::enable_shared_from_this<Token> {
 public:
  static Result<std::shared_ptr<Token>> attach(const Pkcs11Settings& settings);
  Token(Module module, CK_SLOT_ID slot, const Pkcs11Settings& settings);

  /// A session for one call; `unavailable` at once when the token was given up.
  Result<Lease> lease();
  Result<Lease> lease_fresh();

  /// What a failed call comes back with. Decides whether the session, and whether the token, can go on being
  /// used.
  std::unexpected<Error> failed(Lease& lease, Operation operation, CK_RV rv);

  /// Holds only when the token is there, is the one we attached to, and sees us logged in read-write. "Found
  /// nothing" means nothing without it: SoftHSM answers an empty list when its directory is gone, any token
  /// does without a login.
  Status present(Lease& lease);

  /// The session is alive and logged in read-write.
  [[nodiscard]] bool logged_in(const Lease& lease) { return check_login(lease.handle()).has_value(); }

  /// The mechanism list has it.
  [[nodiscard]] bool lists(CK_MECHANISM_TYPE mechanism) const;

  /// fsync of the token's files when the profile asks for it (SoftHSM does none).
  Status sync();

  [[nodiscard]] bool lost() const { return lost_.load(); }

  const Module module;
  const Profile profile;
  HsmCapabilities capabilities;  ///< found by attach(), fixed after it
  HandleCache handles;
  /// Creating, destroying and searching objects goes one at a time: SoftHSM 2.6 races with itself there.
  Mutex objects_mutex;

 private:
  friend Result<HsmInfo> token_info(Token&);
  Status check_login(CK_SESSION_HANDLE session);
  void give_up(const std::string& why);

  const CK_SLOT_ID slot_;
  const std::string directory_;  ///< empty: the token keeps its own promises
  Mutex sync_mutex_;
  SyncedFiles synced_ QUIETUS_GUARDED_BY(sync_mutex_);
  const std::function<void(const std::string&)> on_lost_;
  std::string serial_;
  SessionPool sessions_;
  std::atomic<bool> lost_ = false;

 public:
  SessionObjects session_objects{*this};  ///< dies before the pool that its session goes back to
};

Result<HsmInfo> token_info(Token& token);

}  // namespace quietus::pkcs11
