// kms without its edge, in one process: real rules, real ledger, real proof; HSM and store are fakes that
// survive a "restart". People, host and time-stamp authority come from SigningWorld; the medium is played by
// this class.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "kms/service/conductor.hpp"
#include "kms/service/service.hpp"
#include "quietus/attestation.hpp"
#include "tests/support/fake_hsm.hpp"
#include "tests/support/fault_hsm.hpp"
#include "tests/support/signing_world.hpp"

namespace quietus::test {

class Appliance {
 public:
  /// `store` outlives the appliance and is what a restart finds.
  explicit Appliance(Store& store);

  /// As a crash and a new process: everything in memory is gone, fakes keep what was durable.
  Status restart();
  void stop();

  // As people
  Result<Json> ask(service::UseCase use_case, const Holder& who,
                   std::map<std::string, std::string, std::less<>> path, Json body = {},
                   std::map<std::string, std::string, std::less<>> query = {});
  Result<service::Reply> call(service::UseCase use_case, const Holder& who,
                              std::map<std::string, std::string, std::less<>> path, Json body = {});
  SignedStatement approval(const Holder& who, const std::string& case_id, const std::string& order, Role role,
                           ApprovalDecision decision = ApprovalDecision::approve);
  /// A case of customer data with all roles filled; returns its id.
  std::string open_case();
  std::string declare_disk(const std::string& case_id);
  std::string seal_records(const std::string& case_id);
  struct NewKey {
    std::string holding, key;
  };
  /// A record set with a key for that algorithm, and nothing sealed.
  NewKey make_key(const std::string& case_id, const std::string& algorithm);
  std::string propose(const std::string& case_id, const std::vector<std::string>& holdings);
  /// A word of theirs about something of the case, with their own key.
  Result<Json> attest(const Holder& who, const std::string& case_id, const std::string& kind, Subject about,
                      std::map<std::string, std::string> fields, std::optional<UnixMs> until);
  Result<Json> sign(const Holder& who, const std::string& case_id, const std::string& order, Role role);
  void sign_all(const std::string& case_id, const std::string& order);

  // As eraser and agent of host-1; every call may fail and be repeated.
  struct Medium {
    std::function<Verdict()> verdict = [] { return Verdict::verified; };
  };
  Status carry_out(const std::string& holding, const Medium& medium);
  Result<Json> as_host(service::UseCase use_case, const std::string& holding, Json body);

  SigningWorld world = SigningWorld::make();
  testing::FakeHsm token;
  testing::FaultHsm hsm{token};
  ClockReading now{kNow, true};
  bool time_stamps_away = false;
  std::vector<proof::X509Certificate> revoked;  ///< people's, as of the next statement
  governance::Packs packs;                      ///< loaded at the next restart
  DeviceIdentity device;
  std::uint32_t sample_blocks = 16;  ///< a real agent wants more; as of the next restart

  std::unique_ptr<Ledger> ledger;
  std::unique_ptr<keys::KeyRoom> key_room;
  std::unique_ptr<service::Service> service;
  std::unique_ptr<service::Conductor> conductor;

 private:
  service::SigningKey signing_key(const char* name, EcCurve curve, proof::Purpose purpose);
  SignedStatement facts(const std::string& holding);
  SignedStatement evidence(const SignedStatement& mandate, const SignedStatement& sample, const Json& report,
                           Verdict verdict);

  Store& store_;
  service::SigningKeys signing_;
};

}  // namespace quietus::test
