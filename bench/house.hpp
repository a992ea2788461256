// kms without its daemon: the service over a SoftHSM token, an SQLite database and its ledger, and a case
// with a record set whose owner asks for what is measured.
#pragma once

#include "bench/ground.hpp"
#include "kms/service/service.hpp"
#include "quietus/key.hpp"
#include "tests/support/tls_laboratory/tls_laboratory.hpp"

namespace quietus::bench {

class House {
 public:
  /// `name` is used once: of its database.
  House(const Ground& ground, const std::string& token, const std::string& name);

  /// A device key of the record set.
  std::string create_device_key();
  /// A keyring of the record set, empty.
  KeyringId create_keyring(KeyClass key_class);
  /// New keys in a keyring; gives the first number.
  KeyNumber add_keys(const KeyringId& keyring, std::uint32_t count);
  /// For work below the ledger: one use.
  [[nodiscard]] Permit permit(Verb verb, const std::string& subject) const;

  tests::TlsLaboratory laboratory;
  const tests::Identity owner_identity = laboratory.person("p-0001");
  const std::unique_ptr<Hsm> hsm;
  const std::unique_ptr<store::SqliteStore> store;
  const keys::Prober prober;
  const WallClock clock;
  keys::KeyRoom key_room{*hsm, clock};
  const std::unique_ptr<Ledger> ledger;
  service::Service service;
  const Person owner;

 private:
  /// Text member of the answer to a use case asked by the owner.
  std::string ask(service::UseCase use_case, std::map<std::string, std::string, std::less<>> path, Json body,
                  std::string_view member);
  std::map<std::string, std::string, std::less<>> holding_;  ///< path of the record set
};

}  // namespace quietus::bench
