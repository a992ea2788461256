// A whole house around one drive: kms's own use cases behind HTTP, the eraser's own link, the agent's own
// session and socket. Played are the drive's admin queue (the drive model over a disk image), the people and
// the clock.
#pragma once

#include <atomic>
#include <thread>

#include "base/mutex.hpp"
#include "eraser/link/holding_run.hpp"
#include "firmware-agent/socket/server.hpp"
#include "proof/bundle.hpp"
#include "tests/support/appliance.hpp"
#include "tests/support/fake_store.hpp"
#include "tests/support/nvme_drive/image_drive.hpp"
#include "wire/server.hpp"

namespace quietus::test {

/// The eraser's side of kms over HTTP; nothing is decided here.
class KmsDoor {
 public:
  explicit KmsDoor(Appliance& appliance);
  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(server_->port()); }

 private:
  wire::HttpReply answer(const wire::HttpRequest& request) QUIETUS_EXCLUDES(mutex_);
  Appliance& appliance_;
  Mutex mutex_;
  std::unique_ptr<wire::HttpServer> server_;
};

/// Session and socket in a thread; what the drive remembers stays when it is started again.
class AgentThread {
 public:
  AgentThread(const SigningWorld& world, std::string image_folder, std::shared_ptr<DriveMemory> drive);
  ~AgentThread() { stop(); }
  AgentThread(const AgentThread&) = delete;
  AgentThread& operator=(const AgentThread&) = delete;
  void start();
  void stop();
  [[nodiscard]] std::string socket() const { return state_.path() + "/agent.sock"; }

 private:
  [[nodiscard]] agent::SessionSettings settings() const;
  const SigningWorld& world_;
  const std::string image_folder_;
  std::shared_ptr<DriveMemory> drive_;
  TemporaryFolder state_;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

class DriveOrder {
 public:
  /// An approved order for the drive, which asks for `least`.
  explicit DriveOrder(DriveOptions options = {}, SanitizationMethod least = SanitizationMethod::purge);

  /// As the eraser's loop does it: the order's one line, and what kms read in the evidence.
  Result<Verdict> run(const std::function<bool()>& stop = [] { return false; });
  /// The same, and what it could not do reported, as the loop does after it.
  void carry_out();
  [[nodiscard]] std::string line_state();
  [[nodiscard]] std::string line_failure();
  /// After as many rounds of kms as it takes.
  [[nodiscard]] Result<proof::BundleFiles> bundle();
  [[nodiscard]] proof::VerifyReport verified(const proof::BundleFiles& files);
  [[nodiscard]] bool erased() const;  ///< nothing of the old content is left in the image
  [[nodiscard]] eraser::WorkItem item();

  TemporaryFolder media, eraser_state;
  std::string image;
  std::shared_ptr<DriveMemory> drive = std::make_shared<DriveMemory>();
  FakeStore store;
  Appliance appliance{store};
  std::string case_id, holding, order;
  std::unique_ptr<AgentThread> agent;
  std::unique_ptr<KmsDoor> door;
  eraser::EraserSettings settings;
};

}  // namespace quietus::test
